import { createPrng, type Prng } from '../base/prng.ts';
import type { DurationMs, Instant } from '../base/time.ts';
import { TransientMap } from '../base/transient-map.ts';
import type { CallId, RunId } from '../protocol/ids.ts';
import type { FaultRule } from '../protocol/fault.ts';
import type { RegisteredNamespace } from '../protocol/registry.ts';
import type { ScheduleNexusOperationAttributes } from '../protocol/temporal/command.ts';
import type { Payload, TaskQueue as TaskQueueMessage } from '../protocol/temporal/common.ts';
import type { Failure } from '../protocol/temporal/failure.ts';
import type { EventBody, HistoryEvent, WorkflowExecutionStatus } from '../protocol/temporal/history.ts';
import type { ParentClosePolicy } from '../protocol/temporal/run-command.ts';
import type { NexusEndpoint, NexusRequest } from '../protocol/temporal/nexus.ts';
import type { WorkflowQuery } from '../protocol/temporal/query-methods.ts';
import {
  STANDALONE,
  type ActivityRef,
  type CallGroup,
  type ExternalCallPurpose,
  type NexusTaskPurpose,
  type OperationRef,
  type RunRef,
} from './fact.ts';
import type { Breaker } from './policy/circuit-breaker.ts';
import type { TokenBucket } from './policy/token-bucket.ts';
import type { Activity } from './execution/activity-state.ts';
import type { CallbackRecord } from './nexus/callback-state.ts';
import type { UpdateWait, WorkflowUpdate } from './update/update-state.ts';
import type { StandaloneRecord, StandaloneWait } from './standalone/record.ts';
import { Timers, type Timer } from './timers.ts';

export type Namespace = RegisteredNamespace;

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
  /** Keys of tasks (run ids, Nexus or activity task tokens) that wait for a poller, first come first. */
  readonly waiting: Set<string>;
  /** Polls that wait for a task, longest-waiting first. */
  readonly polls: TransientMap<CallId, Poll>;
  /** Identities of remote workers that have polled here and have not said that they shut down. */
  readonly attendants: Set<string>;
  /** Identity → when its latest poll came; the one longest ago first. */
  readonly pollers: Map<string, Instant>;
  /** When the latest poll came. */
  lastPolledAt?: Instant | undefined;
  /** How fast it gives tasks out; absent for as fast as they are taken. */
  rate?: QueueRate;
}

export interface QueueRate {
  readonly perSecond: number;
  bucket: TokenBucket;
  /** When the next token is there; set while tasks and polls wait for it. */
  timer?: Timer | undefined;
}

/** The one workflow task that a run can have. */
export interface WorkflowTaskState {
  state: 'scheduled' | 'started';
  attempt: number;
  readonly scheduledAt: Instant;
  /** The number of events when it was scheduled; tells a transient task that history has moved on. */
  readonly eventsWhenScheduled: number;
  /** From the second attempt on, and while it is speculative: its events are written only when it completes. */
  transient: boolean;
  /** It is there for updates alone: nothing of it is written before one of them is accepted. */
  speculative: boolean;
  scheduledEventId: number;
  startedEventId: number;
  startedAt: Instant;
  token: string;
  identity: string;
  requestId: string;
  /** As on the SCHEDULED event: the sticky queue of a worker, or the normal one. */
  readonly taskQueue: TaskQueueMessage;
  /** Where it waits, or waited: not its own queue when that one had nobody to serve it. */
  queue: TaskQueue;
  /** Schedule-to-start of a sticky task; start-to-close once it has started. */
  timer?: Timer | undefined;
}

/** The worker that has a run in its cache, and how long it may leave a task lying (the server's sticky queues). */
export interface Stickiness {
  readonly taskQueue: TaskQueueMessage & { readonly name: string };
  readonly scheduleToStartTimeout: DurationMs;
}

export interface WorkflowTimer {
  readonly startedEventId: number;
  readonly timer: Timer;
}

export interface Cancellation {
  readonly requestedEventId: number;
  /** UNSPECIFIED while the operation has not started: the request waits for the token. */
  state: 'UNSPECIFIED' | 'SCHEDULED' | 'BACKING_OFF' | 'SUCCEEDED' | 'FAILED';
  /** When the request was first on its way; absent before the operation has started. */
  requestedAt?: Instant;
  attempt: number;
  lastAttemptCompleteTime?: Instant;
  lastAttemptFailure?: Failure | undefined;
  nextAttemptScheduleTime?: Instant | undefined;
  timer?: Timer | undefined;
}

