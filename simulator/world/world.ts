import type { DurationMs } from '../base/time.ts';
import type { ClockMode } from '../protocol/contract.ts';
import type { Limits, Profile } from '../protocol/limits.ts';
import type { HandlerErrorType } from '../protocol/nexus.ts';
import type { EventType } from '../protocol/temporal/history.ts';
import type { OperationName, OperationPath } from './operation-path.ts';
import type { Located, Named } from './source.ts';
import type { Step } from './step.ts';
import type { Dynamic } from './template.ts';
import type { IdConflictPolicy, WorkflowOptions } from './workflow-options.ts';

/** What a world file says: who owns what, what runs, what goes wrong, and what must hold at the end. */
export interface World {
  readonly profile: Profile;
  /** Of everything random, unless who runs the file names another one. */
  readonly seed?: number;
  /** How the clock goes; what was chosen before when absent. */
  readonly time?: ClockMode;
  /** Numbers of the machine that differ from those of the profile. */
  readonly limits: Located<Partial<Limits>>;
  /** Other world files, and contracts, as written: paths in which \* may stand for part of a name. */
  readonly include: readonly Located<string>[];
  readonly contracts: readonly Located<string>[];
  readonly namespaces: readonly Located<string>[];
  readonly endpoints: readonly Named<Endpoint>[];
  readonly workers: readonly Named<Worker>[];
  readonly workflows: readonly Named<readonly Step[]>[];
  readonly faults: readonly Fault[];
  readonly start: readonly Start[];
  readonly meanwhile: readonly Intervention[];
  readonly expect: readonly Located<Expectation>[];
}

/** Where a Nexus endpoint leads. */
export interface Endpoint {
  readonly target: EndpointTarget;
  /** Namespaces that may call; all of them when absent. */
  readonly allow?: readonly Located<string>[];
  readonly description?: string;
}

/** A task queue, or a handler outside that answers over HTTP. */
export type EndpointTarget = QueueAddress | { readonly url: Located<string> };

/** The queue an endpoint leads to, if it leads to one. */
export const queueOf = (endpoint: Endpoint | undefined): QueueAddress | undefined =>
  endpoint === undefined || 'url' in endpoint.target ? undefined : endpoint.target;

/** Seeds are what the random number generator takes: 32 bits. */
export const SEED_MAX = 2 ** 32 - 1;

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
  /** By activity type. */
  readonly activities?: readonly Named<ActivityBehaviour>[];
}

/** What a scripted handler does with one operation, `after` some time. */
export type Behaviour = { readonly after?: DurationMs } & (
  | { readonly kind: 'reply'; readonly reply: Dynamic }
  | WorkflowBehaviour
  | SignalBehaviour
  | { readonly kind: 'fail'; readonly fail: HandlerFault }
  | { readonly kind: 'error'; readonly error: OperationOutcomeError }
);

/** Starts a workflow, whose result becomes the operation's. */
export interface WorkflowBehaviour extends WorkflowOptions {
  readonly kind: 'workflow';
  readonly workflow: Located<string>;
  readonly id?: Dynamic;
  /** What happens when a workflow with this id is running: `fail` when absent. */
  readonly conflict?: IdConflictPolicy;
}

/** Sends a signal to a running workflow and answers at once, with nothing. */
export interface SignalBehaviour {
  readonly kind: 'signal';
  readonly signal: string;
  readonly workflowId: Dynamic;
  readonly input?: Dynamic;
}

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

/** What a scripted worker does with one activity, `after` some time in which it may heartbeat. */
export type ActivityBehaviour = { readonly after?: DurationMs; readonly heartbeat?: DurationMs } & (
  | { readonly kind: 'reply'; readonly reply: Dynamic }
  | { readonly kind: 'fail'; readonly fail: ActivityFault }
);

/** An application failure. */
export interface ActivityFault {
  readonly type: string;
  readonly message?: string;
  readonly nonRetryable?: boolean;
  readonly nextRetryDelay?: DurationMs;
}

