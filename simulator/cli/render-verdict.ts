import { formatDuration, ms } from '../base/time.ts';
import type { Verdict } from '../protocol/contract.ts';

/** One line per expectation and one for all of them. */
export function renderVerdict(verdict: Verdict): string {
  const lines = verdict.expectations.map(({ passed, line, text, found }) => {
    const reason = found === undefined ? '' : `\n      found: ${found}`;
    return `  ${passed ? '✓' : '✗'} ${text}  (line ${line})${reason}`;
  });
  const held = verdict.expectations.filter(({ passed }) => passed).length;
  const time = `after ${formatDuration(ms(verdict.endedAt))} of virtual time`;
  const total = verdict.expectations.length;
  const summary =
    total === 0
      ? `The file expects nothing; it ended ${time}.`
      : `${verdict.passed ? 'passed' : 'failed'}: ${held} of ${total} expectations hold ${time}`;
  return `${[...lines, summary].join('\n')}\n`;
}
