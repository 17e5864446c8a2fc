import type { DurationMs, Instant } from '../../base/time.ts';
import type { CommandAttributes } from './command.ts';
import type {
  Callback,
  Header,
  Link,
  Payload,
  Payloads,
  TaskQueue,
  UserMetadata,
  WorkflowType,
} from './common.ts';
import type { Failure, TimeoutType } from './failure.ts';

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
  readonly attempt: number;
  readonly header?: Header;
  readonly completionCallbacks?: readonly Callback[];
}

interface Resolution {
  readonly scheduledEventId: number;
  readonly requestId: string;
}

/** Attributes per event type; names and fields as in `temporal.api.history.v1` (semantics §1.4). */
export interface EventAttributes {
  readonly WORKFLOW_EXECUTION_STARTED: WorkflowExecutionStartedAttributes;
  readonly WORKFLOW_EXECUTION_COMPLETED: {
    readonly result?: Payloads;
    readonly workflowTaskCompletedEventId: number;
  };
  readonly WORKFLOW_EXECUTION_FAILED: {
    readonly failure: Failure;
    readonly retryState: 'RETRY_POLICY_NOT_SET';
    readonly workflowTaskCompletedEventId: number;
  };
  readonly WORKFLOW_EXECUTION_TIMED_OUT: { readonly retryState: 'RETRY_POLICY_NOT_SET' };
  readonly WORKFLOW_EXECUTION_CANCEL_REQUESTED: { readonly cause?: string; readonly identity?: string };
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
  };
  readonly WORKFLOW_EXECUTION_OPTIONS_UPDATED: {
    readonly attachedRequestId?: string;
    readonly attachedCompletionCallbacks?: readonly Callback[];
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
