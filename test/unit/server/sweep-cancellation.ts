import type { CancellationToken } from '../../../server/analysis/cancellation.ts';

/** More looks than any feature takes; a feature that looks more often never ends. */
const looksMax = 1000;

/**
 * Runs a feature again and again, cancelled at the first look at its token, then at the second, and so on, until
 * a run finishes without seeing the cancellation.
 */
export async function sweepCancellation<T>(
  run: (token: CancellationToken) => Promise<T> | T,
  onCancelled: (result: T) => void,
  onFinished: (result: T) => void,
): Promise<void> {
  for (let cancelAt = 1; cancelAt <= looksMax; cancelAt += 1) {
    let looks = 0;
    const token: CancellationToken = {
      get isCancellationRequested() {
        looks += 1;
        return looks >= cancelAt;
      },
    };
    const result = await run(token);
    if (looks < cancelAt) {
      if (cancelAt === 1) throw new Error('The feature never looks at its token.');
      onFinished(result);
      return;
    }
    onCancelled(result);
  }
  throw new Error(`The feature looked at its token more than ${looksMax} times.`);
}
