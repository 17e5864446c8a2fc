import type { DurationMs, Instant } from '../../base/time.ts';
import type { Memo, SearchAttributes, WorkflowExecution, WorkflowType } from './common.ts';
import type { WorkflowExecutionStatus } from './history.ts';

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
