import type { Difference } from '../cluster/conformance/compare.ts';
import type { Conformance } from './conform-file.ts';
import type { Terminal } from './terminal.ts';
import { oneLine, wrapped } from './text-width.ts';

export const conformFormats = ['text', 'json', 'markdown'] as const;
export type ConformFormat = (typeof conformFormats)[number];

/** One file and what came of it. */
export interface ConformedFile {
  readonly file: string;
  readonly outcome: Conformance;
}

export const openDifferences = ({ outcome }: ConformedFile): readonly Difference[] =>
  outcome.kind === 'compared' ? outcome.comparison.differences.filter(({ allowed }) => !allowed) : [];

/** Tells of all files at once. */
export function renderConformance(
  files: readonly ConformedFile[],
  {
    format,
    server,
    terminal,
  }: { readonly format: ConformFormat; readonly server: string; readonly terminal: Terminal },
): string {
  switch (format) {
    case 'json':
      return files.map((each) => `${JSON.stringify({ ...each, server })}\n`).join('');
    case 'markdown':
      return markdown(files, server);
    case 'text':
      return files.map((each) => text(each, terminal)).join('\n');
  }
}

function text(each: ConformedFile, { palette, width }: Terminal): string {
  const { file, outcome } = each;
  if (outcome.kind === 'incomparable') {
    return `${wrapped(`${palette.strong(file)}: not compared, for it ${outcome.reason}.`, width, '  ').join('\n')}\n`;
  }
  const { runs, events, differences } = outcome.comparison;
  const open = openDifferences(each);
  const lines = open.flatMap(({ run, eventType, field, simulated, served }) => [
    `  ${palette.bad('✗')} ${run}: ${eventType}${field === undefined ? '' : ` ${field}`}`,
    ...wrapped(`simulated  ${oneLine(simulated ?? 'nothing')}`, width - 6, '  ').map(
      (line) => `      ${line}`,
    ),
    ...wrapped(`served     ${oneLine(served ?? 'nothing')}`, width - 6, '  ').map((line) => `      ${line}`),
  ]);
  const allowed = reasonsIn(differences).map(({ reason, count }) =>
    wrapped(`${count} × ${reason}`, width - 4, '    ').join('\n    '),
  );
  const verdict = open.length === 0 ? palette.good('the same') : palette.bad(`${open.length} differences`);
  return [
    `${palette.strong(file)}: ${runs} workflows, ${events} events, ${verdict}`,
    ...lines,
    ...(allowed.length === 0 ? [] : ['  as it should be:', ...allowed.map((line) => `    ${line}`)]),
    '',
  ].join('\n');
}

function markdown(files: readonly ConformedFile[], server: string): string {
  const rows = files.map((each) => {
    const { file, outcome } = each;
    if (outcome.kind === 'incomparable') return `| \`${file}\` | | | not compared: it ${outcome.reason} |`;
    const { runs, events, differences } = outcome.comparison;
    const open = openDifferences(each).length;
    const allowed = differences.length - open;
    const result = open === 0 ? 'the same' : `**${open} differences**`;
    return `| \`${file}\` | ${runs} | ${events} | ${result}${allowed === 0 ? '' : `, ${allowed} allowed`} |`;
  });
  const all = files.flatMap(({ outcome }) =>
    outcome.kind === 'compared' ? outcome.comparison.differences : [],
  );
  const reasons = reasonsIn(all).map(({ reason, count }) => `| ${count} | ${reason} |`);
  return [
    `Compared with Temporal Server ${server}.`,
    '',
    '| world file | workflows | events | histories |',
    '|---|---|---|---|',
    ...rows,
    '',
    ...(reasons.length === 0
      ? []
      : ['| times | differences that are as they should be |', '|---|---|', ...reasons, '']),
  ].join('\n');
}

/** How often each reason was needed, the most frequent first. */
function reasonsIn(differences: readonly Difference[]): readonly { reason: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { allowed } of differences) {
    if (allowed !== undefined) counts.set(allowed.reason, (counts.get(allowed.reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}
