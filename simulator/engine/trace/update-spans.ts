import { failureTexts } from '../../spans/failure-text.ts';
import { updateSpan } from '../../spans/span-ids.ts';
import type { SpanStore } from '../../spans/span-store.ts';
import { openedUpdate } from '../../spans/update-bar.ts';
import type { StampedFact } from '../fact.ts';

/** What history does not tell of updates: when they came, and how they ended that were not accepted. */
export function traceUpdate(
  store: SpanStore,
  fact: StampedFact & { readonly kind: 'update-admitted' | 'update-ended' },
): void {
  if (fact.kind === 'update-admitted') {
    store.open(openedUpdate(fact.run, fact));
    return;
  }
  const failure = fact.failure && failureTexts(fact.failure);
  store.close(updateSpan(fact.run.runId, fact.update), fact.at, fact.outcome, failure);
}
