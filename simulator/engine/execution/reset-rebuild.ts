import { after, later } from '../../base/time.ts';
import type { HistoryEvent } from '../../protocol/temporal/history.ts';
import type { RunId } from '../../protocol/ids.ts';
import { newCallback } from '../nexus/callback-record.ts';
import { sendCancellation } from '../nexus/cancellation.ts';
import { abandonOperation, armScheduleTimeouts, armStartToClose, operationOf } from '../nexus/operation.ts';
import { makeStartAttempt } from '../nexus/outbound.ts';
import { applyUpdateEvent, applyUpdateOptions } from '../update/rebuild.ts';
import type { Execution } from '../state.ts';
import type { Turn } from '../turn.ts';
import { activityOf, rescheduleActivity } from './activity.ts';
import { newChild } from './child.ts';
import { applyUpsert } from './run-attributes.ts';

/*
 * The state of a run, read back from its history (the server's state rebuilder). What is read back does nothing at
 * first: reset may still add events to it. Then {@link resume} lets everything that is open go on.
 *
 * R1. Rebuilding from a whole history gives the operations, timers, children and activities that are open in it.
 * R2. An event of this table changes the same things here as where it is first written.
 */

/** Makes `execution` what it was after this event. The event is one of its own, in order. */
export function applyEvent(turn: Turn, execution: Execution, event: HistoryEvent): void {
  applyRunEvent(turn, execution, event);
  applyOperationEvent(turn, execution, event);
  applyChildEvent(execution, event);
  applyActivityEvent(turn, execution, event);
}

function applyRunEvent(turn: Turn, execution: Execution, event: HistoryEvent): void {
  switch (event.eventType) {
    case 'WORKFLOW_EXECUTION_OPTIONS_UPDATED': {
      const { attachedRequestId, attachedCompletionCallbacks = [] } = event.attributes;
      if (attachedRequestId !== undefined) {
        execution.requests.set(attachedRequestId, { eventType: event.eventType });
      }
      execution.callbacks.push(...attachedCompletionCallbacks.map((callback) => newCallback(turn, callback)));
      applyUpdateOptions(turn, execution, event);
      return;
    }
    case 'WORKFLOW_EXECUTION_CANCEL_REQUESTED':
      execution.cancelRequested = true;
      return;
    case 'WORKFLOW_EXECUTION_SIGNALED':
      if (event.attributes.requestId !== undefined)
        (execution.signalRequests ??= new Set()).add(event.attributes.requestId);
      return;
    case 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES':
    case 'WORKFLOW_PROPERTIES_MODIFIED':
      applyUpsert(execution, event);
      return;
    case 'WORKFLOW_EXECUTION_UPDATE_ADMITTED':
    case 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED':
    case 'WORKFLOW_EXECUTION_UPDATE_COMPLETED':
      applyUpdateEvent(turn, execution, event);
      return;
    case 'WORKFLOW_TASK_COMPLETED':
      execution.previousStartedEventId = event.attributes.startedEventId;
      return;
    default:
  }
}

function applyOperationEvent(turn: Turn, execution: Execution, event: HistoryEvent): void {
  if (event.eventType === 'NEXUS_OPERATION_SCHEDULED') {
    execution.operations.set(event.eventId, operationOf(execution, event));
    return;
  }
  const scheduledEventId = 'scheduledEventId' in event.attributes ? event.attributes.scheduledEventId : 0;
  const operation = execution.operations.get(scheduledEventId);
  if (operation === undefined) return;
  switch (event.eventType) {
    case 'NEXUS_OPERATION_STARTED':
      operation.state = 'STARTED';
      operation.token = event.attributes.operationToken;
      operation.startedAt = event.eventTime;
      return;
    case 'NEXUS_OPERATION_COMPLETED':
    case 'NEXUS_OPERATION_FAILED':
    case 'NEXUS_OPERATION_CANCELED':
    case 'NEXUS_OPERATION_TIMED_OUT':
      abandonOperation(turn, execution, operation);
      return;
    case 'NEXUS_OPERATION_CANCEL_REQUESTED':
      operation.cancellation = { requestedEventId: event.eventId, state: 'UNSPECIFIED', attempt: 0 };
      return;
    case 'NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED':
      if (operation.cancellation !== undefined) operation.cancellation.state = 'SUCCEEDED';
      return;
    case 'NEXUS_OPERATION_CANCEL_REQUEST_FAILED':
      if (operation.cancellation !== undefined) operation.cancellation.state = 'FAILED';
      return;
    default:
  }
}

