import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TransientMap } from '../../../../simulator/base/transient-map.ts';

test('behaves as a Map through any insertions and deletions', () => {
  const step = fc.record({ key: fc.integer({ min: 0, max: 30 }), deletes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const map = new TransientMap<number, number>();
      const model = new Map<number, number>();
      for (const [nth, { key, deletes }] of steps.entries()) {
        if (deletes) expect(map.delete(key)).toBe(model.delete(key));
        else {
          map.set(key, nth);
          model.set(key, nth);
        }
        expect(map.get(key)).toBe(model.get(key));
        expect(map.has(key)).toBe(model.has(key));
        expect(map.size).toBe(model.size);
      }
      expect([...map.keys()]).toEqual([...model.keys()]);
      expect([...map.values()]).toEqual([...model.values()]);
      expect([...map]).toEqual([...model]);
    }),
    { seed: 1 },
  );
});

test('is empty again after it was cleared, and can be filled again', () => {
  const map = new TransientMap<number, string>();
  map.set(1, 'one');
  map.clear();
  expect([map.size, [...map], [...map.keys()], [...map.values()], map.get(1)]).toEqual([
    0,
    [],
    [],
    [],
    undefined,
  ]);
  map.set(2, 'two');
  expect([...map]).toEqual([[2, 'two']]);
});

test('keeps its order when a new table takes over', () => {
  const map = new TransientMap<number, string>();
  for (let key = 0; key < 100; key++) map.set(key, `value ${key}`);
  for (let key = 0; key < 97; key++) map.delete(key);
  map.set(3, 'again');
  expect([...map.keys()]).toEqual([97, 98, 99, 3]);
});
