import type { RunRef, SpanId } from '../protocol/ids.ts';
import type { Span, SpanOutcome } from '../protocol/span.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import { failureTexts } from './failure-text.ts';
import { activitySpan, cancelRequestSpan, operationSpanOf } from './span-ids.ts';
import type { SpanStore } from './span-store.ts';

/** What an activity does, by the names that the engine gives to its parts. */
export const activityPart = (
  activity: SpanId,
  kind: 'queue-wait' | 'attempt' | 'backoff',
  attempt: number,
): SpanId => `${activity}:${kind}:${attempt}` as SpanId;

/** The last attempt of an activity, which history tells once it is over. Returns the spans that it opened. */
export function traceAttempt(store: SpanStore, run: RunRef, event: HistoryEvent): readonly SpanId[] {
  switch (event.eventType) {
    case 'ACTIVITY_TASK_STARTED':
      return openAttempt(store, run, event);
    case 'ACTIVITY_TASK_COMPLETED':
    case 'ACTIVITY_TASK_FAILED':
    case 'ACTIVITY_TASK_TIMED_OUT':
    case 'ACTIVITY_TASK_CANCELED': {
      const activity = store.get(activitySpan(run.runId, event.attributes.scheduledEventId));
      const attempts = activity?.attributes['attempts'];
      if (activity?.outcome === undefined || typeof attempts !== 'number') return [];
      store.close(
        activityPart(activity.id, 'attempt', attempts),
        event.eventTime,
        activity.outcome,
        activity.failure,
      );
      return [];
    }
    default:
      return [];
  }
}

function openAttempt(
  store: SpanStore,
  run: RunRef,
  event: HistoryEvent & { readonly eventType: 'ACTIVITY_TASK_STARTED' },
): readonly SpanId[] {
  const { scheduledEventId, attempt, identity = '', lastFailure } = event.attributes;
  const activity = store.get(activitySpan(run.runId, scheduledEventId));
  if (activity === undefined) return [];
  const part = (kind: 'queue-wait' | 'attempt', span: Pick<Span, 'name' | 'start' | 'attributes'>): void => {
    const { name, start, attributes } = span;
    store.open({
      id: activityPart(activity.id, kind, attempt),
      kind,
      parent: activity.id,
      name,
      lane: activity.lane,
      start,
      attributes: { attempt, activity: activity.name, ...attributes },
      causes: [],
    });
  };
  if (attempt === 1 && activity.start < event.eventTime) {
    const taskQueue = String(activity.attributes['taskQueue'] ?? '');
    const waiting = { name: `waiting for a worker on ${taskQueue}`, attributes: { taskQueue } };
    part('queue-wait', { ...waiting, start: activity.start });
    store.close(activityPart(activity.id, 'queue-wait', attempt), event.eventTime, 'succeeded');
  }
  part('attempt', { name: `attempt ${attempt}`, start: event.eventTime, attributes: { worker: identity } });
  store.annotate(activity.id, {
    attempts: attempt,
    ...(lastFailure !== undefined && { lastFailure: failureTexts(lastFailure).join(' ← ') }),
  });
  return [activityPart(activity.id, 'attempt', attempt)];
}

/** The way of a cancel request to its handler, without the attempts that it took. */
export function traceCancelRequest(store: SpanStore, run: RunRef, event: HistoryEvent): readonly SpanId[] {
  switch (event.eventType) {
    case 'NEXUS_OPERATION_CANCEL_REQUESTED':
      return openCancelRequest(store, run, event);
    case 'NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED':
    case 'NEXUS_OPERATION_CANCEL_REQUEST_FAILED': {
      const failed = event.eventType === 'NEXUS_OPERATION_CANCEL_REQUEST_FAILED';
      const id = cancelRequestSpan(run.runId, event.attributes.scheduledEventId);
      const failure = failed ? failureTexts(event.attributes.failure) : undefined;
      store.close(id, event.eventTime, failed ? 'failed' : 'succeeded', failure);
      return [];
    }
    case 'NEXUS_OPERATION_COMPLETED':
    case 'NEXUS_OPERATION_FAILED':
    case 'NEXUS_OPERATION_CANCELED':
    case 'NEXUS_OPERATION_TIMED_OUT': {
      const superseded: SpanOutcome = 'canceled';
      store.close(
        cancelRequestSpan(run.runId, event.attributes.scheduledEventId),
        event.eventTime,
        superseded,
      );
      return [];
    }
    default:
      return [];
  }
}

function openCancelRequest(
  store: SpanStore,
  run: RunRef,
  event: HistoryEvent & { readonly eventType: 'NEXUS_OPERATION_CANCEL_REQUESTED' },
): readonly SpanId[] {
  const { scheduledEventId } = event.attributes;
  const operation = store.get(operationSpanOf(run.runId, scheduledEventId));
  if (operation === undefined) return [];
  const id = cancelRequestSpan(run.runId, scheduledEventId);
  store.open({
    id,
    kind: 'attempt',
    parent: operation.id,
    name: 'cancel request',
    lane: operation.lane,
    start: event.eventTime,
    attributes: { operation: operation.name },
    causes: [],
    ...(operation.code !== undefined && { code: operation.code }),
  });
  return [id];
}