function applyChildEvent(execution: Execution, event: HistoryEvent): void {
  switch (event.eventType) {
    case 'START_CHILD_WORKFLOW_EXECUTION_INITIATED':
      execution.children.set(event.eventId, newChild(event.eventId, event.attributes));
      return;
    case 'CHILD_WORKFLOW_EXECUTION_STARTED': {
      const child = execution.children.get(event.attributes.initiatedEventId);
      if (child === undefined) return;
      child.startedEventId = event.eventId;
      child.runId = event.attributes.workflowExecution.runId as RunId;
      return;
    }
    case 'START_CHILD_WORKFLOW_EXECUTION_FAILED':
    case 'CHILD_WORKFLOW_EXECUTION_COMPLETED':
    case 'CHILD_WORKFLOW_EXECUTION_FAILED':
    case 'CHILD_WORKFLOW_EXECUTION_CANCELED':
    case 'CHILD_WORKFLOW_EXECUTION_TIMED_OUT':
    case 'CHILD_WORKFLOW_EXECUTION_TERMINATED':
      execution.children.delete(event.attributes.initiatedEventId);
      return;
    default:
  }
}

function applyActivityEvent(turn: Turn, execution: Execution, event: HistoryEvent): void {
  switch (event.eventType) {
    case 'ACTIVITY_TASK_SCHEDULED':
      execution.activities.set(event.eventId, activityOf(turn, execution, event));
      return;
    case 'ACTIVITY_TASK_CANCEL_REQUESTED': {
      const activity = execution.activities.get(event.attributes.scheduledEventId);
      if (activity !== undefined) activity.cancelRequestedEventId = event.eventId;
      return;
    }
    case 'ACTIVITY_TASK_COMPLETED':
    case 'ACTIVITY_TASK_FAILED':
    case 'ACTIVITY_TASK_TIMED_OUT':
    case 'ACTIVITY_TASK_CANCELED':
      execution.activities.delete(event.attributes.scheduledEventId);
      return;
    default:
  }
}

/** Lets everything that is open go on: timers run, attempts are made, children that were asked for are started. */
export function resume(turn: Turn, execution: Execution): void {
  resumeTimers(turn, execution);
  for (const operation of [...execution.operations.values()]) {
    armScheduleTimeouts(turn, operation);
    if (operation.state === 'STARTED') {
      armStartToClose(turn, operation);
      if (operation.cancellation?.state === 'UNSPECIFIED') sendCancellation(turn, operation);
    } else {
      makeStartAttempt(turn, operation);
    }
  }
  for (const activity of [...execution.activities.values()]) rescheduleActivity(turn, execution, activity);
  for (const { initiatedEventId, runId } of execution.children.values()) {
    if (runId !== undefined) continue;
    turn.transfers.push({ kind: 'start-child', run: execution.ref.runId, initiatedEventId });
  }
}

/** Timers that were started and neither fired nor were cancelled. */
export function openTimers(
  execution: Execution,
): ReadonlyMap<number, HistoryEvent & { readonly eventType: 'TIMER_STARTED' }> {
  const open = new Map<number, HistoryEvent & { readonly eventType: 'TIMER_STARTED' }>();
  for (const event of execution.events) {
    if (event.eventType === 'TIMER_STARTED') open.set(event.eventId, event);
    else if (event.eventType === 'TIMER_FIRED' || event.eventType === 'TIMER_CANCELED') {
      open.delete(event.attributes.startedEventId);
    }
  }
  return open;
}

/** A timer whose time is over fires at once. */
function resumeTimers(turn: Turn, execution: Execution): void {
  for (const [startedEventId, { attributes, eventTime }] of openTimers(execution)) {
    const { timerId, startToFireTimeout } = attributes;
    const at = later(after(eventTime, startToFireTimeout), turn.now);
    const purpose = { kind: 'workflow-timer', run: execution.ref.runId, timerId } as const;
    execution.timers.set(timerId, { startedEventId, timer: turn.state.timers.set(at, purpose) });
  }
}
