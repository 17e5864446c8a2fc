import { formatDuration, ms } from '../base/time.ts';
import type { Verdict } from '../protocol/contract.ts';
import type { Span, SpanKind } from '../protocol/span.ts';
import type { Terminal } from './terminal.ts';
import { oneLine, wrapped } from './text-width.ts';

/** One line per expectation and one for all of them. `clock` says which clock the world went by. */
export function renderVerdict(
  verdict: Verdict,
  { palette, width }: Pick<Terminal, 'palette' | 'width'>,
  clock: 'virtual' | 'real' = 'virtual',
): string {
  const lines = verdict.expectations.flatMap(({ passed, line, text, found }) => {
    const [first = '', ...more] = wrapped(`${oneLine(text)}  (line ${line})`, width - 4, '  ');
    const reason = found === undefined ? [] : wrapped(`found: ${oneLine(found)}`, width - 6, '  ');
    return [
      `  ${passed ? palette.good('✓') : palette.bad('✗')} ${first}`,
      ...more.map((rest) => `    ${rest}`),
      ...reason.map((rest) => `      ${rest}`),
    ];
  });
  const held = verdict.expectations.filter(({ passed }) => passed).length;
  const time = `after ${formatDuration(ms(verdict.endedAt))} of ${clock} time`;
  const total = verdict.expectations.length;
  const summary =
    total === 0
      ? `The file expects nothing; it ended ${time}.`
      : `${verdict.passed ? 'passed' : 'failed'}: ${held} of ${total} expectations hold ${time}`;
  const last = wrapped(summary, width).join('\n');
  return `${[...lines, last.replace(/^passed/, palette.good).replace(/^failed/, palette.bad)].join('\n')}\n`;
}

const counted = {
  workflow: 'workflow',
  operation: 'Nexus operation',
  attempt: 'attempt',
  callback: 'callback',
} as const satisfies Partial<Record<SpanKind, string>>;

/** How much happened, and how long it took on the wall clock. */
export function renderCounts(spans: readonly Span[], tookMs: number, width: number): string {
  const namespaces = new Set(spans.map(({ lane }) => lane.namespace)).size;
  const parts = Object.entries(counted).flatMap(([kind, word]) => {
    const all = spans.filter((span) => span.kind === kind);
    const failed = all.filter(({ outcome }) => outcome === 'failed' || outcome === 'timed-out').length;
    if (all.length === 0) return [];
    return [`${plural(all.length, word)}${failed === 0 ? '' : ` (${failed} failed)`}`];
  });
  const all = [plural(namespaces, 'namespace'), ...parts, `${formatDuration(ms(tookMs))} of real time`];
  return `${wrapped(all.join(', '), width).join('\n')}\n`;
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
