import { extend } from '../base/extend.ts';
import { STANDALONE, type RunRef, type SpanId } from '../protocol/ids.ts';
import type { Span, SpanOutcome } from '../protocol/span.ts';
import type { Callback, Link } from '../protocol/temporal/common.ts';
import type { Failure } from '../protocol/temporal/failure.ts';
import type { EventType, HistoryEvent } from '../protocol/temporal/history.ts';
import { openedActivity } from './activity-bar.ts';
import { failureTexts } from './failure-text.ts';
import { chainOf, familyOf } from './run-causes.ts';
import {
  activitySpan,
  operationSpanOf,
  timerSpan,
  updateSpan,
  workflowSpan,
  workflowTaskSpan,
} from './span-ids.ts';
import type { SpanStore } from './span-store.ts';
import { acceptedUpdate } from './update-bar.ts';

/** Events that end a span: which outcome it ends with. */
const outcomes = {
  WORKFLOW_EXECUTION_COMPLETED: 'succeeded',
  WORKFLOW_EXECUTION_FAILED: 'failed',
  WORKFLOW_EXECUTION_CANCELED: 'canceled',
  WORKFLOW_EXECUTION_TERMINATED: 'terminated',
  WORKFLOW_EXECUTION_TIMED_OUT: 'timed-out',
  // The chain goes on, but this run did what it was to do.
  WORKFLOW_EXECUTION_CONTINUED_AS_NEW: 'succeeded',
  WORKFLOW_TASK_COMPLETED: 'succeeded',
  WORKFLOW_TASK_FAILED: 'failed',
  WORKFLOW_TASK_TIMED_OUT: 'timed-out',
  ACTIVITY_TASK_COMPLETED: 'succeeded',
  ACTIVITY_TASK_FAILED: 'failed',
  ACTIVITY_TASK_TIMED_OUT: 'timed-out',
  ACTIVITY_TASK_CANCELED: 'canceled',
  TIMER_FIRED: 'succeeded',
  TIMER_CANCELED: 'canceled',
  NEXUS_OPERATION_COMPLETED: 'succeeded',
  NEXUS_OPERATION_FAILED: 'failed',
  NEXUS_OPERATION_CANCELED: 'canceled',
  NEXUS_OPERATION_TIMED_OUT: 'timed-out',
} as const satisfies Partial<Record<EventType, SpanOutcome>>;