/** A workflow's start and cancel calls have breakers of their own (semantics §0.2, HSM). */
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

/** All calls of one group from one caller namespace to one endpoint: what they share (semantics §5.1). */
export interface OutboundGroup {
  readonly key: string;
  readonly kind: CallGroup;
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

/** A Nexus operation that is not closed. Closed ones live on in the record of their owner only. */
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
  lastAttemptFailure?: Failure | undefined;
  nextAttemptScheduleTime?: Instant | undefined;
  token?: string;
  startedAt?: Instant;
  cancellation?: Cancellation;
  backoffTimer?: Timer | undefined;
  /** A start or cancel call that waits for breaker, rate or concurrency. */
  outboundCall?: OutboundCall | undefined;
  timeoutTimers: readonly Timer[];
}

/** An operation that a client called: a run of its own (semantics §11.1). */
export interface StandaloneOperation extends StandaloneRecord {
  readonly operation: Operation;
}

/** How a request id came to this run; resolves request-id links and repeated starts (semantics §8.6). */
export interface AttachedRequest {
  readonly eventType:
    | 'WORKFLOW_EXECUTION_STARTED'
    | 'WORKFLOW_EXECUTION_OPTIONS_UPDATED'
    | 'WORKFLOW_EXECUTION_UPDATE_ADMITTED'
    | 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED';
}

/** A child that has not closed, as its parent knows it; by the id of its INITIATED event. */
export interface Child {
  readonly initiatedEventId: number;
  readonly namespace: string;
  readonly workflowId: string;
  readonly workflowType: string;
  readonly parentClosePolicy: ParentClosePolicy;
  /** The run that the parent started, the first of its chain; absent until it has. */
  runId?: RunId;
  /** 0 until its event is written. */
  startedEventId: number;
}

export interface HistoryWait {
  readonly call: CallId;
  readonly run: RunId;
  readonly closeEventOnly: boolean;
  /** Events on a page. */
  readonly size: number;
  /** Events that the client has seen. */
  readonly from: number;
}

/** The memo and the search attributes that a run has now. */
export interface Upserted {
  readonly memo: Readonly<Record<string, Payload>>;
  readonly searchAttributes: Readonly<Record<string, Payload>>;
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
  closedAt?: Instant | undefined;
  expiry?: Timer<RunId> | undefined;
  readonly events: HistoryEvent[];
  /** Events that came while a workflow task was in a worker's hands, with the moment they came. */
  buffered: { readonly body: EventBody; readonly at: Instant }[];
  task?: WorkflowTaskState | undefined;
  sticky?: Stickiness | undefined;
  /** The STARTED event of the last completed workflow task; 0 before the first. */
  previousStartedEventId: number;
  readonly timers: TransientMap<string, WorkflowTimer>;
  readonly operations: TransientMap<number, Operation>;
  /** By the id of the SCHEDULED event. */
  readonly activities: TransientMap<number, Activity>;
  readonly children: TransientMap<number, Child>;
  readonly callbacks: CallbackRecord[];
  readonly requests: Map<string, AttachedRequest>;
  readonly waits: TransientMap<CallId, HistoryWait>;
  /** By their ids, in the order they came. */
  readonly updates: TransientMap<string, WorkflowUpdate>;
  cancelRequested: boolean;
  /** What it has been given since its start; until then it has what it was started with. */
  upserted?: Upserted | undefined;
  /** Request ids of signals that it has; a repeated one is dropped. */
  signalRequests?: Set<string> | undefined;
  runTimer?: Timer | undefined;
  /** Set while the first workflow task waits: a delayed start, a retry, or runs that follow one another too fast. */
  firstTaskTimer?: Timer | undefined;
  /** When the first workflow task may start: the server's execution time. */
  readonly executionTime: Instant;
  /** When the whole chain of runs is out of time. */
  readonly expiresAt?: Instant | undefined;
  /** The run that a reset put in this one's place. */
  resetTo?: RunId | undefined;
  /** Children that the run started after the point it was reset to: starting them again replaces them. */
  replaceableChildren?: Set<string> | undefined;
}

/** A request to a Nexus worker: queued, or in a worker's hands. Never persisted (semantics §5.3). */
export interface NexusTask {
  readonly token: string;
  readonly purpose: NexusTaskPurpose;
  readonly queue: TaskQueue;
  readonly request: NexusRequest;
  readonly deadline: Instant;
  readonly timer: Timer;
  /** Of a start or cancel call: given back to the caller's outbound group when it has ended. */
  readonly ticket?: Ticket | undefined;
  dispatched: boolean;
}

