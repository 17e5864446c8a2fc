/** What activity workers ask and get; see `methods.ts`. */
import type { DurationMs, Instant } from '../../base/time.ts';
import type {
  ActivityType,
  Header,
  Payloads,
  RetryPolicy,
  WorkflowExecution,
  WorkflowType,
} from './common.ts';
import type { Failure } from './failure.ts';

type Empty = Readonly<Record<string, never>>;

/** One attempt of an activity, as a worker gets it. */
export interface ActivityTask {
  /** Absent in the empty answer of a long poll that ended without a task. */
  readonly taskToken?: string;
  readonly workflowNamespace?: string;
  readonly workflowType?: WorkflowType;
  readonly workflowExecution?: WorkflowExecution;
  readonly activityType?: ActivityType;
  readonly activityId?: string;
  readonly header?: Header;
  readonly input?: Payloads;
  /** From the last heartbeat of an earlier attempt. */
  readonly heartbeatDetails?: Payloads;
  readonly scheduledTime?: Instant;
  readonly currentAttemptScheduledTime?: Instant;
  readonly startedTime?: Instant;
  readonly attempt?: number;
  readonly scheduleToCloseTimeout?: DurationMs;
  readonly startToCloseTimeout?: DurationMs;
  readonly heartbeatTimeout?: DurationMs;
  readonly retryPolicy?: RetryPolicy;
}

/** Tells a worker how its activity stands. Absent means no. */
export interface HeartbeatResponse {
  readonly cancelRequested?: boolean;
}

export interface PendingActivityInfo {
  readonly activityId: string;
  readonly activityType: ActivityType;
  readonly state: 'SCHEDULED' | 'STARTED' | 'CANCEL_REQUESTED';
  readonly heartbeatDetails?: Payloads;
  readonly lastHeartbeatTime?: Instant;
  readonly lastStartedTime?: Instant;
  readonly attempt: number;
  readonly maximumAttempts?: number;
  readonly scheduledTime?: Instant;
  readonly expirationTime?: Instant;
  readonly lastFailure?: Failure;
  readonly lastWorkerIdentity?: string;
  readonly currentRetryInterval?: DurationMs;
  readonly lastAttemptCompleteTime?: Instant;
  readonly nextAttemptScheduleTime?: Instant;
}

interface ActivityById {
  readonly namespace?: string;
  readonly workflowId?: string;
  readonly runId?: string;
  readonly activityId?: string;
  readonly identity?: string;
}

/** With the token of an attempt. */
interface Answer {
  readonly namespace?: string;
  readonly taskToken?: string;
  readonly identity?: string;
}

/** Method name → its request and its response. */
export interface ActivityMethods {
  respondActivityTaskCompleted: { request: Answer & { readonly result?: Payloads }; response: Empty };
  respondActivityTaskCompletedById: {
    request: ActivityById & { readonly result?: Payloads };
    response: Empty;
  };
  respondActivityTaskFailed: {
    request: Answer & { readonly failure?: Failure; readonly lastHeartbeatDetails?: Payloads };
    response: Empty;
  };
  respondActivityTaskFailedById: {
    request: ActivityById & { readonly failure?: Failure; readonly lastHeartbeatDetails?: Payloads };
    response: Empty;
  };
  respondActivityTaskCanceled: { request: Answer & { readonly details?: Payloads }; response: Empty };
  respondActivityTaskCanceledById: {
    request: ActivityById & { readonly details?: Payloads };
    response: Empty;
  };
  recordActivityTaskHeartbeat: {
    request: Answer & { readonly details?: Payloads };
    response: HeartbeatResponse;
  };
  recordActivityTaskHeartbeatById: {
    request: ActivityById & { readonly details?: Payloads };
    response: HeartbeatResponse;
  };
}
