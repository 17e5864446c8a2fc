/**
 * Requests and responses of the methods of Temporal's WorkflowService and OperatorService that this project
 * serves, under the methods' own names. Field conventions: see `common.ts`.
 */
import type { DurationMs, Instant } from '../../base/time.ts';
import type { ActivityMethods, ActivityTask, PendingActivityInfo } from './activity-methods.ts';
import type { Command } from './command.ts';
import type {
  Callback,
  Header,
  Link,
  Payloads,
  TaskQueue,
  UserMetadata,
  WorkflowExecution,
  WorkflowType,
} from './common.ts';
import type { Failure } from './failure.ts';
import type { History, WorkflowExecutionStatus } from './history.ts';
import type { NamespaceMethods } from './namespace-methods.ts';
import type { NexusOperationMethods } from './nexus-operation-methods.ts';
import type { QueryMethods, WorkflowQuery, WorkflowQueryResult } from './query-methods.ts';
import type { ParentClosePolicy } from './run-command.ts';
import type { StartWorkflowExecutionRequest } from './start-request.ts';
import type { NexusMethods } from './nexus-methods.ts';
import type { TaskQueueMethods } from './task-queue-methods.ts';
import type { VisibilityMethods } from './visibility-methods.ts';
import type {
  PendingWorkflowTaskInfo,
  WorkflowExecutionExtendedInfo,
  WorkflowExecutionInfo,
} from './workflow-execution-info.ts';
import type { MultiOperationMethods, UpdateMethods } from './update-methods.ts';
import type { ProtocolMessage } from './update.ts';
import type { EndpointSpec, HandlerError, NexusEndpoint, NexusRequest, NexusResponse } from './nexus.ts';

type Empty = Readonly<Record<string, never>>;

interface StartWorkflowExecutionResponse {
  readonly runId: string;
  readonly started: boolean;
  readonly status: WorkflowExecutionStatus;
  readonly link: Link;
  readonly eagerWorkflowTask?: WorkflowTask;
}

export interface WorkflowTask {
  /** Absent in the empty answer of a long poll that ended without a task. */
  readonly taskToken?: string;
  readonly workflowExecution?: WorkflowExecution;
  readonly workflowType?: WorkflowType;
  readonly previousStartedEventId?: number;
  readonly startedEventId?: number;
  readonly attempt?: number;
  readonly history?: History;
  readonly nextPageToken?: string;
  /** The task is nothing but this query. */
  readonly query?: WorkflowQuery;
  /** Queries that are answered with the task, by ids of their own. */
  readonly queries?: Readonly<Record<string, WorkflowQuery>>;
  readonly messages?: readonly ProtocolMessage[];
  readonly workflowExecutionTaskQueue?: TaskQueue;
  readonly scheduledTime?: Instant;
  readonly startedTime?: Instant;
}

export interface NexusTask {
  /** Absent in the empty answer of a long poll that ended without a task. */
  readonly taskToken?: string;
  readonly request?: NexusRequest;
}

export interface PollRequest {
  readonly namespace?: string;
  readonly taskQueue?: TaskQueue;
  readonly identity?: string;
  readonly workerInstanceKey?: string;
}

/** `BLOCKED` is computed when described; it is never stored (semantics §1.2). */
export interface PendingNexusOperationInfo {
  readonly endpoint: string;
  readonly service: string;
  readonly operation: string;
  readonly operationId?: string;
  readonly operationToken?: string;
  readonly scheduleToCloseTimeout?: DurationMs;
  readonly scheduleToStartTimeout?: DurationMs;
  readonly startToCloseTimeout?: DurationMs;
  readonly scheduledTime: Instant;
  readonly state: 'SCHEDULED' | 'BACKING_OFF' | 'STARTED' | 'BLOCKED';
  readonly blockedReason?: string;
  readonly attempt: number;
  readonly lastAttemptCompleteTime?: Instant;
  readonly lastAttemptFailure?: Failure;
  readonly nextAttemptScheduleTime?: Instant;
  readonly scheduledEventId: number;
  readonly cancellationInfo?: NexusOperationCancellationInfo;
}

