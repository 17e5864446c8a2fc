import { expect, test } from 'vitest';
import { HIT_SLACK, hitTest } from '../../../../extension/webview/hit-test.ts';
import { NAMESPACE_HEIGHT, ROW_HEIGHT, stackLanes } from '../../../../extension/webview/stack.ts';
import { TimelineModel } from '../../../../extension/webview/timeline-model.ts';
import { span } from '../../../harness/spans.ts';

const model = new TimelineModel();
model.apply([
  span('operation', [0, 1_000], { kind: 'operation' }),
  span('attempt', [100, 100], { kind: 'attempt', parent: 'operation' }),
  span('backoff', [100, 600], { kind: 'backoff', parent: 'operation' }),
  span('open', [700], { kind: 'attempt', parent: 'operation' }),
]);
const scene = { stack: stackLanes(model), scale: { from: 0, msPerPx: 10 }, now: 900 };
const first = NAMESPACE_HEIGHT + ROW_HEIGHT / 2;
const second = first + ROW_HEIGHT;
const at = (x: number, y: number): string | undefined => hitTest(scene, x, y)?.span.id;

test.each([
  ['the bar under the point', 50, first, 'operation'],
  ['the row below', 40, second, 'backoff'],
  ['an instant bar, though a long one begins there', 10, second, 'attempt'],
  ['an instant bar within the slack', 10 - HIT_SLACK, second, 'attempt'],
  ['nothing beyond the slack', 10 - HIT_SLACK - 1, second, undefined],
  ['a bar that still lasts, up to now', 89, second, 'open'],
  ['nothing after now', 95, second, undefined],
  ['nothing between two bars', 65, second, undefined],
  ['nothing in a heading', 50, NAMESPACE_HEIGHT / 2, undefined],
  ['nothing below the last lane', 50, 1_000, undefined],
])('finds %s', (_what, x, y, expected) => {
  expect(at(x, y)).toBe(expected);
});
