import { createPrng, type Prng } from '../base/prng.ts';
import type { DurationMs, Instant } from '../base/time.ts';
import type { CallId, RunId } from '../protocol/ids.ts';
import type { FaultRule } from '../protocol/fault.ts';
import type { ScheduleNexusOperationAttributes } from '../protocol/temporal/command.ts';
import type { Callback, Payload, TaskQueue as TaskQueueMessage } from '../protocol/temporal/common.ts';
import type { Failure } from '../protocol/temporal/failure.ts';
import type { EventBody, HistoryEvent, WorkflowExecutionStatus } from '../protocol/temporal/history.ts';
import type { CallbackInfo } from '../protocol/temporal/methods.ts';
import type { NexusEndpoint, NexusRequest } from '../protocol/temporal/nexus.ts';
import type { NexusTaskPurpose, OperationRef, RunRef } from './fact.ts';
import type { Breaker } from './policy/circuit-breaker.ts';
import type { TokenBucket } from './policy/token-bucket.ts';
import { Timers, type Timer } from './timers.ts';

export interface Namespace {
  readonly name: string;
  readonly id: string;
  readonly description?: string;
}

/** Workflow, activity and Nexus queues of one name have nothing to do with one another (semantics §5.3). */
export type TaskQueueKind = 'workflow' | 'activity' | 'nexus';

/** A long poll that waits for a task. */
export interface Poll {
  readonly call: CallId;
  readonly queue: TaskQueue;
  readonly identity: string;
  readonly remote: boolean;
}

export interface TaskQueue {
  readonly namespace: string;
  readonly kind: TaskQueueKind;
  readonly name: string;
  /** Keys of tasks (run ids or Nexus task tokens) that wait for a poller, first come first. */
  readonly waiting: Set<string>;
  /** Polls that wait for a task, longest-waiting first. */
  readonly polls: Map<CallId, Poll>;
  /** Identities of remote workers that have polled here and have not said that they shut down. */
  readonly attendants: Set<string>;
}

/** The one workflow task that a run can have. */
export interface WorkflowTaskState {
  state: 'scheduled' | 'started';
  attempt: number;
  readonly scheduledAt: Instant;
  /** The number of events when it was scheduled; tells a transient task that history has moved on. */
  readonly eventsWhenScheduled: number;
  /** From the second attempt on: its events are written only when it completes. */
  transient: boolean;
  scheduledEventId: number;
  startedEventId: number;
  startedAt: Instant;
  token: string;
  identity: string;
  requestId: string;
  timer?: Timer | undefined;
}

export interface WorkflowTimer {
  readonly startedEventId: number;
  readonly timer: Timer;
}

export interface Cancellation {
  readonly requestedEventId: number;
  /** UNSPECIFIED while the operation has not started: the request waits for the token. */
  state: 'UNSPECIFIED' | 'SCHEDULED' | 'BACKING_OFF' | 'SUCCEEDED' | 'FAILED';
  attempt: number;
  lastAttemptFailure?: Failure;
  timer?: Timer | undefined;
}

/** Start and cancel calls have breakers of their own (semantics §0.2, HSM). */
export type CallKind = 'start' | 'cancel';

/** Why a call does not set out yet. */
export type OutboundReason = 'breaker' | 'rate' | 'concurrency' | 'buffer';

/** A call that waits its turn. */
export interface OutboundCall {
  readonly kind: CallKind;
  readonly run: RunId;
  readonly operation: number;
  readonly attempt: number;
  reason: OutboundReason;
  readonly since: Instant;
  /** How often breaker or buffer have refused it. */
  refusals: number;
  timer?: Timer | undefined;
}

/** A failure that counted towards opening the breaker, for the explanation. */
export interface CountedFailure {
  readonly operation: OperationRef;
  readonly attempt: number;
  readonly type: string;
}

/** All calls of one kind from one caller namespace to one endpoint: what they share (semantics §5.1). */
export interface OutboundGroup {
  readonly key: string;
  readonly kind: CallKind;
  readonly namespace: string;
  readonly endpoint: string;
  breaker: Breaker;
  bucket: TokenBucket;
  inFlight: number;
  /** Calls that wait for a slot or a token, first come first. */
  readonly waiting: Set<OutboundCall>;
  timer?: Timer | undefined;
  /** Calls that the breaker has refused, first come first; the first one is the next probe. */
  readonly blocked: Set<OutboundCall>;
  probeTimer?: Timer | undefined;
  evidence: readonly CountedFailure[];
}

/** The right to make one call; given back when the call has ended. */
export interface Ticket {
  readonly group: string;
  readonly generation: number;
}

/** As on the SCHEDULED event: trimmed, and absent where there is none. */
export type OperationTimeouts = Pick<
  ScheduleNexusOperationAttributes,
  'scheduleToCloseTimeout' | 'scheduleToStartTimeout' | 'startToCloseTimeout'
>;

