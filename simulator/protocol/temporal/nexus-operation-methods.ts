/**
 * Requests and responses of standalone Nexus operations (semantics §11.1): operations that a client starts, and no
 * workflow. Field conventions: see `common.ts`.
 */
import type { Base64 } from '../../base/base64.ts';
import type { DurationMs, Instant } from '../../base/time.ts';
import type { Link, Payload, SearchAttributes, UserMetadata } from './common.ts';
import type { Failure } from './failure.ts';

export type NexusOperationIdReusePolicy =
  'ALLOW_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY' | 'REJECT_DUPLICATE';

export type NexusOperationExecutionStatus =
  'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELED' | 'TERMINATED' | 'TIMED_OUT';

export type NexusOperationWaitStage = 'STARTED' | 'CLOSED';

export interface StartNexusOperationExecutionRequest {
  readonly namespace?: string;
  readonly identity?: string;
  /** Starting again with the same one gives the same run. */
  readonly requestId?: string;
  readonly operationId?: string;
  readonly endpoint?: string;
  readonly service?: string;
  readonly operation?: string;
  readonly scheduleToCloseTimeout?: DurationMs;
  readonly scheduleToStartTimeout?: DurationMs;
  readonly startToCloseTimeout?: DurationMs;
  readonly input?: Payload;
  readonly idReusePolicy?: NexusOperationIdReusePolicy;
  readonly idConflictPolicy?: 'FAIL' | 'USE_EXISTING';
  readonly searchAttributes?: SearchAttributes;
  readonly nexusHeader?: Readonly<Record<string, string>>;
  readonly userMetadata?: UserMetadata;
}

/** Names one run, or the latest one of the operation id. */
export interface ByNexusOperation {
  readonly namespace?: string;
  readonly operationId?: string;
  readonly runId?: string;
}

/** To cancel or to terminate: asking again with the same request id changes nothing. */
export interface OnNexusOperation extends ByNexusOperation {
  readonly identity?: string;
  readonly requestId?: string;
  readonly reason?: string;
}

export interface NexusOperationExecutionCancellationInfo {
  readonly requestedTime?: Instant;
  /** Absent, that is unspecified, while the operation has not started. */
  readonly state?: 'SCHEDULED' | 'BACKING_OFF' | 'SUCCEEDED' | 'FAILED' | 'BLOCKED';
  readonly attempt?: number;
  readonly lastAttemptCompleteTime?: Instant;
  readonly lastAttemptFailure?: Failure;
  readonly nextAttemptScheduleTime?: Instant;
  readonly blockedReason?: string;
  readonly reason?: string;
}

/** What a list shows of one. */
export interface NexusOperationExecutionListInfo {
  readonly operationId: string;
  readonly runId: string;
  readonly endpoint: string;
  readonly service: string;
  readonly operation: string;
  readonly scheduleTime: Instant;
  readonly closeTime?: Instant;
  readonly status: NexusOperationExecutionStatus;
  readonly searchAttributes?: SearchAttributes;
  readonly stateTransitionCount: number;
  /** Only of one that is closed. */
  readonly executionDuration?: DurationMs;
}

export interface NexusOperationExecutionInfo extends NexusOperationExecutionListInfo {
  /** Absent once it is closed. `BLOCKED` is computed when described; it is never stored. */
  readonly state?: 'SCHEDULED' | 'BACKING_OFF' | 'STARTED' | 'BLOCKED';
  readonly scheduleToCloseTimeout?: DurationMs;
  readonly scheduleToStartTimeout?: DurationMs;
  readonly startToCloseTimeout?: DurationMs;
  readonly attempt: number;
  readonly expirationTime?: Instant;
  readonly lastAttemptCompleteTime?: Instant;
  readonly lastAttemptFailure?: Failure;
  readonly nextAttemptScheduleTime?: Instant;
  /** Until now while it runs. */
  readonly executionDuration: DurationMs;
  readonly cancellationInfo?: NexusOperationExecutionCancellationInfo;
  readonly blockedReason?: string;
  /** The one that handlers see, made by the server: not the one it was started with. */
  readonly requestId: string;
  readonly operationToken?: string;
  readonly nexusHeader?: Readonly<Record<string, string>>;
  readonly userMetadata?: UserMetadata;
  readonly links?: readonly Link[];
  readonly identity?: string;
}

/** Neither of the two while it runs, and of one that ended well without a result. */
export interface NexusOperationOutcome {
  readonly result?: Payload;
  readonly failure?: Failure;
}

export interface NexusOperationMethods {
  startNexusOperationExecution: {
    request: StartNexusOperationExecutionRequest;
    response: { readonly runId: string; readonly started: boolean };
  };
  /** With the token of an earlier answer it waits until something has changed since then. */
  describeNexusOperationExecution: {
    request: ByNexusOperation & {
      readonly includeInput?: boolean;
      readonly includeOutcome?: boolean;
      readonly longPollToken?: Base64;
    };
    /** Empty when nothing changed for as long as the caller would wait. */
    response: NexusOperationOutcome & {
      readonly runId?: string;
      readonly info?: NexusOperationExecutionInfo;
      readonly input?: Payload;
      readonly longPollToken?: Base64;
    };
  };
  /** Waits for a stage: until it has started, or by default until it is closed. */
  pollNexusOperationExecution: {
    request: ByNexusOperation & { readonly waitStage?: NexusOperationWaitStage };
    /** Empty when the stage did not come for as long as the caller would wait. */
    response: NexusOperationOutcome & {
      readonly runId?: string;
      readonly waitStage?: NexusOperationWaitStage;
      readonly operationToken?: string;
    };
  };
  listNexusOperationExecutions: {
    request: {
      readonly namespace?: string;
      readonly pageSize?: number;
      readonly nextPageToken?: Base64;
      readonly query?: string;
    };
    response: {
      readonly operations: readonly NexusOperationExecutionListInfo[];
      readonly nextPageToken?: Base64;
    };
  };
  countNexusOperationExecutions: {
    request: { readonly namespace?: string; readonly query?: string };
    response: {
      readonly count: number;
      readonly groups?: readonly { readonly groupValues: readonly Payload[]; readonly count: number }[];
    };
  };
  requestCancelNexusOperationExecution: { request: OnNexusOperation; response: Empty };
  terminateNexusOperationExecution: { request: OnNexusOperation; response: Empty };
  deleteNexusOperationExecution: { request: ByNexusOperation; response: Empty };
}

type Empty = Readonly<Record<string, never>>;
