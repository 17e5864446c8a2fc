import type { DurationMs, Instant } from '../../base/time.ts';
import type { CommandAttributes } from './command.ts';
import type {
  ActivityType,
  Callback,
  Header,
  Link,
  Memo,
  Payload,
  Payloads,
  RetryPolicy,
  SearchAttributes,
  TaskQueue,
  UserMetadata,
  WorkflowExecution,
  WorkflowType,
} from './common.ts';
import type { Failure, RetryState, TimeoutType } from './failure.ts';
import type { ContinueAsNewInitiator } from './run-command.ts';
import type { RunEventAttributes } from './run-event.ts';
import type { UpdateMeta, UpdateOutcome, UpdateRequest } from './update.ts';

export interface WorkflowExecutionStartedAttributes {
  readonly workflowType: WorkflowType;
  readonly workflowId: string;
  readonly taskQueue: TaskQueue;
  readonly input?: Payloads;
  readonly workflowExecutionTimeout?: DurationMs;
  readonly workflowRunTimeout?: DurationMs;
  readonly workflowTaskTimeout: DurationMs;
  readonly originalExecutionRunId: string;
  readonly firstExecutionRunId: string;
  readonly identity?: string;
  /** The first workflow task went out with the answer to the start request. */
  readonly eagerExecutionAccepted?: boolean;
  readonly attempt: number;
  readonly header?: Header;
  readonly memo?: Memo;
  readonly searchAttributes?: SearchAttributes;
  readonly completionCallbacks?: readonly Callback[];
  readonly parentWorkflowNamespace?: string;
  readonly parentWorkflowNamespaceId?: string;
  readonly parentWorkflowExecution?: WorkflowExecution;
  readonly parentInitiatedEventId?: number;
  readonly rootWorkflowExecution?: WorkflowExecution;
  readonly continuedExecutionRunId?: string;
  readonly initiator?: ContinueAsNewInitiator;
  readonly continuedFailure?: Failure;
  readonly lastCompletionResult?: Payloads;
  readonly retryPolicy?: RetryPolicy;
  /** When the whole chain of runs is out of time. */
  readonly workflowExecutionExpirationTime?: Instant;
  readonly firstWorkflowTaskBackoff?: DurationMs;
}

interface Resolution {
  readonly scheduledEventId: number;
  readonly requestId: string;
}

interface ActivityEnd {
  readonly scheduledEventId: number;
  /** 0 when no attempt was in a worker's hands. */
  readonly startedEventId: number;
}

