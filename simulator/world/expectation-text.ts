import { formatDuration } from '../base/time.ts';
import type { AttemptRange, EventOfWorkflow, Expectation } from './world.ts';

/** An expectation in one line, in the words of the file. */
export function expectationText(expectation: Expectation): string {
  switch (expectation.kind) {
    case 'workflow': {
      const { workflow, status, within } = expectation;
      const parts = [status, within === undefined ? undefined : `within ${formatDuration(within)}`];
      return `workflow ${workflow.value}: ${joined(parts)}`;
    }
    case 'operation': {
      const { operation, attempts, outcome, within } = expectation;
      const tries = attempts === undefined ? undefined : attemptsText(attempts);
      const limit = within === undefined ? undefined : `within ${formatDuration(within)}`;
      return `operation ${operation.workflowId.value} / ${operation.name.value}: ${joined([tries, outcome, limit])}`;
    }
    case 'history':
      return `history ${expectation.history.value}: contains ${expectation.contains.join(', ')}`;
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

const joined = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(', ');
