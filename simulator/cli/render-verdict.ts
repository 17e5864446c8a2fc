import { formatDuration, ms } from '../base/time.ts';
import type { Verdict } from '../protocol/contract.ts';
import type { Palette } from './palette.ts';

/** One line per expectation and one for all of them. */
export function renderVerdict(verdict: Verdict, palette: Palette): string {
  const lines = verdict.expectations.map(({ passed, line, text, found }) => {
    const reason = found === undefined ? '' : `\n      found: ${found}`;
    return `  ${passed ? palette.good('✓') : palette.bad('✗')} ${text}  (line ${line})${reason}`;
  });
  const held = verdict.expectations.filter(({ passed }) => passed).length;
  const time = `after ${formatDuration(ms(verdict.endedAt))} of virtual time`;
  const total = verdict.expectations.length;
  const summary =
    total === 0
      ? `The file expects nothing; it ended ${time}.`
      : `${verdict.passed ? palette.good('passed') : palette.bad('failed')}: ${held} of ${total} expectations hold ${time}`;
  return `${[...lines, summary].join('\n')}\n`;
}
