import type { Instant } from '../base/time.ts';
import type { SpanId } from '../protocol/ids.ts';
import type { Span } from '../protocol/span.ts';
import type { PendingActivityInfo } from '../protocol/temporal/activity-methods.ts';
import type {
  NexusOperationCancellationInfo,
  PendingNexusOperationInfo,
} from '../protocol/temporal/methods.ts';
import { activityPart } from './attempt-spans.ts';
import { failureTexts } from './failure-text.ts';
import type { RunHistory, Told } from './run-history.ts';
import { attemptSpan, backoffSpan, cancelRequestSpan, operationSpanOf } from './span-ids.ts';
import type { SpanStore } from './span-store.ts';

/** What goes on in a run that lasts, as its description tells it: the last attempt, and what it waits for. */
export function tracePending(store: SpanStore, { run, events, described }: RunHistory): void {
  if (described === undefined) return;
  for (const pending of described.pendingNexusOperations ?? []) {
    const { scheduledEventId = 0 } = pending;
    const operation = store.get(operationSpanOf(run.runId, scheduledEventId));
    if (operation === undefined || operation.end !== undefined) continue;
    const ref = { run, scheduledEventId };
    traceOperation(store, pending, {
      parent: operation,
      attempt: (attempt) => attemptSpan(ref, attempt),
      backoff: (attempt) => backoffSpan(ref, attempt),
      at: described.at,
    });
    annotateCancelRequest(store, cancelRequestSpan(run.runId, scheduledEventId), pending.cancellationInfo);
  }
  const scheduled = new Map(
    events.flatMap((event) =>
      event.eventType === 'ACTIVITY_TASK_SCHEDULED'
        ? [[event.attributes.activityId, `activity:${run.runId}:${event.eventId}` as SpanId] as const]
        : [],
    ),
  );
  for (const pending of described.pendingActivities ?? []) {
    const id = scheduled.get(pending.activityId ?? '');
    const activity = id && store.get(id);
    if (activity !== undefined && activity.end === undefined) traceActivity(store, activity, pending);
  }
}

/** What the parts of something that is tried again and again have in common. */
interface Tried {
  readonly parent: Span;
  readonly attempt: (attempt: number) => SpanId;
  readonly backoff: (attempt: number) => SpanId;
  readonly at: Instant;
}

function traceOperation(store: SpanStore, pending: Told<PendingNexusOperationInfo>, tried: Tried): void {
  const { attempt = 0, state, lastAttemptCompleteTime, lastAttemptFailure, blockedReason } = pending;
  store.annotate(tried.parent.id, {
    attempts: attempt,
    ...(state !== undefined && { state }),
    ...(blockedReason !== undefined && { blockedReason }),
  });
  if (state === 'STARTED') return;
  if (attempt > 0 && lastAttemptCompleteTime !== undefined && lastAttemptFailure !== undefined) {
    // Only of the first attempt the beginning is known.
    const start = attempt === 1 ? tried.parent.start : lastAttemptCompleteTime;
    open(store, tried, {
      id: tried.attempt(attempt),
      kind: 'attempt',
      name: `attempt ${attempt}`,
      start,
      attempt,
    });
    store.close(tried.attempt(attempt), lastAttemptCompleteTime, 'failed', failureTexts(lastAttemptFailure));
  }
  const since = lastAttemptCompleteTime ?? tried.parent.start;
  if (state === 'BACKING_OFF') {
    open(store, tried, {
      id: tried.backoff(attempt),
      kind: 'backoff',
      name: `backoff after attempt ${attempt}`,
      start: since,
      attempt,
    });
    const { nextAttemptScheduleTime: nextAttemptAt } = pending;
    if (nextAttemptAt !== undefined) store.annotate(tried.backoff(attempt), { nextAttemptAt });
    return;
  }
  const next = attempt + 1;
  if (state === 'BLOCKED') {
    const id = `breaker-wait:${tried.parent.id}:${next}` as SpanId;
    open(store, tried, {
      id,
      kind: 'breaker-wait',
      name: `blocked by the circuit breaker before attempt ${next}`,
      start: since,
      attempt: next,
    });
    return;
  }
  // The next attempt is out, or waits to go; since when is known of the first one only.
  const start = attempt === 0 ? tried.parent.start : tried.at;
  open(store, tried, {
    id: tried.attempt(next),
    kind: 'attempt',
    name: `attempt ${next}`,
    start,
    attempt: next,
  });
}

function annotateCancelRequest(
  store: SpanStore,
  id: SpanId,
  info: NexusOperationCancellationInfo | undefined,
): void {
  if (info === undefined) return;
  const { attempt = 0, state = 'UNSPECIFIED', lastAttemptFailure, nextAttemptScheduleTime } = info;
  store.annotate(id, {
    attempts: attempt,
    state,
    ...(lastAttemptFailure !== undefined && { lastFailure: failureTexts(lastAttemptFailure).join(' ← ') }),
    ...(nextAttemptScheduleTime !== undefined && { nextAttemptAt: nextAttemptScheduleTime }),
  });
}

function traceActivity(store: SpanStore, activity: Span, pending: Told<PendingActivityInfo>): void {
  const { attempt = 1, state, lastFailure, lastStartedTime, lastAttemptCompleteTime } = pending;
  const tried: Tried = {
    parent: activity,
    attempt: (each) => activityPart(activity.id, 'attempt', each),
    backoff: (each) => activityPart(activity.id, 'backoff', each),
    at: activity.start,
  };
  store.annotate(activity.id, {
    attempts: attempt,
    ...(lastFailure !== undefined && { lastFailure: failureTexts(lastFailure).join(' ← ') }),
  });
  if (state !== 'SCHEDULED' && lastStartedTime !== undefined) {
    const id = tried.attempt(attempt);
    open(store, tried, { id, kind: 'attempt', name: `attempt ${attempt}`, start: lastStartedTime, attempt });
    store.annotate(id, { worker: pending.lastWorkerIdentity ?? '' });
    return;
  }
  if (pending.nextAttemptScheduleTime !== undefined && lastAttemptCompleteTime !== undefined) {
    const id = tried.backoff(attempt - 1);
    open(store, tried, {
      id,
      kind: 'backoff',
      name: `backoff after attempt ${attempt - 1}`,
      start: lastAttemptCompleteTime,
      attempt: attempt - 1,
    });
    store.annotate(id, { nextAttemptAt: pending.nextAttemptScheduleTime });
    return;
  }
  const taskQueue = String(activity.attributes['taskQueue'] ?? '');
  const id = activityPart(activity.id, 'queue-wait', attempt);
  const start = pending.scheduledTime ?? activity.start;
  open(store, tried, {
    id,
    kind: 'queue-wait',
    name: `waiting for a worker on ${taskQueue}`,
    start,
    attempt,
  });
}

type Part = Pick<Span, 'id' | 'kind' | 'name' | 'start'> & { readonly attempt: number };

function open(store: SpanStore, { parent }: Tried, { attempt, ...part }: Part): void {
  store.open({
    ...part,
    parent: parent.id,
    lane: parent.lane,
    attributes: { attempt, [parent.kind]: parent.name },
    causes: [],
    ...(parent.code !== undefined && { code: parent.code }),
  });
}
