import { isAlias, isCollection, isMap, isScalar, isSeq, type Document } from 'yaml';
import { ProblemList, type Report } from './problem-list.ts';
import type { SourceProblem, SourceRange } from './source.ts';

/** A value of the file on its way through the shapes. */
export interface Place {
  /** A node of the `yaml` package with aliases resolved, or `null` where nothing is written. */
  readonly node: unknown;
  /** What to underline when the value is wrong: its key when there is no value. */
  readonly range: SourceRange;
  /** The value in a sentence: `"after"`, `an item of "start"`. */
  readonly label: string;
  readonly depth: number;
}

/** Deepest nesting of a file's own structure and of the values in it. */
export const FILE_DEPTH_MAX = 64;

/** Most values a file may hold, counting those behind aliases each time they are used. */
const VALUES_MAX = 50_000;

/** What all shapes share while one file is read: its text, its problems and its budget. */
export class Reader {
  readonly #problems = new ProblemList();
  readonly report: Report = this.#problems.report;
  readonly #document: Document;
  readonly #text: string;
  readonly #base: number;
  #left = VALUES_MAX;

  /** `base`: where the places of the file begin among those of all files. */
  constructor(document: Document, source: { readonly text: string; readonly base: number }) {
    this.#document = document;
    this.#text = source.text;
    this.#base = source.base;
  }

  get problems(): readonly SourceProblem[] {
    return this.#problems.found;
  }

  /** Steps into a value. `undefined` (with a problem told) where the file is too large, too deep, or undefined. */
  enter(
    node: unknown,
    label: string,
    parent: { readonly range: SourceRange; readonly depth: number },
  ): Place | undefined {
    const range = rangeOf(node) ?? parent.range;
    const depth = parent.depth + 1;
    const resolved = isAlias(node) ? node.resolve(this.#document) : node;
    if (resolved === undefined && isAlias(node)) {
      this.report(
        range,
        `No anchor "&${node.source}" stands before this alias; add one or write the value out.`,
      );
      return undefined;
    }
    this.#left--;
    if (this.#left < 0 || depth > FILE_DEPTH_MAX) {
      if (this.#left === -1 || depth > FILE_DEPTH_MAX) this.report(range, tooMuch);
      return undefined;
    }
    return { node: resolved ?? null, range, label, depth };
  }

  /**
   * The range of a part of a text value, counted within the value. Falls back to the whole value where escapes
   * or line folding keep the text from standing in the file as it is.
   */
  partOf(place: Place, from: number, to: number): SourceRange {
    const node = place.node;
    if (!isScalar(node) || typeof node.value !== 'string') return place.range;
    const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0;
    const start = (node.range?.[0] ?? 0) + quoted;
    const verbatim = this.#text.startsWith(node.value, start - this.#base);
    return verbatim ? { start: start + from, end: Math.max(start + to, start + from + 1) } : place.range;
  }

  /** A value's kind, as a sentence names it. */
  describe(place: Place): string {
    const node = place.node;
    if (isMap(node)) return 'a mapping';
    if (isSeq(node)) return 'a list';
    const value = isScalar(node) ? node.value : null;
    if (value === null) return 'nothing';
    return `the ${typeof value === 'string' ? 'text' : 'value'} ${shown(value)}`;
  }
}

const tooMuch = `The file holds more than ${VALUES_MAX} values or nests deeper than ${FILE_DEPTH_MAX} levels here; split it up.`;

const SHOWN_MAX = 60;

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

/** Where a node is written; `undefined` for an empty one. */
export function rangeOf(node: unknown): SourceRange | undefined {
  if (!isScalar(node) && !isCollection(node) && !isAlias(node)) return undefined;
  const [start, end] = node.range ?? [0, 0];
  return end > start ? { start, end } : undefined;
}