export interface NexusOperationCancellationInfo {
  readonly requestedTime?: Instant;
  /** Absent, that is unspecified, while the operation has not started. */
  readonly state?: 'SCHEDULED' | 'BACKING_OFF' | 'SUCCEEDED' | 'FAILED' | 'BLOCKED';
  readonly attempt?: number;
  readonly lastAttemptCompleteTime?: Instant;
  readonly lastAttemptFailure?: Failure;
  readonly nextAttemptScheduleTime?: Instant;
  readonly blockedReason?: string;
}

export interface PendingChildExecutionInfo {
  readonly workflowId: string;
  readonly runId?: string;
  readonly workflowTypeName: string;
  readonly initiatedId: number;
  readonly parentClosePolicy: ParentClosePolicy;
}

/** What a reset does not carry over from after the point that it goes back to. */
export type ResetReapplyExcludeType = 'SIGNAL' | 'UPDATE' | 'NEXUS' | 'CANCEL_REQUEST';

export interface CallbackInfo {
  readonly callback: Callback;
  readonly trigger:
    | { readonly workflowClosed: Empty }
    | { readonly updateWorkflowExecutionCompleted: { readonly updateId: string } };
  readonly registrationTime: Instant;
  readonly state: 'STANDBY' | 'SCHEDULED' | 'BACKING_OFF' | 'FAILED' | 'SUCCEEDED' | 'BLOCKED';
  readonly attempt: number;
  readonly lastAttemptCompleteTime?: Instant;
  readonly lastAttemptFailure?: Failure;
  readonly nextAttemptScheduleTime?: Instant;
}

export interface DescribeWorkflowExecutionResponse {
  readonly executionConfig: {
    readonly taskQueue: TaskQueue;
    readonly workflowExecutionTimeout?: DurationMs;
    readonly workflowRunTimeout?: DurationMs;
    readonly defaultWorkflowTaskTimeout: DurationMs;
    readonly userMetadata?: UserMetadata;
  };
  readonly workflowExecutionInfo: WorkflowExecutionInfo;
  readonly workflowExtendedInfo: WorkflowExecutionExtendedInfo;
  readonly pendingWorkflowTask?: PendingWorkflowTaskInfo;
  readonly pendingActivities?: readonly PendingActivityInfo[];
  readonly pendingChildren?: readonly PendingChildExecutionInfo[];
  readonly pendingNexusOperations?: readonly PendingNexusOperationInfo[];
  readonly callbacks?: readonly CallbackInfo[];
}

interface ByExecution {
  readonly namespace?: string;
  readonly execution?: WorkflowExecution;
}

interface OnExecution {
  readonly namespace?: string;
  readonly workflowExecution?: WorkflowExecution;
  readonly identity?: string;
}

interface OnChain extends OnExecution {
  /** Any run of the chain that begins with this one; a run id is not looked at then. */
  readonly firstExecutionRunId?: string;
}

interface Answer {
  readonly namespace?: string;
  readonly taskToken?: string;
  readonly identity?: string;
}

