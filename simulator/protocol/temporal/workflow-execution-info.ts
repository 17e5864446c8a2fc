import type { DurationMs, Instant } from '../../base/time.ts';
import type { Memo, SearchAttributes, WorkflowExecution, WorkflowType } from './common.ts';
import type { EventType, WorkflowExecutionStatus } from './history.ts';

export interface WorkflowExecutionInfo {
  readonly execution: WorkflowExecution;
  readonly type: WorkflowType;
  readonly startTime: Instant;
  readonly executionTime: Instant;
  readonly closeTime?: Instant;
  readonly status: WorkflowExecutionStatus;
  readonly historyLength: number;
  readonly taskQueue: string;
  readonly firstRunId: string;
  readonly parentNamespaceId?: string;
  readonly parentExecution?: WorkflowExecution;
  readonly rootExecution?: WorkflowExecution;
  readonly memo?: Memo;
  readonly searchAttributes?: SearchAttributes;
  /** Of a closed run. */
  readonly executionDuration?: DurationMs;
}

/** What only the description of a single run tells. */
export interface WorkflowExecutionExtendedInfo {
  readonly originalStartTime: Instant;
  readonly executionExpirationTime?: Instant;
  readonly runExpirationTime?: Instant;
  readonly cancelRequested: boolean;
  /** The run that a reset put in this one's place. */
  readonly resetRunId?: string;
  /** Who asked for the run, or has attached to it, by request id. */
  readonly requestIdInfos: Readonly<
    Record<string, { readonly eventType: EventType; readonly eventId?: number }>
  >;
}

export interface PendingWorkflowTaskInfo {
  readonly state: 'SCHEDULED' | 'STARTED';
  readonly scheduledTime: Instant;
  readonly startedTime?: Instant;
  readonly attempt: number;
}
