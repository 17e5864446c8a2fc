import { expect, test } from 'vitest';
import {
  barTop,
  gutterWidth,
  LANE_GAP,
  NAMESPACE_HEIGHT,
  ROW_HEIGHT,
  scrollTo,
  stackLanes,
  visibleItems,
} from '../../../../extension/webview/stack.ts';
import { TimelineModel } from '../../../../extension/webview/timeline-model.ts';
import type { SpanId } from '../../../../simulator/protocol/ids.ts';
import { span } from '../../../harness/spans.ts';

const lane = (track: string): { lane: { namespace: string; track: string } } => ({
  lane: { namespace: 'ns', track },
});
const model = new TimelineModel();
model.apply([
  span('a', [0, 10], lane('one')),
  span('b', [5, 10], lane('one')),
  span('c', [0, 10], lane('two')),
]);
const stack = stackLanes(model);
const oneHeight = 2 * ROW_HEIGHT + LANE_GAP;

test('lanes lie below their namespace, one below the other', () => {
  expect(stack.items.map((item) => [item.kind, item.y, item.height])).toEqual([
    ['namespace', 0, NAMESPACE_HEIGHT],
    ['lane', NAMESPACE_HEIGHT, oneHeight],
    ['lane', NAMESPACE_HEIGHT + oneHeight, ROW_HEIGHT + LANE_GAP],
  ]);
  expect(stack.height).toBe(NAMESPACE_HEIGHT + oneHeight + ROW_HEIGHT + LANE_GAP);
});

test('a window shows what touches it and nothing else', () => {
  const shown = visibleItems(stack, NAMESPACE_HEIGHT, oneHeight);
  expect(shown).toEqual([stack.items[1]]);
  expect(visibleItems(stack, stack.height, 100)).toEqual([]);
});

test('a bar’s row is found', () => {
  const bar = model.bar('b' as SpanId);
  expect(bar === undefined ? undefined : barTop(stack, bar)).toBe(NAMESPACE_HEIGHT + ROW_HEIGHT);
});

test('what is in view does not scroll; what is not, scrolls as little as it takes', () => {
  expect(scrollTo(100, 50, 300)).toBe(50);
  expect(scrollTo(400, 50, 300)).toBe(400 + 2 * ROW_HEIGHT - 300);
  expect(scrollTo(10, 50, 300)).toBe(0);
});

test('the names take 190 pixels at most, and leave most of a narrow panel to the bars', () => {
  expect([2_000, 900, 500, 300, 200].map(gutterWidth)).toEqual([190, 190, 110, 80, 80]);
});