/** What a client asks a run. It leaves no trace in history. */
export interface Query {
  readonly call: CallId;
  readonly run: RunId;
  readonly asked: WorkflowQuery;
  /** Of its task; also its id while it waits for, or goes with, a workflow task. */
  token: string;
  /** Where its own task waits, or waited; absent while it is to be answered with a workflow task. */
  queue?: TaskQueue | undefined;
  /** How long the worker that has the run in its cache has for the answer. */
  timer?: Timer | undefined;
}

/** A call to another process that is under way. */
export interface OpenExternalCall {
  readonly token: string;
  readonly purpose: ExternalCallPurpose;
  readonly url: string;
  readonly timer: Timer;
  /** Of a start or cancel call: given back to the caller's outbound group when it has ended. */
  readonly ticket?: Ticket;
}

/** What waits for a reply: a poll, a look at history or at a standalone operation, a query, an update, a request to a worker, or a sleep. */
export type WaitingCall =
  | { readonly kind: 'poll'; readonly poll: Poll }
  | { readonly kind: 'history'; readonly wait: HistoryWait }
  | { readonly kind: 'dispatch' }
  | { readonly kind: 'standalone'; readonly wait: StandaloneWait }
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'update'; readonly wait: UpdateWait }
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
  readonly standalone: Map<RunId, StandaloneOperation>;
  /** The latest run of each operation id; key: {@link workflowKey}. */
  readonly currentStandalone: Map<string, RunId>;
  /** By {@link queueKey}. With more than `queuesKept` it is worth looking for those that nobody uses. */
  readonly queues: Map<string, TaskQueue>;
  queuesKept: number;
  /** Namespace → how many Nexus tasks its queues and workers have; absent for none. */
  readonly dispatches: Map<string, number>;
  readonly nexusTasks: TransientMap<string, NexusTask>;
  readonly externalCalls: TransientMap<string, OpenExternalCall>;
  /** Token of an attempt that is offered or under way → its activity. */
  readonly activityTasks: TransientMap<string, ActivityRef>;
  /** What calls of one group, caller namespace and endpoint share. */
  readonly outbound: Map<string, OutboundGroup>;
  /** Token of a started workflow task → its run. */
  readonly workflowTasks: TransientMap<string, RunId>;
  /** By their tokens. */
  readonly queries: TransientMap<string, Query>;
  readonly waitingCalls: TransientMap<CallId, WaitingCall>;
  /**
   * Token of a task that a worker of another process holds → the worker's identity; `undefined` for calls that are
   * out to such processes.
   */
  readonly held: Map<string, string | undefined>;
  readonly timers: Timers;
  /** When closed runs are forgotten. They hold no clock: what is over is gone before anything else is heard. */
  readonly expiries: Timers<RunId>;
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
    standalone: new Map(),
    currentStandalone: new Map(),
    queues: new Map(),
    queuesKept: 0,
    dispatches: new Map(),
    nexusTasks: new TransientMap(),
    externalCalls: new TransientMap(),
    activityTasks: new TransientMap(),
    outbound: new Map(),
    workflowTasks: new TransientMap(),
    queries: new TransientMap(),
    waitingCalls: new TransientMap(),
    held: new Map(),
    timers: new Timers(),
    expiries: new Timers(),
    faults: [],
    random: { ids: root.fork('ids'), retryJitter: root.fork('retry/jitter') },
    tokens: 0,
  };
};

/** No name can contain NUL on the wire, so the parts cannot run together. */
export const workflowKey = (namespace: string, workflowId: string): string => `${namespace}\0${workflowId}`;

export const queueKey = (namespace: string, kind: TaskQueueKind, name: string): string =>
  `${namespace}\0${kind}\0${name}`;

/** An operation that is not closed, by the two parts of its ref. */
export const openOperation = (
  state: Readonly<EngineState>,
  run: RunId,
  scheduledEventId: number,
): Operation | undefined => {
  if (scheduledEventId !== STANDALONE) return state.executions.get(run)?.operations.get(scheduledEventId);
  const found = state.standalone.get(run);
  return found?.status === 'RUNNING' ? found.operation : undefined;
};

/** All operations that are not closed, whoever called them. */
export function* openOperations(state: Readonly<EngineState>): Iterable<Operation> {
  for (const { operations } of state.executions.values()) yield* operations.values();
  for (const { operation, status } of state.standalone.values()) if (status === 'RUNNING') yield operation;
}

export const isRunning = (execution: Execution): boolean => execution.status === 'RUNNING';
