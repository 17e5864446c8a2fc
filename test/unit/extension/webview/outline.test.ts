import { expect, test } from 'vitest';
import { nextBar, outlineAround, type Move } from '../../../../extension/webview/outline.ts';
import { TimelineModel } from '../../../../extension/webview/timeline-model.ts';
import type { SpanId } from '../../../../simulator/protocol/ids.ts';
import { span } from '../../../harness/spans.ts';

const inLane = (namespace: string, track: string): { lane: { namespace: string; track: string } } => ({
  lane: { namespace, track },
});
const model = new TimelineModel();
model.apply([
  span('workflow', [0, 100], inLane('caller', 'w')),
  span('operation', [10, 90], { ...inLane('caller', 'w'), parent: 'workflow' }),
  span('attempt', [10, 20], { ...inLane('caller', 'w'), parent: 'operation' }),
  span('timer', [50, 60], { ...inLane('caller', 'w'), parent: 'workflow' }),
  span('handler', [30, 40], inLane('handler', 'queue')),
]);
const inOrder = ['workflow', 'operation', 'attempt', 'timer', 'handler'];
const step = (from: string | undefined, move: Move): string | undefined =>
  nextBar(model, from === undefined ? undefined : model.bar(from as SpanId), move)?.span.id;

test('next goes through the tree from top to bottom, and previous back', () => {
  const next = inOrder.map((id) => step(id, 'next'));
  expect(next).toEqual([...inOrder.slice(1), undefined]);
  const previous = inOrder.map((id) => step(id, 'previous'));
  expect(previous).toEqual([undefined, ...inOrder.slice(0, -1)]);
});

test('left and right go out and in', () => {
  expect(step('attempt', 'parent')).toBe('operation');
  expect(step('workflow', 'parent')).toBeUndefined();
  expect(step('workflow', 'child')).toBe('operation');
  expect(step('attempt', 'child')).toBeUndefined();
});

test('without a selection a step begins at the first bar, or at the last', () => {
  expect(step(undefined, 'next')).toBe('workflow');
  expect(step(undefined, 'last')).toBe('handler');
});

test('rows carry their level and place, and headings stand above their bars', () => {
  const rows = outlineAround(model, undefined, 10).map((row) => [
    row.kind === 'bar' ? row.bar.span.id : row.kind,
    row.level,
    row.position,
    row.siblings,
  ]);
  expect(rows).toEqual([
    ['namespace', 1, 1, 2],
    ['track', 2, 1, 1],
    ['workflow', 3, 1, 1],
    ['operation', 4, 1, 2],
    ['attempt', 5, 1, 1],
    ['timer', 4, 2, 2],
    ['namespace', 1, 2, 2],
    ['track', 2, 1, 1],
    ['handler', 3, 1, 1],
  ]);
});

test('only a window of a large tree is in the document', () => {
  const large = new TimelineModel();
  large.apply(Array.from({ length: 5_000 }, (_, index) => span(`s${index}`, [index, index + 1])));
  const rows = outlineAround(large, large.bar('s2500' as SpanId), 40);
  expect(rows.filter((row) => row.kind === 'bar')).toHaveLength(81);
});
