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
