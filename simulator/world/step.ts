import type { DurationMs } from '../base/time.ts';
import type { OperationPath } from './operation-path.ts';
import type { Located, Named } from './source.ts';
import type { Dynamic } from './template.ts';
import type { RetryPolicyText, WorkflowOptions } from './workflow-options.ts';

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
  | ActivityStep
  | ChildStep
  | SignalStep
  | SleepStep
  | WaitStep
  | CancelStep
  | FailStep
  | { readonly kind: 'return'; readonly return: Dynamic }
  | ContinueStep
  /** Within `onFailure`: fails again with the same failure. */
  | { readonly kind: 'rethrow'; readonly rethrow: Located<true> }
  | { readonly kind: 'parallel'; readonly parallel: readonly Step[] }
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
);

export interface CallStep {
  readonly kind: 'call';
  readonly call: OperationPath;
  readonly input?: Dynamic;
  /** Nexus headers; texts. */
  readonly header?: readonly Named<Dynamic>[];
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

/** Runs an activity on a task queue of the workflow's namespace. */
export interface ActivityStep {
  readonly kind: 'activity';
  readonly activity: Located<string>;
  /** The workflow's own when absent. */
  readonly taskQueue?: Located<string>;
  readonly input?: Dynamic;
  readonly as?: Located<string>;
  readonly scheduleToClose?: DurationMs;
  readonly scheduleToStart?: DurationMs;
  readonly startToClose?: DurationMs;
  readonly heartbeatTimeout?: DurationMs;
  readonly retryPolicy?: RetryPolicyText;
  /** When a cancelled activity is over for the workflow; `try-cancel` when absent, as in most SDKs. */
  readonly cancellation?: ActivityCancellationType;
}

export const activityCancellationTypes = ['try-cancel', 'wait-completed', 'abandon'] as const;
export type ActivityCancellationType = (typeof activityCancellationTypes)[number];

/** Starts another workflow of the same namespace. */
export interface ChildStep extends WorkflowOptions {
  readonly kind: 'child';
  readonly child: Located<string>;
  readonly id: Dynamic;
  /** The workflow's own when absent. */
  readonly taskQueue?: Located<string>;
  readonly input?: Dynamic;
  readonly as?: Located<string>;
  /** `terminate` when absent. */
  readonly parentClosePolicy?: (typeof parentClosePolicies)[number];
  /** The step is done when the child has started, or when it has completed: the latter when absent. */
  readonly waitFor?: (typeof childMilestones)[number];
  /** `wait-completed` when absent. */
  readonly cancellation?: CancellationType;
}

export const parentClosePolicies = ['terminate', 'abandon', 'request-cancel'] as const;
export const childMilestones = ['completed', 'started'] as const;

/** Sends a signal to a workflow of the same namespace. */
export interface SignalStep {
  readonly kind: 'signal';
  readonly signal: string;
  readonly workflowId: Dynamic;
  readonly input?: Dynamic;
}

/** Steps that ask the server for something that a later event of the history answers. */
export type RequestStep = CallStep | ActivityStep | ChildStep | SignalStep;

/** Ends the run and begins another one of the same workflow, with this input. */
export interface ContinueStep {
  readonly kind: 'continueAsNew';
  readonly continueAsNew: Dynamic;
}

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

/** Cancels a call, an activity or a child of the same workflow that is still open; the name is its `as`. */
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
