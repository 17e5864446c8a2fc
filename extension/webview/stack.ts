import { assertNever } from '../../simulator/base/assert.ts';
import type { Bar, LaneLayout } from './layout.ts';
import type { TimelineModel } from './timeline-model.ts';

export const AXIS_HEIGHT = 26;
export const NAMESPACE_HEIGHT = 24;
export const ROW_HEIGHT = 22;
export const BAR_HEIGHT = 16;
export const LANE_GAP = 8;

/** Width of the column with the names of namespaces and tracks: most of a narrow panel belongs to the bars. */
export const gutterWidth = (width: number): number => Math.round(Math.max(80, Math.min(190, width * 0.22)));

/** Lanes one below the other, in pixels from the top of the first. */
export type StackItem =
  | { readonly kind: 'namespace'; readonly name: string; readonly y: number; readonly height: number }
  | { readonly kind: 'lane'; readonly lane: LaneLayout; readonly y: number; readonly height: number };

export interface Stack {
  readonly items: readonly StackItem[];
  readonly height: number;
}

export const emptyStack: Stack = { items: [], height: 0 };

export function stackLanes(model: TimelineModel): Stack {
  const items: StackItem[] = [];
  let y = 0;
  for (const group of model.groups) {
    items.push({ kind: 'namespace', name: group.name, y, height: NAMESPACE_HEIGHT });
    y += NAMESPACE_HEIGHT;
    for (const lane of group.lanes) {
      const height = lane.rows.length * ROW_HEIGHT + LANE_GAP;
      items.push({ kind: 'lane', lane, y, height });
      y += height;
    }
  }
  return { items, height: y };
}

/** The items that a window of the stack shows, found without looking at the others. */
export function visibleItems(stack: Stack, top: number, height: number): readonly StackItem[] {
  const first = firstEndingAfter(stack.items, top);
  const shown: StackItem[] = [];
  for (let index = first; index < stack.items.length; index += 1) {
    const item = stack.items[index];
    if (item === undefined || item.y >= top + height) break;
    shown.push(item);
  }
  return shown;
}

/** Where a bar's row begins, in pixels from the top of the stack. */
export function barTop(stack: Stack, bar: Bar): number | undefined {
  for (const item of stack.items) {
    switch (item.kind) {
      case 'namespace':
        break;
      case 'lane':
        if (item.lane === bar.lane) return item.y + bar.row * ROW_HEIGHT;
        break;
      default:
        assertNever(item);
    }
  }
  return undefined;
}

/** How far to scroll so that the row at `y` is in a window of this height; less movement is better. */
export function scrollTo(y: number, top: number, height: number): number {
  if (y < top) return Math.max(0, y - ROW_HEIGHT);
  if (y + 2 * ROW_HEIGHT > top + height) return Math.max(0, y + 2 * ROW_HEIGHT - height);
  return top;
}

function firstEndingAfter(items: readonly StackItem[], top: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && item.y + item.height <= top) low = middle + 1;
    else high = middle;
  }
  return low;
}
