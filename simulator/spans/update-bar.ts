import type { RunRef } from '../protocol/ids.ts';
import type { Span } from '../protocol/span.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import { updateSpan, workflowSpan } from './span-ids.ts';
import type { SpanStore } from './span-store.ts';

/** The bar of an update, from when it came. */
export const openedUpdate = (
  run: RunRef,
  admitted: { readonly update: string; readonly name: string; readonly at: HistoryEvent['eventTime'] },
): Span => ({
  id: updateSpan(run.runId, admitted.update),
  kind: 'update',
  parent: workflowSpan(run.runId),
  name: admitted.name,
  lane: { namespace: run.namespace, track: run.workflowId },
  start: admitted.at,
  attributes: { updateId: admitted.update },
  causes: [],
});

export function acceptedUpdate(
  store: SpanStore,
  run: RunRef,
  event: HistoryEvent & { readonly eventType: 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED' },
): void {
  const { protocolInstanceId: update, acceptedRequest } = event.attributes;
  const id = updateSpan(run.runId, update);
  // A history that was read tells of it for the first time here.
  if (store.get(id) === undefined) {
    store.open(openedUpdate(run, { update, name: acceptedRequest?.input?.name ?? '', at: event.eventTime }));
  }
  store.annotate(id, { acceptedAt: event.eventTime });
}
