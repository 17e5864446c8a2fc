import type { Instant } from '../base/time.ts';
import type { RunId, RunRef, SpanId } from '../protocol/ids.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import { traceAttempt, traceCancelRequest } from './attempt-spans.ts';
import { traceContent } from './content-spans.ts';
import { openedBy, traceEvent } from './history-spans.ts';
import type { RunHistory } from './run-history.ts';
import { updateSpan, workflowSpan } from './span-ids.ts';
import { SpanStore } from './span-store.ts';

/** The event that begins what a reset adds to the history that it keeps. */
export type ResetEvent = HistoryEvent & { readonly eventType: 'WORKFLOW_TASK_FAILED' };

/** The bars of one run. What lasts when it closes ends with it, though no event says so. */
export function traceRun(store: SpanStore, { run, events }: RunHistory): void {
  const opened: SpanId[] = [];
  const draw = (event: HistoryEvent): void => {
    const begins = openedBy(run, event);
    if (begins !== undefined) opened.push(begins.id);
    traceEvent(store, run, event);
    traceContent(store, run, event);
    if (event.eventType === 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED') {
      opened.push(updateSpan(run.runId, event.attributes.protocolInstanceId));
    }
    opened.push(...traceAttempt(store, run, event), ...traceCancelRequest(store, run, event));
  };
  for (const event of shownEvents(run, events)) draw(event);
  const reset = resetOf(run, events);
  if (reset?.attributes.baseRunId !== undefined) {
    store.addCause(workflowSpan(run.runId), workflowSpan(reset.attributes.baseRunId as RunId));
  }
  const closed = closeOf(events);
  if (closed === undefined) return;
  for (const id of opened) store.close(id, closed.eventTime, 'canceled');
}

/** The event that closes a run. */
export const closeOf = (events: readonly HistoryEvent[]): HistoryEvent | undefined =>
  events.findLast(({ eventType }) => closing.has(eventType));

const closing: ReadonlySet<string> = new Set([
  'WORKFLOW_EXECUTION_COMPLETED',
  'WORKFLOW_EXECUTION_FAILED',
  'WORKFLOW_EXECUTION_CANCELED',
  'WORKFLOW_EXECUTION_TERMINATED',
  'WORKFLOW_EXECUTION_TIMED_OUT',
  'WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
] satisfies readonly HistoryEvent['eventType'][]);

/** The reset that made a run, if one did. */
export const resetOf = (run: RunRef, events: readonly HistoryEvent[]): ResetEvent | undefined =>
  events.findLast(
    (event): event is ResetEvent =>
      event.eventType === 'WORKFLOW_TASK_FAILED' && event.attributes.newRunId === run.runId,
  );

/**
 * A run that a reset made repeats what happened in another one, which is drawn there. Of that part only what lasts
 * is shown, from the reset on.
 */
function shownEvents(run: RunRef, events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const reset = resetOf(run, events);
  if (reset === undefined) return events;
  const from = events.findIndex((event) => event === reset || isStartOf(reset, event));
  const kept = new SpanStore();
  for (const event of events.slice(0, from)) traceEvent(kept, run, event);
  const lasts = (event: HistoryEvent): boolean => {
    const begins = openedBy(run, event);
    return begins?.kind !== 'workflow-task' && begins !== undefined && kept.get(begins.id)?.end === undefined;
  };
  const lasting = events.slice(0, from).filter(lasts);
  return [...lasting.map((event) => at(event, reset.eventTime)), ...events.slice(from)];
}

/** A reset at a task that no worker had starts it itself. */
const isStartOf = (reset: ResetEvent, event: HistoryEvent): boolean =>
  event.eventId === reset.attributes.startedEventId && event.eventTime === reset.eventTime;

const at = (event: HistoryEvent, eventTime: Instant): HistoryEvent => ({ ...event, eventTime });
