import { between, formatDuration, ORIGIN, type DurationMs, type Instant } from '../base/time.ts';
import type { ExpectationResult } from '../protocol/contract.ts';
import type { Failure } from '../protocol/temporal/failure.ts';
import type { HistoryEvent, WorkflowExecutionStatus } from '../protocol/temporal/history.ts';
import type { DescribeWorkflowExecutionResponse } from '../protocol/temporal/methods.ts';
import { activityShortfall, operationShortfall } from './course-expectations.ts';
import { failureShortfall, findWorkflow, historyOf, type Evidence } from './evidence.ts';
import { eventText, expectationText } from './expectation-text.ts';
import { decodePayload, sameJson } from './json.ts';
import { listed } from './nearest.ts';
import { fill, type Dynamic } from './template.ts';
import type {
  BreakerExpectation,
  BreakerState,
  EventOfWorkflow,
  Expectation,
  ExpectedStatus,
  HistoryExpectation,
} from './world.ts';

/** Judges one expectation; `found` says what was there instead, when that is not what was expected. */
export async function judge(
  expectation: Expectation,
  place: Pick<ExpectationResult, 'line' | 'origin'>,
  evidence: Evidence,
): Promise<ExpectationResult> {
  const found = await shortfall(expectation, evidence);
  const text = expectationText(expectation);
  return found === undefined ? { text, ...place, passed: true } : { text, ...place, passed: false, found };
}

async function shortfall(expectation: Expectation, evidence: Evidence): Promise<string | undefined> {
  switch (expectation.kind) {
    case 'workflow':
      return workflowShortfall(expectation, evidence);
    case 'operation':
      return operationShortfall(expectation, evidence);
    case 'activity':
      return activityShortfall(expectation, evidence);
    case 'clock':
      return clockShortfall(expectation.clock.within, evidence);
    case 'history':
      return historyShortfall(expectation, evidence);
    case 'order':
      return orderShortfall(expectation.order, evidence);
    case 'breaker':
      return breakerShortfall(expectation, evidence);
  }
}

const statusWord = {
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELED: 'canceled',
  TERMINATED: 'terminated',
  CONTINUED_AS_NEW: 'running',
  TIMED_OUT: 'timed-out',
} as const satisfies Record<WorkflowExecutionStatus, ExpectedStatus>;

async function workflowShortfall(
  { workflow, status, within, result, failure }: Extract<Expectation, { kind: 'workflow' }>,
  evidence: Evidence,
): Promise<string | undefined> {
  const found = await findWorkflow(workflow.value, evidence);
  if (typeof found === 'string') return found;
  const info = found.description.workflowExecutionInfo;
  const actual = statusWord[info.status];
  if (status !== undefined && actual !== status) {
    const why = actual === 'failed' ? await failureText(workflow.value, found.namespace, evidence) : '';
    return `it is ${actual}${why}`;
  }
  const late = within === undefined ? undefined : durationShortfall(info, within);
  if (late !== undefined || (result === undefined && failure === undefined)) return late;
  const events = await historyOf(workflow.value, found.namespace, evidence.port);
  return (
    (result && resultShortfall(events, result)) ?? (failure && failureShortfall(failureOf(events), failure))
  );
}

function resultShortfall(events: readonly HistoryEvent[], expected: Dynamic): string | undefined {
  const completed = events.find((event) => event.eventType === 'WORKFLOW_EXECUTION_COMPLETED');
  if (completed === undefined) return 'it has no result';
  const found = decodePayload(completed.attributes.result?.payloads?.[0]);
  const wanted = fill(expected.template, () => undefined);
  return wanted.ok && sameJson(found, wanted.value) ? undefined : `its result is ${JSON.stringify(found)}`;
}

const failureOf = (events: readonly HistoryEvent[]): Failure | undefined =>
  events.find((event) => event.eventType === 'WORKFLOW_EXECUTION_FAILED')?.attributes.failure;

const clockShortfall = (within: DurationMs, { endedAt }: Evidence): string | undefined =>
  endedAt <= within ? undefined : `it came to rest at ${timeOf(endedAt)}`;

function durationShortfall(
  { startTime, closeTime }: DescribeWorkflowExecutionResponse['workflowExecutionInfo'],
  within: DurationMs,
): string | undefined {
  if (closeTime === undefined) return 'it has not ended';
  const took = between(startTime, closeTime);
  return took <= within ? undefined : `it took ${formatDuration(took)}`;
}

async function failureText(workflowId: string, namespace: string, evidence: Evidence): Promise<string> {
  const events = await historyOf(workflowId, namespace, evidence.port);
  const messages: string[] = [];
  for (let failure = failureOf(events); failure !== undefined; failure = failure.cause) {
    messages.push(failure.message ?? 'no message');
  }
  return messages.length === 0 ? '' : `: ${messages.join(': ')}`;
}

async function historyShortfall(
  { history, contains = [], never = [] }: HistoryExpectation,
  evidence: Evidence,
): Promise<string | undefined> {
  const found = await findWorkflow(history.value, evidence);
  if (typeof found === 'string') return found;
  const events = await historyOf(history.value, found.namespace, evidence.port);
  let next = 0;
  for (const event of events) if (event.eventType === contains[next]) next++;
  const missing = contains[next];
  if (missing === undefined) {
    const unwanted = events.find(({ eventType }) => never.includes(eventType));
    return unwanted && `event ${unwanted.eventId} is ${unwanted.eventType}`;
  }
  const after = next === 0 ? '' : ` after ${contains.slice(0, next).join(', ')}`;
  return `there is no ${missing}${after}; the history is ${listed(events.map((event) => event.eventType))}`;
}

/** Each event is the first of its type in its workflow that is not before the one found last there. */
async function orderShortfall(
  order: readonly EventOfWorkflow[],
  evidence: Evidence,
): Promise<string | undefined> {
  const next = new Map<string, number>();
  let latest: { readonly text: string; readonly at: Instant } | undefined;
  for (const { workflowId, eventType } of order) {
    const found = await findWorkflow(workflowId.value, evidence);
    if (typeof found === 'string') return `of ${workflowId.value}: ${found}`;
    const events = await historyOf(workflowId.value, found.namespace, evidence.port);
    const from = next.get(workflowId.value) ?? 0;
    const index = events.findIndex((each, at) => at >= from && each.eventType === eventType);
    const event = events[index];
    const text = eventText({ workflowId, eventType });
    if (event === undefined) return `there is no ${text}${from === 0 ? '' : ' after what stands before it'}`;
    next.set(workflowId.value, index + 1);
    if (latest !== undefined && event.eventTime < latest.at) {
      return `${text} came at ${timeOf(event.eventTime)}, before ${latest.text} at ${timeOf(latest.at)}`;
    }
    latest = { text, at: event.eventTime };
  }
  return undefined;
}

const timeOf = (at: Instant): string => formatDuration(between(ORIGIN, at));

function breakerShortfall(
  { breaker, state, reached, never }: BreakerExpectation,
  { breakerStates }: Evidence,
): string | undefined {
  if (breakerStates === undefined) return 'this host does not tell how its breakers stand';
  const passed: readonly BreakerState[] = [
    'closed',
    ...breakerStates(breaker.caller.value, breaker.endpoint.value),
  ];
  const last = passed.at(-1) ?? 'closed';
  const went = `it went ${passed.join(' → ')}`;
  if (state !== undefined && last !== state) return `it is ${last}; ${went}`;
  if (reached !== undefined && !passed.includes(reached)) return `it was never ${reached}; ${went}`;
  return never !== undefined && passed.includes(never) ? went : undefined;
}
