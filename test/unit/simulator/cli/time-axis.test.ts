import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instant } from '../../../../simulator/base/time.ts';
import { timeAxis } from '../../../../simulator/cli/time-axis.ts';

test('milliseconds and days fit into one line', () => {
  const axis = timeAxis([0, 80, 1_080, 86_401_080].map(instant), 40);
  expect([0, 80, 1_080, 86_401_080].map((at) => axis.columnOf(instant(at)))).toEqual([0, 6, 15, 39]);
});

test('instants that differ have columns that differ, in order and within the width, while there are enough', () => {
  const instants = fc.uniqueArray(fc.nat(1e12), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(instants, fc.integer({ min: 30, max: 100 }), (values, width) => {
      const axis = timeAxis(values.map(instant), width);
      const columns = [...values].sort((a, b) => a - b).map((at) => axis.columnOf(instant(at)));
      expect(new Set(columns).size).toBe(values.length);
      expect(columns).toEqual([...columns].sort((a, b) => a - b));
      expect(columns.at(-1)).toBeLessThan(width);
    }),
    { seed: 1 },
  );
});

test('with more instants than columns they share, in order and within the width', () => {
  const values = Array.from({ length: 500 }, (_, index) => instant(index * 10));
  const axis = timeAxis(values, 20);
  const columns = values.map((at) => axis.columnOf(at));
  expect(columns).toEqual([...columns].sort((a, b) => a - b));
  expect([columns[0], columns.at(-1)]).toEqual([0, 19]);
});

test('the heading keeps to the width and tells the beginning and the end', () => {
  const instants = fc.uniqueArray(fc.nat(1e12), { minLength: 2, maxLength: 200 });
  fc.assert(
    fc.property(instants, fc.integer({ min: 20, max: 100 }), (values, width) => {
      const { heading } = timeAxis(values.map(instant), width);
      expect(heading.map((line) => line.length <= width)).toEqual([true, true]);
      expect([heading[1].at(0), heading[1].length]).toEqual(['╷', width]);
    }),
  );
});

test('a stretch without events that outweighs everything else is marked as folded', () => {
  const day = timeAxis([0, 500, 1_000, 86_401_000].map(instant), 40);
  expect(day.isFolded).toBe(true);
  expect(day.heading).toEqual([
    '0ms     500ms   1s                    1d',
    '╷╌╌╌╌╌╌╌╷╌╌╌╌╌╌╌╷≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈≈╷',
  ]);
  const even = timeAxis([0, 1_000, 3_000, 7_000, 15_000].map(instant), 40);
  expect([even.isFolded, even.heading[1].includes('≈')]).toEqual([false, false]);
});
