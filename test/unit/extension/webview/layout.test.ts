import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bar } from '../../../../extension/webview/layout.ts';
import { ROWS_PER_LANE_MAX } from '../../../../extension/webview/layout.ts';
import { TimelineModel } from '../../../../extension/webview/timeline-model.ts';
import type { Span } from '../../../../simulator/protocol/span.ts';
import { span } from '../../../harness/spans.ts';

const laid = (...spans: readonly Span[]): TimelineModel => {
  const model = new TimelineModel();
  model.apply(spans);
  return model;
};
const bars = (model: TimelineModel): readonly Bar[] =>
  model.groups.flatMap((group) => group.lanes.flatMap((lane) => lane.rows.flat()));
const rows = (model: TimelineModel): Record<string, number> =>
  Object.fromEntries(bars(model).map((bar) => [bar.span.id, bar.row]));

describe('rows of a lane', () => {
  test('an operation, its attempts and its backoffs are separate bars, the tries side by side', () => {
    const model = laid(
      span('workflow', [0], { kind: 'workflow' }),
      span('operation', [10, 400], { kind: 'operation', parent: 'workflow' }),
      span('attempt 1', [10, 20], { kind: 'attempt', parent: 'operation' }),
      span('backoff', [20, 120], { kind: 'backoff', parent: 'operation' }),
      span('attempt 2', [120, 130], { kind: 'attempt', parent: 'operation' }),
    );
    expect(rows(model)).toEqual({
      workflow: 0,
      operation: 1,
      'attempt 1': 2,
      backoff: 2,
      'attempt 2': 2,
    });
  });

  test('operations that run at the same time get blocks of their own (L3)', () => {
    const model = laid(
      span('one', [0, 100], { kind: 'operation' }),
      span('one, attempt', [0, 10], { kind: 'attempt', parent: 'one' }),
      // Row 1 is free by now, but it belongs to the first operation until that ends.
      span('two', [50, 150], { kind: 'operation' }),
      span('two, attempt', [50, 60], { kind: 'attempt', parent: 'two' }),
      span('three', [100, 200], { kind: 'operation' }),
    );
    expect(rows(model)).toEqual({ one: 0, 'one, attempt': 1, two: 2, 'two, attempt': 3, three: 0 });
  });

  test('a parent in another lane does not push a bar down', () => {
    const elsewhere = { namespace: 'ns', track: 'queue' };
    const model = laid(
      span('attempt', [0, 100], { kind: 'attempt' }),
      span('handler', [10, 90], { parent: 'attempt', lane: elsewhere }),
    );
    expect(rows(model)).toEqual({ attempt: 0, handler: 0 });
  });

  test('a lane has a last row, and everything has a place', () => {
    const many = Array.from({ length: ROWS_PER_LANE_MAX + 20 }, (_, index) => span(`s${index}`, [index]));
    const model = laid(...many);
    expect(bars(model)).toHaveLength(many.length);
    expect(Math.max(...bars(model).map((bar) => bar.row))).toBe(ROWS_PER_LANE_MAX - 1);
  });
});

describe('changes', () => {
  test('a bar that ends keeps its row, and so do the others (L4)', () => {
    const model = laid(span('a', [0]), span('b', [5]));
    const shape = model.shape;
    model.apply([span('a', [0, 10])]);
    expect(rows(model)).toEqual({ a: 0, b: 1 });
    expect(model.shape).toBe(shape);
    expect(bars(model)[0]?.span.end).toBe(10);
  });

  test('a span that comes late is laid out as if it had come in time', () => {
    const early = span('early', [0, 100]);
    const late = span('late', [50, 150]);
    const model = laid(late);
    model.apply([early]);
    expect(rows(model)).toEqual(rows(laid(early, late)));
  });

  test('a child that arrives before its parent finds it', () => {
    const model = new TimelineModel();
    model.apply([span('child', [0, 5], { parent: 'parent' }), span('parent', [0, 9])]);
    expect(rows(model)).toEqual({ parent: 0, child: 1 });
  });

  test('a span that moves to another lane leaves the first', () => {
    const model = laid(span('a', [0, 10]), span('b', [0, 10]));
    model.apply([span('a', [0, 10], { lane: { namespace: 'ns', track: 'other' } })]);
    const lanes = model.groups[0]?.lanes.map((lane) => [
      lane.track,
      lane.rows.flat().map((bar) => bar.span.id),
    ]);
    expect(lanes).toEqual([
      ['track', ['b']],
      ['other', ['a']],
    ]);
  });

  test('lanes are grouped by namespace, in the order in which they appeared', () => {
    const at = (namespace: string, track: string): { lane: { namespace: string; track: string } } => ({
      lane: { namespace, track },
    });
    const model = laid(
      span('1', [0, 1], at('billing', 'w1')),
      span('2', [1, 2], at('accounts', 'w1')),
      span('3', [2, 3], at('billing', 'w2')),
    );
    expect(model.groups.map((group) => [group.name, group.lanes.map((lane) => lane.track)])).toEqual([
      ['billing', ['w1', 'w2']],
      ['accounts', ['w1']],
    ]);
  });
});

test('no two bars of a row overlap, and each is below its parent (L1, L2)', () => {
  const arbitrary = fc.array(
    fc.record({
      start: fc.nat(60),
      length: fc.nat(20),
      open: fc.boolean(),
      parent: fc.option(fc.nat(30), { nil: undefined }),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(arbitrary, fc.nat(40), (drawn, cut) => {
      const spans = drawn.map(({ start, length, open, parent }, index) =>
        span(`s${index}`, open ? [start] : [start, start + length], {
          ...(parent === undefined || parent >= index ? {} : { parent: `s${parent}` }),
        }),
      );
      const model = laid(...spans.slice(0, cut));
      model.apply(spans.slice(cut));
      expect(bars(model)).toHaveLength(spans.length);
      for (const bar of bars(model)) {
        expect(bar.row).toBeGreaterThan(bar.parent?.row ?? -1);
        for (const other of bars(model)) {
          if (other === bar || other.row !== bar.row) continue;
          const ends = [bar, other].map(({ span: { end } }) => end ?? Number.POSITIVE_INFINITY);
          const overlap = bar.span.start < (ends[1] ?? 0) && other.span.start < (ends[0] ?? 0);
          expect(overlap).toBe(false);
        }
      }
    }),
  );
});
