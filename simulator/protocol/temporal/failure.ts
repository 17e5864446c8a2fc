import type { DurationMs } from '../../base/time.ts';
import type { ActivityType, Payload, Payloads, WorkflowExecution, WorkflowType } from './common.ts';

export type TimeoutType = 'START_TO_CLOSE' | 'SCHEDULE_TO_START' | 'SCHEDULE_TO_CLOSE' | 'HEARTBEAT';
/** Why something that failed is tried again, or is not. */
export type RetryState =
  | 'IN_PROGRESS'
  | 'NON_RETRYABLE_FAILURE'
  | 'TIMEOUT'
  | 'MAXIMUM_ATTEMPTS_REACHED'
  | 'RETRY_POLICY_NOT_SET'
  | 'INTERNAL_SERVER_ERROR'
  | 'CANCEL_REQUESTED';
export type NexusHandlerErrorRetryBehavior = 'RETRYABLE' | 'NON_RETRYABLE';

export interface NexusOperationFailureInfo {
  readonly scheduledEventId?: number;
  readonly endpoint?: string;
  readonly service?: string;
  readonly operation?: string;
  /** Deprecated on the wire; always the same as the token. */
  readonly operationId?: string;
  readonly operationToken?: string;
}

/** `temporal.api.failure.v1.Failure`. At most one of the `…Info` fields is set. */
export interface Failure {
  readonly message?: string;
  readonly source?: string;
  readonly stackTrace?: string;
  readonly encodedAttributes?: Payload;
  readonly cause?: Failure;
  readonly applicationFailureInfo?: {
    readonly type?: string;
    readonly nonRetryable?: boolean;
    readonly details?: Payloads;
    readonly nextRetryDelay?: DurationMs;
  };
  readonly timeoutFailureInfo?: {
    readonly timeoutType?: TimeoutType;
    readonly lastHeartbeatDetails?: Payloads;
  };
  readonly canceledFailureInfo?: { readonly details?: Payloads };
  readonly terminatedFailureInfo?: { readonly identity?: string };
  readonly resetWorkflowFailureInfo?: { readonly lastHeartbeatDetails?: Payloads };
  readonly serverFailureInfo?: { readonly nonRetryable?: boolean };
  readonly activityFailureInfo?: {
    readonly scheduledEventId?: number;
    readonly startedEventId?: number;
    readonly identity?: string;
    readonly activityType?: ActivityType;
    readonly activityId?: string;
    readonly retryState?: RetryState;
  };
  readonly childWorkflowExecutionFailureInfo?: {
    readonly namespace?: string;
    readonly workflowExecution?: WorkflowExecution;
    readonly workflowType?: WorkflowType;
    readonly initiatedEventId?: number;
    readonly startedEventId?: number;
    readonly retryState?: RetryState;
  };
  readonly nexusOperationExecutionFailureInfo?: NexusOperationFailureInfo;
  readonly nexusHandlerFailureInfo?: {
    readonly type?: string;
    readonly retryBehavior?: NexusHandlerErrorRetryBehavior;
  };
}
