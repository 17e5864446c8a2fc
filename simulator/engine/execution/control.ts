import { ok } from '../../base/result.ts';
import { refuse, type MethodHandler } from '../turn.ts';
import { closeExecution } from './close.ts';
import { findRunning, isRefusal } from './lookup.ts';
import { recordEvent } from './record.ts';

export const signalWorkflowExecution: MethodHandler<'signalWorkflowExecution'> = (turn, request) => {
  const execution = findRunning(turn, { ...request, execution: request.workflowExecution });
  if (isRefusal(execution)) return execution;
  const { signalName, input, identity, header } = request;
  if (signalName === undefined) return refuse('INVALID_ARGUMENT', 'SignalName is not set on request.');
  recordEvent(turn, execution, {
    eventType: 'WORKFLOW_EXECUTION_SIGNALED',
    attributes: {
      signalName,
      ...(input !== undefined && { input }),
      ...(identity !== undefined && { identity }),
      ...(header !== undefined && { header }),
    },
  });
  return ok({});
};

/** Asks a workflow to cancel itself; asking twice changes nothing. */
export const requestCancelWorkflowExecution: MethodHandler<'requestCancelWorkflowExecution'> = (
  turn,
  request,
) => {
  const execution = findRunning(turn, { ...request, execution: request.workflowExecution });
  if (isRefusal(execution)) return execution;
  if (execution.cancelRequested) return ok({});
  execution.cancelRequested = true;
  const { reason, identity } = request;
  recordEvent(turn, execution, {
    eventType: 'WORKFLOW_EXECUTION_CANCEL_REQUESTED',
    attributes: {
      ...(reason !== undefined && { cause: reason }),
      ...(identity !== undefined && { identity }),
    },
  });
  return ok({});
};

export const terminateWorkflowExecution: MethodHandler<'terminateWorkflowExecution'> = (turn, request) => {
  const execution = findRunning(turn, { ...request, execution: request.workflowExecution });
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
