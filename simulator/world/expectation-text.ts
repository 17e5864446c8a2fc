import { formatDuration, type DurationMs } from '../base/time.ts';
import { fill, type Dynamic } from './template.ts';
import type {
  ActivityExpectation,
  AttemptRange,
  EventOfWorkflow,
  Expectation,
  ExpectedFailure,
  HistoryExpectation,
} from './world.ts';

/** An expectation in one line, in the words of the file. */
export function expectationText(expectation: Expectation): string {
  switch (expectation.kind) {
    case 'workflow': {
      const { workflow, status, within, result, failure } = expectation;
      const value = result === undefined ? undefined : `result ${valueText(result)}`;
      return `workflow ${workflow.value}: ${joined([status, withinText(within), value, failureText(failure)])}`;
    }
    case 'operation': {
      const { operation, failure } = expectation;
      const parts = [courseText(expectation), failureText(failure)];
      return `operation ${operation.workflowId.value} / ${operation.name.value}: ${joined(parts)}`;
    }
    case 'activity': {
      const { activity } = expectation;
      return `activity ${activity.workflowId.value} / ${activity.name.value}: ${courseText(expectation)}`;
    }
    case 'clock':
      return `clock: ${withinText(expectation.clock.within) ?? ''}`;
    case 'history':
      return `history ${expectation.history.value}: ${historyText(expectation)}`;
    case 'order':
      return `order: ${expectation.order.map(eventText).join(', ')}`;
    case 'breaker': {
      const { breaker, state, reached, never } = expectation;
      const parts = [
        state,
        reached === undefined ? undefined : `reached ${reached}`,
        never === undefined ? undefined : `never ${never}`,
      ];
      return `breaker ${breaker.caller.value} → ${breaker.endpoint.value}: ${joined(parts)}`;
    }
  }
}

/** `checkout-1 / NEXUS_OPERATION_STARTED`. */
export const eventText = ({ workflowId, eventType }: EventOfWorkflow): string =>
  `${workflowId.value} / ${eventType}`;

/** `1 attempt`, `2 attempts`, `1..3 attempts`. */
export function attemptsText({ from, to }: AttemptRange): string {
  if (from !== to) return `${from}..${to} attempts`;
  return from === 1 ? '1 attempt' : `${from} attempts`;
}

const withinText = (within: DurationMs | undefined): string | undefined =>
  within === undefined ? undefined : `within ${formatDuration(within)}`;

const courseText = ({
  attempts,
  outcome,
  within,
}: Pick<ActivityExpectation, 'attempts' | 'outcome' | 'within'>): string | undefined =>
  joined([attempts === undefined ? undefined : attemptsText(attempts), outcome, withinText(within)]);

const historyText = ({ contains, never }: HistoryExpectation): string =>
  joined([
    contains === undefined ? undefined : `contains ${contains.join(', ')}`,
    never === undefined ? undefined : `never ${never.join(', ')}`,
  ]);

const failureText = (failure: ExpectedFailure | undefined): string | undefined =>
  failure === undefined
    ? undefined
    : `failure ${[failure.type, failure.message].filter((part) => part !== undefined).join(': ')}`;

/** A value that an expectation writes; it has no `${…}`. */
const valueText = ({ template }: Dynamic): string => {
  const value = fill(template, () => undefined);
  return value.ok ? JSON.stringify(value.value) : value.error;
};

const joined = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(', ');