/** Method name → its request and its response. */
export interface TemporalMethods
  extends
    ActivityMethods,
    NamespaceMethods,
    NexusMethods,
    NexusOperationMethods,
    QueryMethods,
    TaskQueueMethods,
    UpdateMethods,
    VisibilityMethods,
    MultiOperationMethods<StartWorkflowExecutionRequest, StartWorkflowExecutionResponse> {
  getSystemInfo: {
    request: Empty;
    response: { serverVersion: string; capabilities: Readonly<Record<string, boolean>> };
  };
  getClusterInfo: {
    request: Empty;
    response: {
      serverVersion: string;
      clusterId: string;
      clusterName: string;
      persistenceStore: string;
      visibilityStore: string;
    };
  };
  startWorkflowExecution: {
    request: StartWorkflowExecutionRequest;
    response: StartWorkflowExecutionResponse;
  };
  signalWorkflowExecution: {
    request: OnExecution & {
      readonly signalName?: string;
      readonly input?: Payloads;
      readonly requestId?: string;
      readonly header?: Header;
    };
    response: Empty;
  };
  signalWithStartWorkflowExecution: {
    request: StartWorkflowExecutionRequest & {
      readonly signalName?: string;
      readonly signalInput?: Payloads;
    };
    response: { runId: string; firstExecutionRunId: string; started: boolean };
  };
  resetWorkflowExecution: {
    request: OnExecution & {
      readonly reason?: string;
      /** The event that ends, or would end, the workflow task from which the new run goes on. */
      readonly workflowTaskFinishEventId?: number;
      readonly requestId?: string;
      readonly resetReapplyType?: 'SIGNAL' | 'NONE' | 'ALL_ELIGIBLE';
      readonly resetReapplyExcludeTypes?: readonly ResetReapplyExcludeType[];
    };
    response: { runId: string };
  };
  deleteWorkflowExecution: {
    request: { readonly namespace?: string; readonly workflowExecution?: WorkflowExecution };
    response: Empty;
  };
  requestCancelWorkflowExecution: {
    request: OnChain & { readonly requestId?: string; readonly reason?: string };
    response: Empty;
  };
  terminateWorkflowExecution: {
    request: OnChain & { readonly reason?: string; readonly details?: Payloads };
    response: Empty;
  };
  describeWorkflowExecution: { request: ByExecution; response: DescribeWorkflowExecutionResponse };
  getWorkflowExecutionHistory: {
    request: ByExecution & {
      readonly maximumPageSize?: number;
      readonly nextPageToken?: string;
      readonly waitNewEvent?: boolean;
      readonly historyEventFilterType?: 'ALL_EVENT' | 'CLOSE_EVENT';
    };
    response: { history: History; nextPageToken?: string };
  };
  /** The latest events come first. */
  getWorkflowExecutionHistoryReverse: {
    request: ByExecution & { readonly maximumPageSize?: number; readonly nextPageToken?: string };
    response: { history: History; nextPageToken?: string };
  };
  pollWorkflowTaskQueue: { request: PollRequest; response: WorkflowTask };
  respondWorkflowTaskCompleted: {
    request: Answer & {
      readonly commands?: readonly Command[];
      readonly returnNewWorkflowTask?: boolean;
      readonly forceCreateNewWorkflowTask?: boolean;
      readonly stickyAttributes?: {
        readonly workerTaskQueue?: TaskQueue;
        readonly scheduleToStartTimeout?: DurationMs;
      };
      readonly messages?: readonly ProtocolMessage[];
      readonly capabilities?: { readonly discardSpeculativeWorkflowTaskWithEvents?: boolean };
      readonly queryResults?: Readonly<Record<string, WorkflowQueryResult>>;
      readonly sdkMetadata?: unknown;
      readonly meteringMetadata?: unknown;
    };
    response: {
      readonly workflowTask?: WorkflowTask;
      /** The task left no trace: to the worker, history ends with this event again. */
      readonly resetHistoryEventId?: number;
    };
  };
  respondWorkflowTaskFailed: {
    request: Answer & { readonly cause?: string; readonly failure?: Failure };
    response: Empty;
  };
  /** The worker lost the run from its cache: its next workflow tasks come with the whole history, to any worker. */
  resetStickyTaskQueue: { request: ByExecution; response: Empty };
  pollActivityTaskQueue: {
    request: PollRequest & {
      /** The rate of the whole task queue, in tasks per second; the latest worker to say so decides. */
      readonly taskQueueMetadata?: { readonly maxTasksPerSecond?: { readonly value?: number } };
    };
    response: ActivityTask;
  };
  pollNexusTaskQueue: { request: PollRequest; response: NexusTask };
  respondNexusTaskCompleted: { request: Answer & { readonly response?: NexusResponse }; response: Empty };
  respondNexusTaskFailed: {
    request: Answer & { readonly error?: HandlerError; readonly failure?: Failure };
    response: Empty;
  };
  shutdownWorker: {
    request: {
      readonly namespace?: string;
      readonly stickyTaskQueue?: string;
      readonly identity?: string;
      readonly workerInstanceKey?: string;
      readonly taskQueue?: string;
    };
    response: Empty;
  };
  createNexusEndpoint: { request: { readonly spec?: EndpointSpec }; response: { endpoint: NexusEndpoint } };
  updateNexusEndpoint: {
    request: { readonly id?: string; readonly version?: number; readonly spec?: EndpointSpec };
    response: { endpoint: NexusEndpoint };
  };
  deleteNexusEndpoint: { request: { readonly id?: string; readonly version?: number }; response: Empty };
  getNexusEndpoint: { request: { readonly id?: string }; response: { endpoint: NexusEndpoint } };
  listNexusEndpoints: {
    request: { readonly pageSize?: number; readonly nextPageToken?: string; readonly name?: string };
    response: { endpoints: readonly NexusEndpoint[]; nextPageToken?: string };
  };
}

