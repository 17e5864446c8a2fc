import { extend } from '../base/extend.ts';
import type { Instant } from '../base/time.ts';
import type { SpanId } from '../protocol/ids.ts';
import type { Span, SpanOutcome } from '../protocol/span.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Spans by id, in the order they began, with a note of those that changed since they were last taken. */
export class SpanStore {
  readonly #spans = new Map<SpanId, Mutable<Span>>();
  readonly #changed = new Set<SpanId>();
  readonly #taken = new Set<SpanId>();

  get(id: SpanId): Span | undefined {
    return this.#spans.get(id);
  }

  open(span: Span): void {
    this.#spans.set(span.id, extend(span, {}));
    this.#changed.add(span.id);
  }

  annotate(id: SpanId, attributes: Span['attributes']): void {
    const span = this.#spans.get(id);
    if (span === undefined) return;
    span.attributes = extend(span.attributes, attributes);
    this.#changed.add(id);
  }

  addCause(id: SpanId, cause: SpanId): void {
    const span = this.#spans.get(id);
    if (span === undefined || span.causes.includes(cause)) return;
    span.causes = [...span.causes, cause];
    this.#changed.add(id);
  }

  /** Ends a span that still lasts; what has ended stays as it is. */
  close(id: SpanId, end: Instant, outcome: SpanOutcome, failure?: readonly string[]): void {
    const span = this.#spans.get(id);
    if (span === undefined || span.end !== undefined) return;
    span.end = end;
    span.outcome = outcome;
    if (failure !== undefined) span.failure = failure;
    this.#changed.add(id);
  }

  /** Takes a span back that turned out to be nothing, unless someone has seen it. */
  discard(id: SpanId): boolean {
    if (this.#taken.has(id)) return false;
    this.#changed.delete(id);
    return this.#spans.delete(id);
  }

  all(): Span[] {
    return [...this.#spans.values()].map((span) => ({ ...span }));
  }

  /** The spans that are new or changed since the last call. */
  takeChanged(): Span[] {
    const changed: Span[] = [];
    for (const id of this.#changed) {
      const span = this.#spans.get(id);
      if (span !== undefined) changed.push({ ...span });
      this.#taken.add(id);
    }
    this.#changed.clear();
    return changed;
  }
}
