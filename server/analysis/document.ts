import type { DocumentUri } from './uri.ts';

/** Zero-based line and column, both in UTF-16 code units, as editors count by default. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Half-open range of UTF-16 offsets in one document. */
export interface OffsetRange {
  readonly start: number;
  readonly end: number;
}

/** A place in the workspace. */
export interface Place {
  readonly uri: DocumentUri;
  readonly range: OffsetRange;
}

/** One immutable version of a document's text, with its lines counted. */
export class Document {
  readonly uri: DocumentUri;
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(uri: DocumentUri, text: string) {
    this.uri = uri;
    this.text = text;
    this.#lineStarts = lineStartsOf(text);
  }

  get lineCount(): number {
    return this.#lineStarts.length;
  }

  /** Offsets outside the text are moved to its nearer end. */
  positionAt(offset: number): Position {
    const bounded = Math.min(Math.max(offset, 0), this.text.length);
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = Math.trunc((low + high) / 2);
      if (this.#lineStart(middle) <= bounded) low = middle;
      else high = middle;
    }
    return { line: low, character: bounded - this.#lineStart(low) };
  }

  /** Positions outside the text, or behind the end of their line, are moved to the nearest offset inside. */
  offsetAt(position: Position): number {
    if (position.line < 0) return 0;
    if (position.line >= this.#lineStarts.length) return this.text.length;
    const start = this.#lineStart(position.line);
    const end = this.#lineEnd(position.line);
    return Math.min(start + Math.max(position.character, 0), end);
  }

  #lineStart(line: number): number {
    return this.#lineStarts[line] ?? this.text.length;
  }

  #lineEnd(line: number): number {
    if (line + 1 >= this.#lineStarts.length) return this.text.length;
    const next = this.#lineStart(line + 1);
    return this.text[next - 2] === '\r' && this.text[next - 1] === '\n' ? next - 2 : next - 1;
  }
}

/** Whether an offset lies in a range; both ends count, for a caret stands between characters. */
export function contains(range: OffsetRange, offset: number): boolean {
  return range.start <= offset && offset <= range.end;
}

function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const endsLine = unit === 0x0a || (unit === 0x0d && text.charCodeAt(at + 1) !== 0x0a);
    if (endsLine) starts.push(at + 1);
  }
  return starts;
}