/** What goes wrong. */
export type Fault =
  /** Start attempts that fail before they reach a worker. Attempts count from 1, both ends in. */
  | {
      readonly kind: 'operation';
      readonly operation: OperationPath;
      readonly attempts: AttemptRange;
      readonly fail: HandlerFault;
    }
  /** Attempts of an activity that a scripted worker lets fail. */
  | {
      readonly kind: 'activity';
      readonly activity: Located<string>;
      readonly attempts: AttemptRange;
      readonly fail: ActivityFault;
    }
  /** A scripted worker is gone for a while, and with it the tasks that it held. */
  | {
      readonly kind: 'worker';
      readonly worker: Located<string>;
      readonly at: DurationMs;
      readonly down: DurationMs;
    }
  /** Completions of an operation that come late, more than once, or not at first. */
  | { readonly kind: 'callback'; readonly callback: OperationName; readonly deliver: readonly Delivery[] };

/** `late 30s`, `twice`, or `lost 3 times`. */
export type Delivery =
  | { readonly kind: 'late'; readonly by: DurationMs }
  | { readonly kind: 'copies' | 'lost'; readonly count: number };

export interface AttemptRange {
  readonly from: number;
  readonly to: number;
}

/** A workflow that starts at the beginning, or `at` a time of the virtual clock. */
export interface Start extends QueueAddress, WorkflowOptions {
  readonly at?: DurationMs;
  readonly startDelay?: DurationMs;
  readonly requestId?: string;
  readonly idConflictPolicy?: IdConflictPolicy;
  readonly workflow: Located<string>;
  readonly id: Located<string>;
  readonly input?: Dynamic;
}

/** What somebody outside does to a workflow at a time of the virtual clock. */
export interface Intervention {
  readonly at: DurationMs;
  readonly kind: 'cancel' | 'terminate' | 'signal';
  readonly workflowId: Located<string>;
  readonly namespace: Located<string>;
  /** The name of the signal. */
  readonly signal?: string;
  readonly input?: Dynamic;
}

export type Expectation =
  | {
      readonly kind: 'workflow';
      readonly workflow: Located<string>;
      readonly status?: ExpectedStatus;
      /** From the start of the workflow to its end. */
      readonly within?: DurationMs;
      readonly result?: Dynamic;
      readonly failure?: ExpectedFailure;
    }
  | {
      readonly kind: 'operation';
      readonly operation: OperationOfWorkflow;
      readonly attempts?: AttemptRange;
      readonly outcome?: ExpectedOutcome;
      /** From scheduled to closed. */
      readonly within?: DurationMs;
      readonly failure?: ExpectedFailure;
    }
  | ActivityExpectation
  | HistoryExpectation
  | { readonly kind: 'order'; readonly order: readonly EventOfWorkflow[] }
  | BreakerExpectation
  /** The world is at rest by then. */
  | { readonly kind: 'clock'; readonly clock: { readonly within: DurationMs } };

/** The innermost cause of a failure. */
export interface ExpectedFailure {
  readonly type?: string;
  readonly message?: string;
}

export interface ActivityExpectation {
  readonly kind: 'activity';
  readonly activity: ActivityOfWorkflow;
  readonly attempts?: AttemptRange;
  readonly outcome?: ExpectedOutcome;
  /** From scheduled to closed. */
  readonly within?: DurationMs;
}

export interface HistoryExpectation {
  readonly kind: 'history';
  readonly history: Located<string>;
  /** In this order. */
  readonly contains?: readonly EventType[];
  readonly never?: readonly EventType[];
}

/** `workflow id / activity type`. */
export interface ActivityOfWorkflow {
  readonly workflowId: Located<string>;
  readonly name: Located<string>;
}

/** `workflow id / EVENT_TYPE`: the first event of that type, or the first after an earlier one in the same list. */
export interface EventOfWorkflow {
  readonly workflowId: Located<string>;
  readonly eventType: EventType;
}

/** How the circuit breaker between a calling namespace and an endpoint stands at the end, or never stood. */
export interface BreakerExpectation {
  readonly kind: 'breaker';
  readonly breaker: { readonly caller: Located<string>; readonly endpoint: Located<string> };
  readonly state?: BreakerState;
  readonly never?: BreakerState;
  readonly reached?: BreakerState;
}

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

export const breakerStates = ['closed', 'open', 'half-open'] as const;
export type BreakerState = (typeof breakerStates)[number];

export const emptyWorld: World = {
  profile: 'cloud',
  limits: { value: {}, range: { start: 0, end: 1 } },
  include: [],
  contracts: [],
  namespaces: [],
  endpoints: [],
  workers: [],
  workflows: [],
  faults: [],
  start: [],
  meanwhile: [],
  expect: [],
};
