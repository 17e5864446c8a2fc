import type { DurationMs } from '../base/time.ts';
import type { OperationPath } from './operation-path.ts';
import type { Located } from './source.ts';
import type { Dynamic } from './template.ts';

/** One step of a scripted workflow; skipped when its `when` does not hold. */
export type Step = {
  readonly when?: Dynamic;
  /**
   * What is done when the step fails, instead of failing the workflow; `failure` is known there. A request to
   * cancel the workflow does not reach these steps: they are for clearing up.
   */
  readonly onFailure?: readonly Step[];
} & (
  | CallStep
  | SleepStep
  | WaitStep
  | CancelStep
  | FailStep
  | { readonly kind: 'return'; readonly return: Dynamic }
  /** Within `onFailure`: fails again with the same failure. */
  | { readonly kind: 'rethrow'; readonly rethrow: Located<true> }
  | { readonly kind: 'parallel'; readonly parallel: readonly Step[] }
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
);

export interface CallStep {
  readonly kind: 'call';
  readonly call: OperationPath;
  readonly input?: Dynamic;
  /** The name under which later steps know the result. */
  readonly as?: Located<string>;
  readonly scheduleToClose?: DurationMs;
  readonly scheduleToStart?: DurationMs;
  readonly startToClose?: DurationMs;
  /** When a cancelled call is over for the workflow; `wait-completed` when absent. */
  readonly cancellation?: CancellationType;
}

/** The cancellation types of the SDKs (semantics §1.3). */
export const cancellationTypes = ['wait-completed', 'wait-requested', 'try-cancel', 'abandon'] as const;
export type CancellationType = (typeof cancellationTypes)[number];

export interface SleepStep {
  readonly kind: 'sleep';
  readonly sleep: DurationMs;
}

/** Waits for a signal; every signal is taken by one step. */
export interface WaitStep {
  readonly kind: 'wait';
  readonly wait: string;
  readonly as?: Located<string>;
}

/** Cancels a call of the same workflow that is still open; the name is the call's `as`. */
export interface CancelStep {
  readonly kind: 'cancel';
  readonly cancel: Located<string>;
  readonly after?: DurationMs;
}

export interface FailStep {
  readonly kind: 'fail';
  readonly fail: { readonly type: string; readonly message?: Dynamic };
}

/** All steps of a script, also those inside others, in the order of the file. */
export function* allSteps(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    yield* allSteps(innerSteps(step));
    yield* allSteps(step.onFailure ?? []);
  }
}

/** The steps that a block consists of. */
export function innerSteps(step: Step): readonly Step[] {
  if (step.kind === 'parallel') return step.parallel;
  return step.kind === 'steps' ? step.steps : [];
}
