import { ok } from '../../base/result.ts';
import type { EventAttributes } from '../../protocol/temporal/history.ts';
import { isRunning, type Execution } from '../state.ts';
import { refuse, type MethodHandler, type Turn } from '../turn.ts';
import { closeExecution } from './close.ts';
import { findInChain, findRunning, isRefusal, running } from './lookup.ts';
import { recordEvent } from './record.ts';
import { signal } from './signal-run.ts';

export const signalWorkflowExecution: MethodHandler<'signalWorkflowExecution'> = (turn, request) => {
  const execution = findRunning(turn, { ...request, execution: request.workflowExecution });
  if (isRefusal(execution)) return execution;
  const { signalName, input, identity, header, requestId } = request;
  if (signalName === undefined) return refuse('INVALID_ARGUMENT', 'SignalName is not set on request.');
  signal(turn, execution, {
    signalName,
    ...(input !== undefined && { input }),
    ...(identity !== undefined && { identity }),
    ...(header !== undefined && { header }),
    ...(requestId !== undefined && { requestId }),
  });
  return ok({});
};

export const requestCancelWorkflowExecution: MethodHandler<'requestCancelWorkflowExecution'> = (
  turn,
  request,
) => {
  const execution = findInChain(turn, { ...request, execution: request.workflowExecution });
  if (isRefusal(execution)) return execution;
  const { reason, identity } = request;
  requestCancel(turn, execution, {
    ...(reason !== undefined && { cause: reason }),
    ...(identity !== undefined && { identity }),
  });
  return ok({});
};

export const terminateWorkflowExecution: MethodHandler<'terminateWorkflowExecution'> = (turn, request) => {
  const execution = running(findInChain(turn, { ...request, execution: request.workflowExecution }));
  if (isRefusal(execution)) return execution;
  const { reason, details, identity } = request;
  closeExecution(turn, execution, {
    eventType: 'WORKFLOW_EXECUTION_TERMINATED',
    attributes: {
      ...(reason !== undefined && { reason }),
      ...(details !== undefined && { details }),
      ...(identity !== undefined && { identity }),
    },
  });
  return ok({});
};

/** Asks a workflow to cancel itself; asking twice, or when it has closed, changes nothing. */
export function requestCancel(
  turn: Turn,
  execution: Execution,
  attributes: EventAttributes['WORKFLOW_EXECUTION_CANCEL_REQUESTED'],
): void {
  if (execution.cancelRequested || !isRunning(execution)) return;
  execution.cancelRequested = true;
  recordEvent(turn, execution, { eventType: 'WORKFLOW_EXECUTION_CANCEL_REQUESTED', attributes });
}
