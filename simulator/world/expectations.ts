import { between, formatDuration, ORIGIN, type DurationMs, type Instant } from '../base/time.ts';
import type { ExpectationResult } from '../protocol/contract.ts';
import type { Span } from '../protocol/span.ts';
import type { HistoryEvent, WorkflowExecutionStatus } from '../protocol/temporal/history.ts';
import type { DescribeWorkflowExecutionResponse } from '../protocol/temporal/methods.ts';
import type { TemporalPort } from '../protocol/temporal/port.ts';
import { attemptsText, eventText, expectationText } from './expectation-text.ts';
import { listed } from './nearest.ts';
import { readHistory } from './read-history.ts';
import type {
  BreakerExpectation,
  BreakerState,
  EventOfWorkflow,
  Expectation,
  ExpectedStatus,
  World,
} from './world.ts';

/** What a run left behind, to be held against the file's expectations. */
export interface Evidence {
  readonly world: World;
  readonly port: TemporalPort;
  readonly spans: readonly Span[];
  /** The states a breaker went through after `closed`, in order; absent where nobody can tell. */
  readonly breakerStates?: (caller: string, endpoint: string) => readonly BreakerState[];
}

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
  { workflow, status, within }: Extract<Expectation, { kind: 'workflow' }>,
  evidence: Evidence,
): Promise<string | undefined> {
  const found = await findWorkflow(workflow.value, evidence);
  if (typeof found === 'string') return found;
  const info = found.description.workflowExecutionInfo;
  const actual = statusWord[info.status];
  if (status !== undefined && actual !== status) {
    const failure = actual === 'failed' ? await failureText(workflow.value, found.namespace, evidence) : '';
    return `it is ${actual}${failure}`;
  }
  return within === undefined ? undefined : durationShortfall(info, within);
}

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
  const failed = events.find((event) => event.eventType === 'WORKFLOW_EXECUTION_FAILED');
  const messages: string[] = [];
  for (let failure = failed?.attributes.failure; failure !== undefined; failure = failure.cause) {
    messages.push(failure.message ?? 'no message');
  }
  return messages.length === 0 ? '' : `: ${messages.join(': ')}`;
}

function operationShortfall(
  { operation, attempts, outcome, within }: Extract<Expectation, { kind: 'operation' }>,
  { spans }: Evidence,
): string | undefined {
  const found = spans.filter((span) => isOperation(span, operation, spans));
  if (found.length === 0) return 'it was never scheduled';
  for (const span of found) {
    const tries = spans.filter((each) => each.kind === 'attempt' && each.parent === span.id).length;
    const actual = span.end === undefined ? 'still running' : (span.outcome ?? 'ended');
    const fits = attempts === undefined || (tries >= attempts.from && tries <= attempts.to);
    if (!fits) return `it took ${attemptsText({ from: tries, to: tries })}`;
    if (outcome !== undefined && actual !== outcome) {
      return `it ${span.end === undefined ? 'is' : 'has'} ${actual}${span.failure === undefined ? '' : `: ${span.failure.join(': ')}`}`;
    }
    if (within === undefined) continue;
    if (span.end === undefined) return 'it has not ended';
    const took = between(span.start, span.end);
    if (took > within) return `it took ${formatDuration(took)}`;
  }
  return undefined;
}

function isOperation(
  span: Span,
  wanted: Extract<Expectation, { kind: 'operation' }>['operation'],
  spans: readonly Span[],
): boolean {
  if (span.kind !== 'operation' || span.code?.kind !== 'operation') return false;
  if (span.code.service !== wanted.service || span.code.operation !== wanted.operation) return false;
  const workflow = spans.find((each) => each.id === span.parent);
  return workflow?.attributes['workflowId'] === wanted.workflowId.value;
}

async function historyShortfall(
  { history, contains }: Extract<Expectation, { kind: 'history' }>,
  evidence: Evidence,
): Promise<string | undefined> {
  const found = await findWorkflow(history.value, evidence);
  if (typeof found === 'string') return found;
  const events = await historyOf(history.value, found.namespace, evidence.port);
  let next = 0;
  for (const event of events) if (event.eventType === contains[next]) next++;
  const missing = contains[next];
  if (missing === undefined) return undefined;
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

/** Ids are unique per namespace; the file's own starts come first, then every namespace in order. */
async function findWorkflow(
  workflowId: string,
  { world, port }: Evidence,
): Promise<{ namespace: string; description: DescribeWorkflowExecutionResponse } | string> {
  const started = world.start.filter((start) => start.id.value === workflowId);
  const places = started.length > 0 ? started.map((start) => start.namespace) : world.namespaces;
  for (const { value: namespace } of places) {
    const reply = await port.call('describeWorkflowExecution', { namespace, execution: { workflowId } });
    if (reply.ok) return { namespace, description: reply.value };
    if (reply.error.code !== 'NOT_FOUND') return `it could not be looked up: ${reply.error.message}`;
  }
  return 'no workflow with this id was started';
}

async function historyOf(
  workflowId: string,
  namespace: string,
  port: TemporalPort,
): Promise<readonly HistoryEvent[]> {
  const events = await readHistory(port, { namespace, execution: { workflowId } });
  return events.ok ? events.value : [];
}