/** One event of a history → spans. Returns the spans of the operations that it closed. */
export function traceEvent(store: SpanStore, run: RunRef, event: HistoryEvent): readonly SpanId[] {
  const opened = openedBy(run, event);
  if (opened !== undefined) store.open(opened);
  if (event.eventType === 'NEXUS_OPERATION_STARTED') {
    const { scheduledEventId, operationToken } = event.attributes;
    store.annotate(operationSpanOf(run.runId, scheduledEventId), {
      operationToken,
      startedAt: event.eventTime,
    });
  }
  if (event.eventType === 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED') acceptedUpdate(store, run, event);
  if (event.eventType === 'WORKFLOW_EXECUTION_OPTIONS_UPDATED') {
    const callers = operationsBehind(event.attributes.attachedCompletionCallbacks);
    for (const operation of callers) store.addCause(workflowSpan(run.runId), operation);
  }
  const ended = endedBy(run, event);
  if (ended === undefined) return [];
  const failure = failureIn(event);
  store.close(ended.id, event.eventTime, ended.outcome, failure && failureTexts(failure));
  return ended.id.startsWith('operation:') ? [ended.id] : [];
}

/** The span that begins with an event. */
export function openedBy(run: RunRef, event: HistoryEvent): Span | undefined {
  const lane = { namespace: run.namespace, track: run.workflowId };
  const base = { lane, start: event.eventTime, causes: [] };
  const parent = workflowSpan(run.runId);
  switch (event.eventType) {
    case 'WORKFLOW_EXECUTION_STARTED':
      return extend(base, workflowBar(run, event));
    case 'WORKFLOW_TASK_STARTED':
      return extend(base, {
        id: workflowTaskSpan(run.runId, event.attributes.scheduledEventId),
        kind: 'workflow-task',
        parent,
        name: 'workflow task',
        attributes: { worker: event.attributes.identity ?? '' },
      });
    case 'TIMER_STARTED':
      return extend(base, {
        id: timerSpan(run.runId, event.eventId),
        kind: 'timer',
        parent,
        name: `timer ${event.attributes.timerId}`,
        attributes: { durationMs: event.attributes.startToFireTimeout },
      });
    case 'ACTIVITY_TASK_SCHEDULED':
      return openedActivity(run, event);
    case 'NEXUS_OPERATION_SCHEDULED': {
      const { endpoint, service, operation, requestId } = event.attributes;
      return extend(base, {
        id: operationSpanOf(run.runId, event.eventId),
        kind: 'operation',
        parent,
        name: `${service}.${operation}`,
        attributes: { endpoint, service, operation, requestId, scheduledEventId: event.eventId },
        code: { kind: 'operation', service, operation, endpoint },
      });
    }
    default:
      return undefined;
  }
}

function workflowBar(
  run: RunRef,
  event: HistoryEvent & { readonly eventType: 'WORKFLOW_EXECUTION_STARTED' },
): Pick<Span, 'id' | 'kind' | 'name' | 'attributes' | 'causes' | 'code'> {
  const workflowType = event.attributes.workflowType.name ?? '';
  return {
    id: workflowSpan(run.runId),
    kind: 'workflow',
    name: workflowType,
    attributes: {
      workflowId: run.workflowId,
      runId: run.runId,
      taskQueue: event.attributes.taskQueue.name ?? '',
      ...chainOf(event.attributes),
    },
    causes: [...familyOf(event.attributes), ...startedFor(event)],
    code: { kind: 'workflow', workflowType },
  };
}

/** The operations whose callbacks a workflow was started with. */
function startedFor(event: HistoryEvent & { readonly eventType: 'WORKFLOW_EXECUTION_STARTED' }): SpanId[] {
  const linked = (event.links ?? []).flatMap((link) => linkedOperation(link) ?? []);
  return [...new Set([...linked, ...operationsBehind(event.attributes.completionCallbacks)])];
}

const operationsBehind = (callbacks: readonly Callback[] = []): readonly SpanId[] =>
  callbacks.flatMap(({ links }) => links ?? []).flatMap((link) => linkedOperation(link) ?? []);

/** The operation that a link names by its SCHEDULED event. */
export function linkedOperation({ workflowEvent, nexusOperation }: Link): SpanId | undefined {
  if (nexusOperation?.runId !== undefined) return operationSpanOf(nexusOperation.runId, STANDALONE);
  const { runId, eventRef } = workflowEvent ?? {};
  return runId === undefined || eventRef?.eventId === undefined
    ? undefined
    : operationSpanOf(runId, eventRef.eventId);
}

function endedBy(
  run: RunRef,
  event: HistoryEvent,
): { readonly id: SpanId; readonly outcome: SpanOutcome } | undefined {
  switch (event.eventType) {
    case 'WORKFLOW_EXECUTION_COMPLETED':
    case 'WORKFLOW_EXECUTION_FAILED':
    case 'WORKFLOW_EXECUTION_CANCELED':
    case 'WORKFLOW_EXECUTION_TERMINATED':
    case 'WORKFLOW_EXECUTION_TIMED_OUT':
    case 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW':
      return { id: workflowSpan(run.runId), outcome: outcomes[event.eventType] };
    case 'WORKFLOW_TASK_COMPLETED':
    case 'WORKFLOW_TASK_FAILED':
    case 'WORKFLOW_TASK_TIMED_OUT':
      return {
        id: workflowTaskSpan(run.runId, event.attributes.scheduledEventId),
        outcome: outcomes[event.eventType],
      };
    case 'ACTIVITY_TASK_COMPLETED':
    case 'ACTIVITY_TASK_FAILED':
    case 'ACTIVITY_TASK_TIMED_OUT':
    case 'ACTIVITY_TASK_CANCELED':
      return {
        id: activitySpan(run.runId, event.attributes.scheduledEventId),
        outcome: outcomes[event.eventType],
      };
    case 'WORKFLOW_EXECUTION_UPDATE_COMPLETED':
      return {
        id: updateSpan(run.runId, event.attributes.meta.updateId ?? ''),
        outcome: event.attributes.outcome.failure === undefined ? 'succeeded' : 'failed',
      };
    case 'TIMER_FIRED':
    case 'TIMER_CANCELED':
      return {
        id: timerSpan(run.runId, event.attributes.startedEventId),
        outcome: outcomes[event.eventType],
      };
    case 'NEXUS_OPERATION_COMPLETED':
    case 'NEXUS_OPERATION_FAILED':
    case 'NEXUS_OPERATION_CANCELED':
    case 'NEXUS_OPERATION_TIMED_OUT':
      return {
        id: operationSpanOf(run.runId, event.attributes.scheduledEventId),
        outcome: outcomes[event.eventType],
      };
    default:
      return undefined;
  }
}

const failureIn = ({ eventType, attributes }: HistoryEvent): Failure | undefined => {
  if (eventType === 'WORKFLOW_EXECUTION_UPDATE_COMPLETED') return attributes.outcome.failure;
  return 'failure' in attributes ? attributes.failure : undefined;
};
