import { endOf, type Bar } from './layout.ts';
import { firstReaching } from './row-search.ts';
import { ROW_HEIGHT, visibleItems, type Stack } from './stack.ts';
import { toTime, toX, type TimeScale } from './time-scale.ts';

/** How far from a bar the pointer may be, in pixels: bars without duration must be reachable too. */
export const HIT_SLACK = 3;

interface HitScene {
  readonly stack: Stack;
  readonly scale: TimeScale;
  readonly now: number;
}

/** The bar under a point, in pixels from the top left of the whole stack; the narrowest when several are. */
export function hitTest(scene: HitScene, x: number, y: number): Bar | undefined {
  const item = visibleItems(scene.stack, y, 1)[0];
  if (item?.kind !== 'lane') return undefined;
  const row = item.lane.rows[Math.floor((y - item.y) / ROW_HEIGHT)];
  return row === undefined ? undefined : nearest(scene, row, x);
}

function nearest({ scale, now }: HitScene, row: readonly Bar[], x: number): Bar | undefined {
  const first = Math.max(0, firstReaching(row, toTime(scale, x - HIT_SLACK), now));
  const last = toTime(scale, x + HIT_SLACK);
  let best: { readonly bar: Bar; readonly rank: readonly [number, number] } | undefined;
  for (let index = first; index < row.length; index += 1) {
    const bar = row[index];
    if (bar === undefined || bar.span.start > last) break;
    const left = toX(scale, bar.span.start);
    const right = toX(scale, endOf(bar.span, now));
    const distance = x < left ? left - x : x > right ? x - right : 0;
    if (distance > HIT_SLACK) continue;
    // A mark drawn over a long bar is the one that was aimed at, though the long bar is hit exactly.
    const narrow = right - left <= 2 * HIT_SLACK;
    const rank = [narrow ? 0 : 1, distance] as const;
    if (best === undefined || rank[0] < best.rank[0] || (rank[0] === best.rank[0] && rank[1] < best.rank[1]))
      best = { bar, rank };
  }
  return best?.bar;
}
