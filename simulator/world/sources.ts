import type { WorldProblem } from '../protocol/contract.ts';
import { SourceLines, type SourceProblem, type SourceRange } from './source.ts';

/** A file that another one names. */
export interface WorldFile {
  /** Tells files apart, and names them in sentences. */
  readonly path: string;
  readonly text: string;
}

interface Source extends WorldFile {
  /** Where the file's own places begin among those of all files. */
  readonly base: number;
  readonly lines: SourceLines;
  /** What names the file; absent for the file that is run. */
  readonly namedAt: SourceRange | undefined;
}

/**
 * All files that make one world. Their places share one line of numbers, one file behind the other, so that a
 * range alone says which file it is in.
 */
export class Sources {
  readonly #files: Source[] = [];
  #next = 0;

  get count(): number {
    return this.#files.length;
  }

  /** Returns where the file's places begin. */
  add(file: WorldFile, namedAt?: SourceRange): number {
    const base = this.#next;
    this.#files.push({ ...file, base, namedAt, lines: new SourceLines(file.text) });
    this.#next += file.text.length + 1;
    return base;
  }

  /** What names a file that is part of the world already. */
  find(path: string): { readonly namedAt: SourceRange | undefined } | undefined {
    return this.#files.find((file) => file.path === path);
  }

  /** `file:line:column`. */
  describe(range: SourceRange): string {
    const file = this.#fileOf(range);
    const { line, column } = placeIn(file, { message: '', range });
    return `${file.path}:${line}:${column}`;
  }

  /** A problem of another file is shown where the file that is run names it, with its own place in the sentence. */
  place(problem: SourceProblem): WorldProblem {
    const range = this.#rootRange(problem.range);
    if (range === problem.range) return placeIn(this.#root(), problem);
    const file = this.#fileOf(problem.range);
    const message = `${this.describe(problem.range)}: ${problem.message}`;
    return {
      ...placeIn(this.#root(), { message, range }),
      origin: { file: file.path, ...placeIn(file, problem) },
    };
  }

  /** The file and the line of something, when it is in another file than the one that is run. */
  originOf(range: SourceRange): { readonly file: string; readonly line: number } | undefined {
    if (this.#rootRange(range) === range) return undefined;
    const file = this.#fileOf(range);
    return { file: file.path, line: placeIn(file, { message: '', range }).line };
  }

  /** The line of the file that is run at which something is said, or at which the file that says it is named. */
  lineOf(range: SourceRange): number {
    return placeIn(this.#root(), { message: '', range: this.#rootRange(range) }).line;
  }

  #rootRange(range: SourceRange): SourceRange {
    let at = range;
    for (let named = this.#fileOf(at).namedAt; named !== undefined; named = this.#fileOf(at).namedAt) {
      at = named;
    }
    return at;
  }

  #root(): Source {
    return this.#files[0] ?? { path: '', text: '', base: 0, lines: new SourceLines(''), namedAt: undefined };
  }

  #fileOf({ start }: SourceRange): Source {
    return this.#files.findLast(({ base }) => base <= start) ?? this.#root();
  }
}

const placeIn = ({ lines, base }: Source, { message, range }: SourceProblem): WorldProblem =>
  lines.place({ message, range: { start: range.start - base, end: range.end - base } });
