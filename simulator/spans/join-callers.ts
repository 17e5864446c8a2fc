import type { RunId, SpanId } from '../protocol/ids.ts';
import type { Link } from '../protocol/temporal/common.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import { linkedOperation } from './history-spans.ts';
import { readOperationToken } from './operation-token.ts';
import type { RunHistory } from './run-history.ts';
import { operationSpanOf, workflowSpan } from './span-ids.ts';
import type { SpanStore } from './span-store.ts';

/**
 * Tells each handler's run the operations that it was started for. Its own events say so as a rule; else the
 * caller's do, by the links that the handler answered with, or by the token.
 */
export function joinCallers(store: SpanStore, histories: readonly RunHistory[]): void {
  const operations = operationsByRequest(histories);
  for (const { run, events } of histories) {
    for (const event of events) {
      for (const id of attachedTo(event, operations)) store.addCause(workflowSpan(run.runId), id);
      if (event.eventType !== 'NEXUS_OPERATION_STARTED') continue;
      const operation = store.get(operationSpanOf(run.runId, event.attributes.scheduledEventId));
      if (operation === undefined) continue;
      for (const handler of handlersOf(event, histories)) {
        const workflow = store.get(workflowSpan(handler));
        const isBegunByIt = workflow !== undefined && workflow.start >= operation.start;
        if (isBegunByIt && workflow.causes.length === 0) store.addCause(workflow.id, operation.id);
      }
    }
  }
}

/** The operation that a link to its caller names, by event or by request. */
export const operationBehind = (link: Link, operations: ReadonlyMap<string, SpanId>): SpanId | undefined =>
  linkedOperation(link) ?? operations.get(link.workflowEvent?.requestIdRef?.requestId ?? '');

/** Request id → operation. */
export const operationsByRequest = (histories: readonly RunHistory[]): ReadonlyMap<string, SpanId> =>
  new Map(
    histories.flatMap(({ run, events }) =>
      events.flatMap((event) =>
        event.eventType === 'NEXUS_OPERATION_SCHEDULED'
          ? [[event.attributes.requestId, operationSpanOf(run.runId, event.eventId)] as const]
          : [],
      ),
    ),
  );

/** The operations whose callbacks came to a run that went on already. */
function attachedTo(event: HistoryEvent, operations: ReadonlyMap<string, SpanId>): readonly SpanId[] {
  if (event.eventType !== 'WORKFLOW_EXECUTION_OPTIONS_UPDATED') return [];
  const links = (event.attributes.attachedCompletionCallbacks ?? []).flatMap(
    (callback) => callback.links ?? [],
  );
  return links.flatMap((link) => operationBehind(link, operations) ?? []);
}

function handlersOf(
  event: HistoryEvent & { readonly eventType: 'NEXUS_OPERATION_STARTED' },
  histories: readonly RunHistory[],
): readonly RunId[] {
  const linked = (event.links ?? []).flatMap(({ workflowEvent }) => workflowEvent?.runId ?? []);
  if (linked.length > 0) return linked as RunId[];
  const token = readOperationToken(event.attributes.operationToken);
  // A token names the workflow only; of its runs the first that begins in time is the one.
  const candidates = histories.filter(
    ({ run, events: [first] }) =>
      run.workflowId === token?.workflowId &&
      run.namespace === token.namespace &&
      first !== undefined &&
      first.eventTime <= event.eventTime,
  );
  return candidates.slice(-1).map(({ run }) => run.runId);
}
