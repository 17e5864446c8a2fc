import { append, isClosingBuffered } from '../history.ts';
import { refuseCommand, type CommandHandler } from './command.ts';

export const requestCancelNexusOperation: CommandHandler<'REQUEST_CANCEL_NEXUS_OPERATION'> = {
  check(check, { scheduledEventId = 0 }) {
    const bad = (message: string) => refuseCommand('BAD_REQUEST_CANCEL_NEXUS_OPERATION_ATTRIBUTES', message);
    const pending = check.execution.operations.get(scheduledEventId);
    const known =
      pending !== undefined ||
      check.scheduledOperations.has(scheduledEventId) ||
      isClosingBuffered(check.execution, scheduledEventId);
    if (!known) {
      return bad(
        `requested cancelation for a non-existing or already completed operation with scheduled event ID of ${scheduledEventId}`,
      );
    }
    if (pending?.cancellation !== undefined || check.cancelledOperations.has(scheduledEventId)) {
      return bad(
        `cancelation was already requested for an operation with scheduled event ID ${scheduledEventId}`,
      );
    }
    check.cancelledOperations.add(scheduledEventId);
    return undefined;
  },
  apply(turn, execution, { attributes, workflowTaskCompletedEventId }) {
    const scheduledEventId = attributes.scheduledEventId ?? 0;
    const requestedEventId = append(turn, execution, {
      eventType: 'NEXUS_OPERATION_CANCEL_REQUESTED',
      attributes: { scheduledEventId, workflowTaskCompletedEventId },
    });
    const operation = execution.operations.get(scheduledEventId);
    // Its closing event waits in the buffer: the request is on record and there is nothing left to cancel.
    if (operation === undefined) return;
    operation.cancellation = { requestedEventId, state: 'UNSPECIFIED', attempt: 0 };
    if (operation.state !== 'STARTED') return;
    turn.transfers.push({ kind: 'cancel-operation', run: execution.ref.runId, operation: scheduledEventId });
  },
};
