import { looks, outcomes, type Ink, type Pattern } from './kinds.ts';
import { endOf, type Bar } from './layout.ts';
import { firstReaching, firstStartingFrom } from './row-search.ts';
import { BAR_HEIGHT, ROW_HEIGHT } from './stack.ts';
import type { Box, Surface } from './surface.ts';
import { toTime, toX, type TimeScale } from './time-scale.ts';

/** Bodies of bars and strips in one picture at most. Text, textures and marks come with a body, not instead. */
export const BODIES_MAX = 8_000;
/** Narrowest body: what lasts no time must be seen. */
export const BODY_WIDTH_MIN = 3;
/** Bars narrower than this have no text. */
const TEXT_WIDTH_MIN = 18;

export interface RowScene {
  readonly scale: TimeScale;
  readonly width: number;
  readonly now: number;
  /** Bars narrower than this are merged with their neighbours, in pixels. */
  readonly mergePx: number;
}

/** Merging width that keeps a picture with so many rows below {@link BODIES_MAX}; never below one pixel. */
export const mergeWidth = (rows: number, width: number): number => Math.max(1, (rows * width) / BODIES_MAX);

/**
 * Draws one row. Bars too narrow to be told apart become one strip, and the search for the next bar that
 * can be seen skips the merged ones: the work depends on the width of the picture, not on the number of bars.
 */
export function paintRow(surface: Surface, scene: RowScene, row: readonly Bar[], y: number): void {
  const strips: Strip[] = [];
  let index = firstReaching(row, toTime(scene.scale, 0), scene.now);
  while (index < row.length) {
    const bar = row[index];
    if (bar === undefined || toX(scene.scale, bar.span.start) > scene.width) break;
    if (widthOf(scene, bar) >= scene.mergePx) {
      paintBar(surface, scene, bar, y);
      index += 1;
      continue;
    }
    const strip = gather(scene, row, bar, index);
    strips.push(strip);
    index = strip.next;
  }
  // Over the long bars, or a backoff would hide the instant failure before it.
  for (const strip of strips) paintStrip(surface, strip, y);
}

/** Where a bar's body is drawn: cut to the picture, and never too narrow to be seen. */
export function bodyOf(scene: Omit<RowScene, 'mergePx'>, bar: Bar, y: number): Box {
  const left = Math.max(-4, toX(scene.scale, bar.span.start));
  const right = Math.min(scene.width + 4, toX(scene.scale, endOf(bar.span, scene.now)));
  const top = y + (ROW_HEIGHT - BAR_HEIGHT) / 2;
  return { x: left, y: top, width: Math.max(BODY_WIDTH_MIN, right - left), height: BAR_HEIGHT };
}

interface Strip {
  readonly left: number;
  readonly right: number;
  readonly count: number;
  readonly first: Bar;
  /** Index of the first bar that is not in the strip. */
  readonly next: number;
}

const widthOf = (scene: RowScene, bar: Bar): number =>
  toX(scene.scale, endOf(bar.span, scene.now)) - toX(scene.scale, bar.span.start);

function gather(scene: RowScene, row: readonly Bar[], first: Bar, from: number): Strip {
  const left = toX(scene.scale, first.span.start);
  let right = left;
  let next = from;
  for (let bar: Bar | undefined = first; bar !== undefined && right <= scene.width; bar = row[next]) {
    const x = toX(scene.scale, bar.span.start);
    if (x - right > scene.mergePx || widthOf(scene, bar) >= scene.mergePx) break;
    right = x + scene.mergePx;
    const after = Math.max(next + 1, firstStartingFrom(row, toTime(scene.scale, right)));
    // A long bar can only be the last of those that were skipped: the others ended before it.
    const last = row[after - 1];
    next =
      last !== undefined && after - 1 > next && widthOf(scene, last) >= scene.mergePx ? after - 1 : after;
  }
  return { left, right, count: next - from, first, next };
}

function paintStrip(surface: Surface, strip: Strip, y: number): void {
  const top = y + (ROW_HEIGHT - BAR_HEIGHT) / 2;
  const width = Math.max(BODY_WIDTH_MIN, strip.right - strip.left);
  const box = { x: strip.left, y: top, width, height: BAR_HEIGHT };
  if (strip.count > 1) {
    surface.bar(box, { ink: 'grey', pattern: 'plain' });
    return;
  }
  surface.bar(box, lookOf(strip.first));
}

function paintBar(surface: Surface, scene: RowScene, bar: Bar, y: number): void {
  const box = bodyOf(scene, bar, y);
  surface.bar(box, lookOf(bar));
  if (box.width < TEXT_WIDTH_MIN) return;
  const { outcome } = bar.span;
  const mark = outcome === undefined ? '' : outcomes[outcome].mark;
  const middle = box.y + box.height / 2;
  const visible = Math.max(0, box.x);
  const room = Math.min(scene.width, box.x + box.width) - visible - 6 - (mark === '' ? 0 : 14);
  surface.text(captionOf(bar), visible + 4, middle, { ink: 'foreground', maxWidth: room });
  if (mark !== '')
    surface.text(mark, box.x + box.width - 14, middle, { ink: 'red', maxWidth: 14, bold: true });
}

/** What did not go well is red, and keeps the texture of its kind. */
function lookOf(bar: Bar): { readonly ink: Ink; readonly pattern: Pattern } {
  const { kind, outcome } = bar.span;
  const { ink, pattern } = looks[kind];
  return { ink: outcome === 'failed' || outcome === 'timed-out' ? 'red' : ink, pattern };
}

const captionOf = ({ span }: Bar): string => `${looks[span.kind].glyph} ${span.name}`;
