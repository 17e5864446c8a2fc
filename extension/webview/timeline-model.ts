import type { SpanId } from '../../simulator/protocol/ids.ts';
import type { Span } from '../../simulator/protocol/span.ts';
import { LaneLayout, type Bar } from './layout.ts';
import type { Extent } from './time-scale.ts';

interface NamespaceGroup {
  readonly name: string;
  readonly lanes: LaneLayout[];
}

/** Longest chain of parents that is followed; a longer one, or a ring, is cut there. */
const DEPTH_MAX = 64;

/**
 * All spans and their places. Changes are applied in place, because a run may have a hundred thousand spans
 * and change thirty times a second; `revision` tells whether something did change.
 *
 * Namespaces, and lanes in them, keep the order in which they first appeared.
 */
export class TimelineModel {
  readonly #bars = new Map<SpanId, Bar>();
  readonly #groups: NamespaceGroup[] = [];
  readonly #lanes = new Map<string, LaneLayout>();
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;
  #revision = 0;
  #shape = 0;

  /** Raised by every change. */
  get revision(): number {
    return this.#revision;
  }

  /** Raised when the number of lanes, or of rows in a lane, may have changed. */
  get shape(): number {
    return this.#shape;
  }

  get groups(): readonly NamespaceGroup[] {
    return this.#groups;
  }

  get size(): number {
    return this.#bars.size;
  }

  bar(id: SpanId | undefined): Bar | undefined {
    return id === undefined ? undefined : this.#bars.get(id);
  }

  /** From the first start to the last known instant; `undefined` while there are no spans. */
  extent(now: number): Extent | undefined {
    if (this.#bars.size === 0) return undefined;
    return { from: this.#from, to: Math.max(this.#to, now) };
  }

  /** Every instant at which something begins or ends. */
  *instants(): Generator<number> {
    for (const { span } of this.#bars.values()) {
      yield span.start;
      if (span.end !== undefined) yield span.end;
    }
  }

  /** Takes spans that are new or changed. */
  apply(spans: readonly Span[]): void {
    if (spans.length === 0) return;
    this.#revision += 1;
    const arrivals = new Map<LaneLayout, Span[]>();
    const stale = new Set<LaneLayout>();
    // The last state of a span counts when it comes twice.
    for (const span of new Map(spans.map((one) => [one.id, one])).values()) {
      this.#from = Math.min(this.#from, span.start);
      this.#to = Math.max(this.#to, span.end ?? span.start);
      const known = this.#bars.get(span.id);
      if (known !== undefined && isInPlace(known, span)) {
        known.span = span;
        continue;
      }
      if (known !== undefined) {
        stale.add(known.lane);
        this.#bars.delete(span.id);
      }
      const lane = this.#laneOf(span);
      const list = arrivals.get(lane);
      if (list === undefined) arrivals.set(lane, [span]);
      else list.push(span);
    }
    for (const lane of stale) if (!arrivals.has(lane)) arrivals.set(lane, []);
    for (const [lane, added] of arrivals) this.#add(lane, added, stale.has(lane));
  }

  /** Takes spans away; their lanes are laid out anew. */
  remove(ids: readonly SpanId[]): void {
    const lanes = new Set<LaneLayout>();
    for (const id of ids) {
      const bar = this.#bars.get(id);
      if (bar === undefined) continue;
      this.#bars.delete(id);
      lanes.add(bar.lane);
    }
    if (lanes.size === 0) return;
    this.#revision += 1;
    for (const lane of lanes) this.#add(lane, [], true);
    for (const group of this.#groups) {
      for (const lane of group.lanes.filter(({ roots }) => roots.length === 0)) {
        this.#lanes.delete(laneKey(lane.namespace, lane.track));
        group.lanes.splice(group.lanes.indexOf(lane), 1);
      }
    }
    const left = this.#groups.filter(({ lanes: those }) => those.length > 0);
    this.#groups.splice(0, this.#groups.length, ...left);
    this.#measure();
  }

  #measure(): void {
    this.#from = Number.POSITIVE_INFINITY;
    this.#to = Number.NEGATIVE_INFINITY;
    for (const { span } of this.#bars.values()) {
      this.#from = Math.min(this.#from, span.start);
      this.#to = Math.max(this.#to, span.end ?? span.start);
    }
  }

  #add(lane: LaneLayout, added: readonly Span[], stale: boolean): void {
    this.#shape += 1;
    const pending = new Map(added.map((span) => [span.id, span]));
    const sorted = this.#inOrder(added, pending);
    const first = sorted[0];
    if (!stale && first !== undefined && lane.accepts(first.start)) {
      this.#placeAll(lane, sorted);
      return;
    }
    // Something came too late or moved: the lane is laid out anew, with the new spans among the old.
    const kept = lane.rows.flatMap((row) => row.filter((bar) => this.#bars.get(bar.span.id) === bar));
    const everything = [...kept.map((bar) => bar.span), ...added];
    const fresh = new LaneLayout(lane.namespace, lane.track);
    this.#replace(lane, fresh);
    for (const bar of kept) this.#bars.delete(bar.span.id);
    const all = new Map(everything.map((span) => [span.id, span]));
    this.#placeAll(fresh, this.#inOrder(everything, all));
  }

  #placeAll(lane: LaneLayout, sorted: readonly Span[]): void {
    for (const span of sorted) {
      const parent = this.bar(span.parent);
      this.#bars.set(span.id, lane.place(span, parent?.lane === lane ? parent : undefined));
    }
  }

  /** By start; a parent before its children when they start together. */
  #inOrder(spans: readonly Span[], pending: ReadonlyMap<SpanId, Span>): readonly Span[] {
    const depth = (span: Span): number => {
      let count = 0;
      let at: Span | undefined = span;
      while (at?.parent !== undefined && count < DEPTH_MAX) {
        at = pending.get(at.parent) ?? this.#bars.get(at.parent)?.span;
        count += 1;
      }
      return count;
    };
    const depths = new Map(spans.map((span) => [span, depth(span)]));
    return [...spans].sort((a, b) => a.start - b.start || (depths.get(a) ?? 0) - (depths.get(b) ?? 0));
  }

  #laneOf(span: Span): LaneLayout {
    const { namespace, track } = span.lane;
    const key = laneKey(namespace, track);
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = new LaneLayout(namespace, track);
    this.#lanes.set(key, lane);
    const group = this.#groups.find((candidate) => candidate.name === namespace);
    if (group === undefined) this.#groups.push({ name: namespace, lanes: [lane] });
    else group.lanes.push(lane);
    return lane;
  }

  #replace(old: LaneLayout, fresh: LaneLayout): void {
    this.#lanes.set(laneKey(fresh.namespace, fresh.track), fresh);
    for (const group of this.#groups) {
      const at = group.lanes.indexOf(old);
      if (at >= 0) group.lanes[at] = fresh;
    }
  }
}

const laneKey = (namespace: string, track: string): string => JSON.stringify([namespace, track]);

function isInPlace(bar: Bar, span: Span): boolean {
  const { span: before, lane } = bar;
  return (
    before.start === span.start &&
    before.parent === span.parent &&
    lane.namespace === span.lane.namespace &&
    lane.track === span.lane.track
  );
}
