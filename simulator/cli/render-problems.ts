import type { WorldProblem } from '../protocol/contract.ts';
import { SourceLines } from '../world/source.ts';

/** A world file with what is wrong with it. */
export interface BrokenFile {
  readonly path: string;
  readonly text: string;
  readonly problems: readonly WorldProblem[];
}

interface Layout {
  /** Columns of the line numbers. */
  readonly gutter: number;
  /** Longest stretch of a line that is shown. */
  readonly shownMax: number;
}

/** A problem at its own place, in whichever file that is. */
interface Shown extends Omit<WorldProblem, 'origin'> {
  readonly path: string;
  readonly lines: SourceLines;
}

/**
 * `file:line:column: sentence`, each with the offending line and carets beneath the place. `textOf` gives the files
 * that this one names; of one that it cannot give, what names it is shown.
 */
export function renderProblems(
  { path, text, problems }: BrokenFile,
  width: number,
  textOf: (file: string) => string | undefined,
): string {
  const lines = new SourceLines(text);
  const shown = problems.map(({ origin, ...named }): Shown => {
    const other = origin && textOf(origin.file);
    return origin === undefined || other === undefined
      ? { ...named, path, lines }
      : { ...origin, path: origin.file, lines: new SourceLines(other) };
  });
  const gutter = shown.reduce((most, { line }) => Math.max(most, String(line).length), 3);
  const layout = { gutter, shownMax: width - gutter - 4 };
  return shown.map((problem) => render(problem, layout)).join('\n');
}

function render(problem: Shown, { gutter, shownMax }: Layout): string {
  const { path, lines, message, line, column, length } = problem;
  // A terminal obeys control characters; a tab is harmless.
  const source = lines.textOf(line).replace(/[^\P{Cc}\t]/gu, '\ufffd');
  // A place far to the right is shown with what stands just before it.
  const ahead = Math.floor(shownMax / 2);
  const from = column - 1 > ahead && source.length > shownMax ? column - 1 - ahead : 0;
  const shown = source.slice(from, from + shownMax);
  const before = shown.slice(0, column - 1 - from).replace(/[^\t]/g, ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(length, shownMax - before.length)));
  const number = String(line).padStart(gutter);
  const blank = ' '.repeat(gutter);
  return `${path}:${line}:${column}: ${message}\n ${number} | ${shown}\n ${blank} | ${before}${carets}\n`;
}
