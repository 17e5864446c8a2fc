import { between } from '../../base/time.ts';
import type { DescribeWorkflowExecutionResponse } from '../../protocol/temporal/methods.ts';
import type { WorkflowExecutionInfo } from '../../protocol/temporal/workflow-execution-info.ts';
import { settableAttributes } from '../registry/search-attributes.ts';
import type { EngineState, Execution } from '../state.ts';
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