export type TemporalMethod = keyof TemporalMethods;
export type RequestOf<M extends TemporalMethod> = TemporalMethods[M]['request'];
export type ResponseOf<M extends TemporalMethod> = TemporalMethods[M]['response'];

/** Which service each method belongs to; the list is complete by construction. */
export const temporalMethods = {
  getSystemInfo: 'WorkflowService',
  getClusterInfo: 'WorkflowService',
  registerNamespace: 'WorkflowService',
  describeNamespace: 'WorkflowService',
  listNamespaces: 'WorkflowService',
  updateNamespace: 'WorkflowService',
  deleteNamespace: 'OperatorService',
  startWorkflowExecution: 'WorkflowService',
  signalWorkflowExecution: 'WorkflowService',
  signalWithStartWorkflowExecution: 'WorkflowService',
  resetWorkflowExecution: 'WorkflowService',
  deleteWorkflowExecution: 'WorkflowService',
  requestCancelWorkflowExecution: 'WorkflowService',
  terminateWorkflowExecution: 'WorkflowService',
  describeWorkflowExecution: 'WorkflowService',
  getWorkflowExecutionHistory: 'WorkflowService',
  getWorkflowExecutionHistoryReverse: 'WorkflowService',
  listWorkflowExecutions: 'WorkflowService',
  scanWorkflowExecutions: 'WorkflowService',
  listArchivedWorkflowExecutions: 'WorkflowService',
  listOpenWorkflowExecutions: 'WorkflowService',
  listClosedWorkflowExecutions: 'WorkflowService',
  countWorkflowExecutions: 'WorkflowService',
  getSearchAttributes: 'WorkflowService',
  describeTaskQueue: 'WorkflowService',
  recordWorkerHeartbeat: 'WorkflowService',
  pollWorkflowTaskQueue: 'WorkflowService',
  respondWorkflowTaskCompleted: 'WorkflowService',
  respondWorkflowTaskFailed: 'WorkflowService',
  resetStickyTaskQueue: 'WorkflowService',
  pollActivityTaskQueue: 'WorkflowService',
  respondActivityTaskCompleted: 'WorkflowService',
  respondActivityTaskCompletedById: 'WorkflowService',
  respondActivityTaskFailed: 'WorkflowService',
  respondActivityTaskFailedById: 'WorkflowService',
  respondActivityTaskCanceled: 'WorkflowService',
  respondActivityTaskCanceledById: 'WorkflowService',
  recordActivityTaskHeartbeat: 'WorkflowService',
  recordActivityTaskHeartbeatById: 'WorkflowService',
  pollNexusTaskQueue: 'WorkflowService',
  respondNexusTaskCompleted: 'WorkflowService',
  respondNexusTaskFailed: 'WorkflowService',
  shutdownWorker: 'WorkflowService',
  queryWorkflow: 'WorkflowService',
  respondQueryTaskCompleted: 'WorkflowService',
  updateWorkflowExecution: 'WorkflowService',
  pollWorkflowExecutionUpdate: 'WorkflowService',
  executeMultiOperation: 'WorkflowService',
  startNexusOperationExecution: 'WorkflowService',
  describeNexusOperationExecution: 'WorkflowService',
  pollNexusOperationExecution: 'WorkflowService',
  listNexusOperationExecutions: 'WorkflowService',
  countNexusOperationExecutions: 'WorkflowService',
  requestCancelNexusOperationExecution: 'WorkflowService',
  terminateNexusOperationExecution: 'WorkflowService',
  deleteNexusOperationExecution: 'WorkflowService',
  addSearchAttributes: 'OperatorService',
  listSearchAttributes: 'OperatorService',
  removeSearchAttributes: 'OperatorService',
  createNexusEndpoint: 'OperatorService',
  updateNexusEndpoint: 'OperatorService',
  deleteNexusEndpoint: 'OperatorService',
  getNexusEndpoint: 'OperatorService',
  listNexusEndpoints: 'OperatorService',
  dispatchNexusTask: 'NexusService',
  completeNexusOperation: 'NexusService',
} as const satisfies Record<TemporalMethod, 'WorkflowService' | 'OperatorService' | 'NexusService'>;