/** A Nexus operation that is not closed. Closed ones live on in history only. */
export interface Operation {
  readonly ref: OperationRef;
  readonly endpoint: string;
  readonly endpointId: string;
  readonly service: string;
  readonly operation: string;
  readonly input?: Payload;
  readonly nexusHeader: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly timeouts: OperationTimeouts;
  readonly scheduledAt: Instant;
  state: 'SCHEDULED' | 'BACKING_OFF' | 'STARTED';
  /** Attempts that have ended (the server's HSM counting: 0 during the first). */
  attempt: number;
  lastAttemptCompleteTime?: Instant;
  lastAttemptFailure?: Failure;
  nextAttemptScheduleTime?: Instant | undefined;
  token?: string;
  startedAt?: Instant;
  cancellation?: Cancellation;
  backoffTimer?: Timer | undefined;
  /** A start or cancel call that waits for breaker, rate or concurrency. */
  outboundCall?: OutboundCall | undefined;
  readonly timeoutTimers: Timer[];
}

export interface CallbackRecord {
  readonly callback: Callback;
  readonly registeredAt: Instant;
  state: CallbackInfo['state'];
  attempt: number;
  lastAttemptCompleteTime?: Instant;
  lastAttemptFailure?: Failure;
}

/** How a request id came to this run; resolves request-id links and repeated starts (semantics §8.6). */
export interface AttachedRequest {
  readonly eventType: 'WORKFLOW_EXECUTION_STARTED' | 'WORKFLOW_EXECUTION_OPTIONS_UPDATED';
}

export interface HistoryWait {
  readonly call: CallId;
  readonly run: RunId;
  readonly closeEventOnly: boolean;
  /** Events that the client has seen. */
  readonly from: number;
}

export interface Execution {
  readonly ref: RunRef;
  readonly workflowType: string;
  readonly taskQueue: TaskQueueMessage & { readonly name: string };
  readonly workflowTaskTimeout: DurationMs;
  /** 0 where there is none. */
  readonly runTimeout: DurationMs;
  readonly startedAt: Instant;
  status: WorkflowExecutionStatus;
  closedAt?: Instant;
  readonly events: HistoryEvent[];
  /** Events that came while a workflow task was in a worker's hands, with the moment they came. */
  buffered: { readonly body: EventBody; readonly at: Instant }[];
  task?: WorkflowTaskState | undefined;
  /** The STARTED event of the last completed workflow task; 0 before the first. */
  previousStartedEventId: number;
  readonly timers: Map<string, WorkflowTimer>;
  readonly operations: Map<number, Operation>;
  readonly callbacks: CallbackRecord[];
  readonly requests: Map<string, AttachedRequest>;
  readonly waits: Map<CallId, HistoryWait>;
  cancelRequested: boolean;
  runTimer?: Timer;
}

/** A request to a Nexus worker: queued, or in a worker's hands. Never persisted (semantics §5.3). */
export interface NexusTask {
  readonly token: string;
  readonly purpose: NexusTaskPurpose;
  readonly queue: TaskQueue;
  readonly request: NexusRequest;
  readonly deadline: Instant;
  readonly timer: Timer;
  /** Given back to the caller's outbound group when the call has ended. */
  readonly ticket: Ticket;
  dispatched: boolean;
}

/** What waits for a reply: a poll, a look at history, or a sleep. */
export type WaitingCall =
  | { readonly kind: 'poll'; readonly poll: Poll }
  | { readonly kind: 'history'; readonly wait: HistoryWait }
  | { readonly kind: 'sleep'; readonly timer: Timer };

/** The whole state of a world, owned and changed in place by the engine. */
export interface EngineState {
  readonly namespaces: Map<string, Namespace>;
  /** By id. */
  readonly endpoints: Map<string, NexusEndpoint>;
  /** Endpoint name → who may call it. Endpoints that are not listed here are open to all. */
  readonly allowedCallers: Map<string, ReadonlySet<string>>;
  readonly executions: Map<RunId, Execution>;
  /** The latest run of each workflow id; key: {@link workflowKey}. */
  readonly currentRuns: Map<string, RunId>;
  /** By {@link queueKey}. */
  readonly queues: Map<string, TaskQueue>;
  readonly nexusTasks: Map<string, NexusTask>;
  /** What calls of one kind, caller namespace and endpoint share. */
  readonly outbound: Map<string, OutboundGroup>;
  /** Token of a started workflow task → its run. */
  readonly workflowTasks: Map<string, RunId>;
  readonly waitingCalls: Map<CallId, WaitingCall>;
  /** Tokens of tasks that workers of other processes hold. */
  readonly held: Set<string>;
  readonly timers: Timers;
  faults: readonly FaultRule[];
  readonly random: { readonly ids: Prng; readonly retryJitter: Prng };
  tokens: number;
}

export const emptyState = (seed: number): EngineState => {
  const root = createPrng(seed);
  return {
    namespaces: new Map(),
    endpoints: new Map(),
    allowedCallers: new Map(),
    executions: new Map(),
    currentRuns: new Map(),
    queues: new Map(),
    nexusTasks: new Map(),
    outbound: new Map(),
    workflowTasks: new Map(),
    waitingCalls: new Map(),
    held: new Set(),
    timers: new Timers(),
    faults: [],
    random: { ids: root.fork('ids'), retryJitter: root.fork('retry/jitter') },
    tokens: 0,
  };
};

/** No name can contain NUL on the wire, so the parts cannot run together. */
export const workflowKey = (namespace: string, workflowId: string): string => `${namespace}\0${workflowId}`;

export const queueKey = (namespace: string, kind: TaskQueueKind, name: string): string =>
  `${namespace}\0${kind}\0${name}`;

export const isRunning = (execution: Execution): boolean => execution.status === 'RUNNING';
