/** A stretch of time in which nothing begins or ends, drawn much shorter than it is. */
export interface FoldedGap {
  /** Virtual milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Milliseconds of the picture that it takes instead. */
  readonly shown: number;
}

/**
 * Maps virtual time to picture time and back. Picture time runs like virtual time but for the folded gaps.
 * The gaps are in order and do not overlap.
 */
export interface Fold {
  readonly gaps: readonly FoldedGap[];
}

export const unfolded: Fold = { gaps: [] };

/** A gap is folded when it is longer than everything else together by this factor. */
export const FOLD_FACTOR = 4;
/** What a folded gap takes, as a part of all that is not folded. */
const SHOWN_PART = 0.15;

/**
 * Finds the gaps that would squeeze everything else out of sight: the longest first, as long as it outweighs all
 * the shorter ones together. Exponential backoff grows by 2 and therefore stays as it is.
 */
export function foldIdle(instants: Iterable<number>): Fold {
  const sorted = [...new Set(instants)].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((to, index) => ({ from: sorted[index] ?? to, to }));
  const longestFirst = [...gaps].sort((a, b) => lengthOf(b) - lengthOf(a));
  let rest = gaps.reduce((sum, gap) => sum + lengthOf(gap), 0);
  const folded: typeof gaps = [];
  for (const gap of longestFirst) {
    const others = rest - lengthOf(gap);
    if (others <= 0 || lengthOf(gap) < FOLD_FACTOR * others) break;
    folded.push(gap);
    rest = others;
  }
  const shown = rest * SHOWN_PART;
  return { gaps: folded.sort((a, b) => a.from - b.from).map((gap) => ({ ...gap, shown })) };
}

/** Virtual → picture. Outside the gaps nothing is stretched, so distances stay what they are. */
export function toPicture({ gaps }: Fold, at: number): number {
  let saved = 0;
  for (const gap of gaps) {
    if (at <= gap.from) break;
    if (at < gap.to) return gap.from - saved + ((at - gap.from) / lengthOf(gap)) * gap.shown;
    saved += lengthOf(gap) - gap.shown;
  }
  return at - saved;
}

/** Picture → virtual. */
export function toVirtual({ gaps }: Fold, at: number): number {
  let saved = 0;
  for (const gap of gaps) {
    const from = gap.from - saved;
    if (at <= from) break;
    if (at < from + gap.shown) return gap.from + ((at - from) / gap.shown) * lengthOf(gap);
    saved += lengthOf(gap) - gap.shown;
  }
  return at + saved;
}

/** The gap that lies at this instant; its edges belong to the neighbours. */
export const gapAt = ({ gaps }: Fold, at: number): FoldedGap | undefined =>
  gaps.find(({ from, to }) => at > from && at < to);

const lengthOf = (gap: { readonly from: number; readonly to: number }): number => gap.to - gap.from;
