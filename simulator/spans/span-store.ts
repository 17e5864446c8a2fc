import { extend } from '../base/extend.ts';
import type { Instant } from '../base/time.ts';
import type { SpanId } from '../protocol/ids.ts';
import type { Span, SpanOutcome } from '../protocol/span.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A span that is no part of another one, with all that are parts of it. */
interface Tree {
  readonly parts: Set<SpanId>;
  /** How many of them last. */
  lasting: number;
}

interface Entry {
  readonly span: Mutable<Span>;
  readonly tree: Tree;
}

/** Which part of the spans makes room at once when there are too many: looking for them takes time. */
const ROOM = 1 / 10;

/** Spans by id, in the order they began, with a note of those that changed since they were last taken. */
export class SpanStore {
  readonly #spans = new Map<SpanId, Entry>();
  readonly #changed = new Set<SpanId>();
  readonly #taken = new Set<SpanId>();
  /** Nothing of these lasts; the first to end stands first. */
  readonly #ended = new Set<Tree>();
  /** Spans that someone has seen and that are gone. */
  #removed: SpanId[] = [];
  #dropped = 0;
  /** With fewer spans there is nothing that could be dropped. */
  #trimmedTo = 0;

  get(id: SpanId): Span | undefined {
    return this.#spans.get(id)?.span;
  }

  get size(): number {
    return this.#spans.size;
  }

  /** How many spans have been dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  open(span: Span): void {
    const before = this.#spans.get(span.id);
    const tree = before?.tree ?? this.#treeOf(span.parent);
    if (before === undefined || before.span.end !== undefined) tree.lasting++;
    tree.parts.add(span.id);
    this.#ended.delete(tree);
    this.#spans.set(span.id, { span: extend(span, {}), tree });
    this.#changed.add(span.id);
  }

  annotate(id: SpanId, attributes: Span['attributes']): void {
    const span = this.#spans.get(id)?.span;
    if (span === undefined) return;
    span.attributes = extend(span.attributes, attributes);
    this.#changed.add(id);
  }

  addCause(id: SpanId, cause: SpanId): void {
    const span = this.#spans.get(id)?.span;
    if (span === undefined || span.causes.includes(cause)) return;
    span.causes = [...span.causes, cause];
    this.#changed.add(id);
  }

  /** Ends a span that still lasts; what has ended stays as it is. */
  close(id: SpanId, end: Instant, outcome: SpanOutcome, failure?: readonly string[]): void {
    const entry = this.#spans.get(id);
    if (entry === undefined || entry.span.end !== undefined) return;
    const { span, tree } = entry;
    span.end = end;
    span.outcome = outcome;
    if (failure !== undefined) span.failure = failure;
    this.#changed.add(id);
    this.#endPart(tree);
  }

  /** Takes a span back that turned out to be nothing, unless someone has seen it. */
  discard(id: SpanId): boolean {
    const entry = this.#spans.get(id);
    if (entry === undefined || this.#taken.has(id)) return false;
    this.#forget(id, entry);
    return true;
  }

  /** Drops a span with all that it is a part of, and all that are parts of it. */
  drop(id: SpanId): void {
    const tree = this.#spans.get(id)?.tree;
    if (tree !== undefined) this.#dropTree(tree);
  }

  /**
   * Makes room when there are more than `max` spans: of what has ended as a whole the first to end goes first; where
   * that is not enough, what has ended in what lasts, the first to begin first. What lasts stays.
   */
  trim(max: number): void {
    if (this.#spans.size <= Math.max(max, this.#trimmedTo + max * ROOM)) return;
    const wanted = max - max * ROOM;
    for (const tree of this.#ended) {
      if (this.#spans.size <= wanted) break;
      this.#dropTree(tree);
    }
    for (const [id, entry] of this.#spans) {
      if (this.#spans.size <= wanted) break;
      if (entry.span.end !== undefined) this.#dropOne(id, entry);
    }
    this.#trimmedTo = this.#spans.size;
  }

  all(): Span[] {
    return [...this.#spans.values()].map(({ span }) => ({ ...span }));
  }

  /** The spans that are new or changed since the last call. */
  takeChanged(): Span[] {
    const changed: Span[] = [];
    for (const id of this.#changed) {
      const span = this.#spans.get(id)?.span;
      if (span !== undefined) changed.push({ ...span });
      this.#taken.add(id);
    }
    this.#changed.clear();
    return changed;
  }

  /** The spans that were taken, and dropped since the last call. */
  takeRemoved(): SpanId[] {
    const removed = this.#removed;
    this.#removed = [];
    return removed;
  }

  #treeOf(parent: SpanId | undefined): Tree {
    const known = parent === undefined ? undefined : this.#spans.get(parent)?.tree;
    return known ?? { parts: new Set(), lasting: 0 };
  }

  #endPart(tree: Tree): void {
    if (--tree.lasting === 0) this.#ended.add(tree);
  }

  #dropTree(tree: Tree): void {
    for (const id of tree.parts) {
      const entry = this.#spans.get(id);
      if (entry !== undefined) this.#dropOne(id, entry);
    }
    this.#ended.delete(tree);
  }

  #dropOne(id: SpanId, entry: Entry): void {
    this.#forget(id, entry);
    this.#dropped++;
    if (this.#taken.delete(id)) this.#removed.push(id);
  }

  #forget(id: SpanId, { span, tree }: Entry): void {
    this.#changed.delete(id);
    this.#spans.delete(id);
    tree.parts.delete(id);
    if (span.end === undefined) this.#endPart(tree);
    if (tree.parts.size === 0) this.#ended.delete(tree);
  }
}
