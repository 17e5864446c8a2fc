import type { DurationMs } from '../../base/time.ts';
import type {
  Callback,
  Header,
  Link,
  Memo,
  Payloads,
  RetryPolicy,
  SearchAttributes,
  TaskQueue,
  UserMetadata,
  WorkflowType,
} from './common.ts';

/** What a workflow is started with. Field conventions: see `common.ts`. */
export interface StartWorkflowExecutionRequest {
  readonly namespace?: string;
  readonly workflowId?: string;
  readonly workflowType?: WorkflowType;
  readonly taskQueue?: TaskQueue;
  readonly input?: Payloads;
  readonly workflowExecutionTimeout?: DurationMs;
  readonly workflowRunTimeout?: DurationMs;
  readonly workflowTaskTimeout?: DurationMs;
  readonly identity?: string;
  readonly requestId?: string;
  readonly workflowIdReusePolicy?:
    'ALLOW_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY' | 'REJECT_DUPLICATE' | 'TERMINATE_IF_RUNNING';
  readonly workflowIdConflictPolicy?: 'FAIL' | 'USE_EXISTING' | 'TERMINATE_EXISTING';
  readonly retryPolicy?: RetryPolicy;
  readonly cronSchedule?: string;
  /** How long the first workflow task waits. */
  readonly workflowStartDelay?: DurationMs;
  readonly header?: Header;
  /** The caller is a worker too and takes the first workflow task with the answer. */
  readonly requestEagerExecution?: boolean;
  readonly memo?: Memo;
  readonly searchAttributes?: SearchAttributes;
  readonly completionCallbacks?: readonly Callback[];
  readonly userMetadata?: UserMetadata;
  readonly links?: readonly Link[];
  readonly onConflictOptions?: {
    readonly attachRequestId?: boolean;
    readonly attachCompletionCallbacks?: boolean;
    readonly attachLinks?: boolean;
  };
}