/** Attributes per event type; names and fields as in `temporal.api.history.v1` (semantics §1.4). */
export interface EventAttributes extends RunEventAttributes {
  readonly WORKFLOW_EXECUTION_STARTED: WorkflowExecutionStartedAttributes;
  readonly WORKFLOW_EXECUTION_COMPLETED: {
    readonly result?: Payloads;
    readonly workflowTaskCompletedEventId: number;
  };
  readonly WORKFLOW_EXECUTION_FAILED: {
    readonly failure: Failure;
    readonly retryState: RetryState;
    readonly workflowTaskCompletedEventId: number;
    /** The run that retries this one. */
    readonly newExecutionRunId?: string;
  };
  readonly WORKFLOW_EXECUTION_TIMED_OUT: {
    readonly retryState: RetryState;
    readonly newExecutionRunId?: string;
  };
  readonly WORKFLOW_EXECUTION_CANCEL_REQUESTED: {
    readonly cause?: string;
    readonly identity?: string;
    readonly externalInitiatedEventId?: number;
    readonly externalWorkflowExecution?: WorkflowExecution;
  };
  readonly WORKFLOW_EXECUTION_CANCELED: {
    readonly details?: Payloads;
    readonly workflowTaskCompletedEventId: number;
  };
  readonly WORKFLOW_EXECUTION_TERMINATED: {
    readonly reason?: string;
    readonly details?: Payloads;
    readonly identity?: string;
  };
  readonly WORKFLOW_EXECUTION_SIGNALED: {
    readonly signalName: string;
    readonly input?: Payloads;
    readonly identity?: string;
    readonly header?: Header;
    readonly externalWorkflowExecution?: WorkflowExecution;
    readonly requestId?: string;
  };
  readonly WORKFLOW_EXECUTION_OPTIONS_UPDATED: {
    readonly attachedRequestId?: string;
    readonly attachedCompletionCallbacks?: readonly Callback[];
    /** What was attached to updates of the run. */
    readonly workflowUpdateOptions?: readonly {
      readonly updateId: string;
      readonly attachedRequestId: string;
      readonly attachedCompletionCallbacks: readonly Callback[];
    }[];
  };
  /** A reset carried an update over that had been accepted before. */
  readonly WORKFLOW_EXECUTION_UPDATE_ADMITTED: {
    readonly request: UpdateRequest;
    readonly origin: 'REAPPLY';
  };
  readonly WORKFLOW_EXECUTION_UPDATE_ACCEPTED: {
    readonly protocolInstanceId: string;
    readonly acceptedRequestMessageId: string;
    readonly acceptedRequestSequencingEventId: number;
    /** Absent where an ADMITTED event has it. */
    readonly acceptedRequest?: UpdateRequest;
  };
  readonly WORKFLOW_EXECUTION_UPDATE_COMPLETED: {
    readonly meta: UpdateMeta;
    readonly acceptedEventId: number;
    readonly outcome: UpdateOutcome;
  };
  readonly WORKFLOW_TASK_SCHEDULED: {
    readonly taskQueue: TaskQueue;
    readonly startToCloseTimeout: DurationMs;
    readonly attempt: number;
  };
  readonly WORKFLOW_TASK_STARTED: {
    readonly scheduledEventId: number;
    readonly identity?: string;
    readonly requestId: string;
    readonly historySizeBytes: number;
  };
  readonly WORKFLOW_TASK_COMPLETED: {
    readonly scheduledEventId: number;
    readonly startedEventId: number;
    readonly identity?: string;
    readonly sdkMetadata?: unknown;
    readonly meteringMetadata?: unknown;
  };
  readonly WORKFLOW_TASK_FAILED: {
    readonly scheduledEventId: number;
    readonly startedEventId: number;
    readonly cause: string;
    readonly failure?: Failure;
    readonly identity?: string;
    /** With RESET_WORKFLOW: the run that was reset, and this one. */
    readonly baseRunId?: string;
    readonly newRunId?: string;
  };
  readonly WORKFLOW_TASK_TIMED_OUT: {
    readonly scheduledEventId: number;
    readonly startedEventId: number;
    readonly timeoutType: TimeoutType;
  };
  readonly TIMER_STARTED: {
    readonly timerId: string;
    readonly startToFireTimeout: DurationMs;
    readonly workflowTaskCompletedEventId: number;
  };
  readonly TIMER_FIRED: { readonly timerId: string; readonly startedEventId: number };
  readonly TIMER_CANCELED: {
    readonly timerId: string;
    readonly startedEventId: number;
    readonly workflowTaskCompletedEventId: number;
    readonly identity?: string;
  };
  readonly MARKER_RECORDED: CommandAttributes['RECORD_MARKER'] & {
    readonly workflowTaskCompletedEventId: number;
  };
  readonly UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: CommandAttributes['UPSERT_WORKFLOW_SEARCH_ATTRIBUTES'] & {
    readonly workflowTaskCompletedEventId: number;
  };
  readonly WORKFLOW_PROPERTIES_MODIFIED: CommandAttributes['MODIFY_WORKFLOW_PROPERTIES'] & {
    readonly workflowTaskCompletedEventId: number;
  };
  readonly ACTIVITY_TASK_SCHEDULED: {
    readonly activityId: string;
    readonly activityType: ActivityType;
    readonly taskQueue: TaskQueue;
    readonly header?: Header;
    readonly input?: Payloads;
    /** 0 where there is none. */
    readonly scheduleToCloseTimeout: DurationMs;
    readonly scheduleToStartTimeout: DurationMs;
    readonly startToCloseTimeout: DurationMs;
    readonly heartbeatTimeout: DurationMs;
    readonly workflowTaskCompletedEventId: number;
    readonly retryPolicy: RetryPolicy;
  };
  /** Written only when the activity ends, with the time at which its last attempt began. */
  readonly ACTIVITY_TASK_STARTED: {
    readonly scheduledEventId: number;
    readonly identity?: string;
    readonly requestId: string;
    readonly attempt: number;
    readonly lastFailure?: Failure;
  };
  readonly ACTIVITY_TASK_COMPLETED: ActivityEnd & { readonly result?: Payloads; readonly identity?: string };
  readonly ACTIVITY_TASK_FAILED: ActivityEnd & {
    readonly failure: Failure;
    readonly identity?: string;
    readonly retryState: RetryState;
  };
  readonly ACTIVITY_TASK_TIMED_OUT: ActivityEnd & {
    readonly failure: Failure;
    readonly retryState: RetryState;
  };
  readonly ACTIVITY_TASK_CANCEL_REQUESTED: {
    readonly scheduledEventId: number;
    readonly workflowTaskCompletedEventId: number;
  };
  readonly ACTIVITY_TASK_CANCELED: ActivityEnd & {
    readonly details?: Payloads;
    readonly latestCancelRequestedEventId: number;
    readonly identity?: string;
  };
  readonly NEXUS_OPERATION_SCHEDULED: {
    readonly endpoint: string;
    readonly endpointId: string;
    readonly service: string;
    readonly operation: string;
    readonly input?: Payload;
    readonly scheduleToCloseTimeout?: DurationMs;
    readonly scheduleToStartTimeout?: DurationMs;
    readonly startToCloseTimeout?: DurationMs;
    readonly nexusHeader?: Readonly<Record<string, string>>;
    readonly workflowTaskCompletedEventId: number;
    readonly requestId: string;
  };
  readonly NEXUS_OPERATION_STARTED: Resolution & {
    readonly operationId: string;
    readonly operationToken: string;
  };
  readonly NEXUS_OPERATION_COMPLETED: Resolution & { readonly result?: Payload };
  readonly NEXUS_OPERATION_FAILED: Resolution & { readonly failure: Failure };
  readonly NEXUS_OPERATION_CANCELED: Resolution & { readonly failure: Failure };
  readonly NEXUS_OPERATION_TIMED_OUT: Resolution & { readonly failure: Failure };
  readonly NEXUS_OPERATION_CANCEL_REQUESTED: {
    readonly scheduledEventId: number;
    readonly workflowTaskCompletedEventId: number;
  };
  readonly NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED: {
    readonly requestedEventId: number;
    readonly scheduledEventId: number;
  };
  readonly NEXUS_OPERATION_CANCEL_REQUEST_FAILED: {
    readonly requestedEventId: number;
    readonly scheduledEventId: number;
    readonly failure: Failure;
  };
}

export type EventType = keyof EventAttributes;

/** What an event says, before history gives it a number. */
export type EventBody = {
  readonly [T in EventType]: {
    readonly eventType: T;
    readonly attributes: EventAttributes[T];
    readonly links?: readonly Link[];
    readonly workerMayIgnore?: boolean;
    readonly userMetadata?: UserMetadata;
  };
}[EventType];

/** One event of one run. `eventId` counts from 1 without gaps. */
export type HistoryEvent = EventBody & {
  readonly eventId: number;
  readonly eventTime: Instant;
};

export interface History {
  readonly events?: readonly HistoryEvent[];
}

export type WorkflowExecutionStatus =
  'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELED' | 'TERMINATED' | 'CONTINUED_AS_NEW' | 'TIMED_OUT';
