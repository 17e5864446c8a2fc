import { extend } from '../../../base/extend.ts';
import { closeExecution } from '../close.ts';
import { failExecution } from '../retry-run.ts';
import { refuseCommand, type CommandHandler } from './command.ts';

export const completeWorkflowExecution: CommandHandler<'COMPLETE_WORKFLOW_EXECUTION'> = {
  closes: true,
  check: () => undefined,
  apply(turn, execution, { attributes, workflowTaskCompletedEventId }) {
    closeExecution(turn, execution, {
      eventType: 'WORKFLOW_EXECUTION_COMPLETED',
      attributes: extend(attributes, { workflowTaskCompletedEventId }),
    });
  },
};

export const failWorkflowExecution: CommandHandler<'FAIL_WORKFLOW_EXECUTION'> = {
  closes: true,
  check: (_check, { failure }) =>
    failure === undefined
      ? refuseCommand(
          'BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES',
          'Failure is not set on FailWorkflowExecutionCommand.',
        )
      : undefined,
  apply(turn, execution, { attributes, workflowTaskCompletedEventId }) {
    failExecution(turn, execution, { failure: attributes.failure ?? {}, workflowTaskCompletedEventId });
  },
};

export const cancelWorkflowExecution: CommandHandler<'CANCEL_WORKFLOW_EXECUTION'> = {
  closes: true,
  check: () => undefined,
  apply(turn, execution, { attributes, workflowTaskCompletedEventId }) {
    closeExecution(turn, execution, {
      eventType: 'WORKFLOW_EXECUTION_CANCELED',
      attributes: extend(attributes, { workflowTaskCompletedEventId }),
    });
  },
};
