import type { Instant } from '../base/time.ts';
import type { SpanId } from '../protocol/ids.ts';
import type { Span } from '../protocol/span.ts';
import type { Callback } from '../protocol/temporal/common.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import type { CallbackInfo } from '../protocol/temporal/methods.ts';
import { failureTexts } from './failure-text.ts';
import { operationBehind, operationsByRequest } from './join-callers.ts';
import type { RunHistory, Told } from './run-history.ts';
import { closeOf, resetOf } from './run-spans.ts';
import { callbackSpan, workflowSpan } from './span-ids.ts';
import type { SpanStore } from './span-store.ts';

/**
 * The deliveries of completions. A description tells how the last one went. Without one, the caller's history
 * shows that a completion arrived, and when.
 */
export function traceDeliveries(store: SpanStore, histories: readonly RunHistory[]): void {
  const operations = operationsByRequest(histories);
  const replaced = new Set(
    histories.flatMap(({ run, events }) => resetOf(run, events)?.attributes.baseRunId ?? []),
  );
  for (const history of histories) {
    const closed = closeOf(history.events);
    if (closed === undefined || isFollowed(closed) || replaced.has(history.run.runId)) continue;
    for (const [index, callback] of callbacksOf(history.events).entries()) {
      const operation = (callback.links ?? []).flatMap((link) => operationBehind(link, operations) ?? [])[0];
      const info = history.described?.callbacks?.find((each) => isSame(each.callback ?? {}, callback));
      const target = operation && store.get(operation);
      const drawn =
        info === undefined ? arrived(target, closed.eventTime) : delivered(info, closed.eventTime);
      if (drawn === undefined) continue;
      open(store, history, { index, drawn, target });
    }
  }
}

/** The callbacks of a run in the order in which they came. */
const callbacksOf = (events: readonly HistoryEvent[]): readonly Callback[] =>
  events.flatMap((event) => {
    if (event.eventType === 'WORKFLOW_EXECUTION_STARTED') return event.attributes.completionCallbacks ?? [];
    return event.eventType === 'WORKFLOW_EXECUTION_OPTIONS_UPDATED'
      ? (event.attributes.attachedCompletionCallbacks ?? [])
      : [];
  });

/** Callbacks wait for the last run of a chain. */
const isFollowed = ({ attributes }: HistoryEvent): boolean => 'newExecutionRunId' in attributes;

/** Tokens differ from callback to callback; callbacks without one are told apart by where they go. */
const isSame = (a: Callback, b: Callback): boolean =>
  a.nexus?.url === b.nexus?.url &&
  a.nexus?.header?.['temporal-callback-token'] === b.nexus?.header?.['temporal-callback-token'];

type Delivery = Pick<Span, 'start' | 'end' | 'outcome' | 'failure' | 'attributes'>;

/**
 * A completion that closed its operation was delivered then; one that came too late left no trace. An operation that
 * is canceled without a reason ended with its caller.
 */
function arrived(operation: Span | undefined, closedAt: Instant): Delivery | undefined {
  const { end, outcome, failure } = operation ?? {};
  if (end === undefined || end < closedAt || outcome === 'timed-out') return undefined;
  if (outcome !== 'succeeded' && failure === undefined) return undefined;
  return { start: closedAt, end, outcome: 'succeeded', attributes: {} };
}

function delivered(info: Told<CallbackInfo>, closedAt: Instant): Delivery | undefined {
  const { attempt = 1, state, lastAttemptCompleteTime: end, lastAttemptFailure } = info;
  if (state === 'STANDBY' || end === undefined) return undefined;
  const failure = lastAttemptFailure && failureTexts(lastAttemptFailure);
  return {
    // When a later attempt began is not told.
    start: attempt > 1 ? end : closedAt,
    end,
    outcome: state === 'SUCCEEDED' ? 'succeeded' : 'failed',
    attributes: {
      attempt,
      ...(info.nextAttemptScheduleTime !== undefined && { nextAttemptAt: info.nextAttemptScheduleTime }),
    },
    ...(failure !== undefined && state !== 'SUCCEEDED' && { failure }),
  };
}

function open(
  store: SpanStore,
  { run }: RunHistory,
  {
    index,
    drawn,
    target,
  }: { readonly index: number; readonly drawn: Delivery; readonly target: Span | undefined },
): void {
  const { attempt } = drawn.attributes;
  const id: SpanId = callbackSpan(run, { index, attempt: typeof attempt === 'number' ? attempt : 1 });
  const workflow = workflowSpan(run.runId);
  store.open({
    id,
    kind: 'callback',
    parent: workflow,
    name: 'completion callback',
    lane: { namespace: run.namespace, track: run.workflowId },
    causes: [workflow],
    ...drawn,
    ...(target?.code !== undefined && { code: target.code }),
  });
  if (target !== undefined) store.addCause(target.id, id);
}
