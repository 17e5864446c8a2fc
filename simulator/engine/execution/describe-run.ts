import { after, between } from '../../base/time.ts';
import type { HistoryEvent } from '../../protocol/temporal/history.ts';
import type { DescribeWorkflowExecutionResponse } from '../../protocol/temporal/methods.ts';
import type {
  PendingWorkflowTaskInfo,
  WorkflowExecutionExtendedInfo,
  WorkflowExecutionInfo,
} from '../../protocol/temporal/workflow-execution-info.ts';
import { settableAttributes } from '../registry/search-attributes.ts';
import type { AttachedRequest, EngineState, Execution, WorkflowTaskState } from '../state.ts';
import { typedPayloads } from '../visibility/attribute-value.ts';
import { describeFamily } from './describe-child.ts';
import { attributesOfRun } from './run-attributes.ts';
import { startedAttributes } from './start-run.ts';

/** A run as it is listed, and as its description begins. */
export function describeRun(state: EngineState, execution: Execution): WorkflowExecutionInfo {
  const { memo, searchAttributes } = attributesOfRun(execution);
  const types = settableAttributes(state, execution.ref.namespace);
  const { closedAt, executionTime } = execution;
  return {
    execution: { workflowId: execution.ref.workflowId, runId: execution.ref.runId },
    type: { name: execution.workflowType },
    startTime: execution.startedAt,
    executionTime,
    ...(closedAt !== undefined && {
      closeTime: closedAt,
      executionDuration: between(executionTime, closedAt),
    }),
    status: execution.status,
    historyLength: execution.events.length,
    taskQueue: execution.taskQueue.name,
    ...describeFamily(execution),
    ...(Object.keys(memo).length > 0 && { memo: { fields: memo } }),
    ...(Object.keys(searchAttributes).length > 0 && {
      searchAttributes: { indexedFields: typedPayloads(searchAttributes, types) },
    }),
  };
}

/** What only the description of a single run tells. */
export function describeMore(execution: Execution): WorkflowExecutionExtendedInfo {
  const { startedAt, expiresAt, runTimeout, resetTo, cancelRequested } = execution;
  return {
    originalStartTime: execution.events[0]?.eventTime ?? startedAt,
    ...(expiresAt !== undefined && { executionExpirationTime: expiresAt }),
    ...(runTimeout > 0 && { runExpirationTime: after(startedAt, runTimeout) }),
    cancelRequested,
    ...(resetTo !== undefined && { resetRunId: resetTo }),
    requestIdInfos: Object.fromEntries(
      [...execution.requests].map(([id, request]) => {
        const eventId = eventOf(execution, id, request);
        return [id, { eventType: request.eventType, ...(eventId !== undefined && { eventId }) }];
      }),
    ),
  };
}

/** The event that a request left; absent while that one is buffered. */
function eventOf(
  { events }: Execution,
  requestId: string,
  { eventType }: AttachedRequest,
): number | undefined {
  if (eventType === 'WORKFLOW_EXECUTION_STARTED') return 1;
  return events.find((event) => event.eventType === eventType && requestsOf(event).includes(requestId))
    ?.eventId;
}

/** The requests that an event tells of. */
function requestsOf(event: HistoryEvent): readonly (string | undefined)[] {
  switch (event.eventType) {
    case 'WORKFLOW_EXECUTION_OPTIONS_UPDATED': {
      const { attachedRequestId, workflowUpdateOptions = [] } = event.attributes;
      return [attachedRequestId, ...workflowUpdateOptions.map((options) => options.attachedRequestId)];
    }
    case 'WORKFLOW_EXECUTION_UPDATE_ADMITTED':
      return [event.attributes.request.requestId];
    case 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED':
      return [event.attributes.acceptedRequest?.requestId];
    default:
      return [];
  }
}

export const describeTask = (task: WorkflowTaskState): PendingWorkflowTaskInfo => ({
  state: task.state === 'started' ? 'STARTED' : 'SCHEDULED',
  scheduledTime: task.scheduledAt,
  ...(task.state === 'started' && { startedTime: task.startedAt }),
  attempt: task.attempt,
});

/** How the run was started. */
export function describeConfig(execution: Execution): DescribeWorkflowExecutionResponse['executionConfig'] {
  const { workflowExecutionTimeout, workflowRunTimeout } = startedAttributes(execution);
  const userMetadata = execution.events[0]?.userMetadata;
  return {
    taskQueue: execution.taskQueue,
    ...(workflowExecutionTimeout !== undefined && { workflowExecutionTimeout }),
    ...(workflowRunTimeout !== undefined && { workflowRunTimeout }),
    defaultWorkflowTaskTimeout: execution.workflowTaskTimeout,
    ...(userMetadata !== undefined && { userMetadata }),
  };
}
