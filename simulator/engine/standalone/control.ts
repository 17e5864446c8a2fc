import { ok } from '../../base/result.ts';
import { ID_LENGTH_MAX } from '../../protocol/ids.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { OnNexusOperation } from '../../protocol/temporal/nexus-operation-methods.ts';
import { sendCancellation } from '../nexus/cancellation.ts';
import { disarm } from '../nexus/operation.ts';
import { workflowKey, type StandaloneOperation } from '../state.ts';
import { refuse, type MethodHandler, type Turn } from '../turn.ts';
import { findStandalone, isRefusal, lengthProblem, type Refusal } from './lookup.ts';
import { closeStandalone, noteChange } from './owner.ts';
import { endStandaloneWaits } from './wait.ts';

/* What clients do to a standalone operation; asking twice with one request id is asking once (semantics §11.1). */

export const requestCancelNexusOperationExecution: MethodHandler<'requestCancelNexusOperationExecution'> = (
  turn,
  request,
) => {
  const own = findControlled(turn, request);
  if (isRefusal(own)) return own;
  const { requestId = turn.state.random.ids.uuid(), reason } = request;
  const before = own.cancelRequest;
  // Also after it has closed: the answer to the first request may have been lost.
  if (before?.requestId === requestId) return ok({});
  if (own.status !== 'RUNNING') return refuse('FAILED_PRECONDITION', 'operation already completed');
  if (before !== undefined) {
    return refuse(
      'FAILED_PRECONDITION',
      `cancellation already requested with request ID ${before.requestId}`,
    );
  }
  const { operation } = own;
  own.cancelRequest = { requestId, ...(reason !== undefined && { reason }) };
  operation.cancellation = {
    requestedEventId: operation.ref.scheduledEventId,
    state: 'UNSPECIFIED',
    requestedAt: turn.now,
    attempt: 0,
  };
  noteChange(turn, own);
  if (operation.state === 'STARTED') sendCancellation(turn, operation);
  return ok({});
};

export const terminateNexusOperationExecution: MethodHandler<'terminateNexusOperationExecution'> = (
  turn,
  request,
) => {
  const own = findControlled(turn, request);
  if (isRefusal(own)) return own;
  const { requestId = turn.state.random.ids.uuid() } = request;
  const before = own.terminateRequestId;
  if (before !== undefined) {
    return before === requestId
      ? ok({})
      : refuse('FAILED_PRECONDITION', `already terminated with request ID ${before}`);
  }
  if (own.status !== 'RUNNING') return refuse('FAILED_PRECONDITION', 'operation already completed');
  own.terminateRequestId = requestId;
  terminate(turn, own, request);
  return ok({});
};

/** One that still runs is terminated first, and those that wait hear of that. */
export const deleteNexusOperationExecution: MethodHandler<'deleteNexusOperationExecution'> = (
  turn,
  request,
) => {
  const own = findStandalone(turn, request);
  if (isRefusal(own)) return own;
  deleteStandalone(turn, own);
  return ok({});
};

export function deleteStandalone(turn: Turn, own: StandaloneOperation): void {
  if (own.status === 'RUNNING') terminate(turn, own, { reason: 'Delete nexus operation execution' });
  forgetStandalone(turn, own);
}

/** Whoever still waits is told that it is gone. */
export function forgetStandalone(turn: Turn, own: StandaloneOperation): void {
  endStandaloneWaits(turn, own);
  turn.state.expiries.cancel(own.expiry);
  const { namespace, workflowId: operationId, runId } = own.operation.ref.run;
  turn.state.standalone.delete(runId);
  const key = workflowKey(namespace, operationId);
  if (turn.state.currentStandalone.get(key) === runId) turn.state.currentStandalone.delete(key);
}

const findControlled = (turn: Turn, request: OnNexusOperation): StandaloneOperation | Refusal =>
  findStandalone(turn, request, controlProblem(request, turn.limits));

const controlProblem = (
  { requestId, identity, reason }: OnNexusOperation,
  limits: Limits,
): string | undefined =>
  lengthProblem('request_id', requestId, ID_LENGTH_MAX) ??
  lengthProblem('identity', identity, ID_LENGTH_MAX) ??
  lengthProblem('reason', reason, limits.reasonBytesMax);

/** At once, and without a word to the handler. */
function terminate(
  turn: Turn,
  own: StandaloneOperation,
  { reason, identity }: Pick<OnNexusOperation, 'reason' | 'identity'>,
): void {
  disarm(turn, own.operation);
  closeStandalone(turn, own, {
    status: 'TERMINATED',
    failure: {
      ...(reason !== undefined && { message: reason }),
      terminatedFailureInfo: { ...(identity !== undefined && { identity }) },
    },
  });
}
