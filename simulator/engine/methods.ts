import type { TemporalMethod } from '../protocol/temporal/methods.ts';
import {
  recordActivityTaskHeartbeat,
  recordActivityTaskHeartbeatById,
  respondActivityTaskCanceled,
  respondActivityTaskCanceledById,
  respondActivityTaskCompleted,
  respondActivityTaskCompletedById,
  respondActivityTaskFailed,
  respondActivityTaskFailedById,
} from './execution/activity-respond.ts';
import {
  requestCancelWorkflowExecution,
  signalWorkflowExecution,
  terminateWorkflowExecution,
} from './execution/control.ts';
import {
  describeWorkflowExecution,
  getWorkflowExecutionHistory,
  getWorkflowExecutionHistoryReverse,
} from './execution/read.ts';
import { respondWorkflowTaskCompleted, respondWorkflowTaskFailed } from './execution/respond.ts';
import { deleteWorkflowExecution } from './execution/delete-run.ts';
import { resetWorkflowExecution } from './execution/reset-run.ts';
import { signalWithStartWorkflowExecution } from './execution/signal-with-start.ts';
import { startWorkflowExecution } from './execution/start.ts';
import { describeTaskQueue } from './matching/describe.ts';
import { pollActivityTaskQueue, pollNexusTaskQueue, pollWorkflowTaskQueue } from './matching/poll.ts';
import { recordWorkerHeartbeat, resetStickyTaskQueue, shutdownWorker } from './matching/sticky.ts';
import { completeNexusOperation } from './nexus/completion.ts';
import { dispatchNexusTask } from './nexus/dispatch.ts';
import { respondNexusTaskCompleted, respondNexusTaskFailed } from './nexus/respond.ts';
import { queryWorkflow, respondQueryTaskCompleted } from './query/methods.ts';
import { deleteNamespace } from './registry/delete-namespace.ts';
import {
  createNexusEndpoint,
  deleteNexusEndpoint,
  getNexusEndpoint,
  listNexusEndpoints,
  updateNexusEndpoint,
} from './registry/endpoints.ts';
import {
  describeNamespace,
  listNamespaces,
  registerNamespace,
  updateNamespace,
} from './registry/namespaces.ts';
import {
  addSearchAttributes,
  getSearchAttributes,
  listSearchAttributes,
  removeSearchAttributes,
} from './registry/search-attributes.ts';
import { getClusterInfo, getSystemInfo } from './registry/system.ts';
import {
  deleteNexusOperationExecution,
  requestCancelNexusOperationExecution,
  terminateNexusOperationExecution,
} from './standalone/control.ts';
import { countNexusOperationExecutions, listNexusOperationExecutions } from './standalone/list.ts';
import { startNexusOperationExecution } from './standalone/start.ts';
import { describeNexusOperationExecution, pollNexusOperationExecution } from './standalone/wait.ts';
import {
  countWorkflowExecutions,
  listArchivedWorkflowExecutions,
  listClosedWorkflowExecutions,
  listOpenWorkflowExecutions,
  listWorkflowExecutions,
  scanWorkflowExecutions,
} from './visibility/list.ts';
import type { MethodHandler } from './turn.ts';
import { pollWorkflowExecutionUpdate, updateWorkflowExecution } from './update/methods.ts';
import { executeMultiOperation } from './update/multi-operation.ts';

/** Who answers which method. A new RPC is a line here, its types in `protocol/temporal/methods.ts`, and its function. */
export const methodHandlers: { readonly [M in TemporalMethod]: MethodHandler<M> } = {
  getSystemInfo,
  getClusterInfo,
  registerNamespace,
  describeNamespace,
  listNamespaces,
  updateNamespace,
  deleteNamespace,
  startWorkflowExecution,
  signalWorkflowExecution,
  signalWithStartWorkflowExecution,
  resetWorkflowExecution,
  deleteWorkflowExecution,
  requestCancelWorkflowExecution,
  terminateWorkflowExecution,
  describeWorkflowExecution,
  getWorkflowExecutionHistory,
  getWorkflowExecutionHistoryReverse,
  listWorkflowExecutions,
  scanWorkflowExecutions,
  listArchivedWorkflowExecutions,
  listOpenWorkflowExecutions,
  listClosedWorkflowExecutions,
  countWorkflowExecutions,
  getSearchAttributes,
  describeTaskQueue,
  recordWorkerHeartbeat,
  pollWorkflowTaskQueue,
  respondWorkflowTaskCompleted,
  respondWorkflowTaskFailed,
  resetStickyTaskQueue,
  pollActivityTaskQueue,
  respondActivityTaskCompleted,
  respondActivityTaskCompletedById,
  respondActivityTaskFailed,
  respondActivityTaskFailedById,
  respondActivityTaskCanceled,
  respondActivityTaskCanceledById,
  recordActivityTaskHeartbeat,
  recordActivityTaskHeartbeatById,
  pollNexusTaskQueue,
  respondNexusTaskCompleted,
  respondNexusTaskFailed,
  shutdownWorker,
  queryWorkflow,
  respondQueryTaskCompleted,
  updateWorkflowExecution,
  pollWorkflowExecutionUpdate,
  executeMultiOperation,
  startNexusOperationExecution,
  describeNexusOperationExecution,
  pollNexusOperationExecution,
  listNexusOperationExecutions,
  countNexusOperationExecutions,
  requestCancelNexusOperationExecution,
  terminateNexusOperationExecution,
  deleteNexusOperationExecution,
  addSearchAttributes,
  listSearchAttributes,
  removeSearchAttributes,
  createNexusEndpoint,
  updateNexusEndpoint,
  deleteNexusEndpoint,
  getNexusEndpoint,
  listNexusEndpoints,
  dispatchNexusTask,
  completeNexusOperation,
};
