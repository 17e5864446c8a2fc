import type { Bar, LaneLayout } from './layout.ts';
import type { TimelineModel } from './timeline-model.ts';

/** Steps in the tree namespace → track → bars. */
export type Move = 'next' | 'previous' | 'parent' | 'child' | 'first' | 'last';

/** One row of the tree that screen readers read. */
export type OutlineRow =
  | {
      readonly kind: 'namespace';
      readonly name: string;
      readonly level: 1;
      readonly position: number;
      readonly siblings: number;
    }
  | {
      readonly kind: 'track';
      readonly lane: LaneLayout;
      readonly level: 2;
      readonly position: number;
      readonly siblings: number;
    }
  | {
      readonly kind: 'bar';
      readonly bar: Bar;
      readonly level: number;
      readonly position: number;
      readonly siblings: number;
    };

/** The bar that a step leads to, or `undefined` when there is none in that direction. */
export function nextBar(model: TimelineModel, from: Bar | undefined, move: Move): Bar | undefined {
  if (from === undefined) return move === 'last' ? lastBar(model) : firstBar(model);
  switch (move) {
    case 'first':
      return firstBar(model);
    case 'last':
      return lastBar(model);
    case 'parent':
      return from.parent;
    case 'child':
      return from.children[0];
    case 'next':
      return after(model, from);
    case 'previous':
      return before(model, from);
  }
}

/**
 * Rows of the tree around a bar, at most `count` bars on either side, with the headings above them.
 * The tree of a large run is never laid out as a whole.
 */
export function outlineAround(
  model: TimelineModel,
  bar: Bar | undefined,
  count: number,
): readonly OutlineRow[] {
  const start = bar ?? firstBar(model);
  if (start === undefined) return [];
  let first = start;
  for (let step = 0; step < count; step += 1) first = before(model, first) ?? first;
  const rows: OutlineRow[] = [];
  let lane: LaneLayout | undefined;
  let at: Bar | undefined = first;
  for (let step = 0; at !== undefined && step <= 2 * count; step += 1) {
    if (at.lane !== lane) rows.push(...headings(model, lane, at.lane));
    ({ lane } = at);
    rows.push(rowOf(at));
    at = after(model, at);
  }
  return rows;
}

function headings(
  model: TimelineModel,
  previous: LaneLayout | undefined,
  lane: LaneLayout,
): readonly OutlineRow[] {
  const { groups } = model;
  const at = groups.findIndex((group) => group.name === lane.namespace);
  const lanes = groups[at]?.lanes ?? [];
  const track: OutlineRow = {
    kind: 'track',
    lane,
    level: 2,
    position: lanes.indexOf(lane) + 1,
    siblings: lanes.length,
  };
  if (previous?.namespace === lane.namespace) return [track];
  const name = lane.namespace;
  return [{ kind: 'namespace', name, level: 1, position: at + 1, siblings: groups.length }, track];
}

function rowOf(bar: Bar): OutlineRow {
  let level = 3;
  for (let at = bar.parent; at !== undefined; at = at.parent) level += 1;
  return { kind: 'bar', bar, level, position: bar.position + 1, siblings: siblingsOf(bar).length };
}

const siblingsOf = (bar: Bar): readonly Bar[] => bar.parent?.children ?? bar.lane.roots;

const firstBar = (model: TimelineModel): Bar | undefined => lanesOf(model).find(hasBars)?.roots[0];

function lastBar(model: TimelineModel): Bar | undefined {
  const root = lanesOf(model).findLast(hasBars)?.roots.at(-1);
  return root === undefined ? undefined : deepest(root);
}

const lanesOf = (model: TimelineModel): readonly LaneLayout[] => model.groups.flatMap((group) => group.lanes);

const hasBars = (lane: LaneLayout): boolean => lane.roots.length > 0;

function deepest(bar: Bar): Bar {
  let at = bar;
  for (let last = at.children.at(-1); last !== undefined; last = at.children.at(-1)) at = last;
  return at;
}

function after(model: TimelineModel, bar: Bar): Bar | undefined {
  const child = bar.children[0];
  if (child !== undefined) return child;
  for (let at: Bar | undefined = bar; at !== undefined; at = at.parent) {
    const sibling = siblingsOf(at)[at.position + 1];
    if (sibling !== undefined) return sibling;
  }
  const lanes = lanesOf(model);
  return lanes.slice(lanes.indexOf(bar.lane) + 1).find(hasBars)?.roots[0];
}

function before(model: TimelineModel, bar: Bar): Bar | undefined {
  const sibling = siblingsOf(bar)[bar.position - 1];
  if (sibling !== undefined) return deepest(sibling);
  if (bar.parent !== undefined) return bar.parent;
  const lanes = lanesOf(model);
  const root = lanes.slice(0, lanes.indexOf(bar.lane)).findLast(hasBars)?.roots.at(-1);
  return root === undefined ? undefined : deepest(root);
}
