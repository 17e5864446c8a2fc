import type { Instant } from '../../base/time.ts';
import type { SpanId } from '../../protocol/ids.ts';
import { failureTexts } from '../../spans/failure-text.ts';
import { activitySpan } from '../../spans/span-ids.ts';
import type { SpanStore } from '../../spans/span-store.ts';
import type { ActivityRef, StampedFact } from '../fact.ts';

type ActivityFact = StampedFact & {
  readonly kind:
    'activity-attempt-queued' | 'activity-attempt-started' | 'activity-attempt-ended' | 'activity-abandoned';
};

/** What history does not tell of an activity: its waits for a worker, its attempts, the pauses between them. */
export function traceActivity(store: SpanStore, fact: ActivityFact): void {
  switch (fact.kind) {
    case 'activity-attempt-queued':
      endPart(store, fact, partId(fact, 'backoff', fact.attempt - 1));
      openPart(store, fact, {
        kind: 'queue-wait',
        attempt: fact.attempt,
        name: `waiting for a worker on ${fact.taskQueue}`,
        attributes: { taskQueue: fact.taskQueue },
      });
      return;
    case 'activity-attempt-started':
      onStarted(store, fact);
      return;
    case 'activity-attempt-ended':
      onEnded(store, fact);
      return;
    case 'activity-abandoned':
      store.close(spanOf(fact.activity), fact.at, 'canceled');
  }
}

/** A wait of no length is not shown. */
function onStarted(
  store: SpanStore,
  fact: ActivityFact & { readonly kind: 'activity-attempt-started' },
): void {
  const wait = partId(fact, 'queue-wait', fact.attempt);
  if (store.get(wait)?.start !== fact.at || !store.discard(wait)) endPart(store, fact, wait);
  openPart(store, fact, {
    kind: 'attempt',
    attempt: fact.attempt,
    name: `attempt ${fact.attempt}`,
    attributes: { worker: fact.identity },
  });
  store.annotate(spanOf(fact.activity), { attempts: fact.attempt });
}

function onEnded(store: SpanStore, fact: ActivityFact & { readonly kind: 'activity-attempt-ended' }): void {
  const failure = fact.failure && failureTexts(fact.failure);
  store.close(partId(fact, 'backoff', fact.attempt - 1), fact.at, fact.outcome);
  for (const kind of ['queue-wait', 'attempt'] as const) {
    store.close(partId(fact, kind, fact.attempt), fact.at, fact.outcome, failure);
  }
  if (fact.retryAt === undefined) return;
  openPart(store, fact, {
    kind: 'backoff',
    attempt: fact.attempt,
    name: `backoff after attempt ${fact.attempt}`,
    attributes: { nextAttemptAt: fact.retryAt },
  });
}

interface Part {
  readonly kind: 'queue-wait' | 'attempt' | 'backoff';
  readonly attempt: number;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
}

function openPart(store: SpanStore, fact: ActivityFact, part: Part): void {
  const { kind, attempt, name, attributes } = part;
  const parent = spanOf(fact.activity);
  const of = store.get(parent);
  store.open({
    id: partId(fact, kind, attempt),
    kind,
    parent,
    name,
    lane: { namespace: fact.activity.run.namespace, track: fact.activity.run.workflowId },
    start: fact.at,
    attributes: { attempt, activity: of?.name ?? '', ...attributes },
    causes: [],
  });
}

const endPart = (store: SpanStore, { at }: { readonly at: Instant }, id: SpanId): void =>
  store.close(id, at, 'succeeded');

const spanOf = ({ run, scheduledEventId }: ActivityRef): SpanId => activitySpan(run.runId, scheduledEventId);

const partId = ({ activity }: ActivityFact, kind: Part['kind'], attempt: number): SpanId =>
  `${spanOf(activity)}:${kind}:${attempt}` as SpanId;
