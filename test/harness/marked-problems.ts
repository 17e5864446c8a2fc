import type { WorldProblem } from '../../simulator/protocol/contract.ts';

/** A text in which lines such as `   ^^^^ sentence` mark what is expected to be wrong in the line above them. */
export interface MarkedText {
  readonly text: string;
  readonly problems: readonly WorldProblem[];
}

const mark = /^( *)(\^+) (.+)$/;

/** Takes the marks out of a text. A line break at the beginning, for the looks of the test, does not count. */
export function readMarks(marked: string): MarkedText {
  const lines: string[] = [];
  const problems: WorldProblem[] = [];
  for (const line of marked.replace(/^\n/, '').split('\n')) {
    const [, before, carets, message] = mark.exec(line) ?? [];
    if (before === undefined || carets === undefined || message === undefined) lines.push(line);
    else problems.push({ message, line: lines.length, column: before.length + 1, length: carets.length });
  }
  return { text: lines.join('\n'), problems };
}
