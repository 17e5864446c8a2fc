import { assertNever } from '../base/assert.ts';
import type { RunId } from '../protocol/ids.ts';
import { closeExecution } from './execution/close.ts';
import { recordEvent } from './execution/record.ts';
import { timeOutWorkflowTask } from './execution/workflow-task.ts';
import { sendCancellation } from './nexus/cancellation.ts';
import { deliverCallback } from './nexus/callback.ts';
import { probe, retryCall } from './nexus/outbound-calls.ts';
import { rescheduleOperation, timeOutOperation } from './nexus/operation.ts';
import { makeStartAttempt } from './nexus/outbound.ts';
import { expireNexusTask } from './nexus/respond.ts';
import type { Execution, Operation } from './state.ts';
import type { TimerPurpose } from './timers.ts';
import { replyTo, type Turn } from './turn.ts';

/** What each kind of timer does when it is due. Timers of things that have ended were cancelled with them. */
export function onTimer(turn: Turn, purpose: TimerPurpose): void {
  switch (purpose.kind) {
    case 'sleep':
      replyTo(turn, purpose.call, undefined);
      return;
    case 'workflow-timer':
      withExecution(turn, purpose.run, (execution) => fireTimer(turn, execution, purpose.timerId));
      return;
    case 'workflow-task-timeout':
      withExecution(turn, purpose.run, (execution) => timeOutWorkflowTask(turn, execution));
      return;
    case 'run-timeout':
      withExecution(turn, purpose.run, (execution) =>
        closeExecution(turn, execution, {
          eventType: 'WORKFLOW_EXECUTION_TIMED_OUT',
          attributes: { retryState: 'RETRY_POLICY_NOT_SET' },
        }),
      );
      return;
    case 'operation-backoff':
      withOperation(turn, purpose, (execution, operation) => {
        rescheduleOperation(operation);
        makeStartAttempt(turn, execution, operation);
      });
      return;
    case 'cancellation-backoff':
      withOperation(turn, purpose, (execution, operation) => sendCancellation(turn, execution, operation));
      return;
    case 'operation-timeout':
      withOperation(turn, purpose, (execution, operation) =>
        timeOutOperation(turn, execution, operation, purpose.timeoutType),
      );
      return;
    case 'nexus-task-deadline': {
      const task = turn.state.nexusTasks.get(purpose.task);
      if (task !== undefined) expireNexusTask(turn, task);
      return;
    }
    case 'outbound-retry':
      withOperation(turn, purpose, (_execution, operation) => {
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

function withOperation(
  turn: Turn,
  named: { readonly run: RunId; readonly operation: number },
  act: (execution: Execution, operation: Operation) => void,
): void {
  withExecution(turn, named.run, (execution) => {
    const operation = execution.operations.get(named.operation);
    if (operation !== undefined) act(execution, operation);
  });
}
