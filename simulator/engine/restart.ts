import { dropWorkflowTask } from './execution/workflow-task.ts';
import { giveUpCall } from './give-up-call.ts';
import { sendCancellation } from './nexus/cancellation.ts';
import { makeStartAttempt } from './nexus/outbound.ts';
import { forgetGroups } from './nexus/outbound-queue.ts';
import { deliverCallback } from './nexus/callback.ts';
import { abandonExternalCall } from './nexus/external-call.ts';
import type { DeliveryPurpose } from './fact.ts';
import { loseNexusTask } from './nexus/task.ts';
import { refuseQuery } from './query.ts';
import { openOperations } from './state.ts';
import { loseUpdates } from './update.ts';
import { record, refuse, type Turn } from './turn.ts';

/*
 * A restart of the server (semantics §4, §5.3). What it keeps in memory only is lost: long polls, queries, updates
 * that are not accepted, Nexus tasks, the
 * breakers, rates and lines of the outbound queue, the rates of task queues. What it keeps on disk is not: histories, timers,
 * tasks of workflows and activities. So no history changes, and attempts that were under way are repeated.
 */

const queryLost = refuse('UNAVAILABLE', 'buffered query cleared, please retry');

export function restartServer(turn: Turn, workers: 'stay' | 'gone'): void {
  record(turn, { kind: 'server-restarted' });
  for (const execution of turn.state.executions.values()) {
    if (execution.task?.speculative === true) dropWorkflowTask(turn, execution);
    loseUpdates(turn, execution);
  }
  for (const call of [...turn.state.waitingCalls.keys()]) {
    const waiting = turn.state.waitingCalls.get(call);
    if (waiting?.kind === 'query') refuseQuery(turn, waiting.query, queryLost);
    // A participant's own clock is no part of the server.
    else if (waiting?.kind !== 'sleep') giveUpCall(turn, call);
  }
  for (const task of [...turn.state.nexusTasks.values()]) loseNexusTask(turn, task);
  const deliveries = loseExternalCalls(turn);
  forgetGroups(turn);
  for (const queue of turn.state.queues.values()) {
    turn.state.timers.cancel(queue.rate?.timer);
    delete queue.rate;
    if (workers === 'stay') continue;
    queue.attendants.clear();
    queue.lastPolledAt = undefined;
  }
  if (workers === 'gone') turn.state.held.clear();
  repeatCalls(turn);
  for (const { run, index } of deliveries) {
    const execution = turn.state.executions.get(run.runId);
    if (execution !== undefined) deliverCallback(turn, execution, index);
  }
}

/** Nobody hears the answers any more. Returns the completions that were on their way. */
function loseExternalCalls(turn: Turn): DeliveryPurpose[] {
  const deliveries: DeliveryPurpose[] = [];
  for (const token of [...turn.state.externalCalls.keys()]) {
    const purpose = abandonExternalCall(turn, token)?.purpose;
    if (purpose?.kind === 'callback') deliveries.push(purpose);
  }
  return deliveries;
}

/** The same attempt with the same request id: nobody has heard how the first try ended. */
function repeatCalls(turn: Turn): void {
  for (const operation of openOperations(turn.state)) {
    if (operation.state === 'SCHEDULED') makeStartAttempt(turn, operation);
    else if (operation.cancellation?.state === 'SCHEDULED') sendCancellation(turn, operation);
  }
}
