import { ok } from '../../base/result.ts';
import { loseCallbacks } from '../nexus/callback.ts';
import { refuseQuery } from '../query.ts';
import { isRunning, workflowKey, type Execution } from '../state.ts';
import type { MethodHandler, Turn } from '../turn.ts';
import { closeExecution } from './close.ts';
import { findExecution, isRefusal, runNotFound } from './lookup.ts';
import { answerHistoryWaits } from './record.ts';

/** Deletes a run with its history. One that still runs is terminated first, and those concerned hear of that. */
export const deleteWorkflowExecution: MethodHandler<'deleteWorkflowExecution'> = (turn, request) => {
  const execution = findExecution(turn, { ...request, execution: request.workflowExecution });
  if (isRefusal(execution)) return execution;
  deleteRun(turn, execution);
  return ok({});
};

export function deleteRun(turn: Turn, execution: Execution): void {
  if (isRunning(execution)) {
    closeExecution(turn, execution, {
      eventType: 'WORKFLOW_EXECUTION_TERMINATED',
      attributes: { reason: 'Delete workflow execution', identity: 'history-service' },
    });
  }
  // Behind what the termination has set off.
  turn.transfers.push({ kind: 'delete-run', run: execution.ref.runId });
}

/** Forgets the run. A completion that it has not delivered yet is lost with it. */
export function forgetRun(turn: Turn, execution: Execution): void {
  answerHistoryWaits(turn, execution);
  loseCallbacks(turn, execution);
  const { namespace, workflowId, runId } = execution.ref;
  for (const query of [...turn.state.queries.values()]) {
    if (query.run === runId) refuseQuery(turn, query, runNotFound(workflowId));
  }
  turn.state.expiries.cancel(execution.expiry);
  turn.state.executions.delete(runId);
  const key = workflowKey(namespace, workflowId);
  if (turn.state.currentRuns.get(key) === runId) turn.state.currentRuns.delete(key);
}
