import type { DurationMs } from '../../base/time.ts';
import type {
  Header,
  Memo,
  Payloads,
  RetryPolicy,
  SearchAttributes,
  TaskQueue,
  WorkflowExecution,
  WorkflowIdReusePolicy,
  WorkflowType,
} from './common.ts';
import type { Failure } from './failure.ts';

/** What becomes of a child when its parent closes. */
export type ParentClosePolicy = 'TERMINATE' | 'ABANDON' | 'REQUEST_CANCEL';

/** Why a run follows another one. */
export type ContinueAsNewInitiator = 'WORKFLOW' | 'RETRY' | 'CRON_SCHEDULE';

export interface StartChildAttributes {
  readonly namespace?: string;
  readonly workflowId?: string;
  readonly workflowType?: WorkflowType;
  readonly taskQueue?: TaskQueue;
  readonly input?: Payloads;
  readonly workflowExecutionTimeout?: DurationMs;
  readonly workflowRunTimeout?: DurationMs;
  readonly workflowTaskTimeout?: DurationMs;
  readonly parentClosePolicy?: ParentClosePolicy;
  readonly control?: string;
  readonly workflowIdReusePolicy?: WorkflowIdReusePolicy;
  readonly retryPolicy?: RetryPolicy;
  readonly cronSchedule?: string;
  readonly header?: Header;
  readonly memo?: Memo;
  readonly searchAttributes?: SearchAttributes;
}

export interface SignalExternalAttributes {
  readonly namespace?: string;
  readonly execution?: WorkflowExecution;
  readonly signalName?: string;
  readonly input?: Payloads;
  readonly control?: string;
  readonly childWorkflowOnly?: boolean;
  readonly header?: Header;
}

export interface RequestCancelExternalAttributes {
  readonly namespace?: string;
  readonly workflowId?: string;
  readonly runId?: string;
  readonly control?: string;
  readonly childWorkflowOnly?: boolean;
  readonly reason?: string;
}

export interface ContinueAsNewAttributes {
  readonly workflowType?: WorkflowType;
  readonly taskQueue?: TaskQueue;
  readonly input?: Payloads;
  readonly workflowRunTimeout?: DurationMs;
  readonly workflowTaskTimeout?: DurationMs;
  readonly backoffStartInterval?: DurationMs;
  readonly retryPolicy?: RetryPolicy;
  readonly initiator?: ContinueAsNewInitiator;
  readonly failure?: Failure;
  readonly lastCompletionResult?: Payloads;
  readonly cronSchedule?: string;
  readonly header?: Header;
  readonly memo?: Memo;
  readonly searchAttributes?: SearchAttributes;
}

/** Commands of one run that start, signal, cancel or follow on with another one. */
export interface RunCommandAttributes {
  readonly START_CHILD_WORKFLOW_EXECUTION: StartChildAttributes;
  readonly SIGNAL_EXTERNAL_WORKFLOW_EXECUTION: SignalExternalAttributes;
  readonly REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION: RequestCancelExternalAttributes;
  readonly CONTINUE_AS_NEW_WORKFLOW_EXECUTION: ContinueAsNewAttributes;
}
