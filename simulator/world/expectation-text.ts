import { formatDuration } from '../base/time.ts';
import type { AttemptRange, Expectation } from './world.ts';

/** An expectation in one line, in the words of the file. */
export function expectationText(expectation: Expectation): string {
  switch (expectation.kind) {
    case 'workflow': {
      const { workflow, status, within } = expectation;
      const parts = [status, within === undefined ? undefined : `within ${formatDuration(within)}`];
      return `workflow ${workflow.value}: ${joined(parts)}`;
    }
    case 'operation': {
      const { operation, attempts, outcome } = expectation;
      const tries = attempts === undefined ? undefined : attemptsText(attempts);
      return `operation ${operation.workflowId.value} / ${operation.name.value}: ${joined([tries, outcome])}`;
    }
    case 'history':
      return `history ${expectation.history.value}: contains ${expectation.contains.join(', ')}`;
  }
}

/** `1 attempt`, `2 attempts`, `1..3 attempts`. */
export function attemptsText({ from, to }: AttemptRange): string {
  if (from !== to) return `${from}..${to} attempts`;
  return from === 1 ? '1 attempt' : `${from} attempts`;
}

const joined = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(', ');
