import type { Span } from '../protocol/span.ts';
import { tracePending } from './pending-spans.ts';
import { traceDeliveries } from './delivery-spans.ts';
import { joinCallers } from './join-callers.ts';
import type { RunHistory } from './run-history.ts';
import { traceRun } from './run-spans.ts';
import { SpanStore } from './span-store.ts';

/**
 * Histories → spans: the bars that the engine draws of its own runs, as far as histories and descriptions tell
 * them. They do not tell when earlier attempts were made, who handled a Nexus task, or what waited for a worker.
 * Runs of different namespaces are joined by the links in their events.
 */
export function spansOf(histories: readonly RunHistory[]): readonly Span[] {
  const store = new SpanStore();
  for (const history of histories) {
    traceRun(store, history);
    tracePending(store, history);
  }
  joinCallers(store, histories);
  traceDeliveries(store, histories);
  // The sort is stable: what begins at one instant stays in the order in which its run tells it.
  return store.all().sort((a, b) => a.start - b.start);
}
