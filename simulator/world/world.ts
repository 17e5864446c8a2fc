import type { DurationMs } from '../base/time.ts';
import type { Profile } from '../protocol/limits.ts';
import type { HandlerErrorType } from '../protocol/nexus.ts';
import type { EventType } from '../protocol/temporal/history.ts';
import type { Located, Named } from './source.ts';
import type { Dynamic } from './template.ts';

/** What a world file says: who owns what, what runs, what goes wrong, and what must hold at the end. */
export interface World {
  readonly profile: Profile;
  readonly namespaces: readonly Located<string>[];
  readonly endpoints: readonly Named<Endpoint>[];
  readonly workers: readonly Named<Worker>[];
  readonly workflows: readonly Named<readonly Step[]>[];
  readonly faults: readonly Fault[];
  readonly start: readonly Start[];
  readonly expect: readonly Located<Expectation>[];
}

/** Where a Nexus endpoint leads. */
export interface Endpoint {
  readonly target: QueueAddress;
}

export interface QueueAddress {
  readonly namespace: Located<string>;
  readonly taskQueue: Located<string>;
}

/** Serves one task queue: scripted by the file, or `external`: a real worker that will attach. */
export interface Worker extends QueueAddress {
  /** How many processes the worker stands for; 1 when absent. */
  readonly instances?: number;
  readonly external?: boolean;
  /** By `Service.operation`. */
  readonly operations?: readonly Named<Behaviour>[];
}

/** What a scripted handler does with one operation, `after` some time. */
export type Behaviour = { readonly after?: DurationMs } & (
  | { readonly kind: 'reply'; readonly reply: Dynamic }
  | { readonly kind: 'workflow'; readonly workflow: Located<string>; readonly id?: Dynamic }
  | { readonly kind: 'fail'; readonly fail: HandlerFault }
  | { readonly kind: 'error'; readonly error: OperationOutcomeError }
);

/** A handler error. */
export interface HandlerFault {
  readonly type: HandlerErrorType;
  readonly message?: string;
  /** Overrides what the type means for retrying. */
  readonly retryable?: boolean;
}

/** An operation error: the operation itself ends, and is not retried. */
export interface OperationOutcomeError {
  readonly state: 'failed' | 'canceled';
  readonly message?: string;
}

/** One step of a scripted workflow; skipped when its `when` does not hold. */
export type Step = { readonly when?: Dynamic } & (
  | CallStep
  | SleepStep
  | { readonly kind: 'fail'; readonly fail: { readonly type: string; readonly message?: Dynamic } }
  | { readonly kind: 'return'; readonly return: Dynamic }
  | { readonly kind: 'parallel'; readonly parallel: readonly ParallelStep[] }
);

/** What may wait beside others. */
export type ParallelStep = { readonly when?: Dynamic } & (CallStep | SleepStep);

export interface CallStep {
  readonly kind: 'call';
  readonly call: OperationPath;
  readonly input?: Dynamic;
  /** The name under which later steps know the result. */
  readonly as?: Located<string>;
  readonly scheduleToClose?: DurationMs;
}

export interface SleepStep {
  readonly kind: 'sleep';
  readonly sleep: DurationMs;
}

/** `endpoint/Service.operation`, with the places of its two halves. */
export interface OperationPath {
  readonly endpoint: Located<string>;
  /** `Service.operation` as written. */
  readonly name: Located<string>;
  readonly service: string;
  readonly operation: string;
}

/** Start attempts of an operation that fail before they reach a worker. Attempts count from 1, both ends in. */
export interface Fault {
  readonly operation: OperationPath;
  readonly attempts: AttemptRange;
  readonly fail: HandlerFault;
}

export interface AttemptRange {
  readonly from: number;
  readonly to: number;
}

/** A workflow that runs from the beginning. */
export interface Start extends QueueAddress {
  readonly workflow: Located<string>;
  readonly id: Located<string>;
  readonly input?: Dynamic;
}

export type Expectation =
  | {
      readonly kind: 'workflow';
      readonly workflow: Located<string>;
      readonly status?: ExpectedStatus;
      /** From the start of the workflow to its end. */
      readonly within?: DurationMs;
    }
  | {
      readonly kind: 'operation';
      readonly operation: OperationOfWorkflow;
      readonly attempts?: AttemptRange;
      readonly outcome?: ExpectedOutcome;
    }
  | { readonly kind: 'history'; readonly history: Located<string>; readonly contains: readonly EventType[] };

/** `workflow id / Service.operation`, with the places of its two halves. */
export interface OperationOfWorkflow {
  readonly workflowId: Located<string>;
  readonly name: Located<string>;
  readonly service: string;
  readonly operation: string;
}

export const expectedStatuses = [
  'running',
  'completed',
  'failed',
  'canceled',
  'terminated',
  'timed-out',
] as const;
export type ExpectedStatus = (typeof expectedStatuses)[number];

export const expectedOutcomes = ['succeeded', 'failed', 'canceled', 'timed-out'] as const;
export type ExpectedOutcome = (typeof expectedOutcomes)[number];

export const emptyWorld: World = {
  profile: 'cloud',
  namespaces: [],
  endpoints: [],
  workers: [],
  workflows: [],
  faults: [],
  start: [],
  expect: [],
};
