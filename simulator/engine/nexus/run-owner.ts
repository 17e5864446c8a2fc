import { expectDefined } from '../../base/assert.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import { recordEvent } from '../execution/record.ts';
import type { Execution, Operation } from '../state.ts';
import type { Turn } from '../turn.ts';
import { asCanceled, operationFailure, timeoutFailure } from './failure.ts';
import { eventLink } from './links.ts';
import type { OperationOwner, Resolution } from './owner.ts';

/** The workflow run that scheduled an operation: its history is the record. */
export const runOwner: OperationOwner = {
  started(turn, operation, links) {
    const { ref, requestId, token = '' } = operation;
    const body = {
      eventType: 'NEXUS_OPERATION_STARTED' as const,
      attributes: {
        scheduledEventId: ref.scheduledEventId,
        requestId,
        operationId: token,
        operationToken: token,
      },
      ...(links.length > 0 && { links }),
    };
    recordEvent(turn, runOf(turn, operation), body, operation.startedAt);
  },
  closed(turn, operation, resolution) {
    const execution = runOf(turn, operation);
    execution.operations.delete(operation.ref.scheduledEventId);
    recordEvent(turn, execution, closingEvent(operation, resolution));
  },
  cancelEnded(turn, operation, failure) {
    if (!turn.limits.recordCancelRequestCompletionEvents) return;
    const { scheduledEventId } = operation.ref;
    const requestedEventId = operation.cancellation?.requestedEventId ?? 0;
    recordEvent(
      turn,
      runOf(turn, operation),
      failure === undefined
        ? {
            eventType: 'NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED',
            attributes: { requestedEventId, scheduledEventId },
            workerMayIgnore: true,
          }
        : {
            eventType: 'NEXUS_OPERATION_CANCEL_REQUEST_FAILED',
            attributes: { requestedEventId, scheduledEventId, failure },
            workerMayIgnore: true,
          },
    );
  },
  moved() {
    // History tells how it starts and ends, not what lies between.
  },
  callerLink: ({ ref }) => eventLink(ref.run, ref.scheduledEventId, 'NEXUS_OPERATION_SCHEDULED'),
};

const runOf = (turn: Turn, { ref }: Operation): Execution =>
  expectDefined(turn.state.executions.get(ref.run.runId), 'the run of an open operation');

function closingEvent(operation: Operation, resolution: Resolution): Parameters<typeof recordEvent>[2] {
  const { requestId } = operation;
  const { scheduledEventId } = operation.ref;
  const failed = (cause: Failure) => ({
    scheduledEventId,
    requestId,
    failure: operationFailure(operation, cause),
  });
  switch (resolution.state) {
    case 'SUCCEEDED': {
      const { result, links = [] } = resolution;
      return {
        eventType: 'NEXUS_OPERATION_COMPLETED',
        attributes: { scheduledEventId, requestId, ...(result !== undefined && { result }) },
        ...(links.length > 0 && { links }),
      };
    }
    case 'FAILED':
      return { eventType: 'NEXUS_OPERATION_FAILED', attributes: failed(resolution.cause) };
    case 'CANCELED':
      return { eventType: 'NEXUS_OPERATION_CANCELED', attributes: failed(asCanceled(resolution.cause)) };
    case 'TIMED_OUT':
      return {
        eventType: 'NEXUS_OPERATION_TIMED_OUT',
        attributes: failed(timeoutFailure(resolution.timeoutType)),
      };
  }
}
