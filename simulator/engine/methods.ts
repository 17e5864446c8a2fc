import type { TemporalMethod } from '../protocol/temporal/methods.ts';
import {
  requestCancelWorkflowExecution,
  signalWorkflowExecution,
  terminateWorkflowExecution,
} from './execution/control.ts';
import { describeWorkflowExecution, getWorkflowExecutionHistory } from './execution/read.ts';
import { respondWorkflowTaskCompleted, respondWorkflowTaskFailed } from './execution/respond.ts';
import { startWorkflowExecution } from './execution/start.ts';
import {
  pollActivityTaskQueue,
  pollNexusTaskQueue,
  pollWorkflowTaskQueue,
  shutdownWorker,
} from './matching/poll.ts';
import { respondNexusTaskCompleted, respondNexusTaskFailed } from './nexus/respond.ts';
import {
  createNexusEndpoint,
  deleteNexusEndpoint,
  getNexusEndpoint,
  listNexusEndpoints,
  updateNexusEndpoint,
} from './registry/endpoints.ts';
import { describeNamespace, listNamespaces, registerNamespace } from './registry/namespaces.ts';
import { getClusterInfo, getSystemInfo } from './registry/system.ts';
import type { MethodHandler } from './turn.ts';

/** Who answers which method. A new RPC is a line here, its types in `protocol/temporal/methods.ts`, and its function. */
export const methodHandlers: { readonly [M in TemporalMethod]: MethodHandler<M> } = {
  getSystemInfo,
  getClusterInfo,
  registerNamespace,
  describeNamespace,
  listNamespaces,
  startWorkflowExecution,
  signalWorkflowExecution,
  requestCancelWorkflowExecution,
  terminateWorkflowExecution,
  describeWorkflowExecution,
  getWorkflowExecutionHistory,
  pollWorkflowTaskQueue,
  respondWorkflowTaskCompleted,
  respondWorkflowTaskFailed,
  pollActivityTaskQueue,
  pollNexusTaskQueue,
  respondNexusTaskCompleted,
  respondNexusTaskFailed,
  shutdownWorker,
  createNexusEndpoint,
  updateNexusEndpoint,
  deleteNexusEndpoint,
  getNexusEndpoint,
  listNexusEndpoints,
};
