import { assertNever } from '../../base/assert.ts';
import { openOperation, type EngineState, type Execution } from '../state.ts';
import type { Timer } from '../timers.ts';
import type { Check } from './check.ts';

/* Every timer belongs to something that waits for it, so that nothing of what has ended is left to fire. */

export const timersBelong: Check = (state) => {
  const stray = state.timers.live().find((timer) => !belongs(state, timer));
  return stray && `the ${stray.purpose.kind} timer of ${stray.at} belongs to nothing`;
};

function belongs(state: Readonly<EngineState>, timer: Timer): boolean {
  const { purpose } = timer;
  switch (purpose.kind) {
    case 'sleep': {
      const call = state.waitingCalls.get(purpose.call);
      return call?.kind === 'sleep' && call.timer === timer;
    }
    case 'nexus-task-deadline':
      return state.nexusTasks.get(purpose.task)?.timer === timer;
    case 'sticky-query-timeout':
      return state.queries.get(purpose.query)?.timer === timer;
    case 'external-call-deadline':
      return state.externalCalls.get(purpose.token)?.timer === timer;
    case 'queue-token':
      return state.queues.get(purpose.queue)?.rate?.timer === timer;
    case 'outbound-probe':
      return state.outbound.get(purpose.group)?.probeTimer === timer;
    case 'outbound-drain':
      return state.outbound.get(purpose.group)?.timer === timer;
    case 'operation-backoff':
    case 'cancellation-backoff':
    case 'operation-timeout':
    case 'outbound-retry':
      return isOfOperation(state, timer);
    default: {
      const execution = state.executions.get(purpose.run);
      return execution !== undefined && belongsTo(execution, timer);
    }
  }
}

function belongsTo(execution: Execution, timer: Timer): boolean {
  const { purpose } = timer;
  switch (purpose.kind) {
    case 'workflow-timer':
      return execution.timers.get(purpose.timerId)?.timer === timer;
    case 'workflow-task-timeout':
      return execution.task?.timer === timer && execution.task.state === 'started';
    case 'sticky-task-timeout':
      return execution.task?.timer === timer && execution.task.state === 'scheduled';
    case 'run-timeout':
      return execution.runTimer === timer;
    case 'first-workflow-task':
      return execution.firstTaskTimer === timer;
    case 'activity-retry':
    case 'activity-timeout': {
      const activity = execution.activities.get(purpose.activity);
      const own = [activity?.heartbeatTimer, activity?.closeTimer, ...(activity?.timers ?? [])];
      return own.includes(timer);
    }
    case 'callback-delivery':
      return execution.callbacks[purpose.index]?.timer === timer;
    case 'operation-backoff':
    case 'cancellation-backoff':
    case 'operation-timeout':
    case 'outbound-retry':
    case 'sleep':
    case 'nexus-task-deadline':
    case 'sticky-query-timeout':
    case 'external-call-deadline':
    case 'queue-token':
    case 'outbound-probe':
    case 'outbound-drain':
      return false;
    default:
      return assertNever(purpose);
  }
}

function isOfOperation(state: Readonly<EngineState>, timer: Timer): boolean {
  const { purpose } = timer;
  if (!('operation' in purpose)) return false;
  const operation = openOperation(state, purpose.run, purpose.operation);
  switch (purpose.kind) {
    case 'operation-backoff':
      return operation?.backoffTimer === timer;
    case 'cancellation-backoff':
      return operation?.cancellation?.timer === timer;
    case 'operation-timeout':
      return operation?.timeoutTimers.includes(timer) === true;
    case 'outbound-retry':
      return operation?.outboundCall?.timer === timer;
  }
}
