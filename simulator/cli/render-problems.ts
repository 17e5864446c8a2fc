import type { WorldProblem } from '../protocol/contract.ts';
import { SourceLines } from '../world/source.ts';

/** Longest stretch of a line that is shown. */
const SHOWN_MAX = 120;

/** `file:line:column: sentence`, each with the offending line and carets beneath the place. */
export function renderProblems(path: string, text: string, problems: readonly WorldProblem[]): string {
  const lines = new SourceLines(text);
  const width = Math.max(...problems.map(({ line }) => String(line).length), 3);
  return problems.map((problem) => render(path, problem, { lines, width })).join('\n');
}

function render(path: string, problem: WorldProblem, within: { lines: SourceLines; width: number }): string {
  const { message, line, column, length } = problem;
  const source = within.lines.textOf(line);
  // A place far to the right is shown with what stands just before it.
  const from = column - 1 > SHOWN_MAX / 2 && source.length > SHOWN_MAX ? column - 1 - SHOWN_MAX / 2 : 0;
  const shown = source.slice(from, from + SHOWN_MAX);
  const before = shown.slice(0, column - 1 - from).replace(/[^\t]/g, ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(length, SHOWN_MAX - before.length)));
  const gutter = String(line).padStart(within.width);
  const blank = ' '.repeat(within.width);
  return `${path}:${line}:${column}: ${message}\n ${gutter} | ${shown}\n ${blank} | ${before}${carets}\n`;
}
