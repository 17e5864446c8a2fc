import type { Span, SpanOutcome } from '../../protocol/span.ts';
import type { StampedFact } from '../fact.ts';
import { failureTexts } from '../../spans/failure-text.ts';
import { operationSpan } from '../../spans/span-ids.ts';
import type { SpanStore } from '../../spans/span-store.ts';

type StandaloneFact = StampedFact & {
  readonly kind: 'standalone-scheduled' | 'standalone-started' | 'standalone-closed';
};

/** The bar of an operation that no workflow called, in a track of its own. */
export function traceStandalone(store: SpanStore, fact: StandaloneFact): void {
  const id = operationSpan(fact.operation);
  switch (fact.kind) {
    case 'standalone-scheduled':
      store.open(openedStandalone(fact));
      return;
    case 'standalone-started':
      store.annotate(id, { operationToken: fact.token, startedAt: fact.startedAt });
      return;
    case 'standalone-closed':
      store.close(id, fact.at, outcomes[fact.status], fact.failure && failureTexts(fact.failure));
      return;
  }
}

function openedStandalone(fact: StampedFact & { readonly kind: 'standalone-scheduled' }): Span {
  const { endpoint, service, name: operation, requestId, operation: ref } = fact;
  const { namespace, workflowId: operationId, runId } = ref.run;
  return {
    id: operationSpan(ref),
    kind: 'operation',
    name: `${service}.${operation}`,
    lane: { namespace, track: operationId },
    start: fact.at,
    attributes: { endpoint, service, operation, requestId, operationId, runId },
    causes: [],
    code: { kind: 'operation', service, operation, endpoint },
  };
}

const outcomes = {
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELED: 'canceled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
} as const satisfies Record<(StandaloneFact & { readonly kind: 'standalone-closed' })['status'], SpanOutcome>;
