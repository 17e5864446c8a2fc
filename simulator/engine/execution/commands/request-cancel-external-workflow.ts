import { append } from '../history.ts';
import { refuseCommand, type CommandHandler } from './command.ts';

export const requestCancelExternalWorkflow: CommandHandler<'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION'> = {
  check: (_check, { workflowId = '' }) =>
    workflowId === ''
      ? refuseCommand(
          'BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES',
          'WorkflowId is not set on RequestCancelExternalWorkflowExecutionCommand.',
        )
      : undefined,
  apply(turn, execution, { attributes, userMetadata, workflowTaskCompletedEventId }) {
    const { workflowId = '', runId, namespace: asked, ...rest } = attributes;
    const namespace = asked ?? execution.ref.namespace;
    const namespaceId = turn.state.namespaces.get(namespace)?.id;
    const initiatedEventId = append(turn, execution, {
      eventType: 'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED',
      attributes: {
        ...rest,
        namespace,
        ...(namespaceId !== undefined && { namespaceId }),
        workflowExecution: { workflowId, ...(runId !== undefined && { runId }) },
        workflowTaskCompletedEventId,
      },
      ...(userMetadata !== undefined && { userMetadata }),
    });
    turn.transfers.push({ kind: 'cancel-external', run: execution.ref.runId, initiatedEventId });
  },
};
