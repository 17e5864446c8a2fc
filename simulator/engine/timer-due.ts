import { assertNever } from '../base/assert.ts';
import type { RunId } from '../protocol/ids.ts';
import { rescheduleActivity, timeOutActivity } from './execution/activity.ts';
import { recordEvent } from './execution/record.ts';
import { timeOutExecution } from './execution/retry-run.ts';
import { endFirstTaskWait } from './execution/start-wait.ts';
import { leaveStickyQueue, timeOutWorkflowTask } from './execution/workflow-task.ts';
import { handOutWaiting } from './matching/poll.ts';
import { sendCancellation } from './nexus/cancellation.ts';
import { deliverCallback } from './nexus/callback.ts';
import { expireExternalCall } from './nexus/external-answer.ts';
import { probe, retryCall } from './nexus/outbound-calls.ts';
import { rescheduleOperation, timeOutOperation } from './nexus/operation.ts';
import { makeStartAttempt } from './nexus/outbound.ts';
import { expireNexusTask } from './nexus/respond.ts';
import { leaveStickyQuery } from './query.ts';
import { openOperation, type Execution, type Operation } from './state.ts';
import type { TimerPurpose } from './timers.ts';
import { replyTo, type Turn } from './turn.ts';

/** What each kind of timer does when it is due. Timers of things that have ended were cancelled with them. */
export function onTimer(turn: Turn, purpose: TimerPurpose): void {
  switch (purpose.kind) {
    case 'sleep':
      replyTo(turn, purpose.call, undefined);
      return;
    case 'workflow-timer':
    case 'workflow-task-timeout':
    case 'sticky-task-timeout':
    case 'run-timeout':
    case 'first-workflow-task':
      withExecution(turn, purpose.run, (execution) => onRunTimer(turn, execution, purpose));
      return;
    case 'activity-retry':
    case 'activity-timeout':
      onActivityTimer(turn, purpose);
      return;
    case 'operation-backoff':
      withOperation(turn, purpose, (operation) => retryStart(turn, operation));
      return;
    case 'cancellation-backoff':
      withOperation(turn, purpose, (operation) => sendCancellation(turn, operation));
      return;
    case 'operation-timeout':
      withOperation(turn, purpose, (operation) => timeOutOperation(turn, operation, purpose.timeoutType));
      return;
    case 'queue-token':
      onQueueToken(turn, purpose.queue);
      return;
    case 'sticky-query-timeout':
      onStickyQuery(turn, purpose.query);
      return;
    case 'nexus-task-deadline':
      onNexusTaskDeadline(turn, purpose.task);
      return;
    case 'external-call-deadline':
      expireExternalCall(turn, purpose.token);
      return;
    case 'outbound-retry':
      withOperation(turn, purpose, (operation) => {
        if (operation.outboundCall !== undefined) retryCall(turn, operation.outboundCall);
      });
      return;
    case 'outbound-probe':
      probe(turn, purpose.group);
      return;
    case 'outbound-drain':
      turn.freedGroups.add(purpose.group);
      return;
    case 'callback-delivery':
      withExecution(turn, purpose.run, (execution) => deliverCallback(turn, execution, purpose.index));
      return;
    default:
      assertNever(purpose);
  }
}

type RunPurpose = TimerPurpose & {
  readonly kind:
    | 'workflow-timer'
    | 'workflow-task-timeout'
    | 'sticky-task-timeout'
    | 'run-timeout'
    | 'first-workflow-task';
};

function onRunTimer(turn: Turn, execution: Execution, purpose: RunPurpose): void {
  switch (purpose.kind) {
    case 'workflow-timer':
      fireTimer(turn, execution, purpose.timerId);
      return;
    case 'workflow-task-timeout':
      timeOutWorkflowTask(turn, execution);
      return;
    case 'sticky-task-timeout':
      leaveStickyQueue(turn, execution);
      return;
    case 'run-timeout':
      timeOutExecution(turn, execution);
      return;
    case 'first-workflow-task':
      endFirstTaskWait(turn, execution);
      return;
    default:
      assertNever(purpose);
  }
}

function fireTimer(turn: Turn, execution: Execution, timerId: string): void {
  const timer = execution.timers.get(timerId);
  if (timer === undefined) return;
  execution.timers.delete(timerId);
  recordEvent(turn, execution, {
    eventType: 'TIMER_FIRED',
    attributes: { timerId, startedEventId: timer.startedEventId },
  });
}

function withExecution(turn: Turn, run: RunId, act: (execution: Execution) => void): void {
  const execution = turn.state.executions.get(run);
  if (execution !== undefined) act(execution);
}

type ActivityPurpose = TimerPurpose & { readonly kind: 'activity-retry' | 'activity-timeout' };

function onActivityTimer(turn: Turn, purpose: ActivityPurpose): void {
  withExecution(turn, purpose.run, (execution) => {
    const activity = execution.activities.get(purpose.activity);
    if (activity === undefined) return;
    if (purpose.kind === 'activity-retry') rescheduleActivity(turn, execution, activity);
    else timeOutActivity(turn, execution, activity, purpose.timeoutType);
  });
}

function retryStart(turn: Turn, operation: Operation): void {
  rescheduleOperation(turn, operation);
  makeStartAttempt(turn, operation);
}

function onStickyQuery(turn: Turn, token: string): void {
  const query = turn.state.queries.get(token);
  if (query !== undefined) leaveStickyQuery(turn, query);
}

function onNexusTaskDeadline(turn: Turn, token: string): void {
  const task = turn.state.nexusTasks.get(token);
  if (task !== undefined) expireNexusTask(turn, task);
}

function onQueueToken(turn: Turn, key: string): void {
  const queue = turn.state.queues.get(key);
  if (queue !== undefined) handOutWaiting(turn, queue);
}

function withOperation(
  turn: Turn,
  named: { readonly run: RunId; readonly operation: number },
  act: (operation: Operation) => void,
): void {
  const operation = openOperation(turn.state, named.run, named.operation);
  if (operation !== undefined) act(operation);
}
