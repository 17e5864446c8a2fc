import type { Span } from '../../simulator/protocol/span.ts';

/** A span in its place: which row of its lane, and between which other bars in the tree. */
export interface Bar {
  /** Replaced whenever the span changes. */
  span: Span;
  readonly lane: LaneLayout;
  readonly row: number;
  /** The bar that this one is a part of, when both are in the same lane. */
  readonly parent: Bar | undefined;
  readonly children: Bar[];
  /** Place among the parent's children, or among the lane's roots. */
  readonly position: number;
}

/** Rows of one lane at most. What does not fit is drawn in the last one. */
export const ROWS_PER_LANE_MAX = 200;

/** When a bar ends on the picture: what still lasts, ends now. */
export const endOf = (span: Span, now: number): number => span.end ?? Math.max(now, span.start);

/**
 * Packs the spans of one lane into rows, in the order of their starts.
 *
 *  L1. A bar is below its parent.
 *  L2. Two bars of one row do not overlap in time, the last row of a full lane apart.
 *  L3. The rows that a bar's descendants use are its own until it ends: siblings that run at the same
 *      time get blocks of rows, and nobody's child looks like another's.
 *  L4. A bar that was placed stays in its row, however the others go on.
 */
export class LaneLayout {
  readonly namespace: string;
  readonly track: string;
  readonly #rows: Bar[][] = [];
  readonly #roots: Bar[] = [];
  readonly #claims: Bar[][] = [];
  #lastStart = Number.NEGATIVE_INFINITY;

  constructor(namespace: string, track: string) {
    this.namespace = namespace;
    this.track = track;
  }

  /** Bars by row, each row in the order of start. */
  get rows(): readonly (readonly Bar[])[] {
    return this.#rows;
  }

  get roots(): readonly Bar[] {
    return this.#roots;
  }

  /** Whether `place` may take a span that starts then; an earlier one needs the lane to be laid out anew. */
  accepts(start: number): boolean {
    return start >= this.#lastStart;
  }

  place(span: Span, parent: Bar | undefined): Bar {
    this.#lastStart = span.start;
    const siblings = parent?.children ?? this.#roots;
    const row = this.#freeRow(span.start, parent);
    const bar: Bar = { span, lane: this, row, parent, children: [], position: siblings.length };
    siblings.push(bar);
    (this.#rows[row] ??= []).push(bar);
    this.#claim(bar);
    return bar;
  }

  #freeRow(start: number, parent: Bar | undefined): number {
    for (let row = parent === undefined ? 0 : parent.row + 1; row < ROWS_PER_LANE_MAX - 1; row += 1) {
      const claims = this.#claims[row];
      if (claims === undefined) return row;
      dropEnded(claims, start);
      if (claims.every((owner) => isAncestor(owner, parent))) return row;
    }
    return ROWS_PER_LANE_MAX - 1;
  }

  #claim(bar: Bar): void {
    for (let owner: Bar | undefined = bar; owner !== undefined; owner = owner.parent) {
      const claims = (this.#claims[bar.row] ??= []);
      if (!claims.includes(owner)) claims.push(owner);
    }
  }
}

/** In place, and without touching the list when all go on: this runs for every row of a crowded lane. */
function dropEnded(claims: Bar[], start: number): void {
  if (claims.every((owner) => owner.span.end === undefined || owner.span.end > start)) return;
  const live = claims.filter((owner) => owner.span.end === undefined || owner.span.end > start);
  claims.splice(0, claims.length, ...live);
}

function isAncestor(owner: Bar, bar: Bar | undefined): boolean {
  for (let at = bar; at !== undefined; at = at.parent) if (at === owner) return true;
  return false;
}
