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
        expect(map.size).toBe(model.size);
      }
      expect([...map.keys()]).toEqual([...model.keys()]);
      expect([...map.values()]).toEqual([...model.values()]);
    }),
    { seed: 1 },
  );
});

test('keeps its order when a new table takes over', () => {
  const map = new TransientMap<number, string>();
  for (let key = 0; key < 100; key++) map.set(key, `value ${key}`);
  for (let key = 0; key < 97; key++) map.delete(key);
  map.set(3, 'again');
  expect([...map.keys()]).toEqual([97, 98, 99, 3]);
});
