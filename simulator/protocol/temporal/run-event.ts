import type { DurationMs } from '../../base/time.ts';
import type {
  Header,
  Memo,
  Payloads,
  SearchAttributes,
  TaskQueue,
  WorkflowExecution,
  WorkflowType,
} from './common.ts';
import type { Failure, RetryState } from './failure.ts';
import type {
  ContinueAsNewInitiator,
  ParentClosePolicy,
  SignalExternalAttributes,
  StartChildAttributes,
} from './run-command.ts';

interface OfChild {
  readonly namespace: string;
  readonly namespaceId?: string;
  readonly workflowExecution: WorkflowExecution;
  readonly workflowType: WorkflowType;
  readonly initiatedEventId: number;
}

interface ChildEnd extends OfChild {
  /** 0 while the started event waits in the buffer. */
  readonly startedEventId: number;
}

interface Target {
  readonly namespace: string;
  readonly namespaceId?: string;
  readonly workflowExecution: WorkflowExecution;
}

/** Events of one run that tell of another one: children, signals and cancel requests, and the run that follows. */
export interface RunEventAttributes {
  readonly WORKFLOW_EXECUTION_CONTINUED_AS_NEW: {
    readonly newExecutionRunId: string;
    readonly workflowType: WorkflowType;
    readonly taskQueue: TaskQueue;
    readonly input?: Payloads;
    readonly workflowRunTimeout?: DurationMs;
    readonly workflowTaskTimeout?: DurationMs;
    readonly workflowTaskCompletedEventId: number;
    readonly backoffStartInterval?: DurationMs;
    /** As the command says it, and SDKs do not. */
    readonly initiator?: ContinueAsNewInitiator;
    readonly failure?: Failure;
    readonly lastCompletionResult?: Payloads;
    readonly header?: Header;
    readonly memo?: Memo;
    readonly searchAttributes?: SearchAttributes;
  };
  readonly START_CHILD_WORKFLOW_EXECUTION_INITIATED: StartChildAttributes & {
    readonly namespace: string;
    readonly workflowId: string;
    readonly workflowType: WorkflowType;
    readonly taskQueue: TaskQueue;
    readonly parentClosePolicy: ParentClosePolicy;
    readonly namespaceId?: string;
    readonly workflowTaskCompletedEventId: number;
  };
  readonly START_CHILD_WORKFLOW_EXECUTION_FAILED: {
    readonly namespace: string;
    readonly namespaceId?: string;
    readonly workflowId: string;
    readonly workflowType: WorkflowType;
    readonly cause: 'WORKFLOW_ALREADY_EXISTS' | 'NAMESPACE_NOT_FOUND';
    readonly control?: string;
    readonly initiatedEventId: number;
    readonly workflowTaskCompletedEventId: number;
  };
  readonly CHILD_WORKFLOW_EXECUTION_STARTED: OfChild & { readonly header?: Header };
  readonly CHILD_WORKFLOW_EXECUTION_COMPLETED: ChildEnd & { readonly result?: Payloads };
  readonly CHILD_WORKFLOW_EXECUTION_FAILED: ChildEnd & {
    readonly failure: Failure;
    readonly retryState: RetryState;
  };
  readonly CHILD_WORKFLOW_EXECUTION_CANCELED: ChildEnd & { readonly details?: Payloads };
  readonly CHILD_WORKFLOW_EXECUTION_TIMED_OUT: ChildEnd & { readonly retryState: RetryState };
  readonly CHILD_WORKFLOW_EXECUTION_TERMINATED: ChildEnd;
  readonly SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: Target &
    Omit<SignalExternalAttributes, 'execution' | 'namespace'> & {
      readonly signalName: string;
      readonly workflowTaskCompletedEventId: number;
    };
  readonly SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: Target & {
    readonly cause: ExternalFailedCause;
    readonly workflowTaskCompletedEventId: number;
    readonly initiatedEventId: number;
    readonly control?: string;
  };
  readonly EXTERNAL_WORKFLOW_EXECUTION_SIGNALED: Target & {
    readonly initiatedEventId: number;
    readonly control?: string;
  };
  readonly REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: Target & {
    readonly workflowTaskCompletedEventId: number;
    readonly control?: string;
    readonly childWorkflowOnly?: boolean;
    readonly reason?: string;
  };
  readonly REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: Target & {
    readonly cause: ExternalFailedCause;
    readonly workflowTaskCompletedEventId: number;
    readonly initiatedEventId: number;
    readonly control?: string;
  };
  readonly EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED: Target & { readonly initiatedEventId: number };
}

export type ExternalFailedCause = 'EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND' | 'NAMESPACE_NOT_FOUND';
