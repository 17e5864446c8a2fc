import { between, formatDuration } from '../base/time.ts';
import type { SpanId } from '../protocol/ids.ts';
import type { Span, SpanKind } from '../protocol/span.ts';
import { oneLine } from './text-width.ts';

/** One bar with its words. */
export interface TimelineRow {
  readonly span: Span;
  /** How deep it stands in the tree of its track. */
  readonly depth: number;
  readonly label: string;
  /** How it ended when that is not simply well, in one line. */
  readonly note: string;
  /** Where the waiting before it begins, when that has no bar of its own. */
  readonly waitsFrom?: Span['start'];
}

/** One workflow or task queue. */
export interface TimelineTrack {
  readonly title: string;
  readonly rows: readonly TimelineRow[];
}

export interface TimelineLane {
  readonly namespace: string;
  readonly tracks: readonly TimelineTrack[];
}

/** Namespaces, and the tracks in them, in the order in which something first happens there. */
export function timelineLanes(spans: readonly Span[]): readonly TimelineLane[] {
  const words = new Words(spans);
  const namespaces = grouped(spans, ({ lane }) => lane.namespace);
  return [...namespaces].map(([namespace, members]) => ({
    namespace: oneLine(namespace),
    tracks: [...grouped(members, ({ lane }) => lane.track)].map(([track, bars]) => ({
      title: oneLine(track),
      rows: treeOf(bars).map(({ span, depth }) => ({ span, depth, ...words.of(span) })),
    })),
  }));
}

/** What these kinds say stands right below the bar that they belong to, so a word or two are enough. */
const waits: Partial<Record<SpanKind, string>> = {
  backoff: 'backoff',
  'breaker-wait': 'circuit breaker open',
  'queue-wait': 'waiting for a worker',
};

const prefixes: Partial<Record<SpanKind, string>> = { workflow: 'workflow ', handler: 'handler ' };

/** What is said of bars. Calls have numbers, so that the handler's side can be found from the caller's, and back. */
class Words {
  readonly #spans: ReadonlyMap<SpanId, Span>;
  /** Callback → the operation that it completes. */
  readonly #completes = new Map<SpanId, SpanId>();
  readonly #numbers = new Map<SpanId, number>();

  constructor(spans: readonly Span[]) {
    this.#spans = new Map(spans.map((span) => [span.id, span]));
    for (const { kind, id, causes } of spans) {
      if (kind !== 'operation') continue;
      this.#numbers.set(id, this.#numbers.size + 1);
      for (const cause of causes) this.#completes.set(cause, id);
    }
  }

  of(span: Span): Pick<TimelineRow, 'label' | 'note' | 'waitsFrom'> {
    const name = oneLine(waits[span.kind] ?? `${prefixes[span.kind] ?? ''}${span.name}`);
    const call = this.#callOf(span);
    const waitsFrom = this.#waitOf(span);
    const late =
      waitsFrom === undefined ? '' : `${formatDuration(between(waitsFrom, span.start))} after the workflow`;
    return {
      label: call === undefined ? name : `${name} #${call}`,
      note: [late, endOf(span)].filter((text) => text !== '').join(', '),
      ...(waitsFrom !== undefined && { waitsFrom }),
    };
  }

  #callOf(span: Span): number | undefined {
    switch (span.kind) {
      case 'operation':
        return this.#numberOf(span.id);
      case 'handler':
      case 'queue-wait':
        // A start belongs to an attempt of the operation, a cancel request to the operation itself.
        return this.#numberOf(span.parent) ?? this.#numberOf(this.#parentOf(span.parent));
      case 'callback':
        return this.#numberOf(this.#completes.get(span.id));
      case 'workflow':
        return span.causes.map((cause) => this.#numberOf(cause)).find((number) => number !== undefined);
      default:
        return undefined;
    }
  }

  #numberOf(id: SpanId | undefined): number | undefined {
    return id === undefined ? undefined : this.#numbers.get(id);
  }

  #parentOf(id: SpanId | undefined): SpanId | undefined {
    return id === undefined ? undefined : this.#spans.get(id)?.parent;
  }

  /** The first word of a completion may come late; later ones follow one that is shown. */
  #waitOf({ kind, parent, start, attributes }: Span): Span['start'] | undefined {
    if (kind !== 'callback' || parent === undefined || attributes['attempt'] !== 1) return undefined;
    if (attributes['copy'] !== undefined) return undefined;
    const closed = this.#spans.get(parent)?.end;
    return closed !== undefined && closed < start ? closed : undefined;
  }
}

function endOf({ end, outcome, failure, kind }: Span): string {
  const why = oneLine((failure ?? []).join(' ← '));
  if (end === undefined) return 'still open';
  // A wait that ends is no news, however it ends; the bar below tells what came of it.
  if (outcome === undefined || outcome === 'succeeded' || kind in waits) return why;
  return why === '' ? outcome : `${outcome}: ${why}`;
}

function grouped(spans: readonly Span[], keyOf: (span: Span) => string): ReadonlyMap<string, Span[]> {
  const groups = new Map<string, Span[]>();
  for (const span of spans) {
    const key = keyOf(span);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [span]);
    else members.push(span);
  }
  return groups;
}

/** Bars as an indented tree. Whoever names itself or a stranger as its parent stands on its own. */
function treeOf(members: readonly Span[]): readonly { readonly span: Span; readonly depth: number }[] {
  const ids = new Set(members.map(({ id }) => id));
  const children = new Map<SpanId | undefined, Span[]>();
  // The sort is stable: what begins at one instant stays in the order in which it was told.
  for (const span of [...members].sort((a, b) => a.start - b.start)) {
    const parent = span.parent !== undefined && ids.has(span.parent) ? span.parent : undefined;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [span]);
    else siblings.push(span);
  }
  const seen = new Set<Span>();
  const rows: { readonly span: Span; readonly depth: number }[] = [];
  const visit = (span: Span, depth: number): void => {
    if (seen.has(span)) return;
    seen.add(span);
    rows.push({ span, depth });
    for (const child of children.get(span.id) ?? []) visit(child, depth + 1);
  };
  for (const span of [...(children.get(undefined) ?? []), ...members]) visit(span, 0);
  return rows;
}
