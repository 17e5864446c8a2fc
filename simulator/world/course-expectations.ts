/** Judges how operations and activities went. */
import { between, formatDuration } from '../base/time.ts';
import type { Span } from '../protocol/span.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import { failureShortfall, findWorkflow, historyOf, type Evidence } from './evidence.ts';
import { attemptsText } from './expectation-text.ts';
import type { ActivityExpectation, Expectation, ExpectedFailure } from './world.ts';

type OperationExpectation = Extract<Expectation, { kind: 'operation' }>;

export async function operationShortfall(
  expectation: OperationExpectation,
  evidence: Evidence,
): Promise<string | undefined> {
  const { operation, failure } = expectation;
  const found = evidence.spans.filter(
    (span) =>
      span.kind === 'operation' &&
      span.code?.kind === 'operation' &&
      span.code.service === operation.service &&
      span.code.operation === operation.operation &&
      isOf(span, operation.workflowId.value, evidence.spans),
  );
  const shortfall = courseShortfall(found, expectation, evidence.spans);
  if (shortfall !== undefined || failure === undefined) return shortfall;
  return operationFailureShortfall(operation, failure, evidence);
}

export function activityShortfall(expectation: ActivityExpectation, { spans }: Evidence): string | undefined {
  const { workflowId, name } = expectation.activity;
  const found = spans.filter(
    (span) => span.kind === 'activity' && span.name === name.value && isOf(span, workflowId.value, spans),
  );
  return courseShortfall(found, expectation, spans);
}

function isOf(span: Span, workflowId: string, spans: readonly Span[]): boolean {
  const workflow = spans.find((each) => each.id === span.parent);
  return workflow?.attributes['workflowId'] === workflowId;
}

/** All of them have to go as expected. */
function courseShortfall(
  found: readonly Span[],
  { attempts, outcome, within }: Pick<ActivityExpectation, 'attempts' | 'outcome' | 'within'>,
  spans: readonly Span[],
): string | undefined {
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

/** Failures are compared as the history of the caller has them. */
async function operationFailureShortfall(
  { workflowId, service, operation }: OperationExpectation['operation'],
  failure: ExpectedFailure,
  evidence: Evidence,
): Promise<string | undefined> {
  const found = await findWorkflow(workflowId.value, evidence);
  if (typeof found === 'string') return found;
  const events = await historyOf(workflowId.value, found.namespace, evidence.port);
  const scheduled = events.flatMap((event) =>
    event.eventType === 'NEXUS_OPERATION_SCHEDULED' &&
    event.attributes.service === service &&
    event.attributes.operation === operation
      ? [event.eventId]
      : [],
  );
  for (const id of scheduled) {
    const end = events.find((event) => isFailedEnd(event) && event.attributes.scheduledEventId === id);
    const cause = end !== undefined && isFailedEnd(end) ? end.attributes.failure : undefined;
    const shortfall = failureShortfall(cause, failure);
    if (shortfall !== undefined) return shortfall;
  }
  return undefined;
}

type FailedEnd = HistoryEvent & {
  readonly eventType: `NEXUS_OPERATION_${'FAILED' | 'CANCELED' | 'TIMED_OUT'}`;
};

const isFailedEnd = (event: HistoryEvent): event is FailedEnd =>
  event.eventType === 'NEXUS_OPERATION_FAILED' ||
  event.eventType === 'NEXUS_OPERATION_CANCELED' ||
  event.eventType === 'NEXUS_OPERATION_TIMED_OUT';
