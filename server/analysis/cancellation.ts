/** Tells a feature that nobody needs its answer any more. Looked at after every await, never thrown. */
export interface CancellationToken {
  readonly isCancellationRequested: boolean;
}

/** Lets pending messages in, a cancellation among them, before work goes on. */
export type Pause = () => Promise<void>;

/** The token of work that nobody can call off. */
export const neverCancelled: CancellationToken = { isCancellationRequested: false };

/** Lets pending messages in and returns whether the work should stop. */
export async function yieldAndCheck(pause: Pause, token: CancellationToken): Promise<boolean> {
  if (token.isCancellationRequested) return true;
  await pause();
  return token.isCancellationRequested;
}
