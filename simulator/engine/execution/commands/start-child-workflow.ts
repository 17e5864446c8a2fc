import { ID_LENGTH_MAX } from '../../../protocol/ids.ts';
import type { StartChildAttributes } from '../../../protocol/temporal/run-command.ts';
import { retryPolicyProblem, withRetryDefaults } from '../activity-retry.ts';
import { newChild } from '../child.ts';
import { append } from '../history.ts';
import { searchAttributesProblem } from '../run-attributes.ts';
import { refuseCommand, type CommandHandler } from './command.ts';

export const startChildWorkflow: CommandHandler<'START_CHILD_WORKFLOW_EXECUTION'> = {
  check(check, attributes) {
    const problem = problemIn(attributes);
    if (problem !== undefined) {
      return refuseCommand(
        'BAD_START_CHILD_EXECUTION_ATTRIBUTES',
        `${problem} WorkflowId=${attributes.workflowId ?? ''}`,
      );
    }
    const namespace = attributes.namespace ?? check.execution.ref.namespace;
    const misfit = searchAttributesProblem(check, namespace, attributes.searchAttributes?.indexedFields);
    if (misfit !== undefined) return refuseCommand('BAD_SEARCH_ATTRIBUTES', misfit);
    const { pendingChildrenMax } = check.limits;
    check.startedChildren += 1;
    if (check.execution.children.size + check.startedChildren > pendingChildrenMax) {
      return refuseCommand(
        'PENDING_CHILD_WORKFLOWS_LIMIT_EXCEEDED',
        `the number of pending child workflow executions, ${check.execution.children.size}, has reached the per-workflow limit of ${pendingChildrenMax}`,
      );
    }
    return undefined;
  },
  apply(turn, execution, { attributes, userMetadata, workflowTaskCompletedEventId }) {
    const namespace = attributes.namespace ?? execution.ref.namespace;
    const namespaceId = turn.state.namespaces.get(namespace)?.id;
    const { workflowType = {}, workflowId = '', retryPolicy } = attributes;
    const initiated = {
      ...attributes,
      namespace,
      ...(namespaceId !== undefined && { namespaceId }),
      workflowId,
      workflowType,
      taskQueue: { name: attributes.taskQueue?.name ?? execution.taskQueue.name, kind: 'NORMAL' },
      parentClosePolicy: attributes.parentClosePolicy ?? 'TERMINATE',
      ...(retryPolicy !== undefined && { retryPolicy: withRetryDefaults(retryPolicy, turn.limits) }),
      workflowTaskCompletedEventId,
    } as const;
    const initiatedEventId = append(turn, execution, {
      eventType: 'START_CHILD_WORKFLOW_EXECUTION_INITIATED',
      attributes: initiated,
      ...(userMetadata !== undefined && { userMetadata }),
    });
    execution.children.set(initiatedEventId, newChild(initiatedEventId, initiated));
    turn.transfers.push({ kind: 'start-child', run: execution.ref.runId, initiatedEventId });
  },
};

function problemIn(attributes: StartChildAttributes): string | undefined {
  const { workflowId = '', workflowType, cronSchedule, retryPolicy } = attributes;
  if (workflowId === '') return 'Required field WorkflowId is not set on StartChildWorkflowExecutionCommand.';
  if ((workflowType?.name ?? '') === '') {
    return 'Required field WorkflowType is not set on StartChildWorkflowExecutionCommand.';
  }
  if (workflowId.length > ID_LENGTH_MAX) {
    return `WorkflowId on StartChildWorkflowExecutionCommand exceeds length limit of ${ID_LENGTH_MAX}.`;
  }
  if (cronSchedule !== undefined) {
    return 'This simulator does not run cron schedules yet: start the child without cronSchedule.';
  }
  const timeouts = [
    attributes.workflowExecutionTimeout,
    attributes.workflowRunTimeout,
    attributes.workflowTaskTimeout,
  ];
  if (timeouts.some((timeout) => timeout !== undefined && timeout < 0)) {
    return 'A timeout on StartChildWorkflowExecutionCommand cannot be negative.';
  }
  return retryPolicy && retryPolicyProblem(retryPolicy);
}
