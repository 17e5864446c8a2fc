import type { WorldProblem } from '../protocol/contract.ts';

/** A stretch of a world file's text, in UTF-16 units; the end is not part of it. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** A value together with the place where the file gives it. */
export interface Located<T> {
  readonly value: T;
  readonly range: SourceRange;
}

/** An entry of a mapping whose keys are names. `value` is absent when it could not be understood. */
export interface Named<T> {
  readonly name: Located<string>;
  readonly value?: T;
}

/** Something wrong in the file, before offsets become lines and columns. */
export interface SourceProblem {
  readonly message: string;
  readonly range: SourceRange;
}

/** Turns offsets into lines and columns, both counted from 1. */
export class SourceLines {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** The text of a line without its line break. */
  textOf(line: number): string {
    const start = this.#starts[line - 1] ?? this.#text.length;
    const next = this.#starts[line];
    return this.#text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, '');
  }

  /** A range that runs over several lines is cut at the end of its first one, so that it can be underlined. */
  place(problem: SourceProblem): WorldProblem {
    const start = Math.min(problem.range.start, this.#text.length);
    const line = this.lineOf(start);
    const column = start - (this.#starts[line - 1] ?? 0) + 1;
    const room = this.textOf(line).length - column + 1;
    const length = Math.max(1, Math.min(problem.range.end - start, room));
    return { message: problem.message, line, column, length };
  }
}
