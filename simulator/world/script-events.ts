import type { HistoryEvent } from '../protocol/temporal/history.ts';
import type { Failure } from '../protocol/temporal/failure.ts';
import type { Outcome } from './command-log.ts';
import { decodePayload } from './json.ts';
import { activityFailure, childFailure } from './script-failure.ts';

/** How a step ended, and the event that began it. */
export interface Settlement {
  readonly eventId: number;
  readonly outcome: Outcome;
}

/** What an event tells of the end of a step; nothing when it tells of something else. */
export function settlementOf(event: HistoryEvent): Settlement | undefined {
  return ofTimerOrOperation(event) ?? ofActivity(event) ?? ofChild(event) ?? ofSignal(event);
}

function ofTimerOrOperation(event: HistoryEvent): Settlement | undefined {
  switch (event.eventType) {
    case 'TIMER_FIRED':
      return { eventId: event.attributes.startedEventId, outcome: { value: null } };
    case 'NEXUS_OPERATION_COMPLETED': {
      const { scheduledEventId, result } = event.attributes;
      return { eventId: scheduledEventId, outcome: { value: decodePayload(result) } };
    }
    case 'NEXUS_OPERATION_FAILED':
    case 'NEXUS_OPERATION_CANCELED':
    case 'NEXUS_OPERATION_TIMED_OUT': {
      const { scheduledEventId, failure } = event.attributes;
      return { eventId: scheduledEventId, outcome: { failure } };
    }
    default:
      return undefined;
  }
}

function ofActivity(event: HistoryEvent): Settlement | undefined {
  switch (event.eventType) {
    case 'ACTIVITY_TASK_COMPLETED': {
      const { scheduledEventId, result } = event.attributes;
      return { eventId: scheduledEventId, outcome: { value: decodePayload(result?.payloads?.[0]) } };
    }
    case 'ACTIVITY_TASK_FAILED':
    case 'ACTIVITY_TASK_TIMED_OUT': {
      const { scheduledEventId, startedEventId, retryState, failure: cause } = event.attributes;
      const failure = activityFailure({ scheduledEventId, startedEventId, retryState }, cause);
      return { eventId: scheduledEventId, outcome: { failure } };
    }
    case 'ACTIVITY_TASK_CANCELED': {
      const { scheduledEventId, startedEventId, details } = event.attributes;
      const cause = canceled('activity canceled', details);
      const failure = activityFailure({ scheduledEventId, startedEventId }, cause);
      return { eventId: scheduledEventId, outcome: { failure } };
    }
    default:
      return undefined;
  }
}

function ofChild(event: HistoryEvent): Settlement | undefined {
  switch (event.eventType) {
    case 'START_CHILD_WORKFLOW_EXECUTION_FAILED': {
      const { initiatedEventId, workflowId } = event.attributes;
      const message = `A workflow with the id "${workflowId}" is there already.`;
      const failure = { message, applicationFailureInfo: { type: 'WorkflowExecutionAlreadyStarted' } };
      return { eventId: initiatedEventId, outcome: { failure } };
    }
    case 'CHILD_WORKFLOW_EXECUTION_COMPLETED': {
      const { initiatedEventId, result } = event.attributes;
      return { eventId: initiatedEventId, outcome: { value: decodePayload(result?.payloads?.[0]) } };
    }
    case 'CHILD_WORKFLOW_EXECUTION_FAILED':
      return childEnd(event, event.attributes.failure);
    case 'CHILD_WORKFLOW_EXECUTION_CANCELED':
      return childEnd(event, canceled('child workflow canceled', event.attributes.details));
    case 'CHILD_WORKFLOW_EXECUTION_TIMED_OUT':
      return childEnd(event, {
        message: 'child workflow timed out',
        timeoutFailureInfo: { timeoutType: 'START_TO_CLOSE' },
      });
    case 'CHILD_WORKFLOW_EXECUTION_TERMINATED':
      return childEnd(event, { message: 'child workflow terminated', terminatedFailureInfo: {} });
    default:
      return undefined;
  }
}

type ChildEnd = HistoryEvent & {
  readonly eventType: `CHILD_WORKFLOW_EXECUTION_${'FAILED' | 'CANCELED' | 'TIMED_OUT' | 'TERMINATED'}`;
};

function childEnd({ attributes }: ChildEnd, cause: Failure): Settlement {
  const { namespace, workflowExecution, workflowType, initiatedEventId, startedEventId } = attributes;
  const ids = { namespace, workflowExecution, workflowType, initiatedEventId, startedEventId };
  const retried = 'retryState' in attributes ? { retryState: attributes.retryState } : {};
  return { eventId: initiatedEventId, outcome: { failure: childFailure({ ...ids, ...retried }, cause) } };
}

function ofSignal(event: HistoryEvent): Settlement | undefined {
  switch (event.eventType) {
    case 'EXTERNAL_WORKFLOW_EXECUTION_SIGNALED':
      return { eventId: event.attributes.initiatedEventId, outcome: { value: null } };
    case 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED': {
      const { initiatedEventId, workflowExecution } = event.attributes;
      const message = `No workflow with the id "${workflowExecution.workflowId ?? ''}" is running.`;
      const failure = { message, applicationFailureInfo: { type: 'ExternalWorkflowExecutionNotFound' } };
      return { eventId: initiatedEventId, outcome: { failure } };
    }
    default:
      return undefined;
  }
}

const canceled = (
  message: string,
  details: NonNullable<Failure['canceledFailureInfo']>['details'],
): Failure => ({ message, canceledFailureInfo: details === undefined ? {} : { details } });
