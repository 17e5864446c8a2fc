import { append } from '../history.ts';
import { refuseCommand, type CommandHandler } from './command.ts';

const bad = (message: string) => refuseCommand('BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES', message);

export const signalExternalWorkflow: CommandHandler<'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION'> = {
  check(_check, { execution, signalName = '' }) {
    const { workflowId = '' } = execution ?? {};
    if (workflowId === '') return bad('WorkflowId is not set on SignalExternalWorkflowExecutionCommand.');
    if (signalName === '') return bad('SignalName is not set on SignalExternalWorkflowExecutionCommand.');
    return undefined;
  },
  apply(turn, execution, { attributes, userMetadata, workflowTaskCompletedEventId }) {
    const { execution: target = {}, signalName = '', namespace: asked, ...rest } = attributes;
    const namespace = asked ?? execution.ref.namespace;
    const namespaceId = turn.state.namespaces.get(namespace)?.id;
    const initiatedEventId = append(turn, execution, {
      eventType: 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED',
      attributes: {
        ...rest,
        namespace,
        ...(namespaceId !== undefined && { namespaceId }),
        workflowExecution: target,
        signalName,
        workflowTaskCompletedEventId,
      },
      ...(userMetadata !== undefined && { userMetadata }),
    });
    turn.transfers.push({ kind: 'signal-external', run: execution.ref.runId, initiatedEventId });
  },
};
