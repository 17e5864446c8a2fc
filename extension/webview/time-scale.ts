import { formatDuration, ms } from '../../simulator/base/time.ts';
import { toPicture, toVirtual, unfolded, type Fold } from './fold.ts';

/**
 * Maps virtual time to pixels: the picture time at the left edge, and how many milliseconds of it one pixel is.
 * Picture time is virtual time with idle gaps folded away; without a fold the two are the same.
 */
export interface TimeScale {
  readonly from: number;
  readonly msPerPx: number;
  readonly fold?: Fold;
}

const foldOf = (scale: TimeScale): Fold => scale.fold ?? unfolded;

/** A stretch of virtual time, in milliseconds. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** A hundred pixels to the millisecond: virtual time has nothing finer to show. */
export const MS_PER_PX_MIN = 0.01;
/** A thousand pixels to about three hundred years. */
const MS_PER_PX_MAX = 1e10;
/** Closest distance between two labelled ticks, in pixels. */
export const TICK_DISTANCE_MIN = 80;
/** Space that a fitted view leaves at its right edge, as a part of its width. */
export const HEAD_ROOM = 0.04;

export const toX = (scale: TimeScale, at: number): number =>
  (toPicture(foldOf(scale), at) - scale.from) / scale.msPerPx;

export const toTime = (scale: TimeScale, x: number): number =>
  toVirtual(foldOf(scale), scale.from + x * scale.msPerPx);

/** A stretch of virtual time as a stretch of picture time. */
export const pictureExtent = (scale: Pick<TimeScale, 'fold'>, { from, to }: Extent): Extent => {
  const fold = scale.fold ?? unfolded;
  return { from: toPicture(fold, from), to: toPicture(fold, to) };
};

/** The instant at the right edge of a view that is `width` pixels wide. */
export const rightEdge = (scale: TimeScale, width: number): number => toTime(scale, width);

const clamp = (value: number): number => Math.min(MS_PER_PX_MAX, Math.max(MS_PER_PX_MIN, value));

/** Zooms so that the instant under `x` stays under `x`; a `factor` above 1 shows less time. */
export function zoomAbout(scale: TimeScale, x: number, factor: number): TimeScale {
  const msPerPx = clamp(scale.msPerPx / factor);
  return { ...scale, from: scale.from + x * (scale.msPerPx - msPerPx), msPerPx };
}

export const panBy = (scale: TimeScale, pixels: number): TimeScale => ({
  ...scale,
  from: scale.from + pixels * scale.msPerPx,
});

/** Shows the whole extent, folded as asked, with some room at the right. */
export function fit(extent: Extent, width: number, fold: Fold = unfolded): TimeScale {
  const usable = Math.max(1, width * (1 - HEAD_ROOM));
  const { from, to } = pictureExtent({ fold }, extent);
  return { from, msPerPx: clamp((to - from) / usable), ...(fold.gaps.length > 0 && { fold }) };
}

interface Tick {
  readonly at: number;
  readonly label: string;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** Distances that people count in. */
const steps: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 20, 50, 100].map((count) => count * day),
  ...[1, 2, 5, 10, 20, 50, 100].map((count) => count * year),
];

/** The smallest step whose ticks are far enough apart to be read. */
export function tickStep(msPerPx: number): number {
  const least = msPerPx * TICK_DISTANCE_MIN;
  return steps.find((step) => step >= least) ?? Math.ceil(least / (100 * year)) * 100 * year;
}

/** Labelled instants from the left edge to the right edge, both included. Inside a folded gap there are none. */
export function ticks(scale: TimeScale, width: number): readonly Tick[] {
  const step = tickStep(scale.msPerPx);
  const found: Tick[] = [];
  let free = Number.NEGATIVE_INFINITY;
  for (const { from, to } of openStretches(scale, width)) {
    for (let count = Math.ceil(from / step); count <= Math.floor(to / step); count += 1) {
      // Multiplying keeps far ticks exact; adding step after step would drift. `+ 0` turns -0 into 0.
      const at = count * step + 0;
      const x = toX(scale, at);
      if (x < free) continue;
      found.push({ at, label: at === 0 ? '0' : formatDuration(ms(at)) });
      // A pixel of tolerance: rounding must not swallow every second tick.
      free = x + TICK_DISTANCE_MIN - 1;
    }
  }
  return found;
}

/** The virtual time in view, without the folded gaps. */
function openStretches(scale: TimeScale, width: number): readonly Extent[] {
  const end = rightEdge(scale, width);
  const stretches: Extent[] = [];
  let from = toTime(scale, 0);
  for (const gap of foldOf(scale).gaps) {
    if (gap.to <= from || gap.from >= end) continue;
    stretches.push({ from, to: gap.from });
    from = gap.to;
  }
  return [...stretches, { from, to: end }].filter((stretch) => stretch.to >= stretch.from);
}
