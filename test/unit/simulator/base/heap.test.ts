import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Heap } from '../../../../simulator/base/heap.ts';

interface Item {
  readonly at: number;
  readonly seq: number;
}

const before = (a: Item, b: Item): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);
const byOrder = (a: Item, b: Item): number => a.at - b.at || a.seq - b.seq;

function drained(heap: Heap<Item>): Item[] {
  const items: Item[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) items.push(item);
  return items;
}

describe('a heap', () => {
  test('gives its items in their order, equal deadlines as they came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (deadlines) => {
        const items = deadlines.map((at, seq) => ({ at, seq }));
        const heap = new Heap(before);
        for (const item of items) heap.push(item);
        expect(heap.size).toBe(items.length);
        expect([...heap.values()].sort(byOrder)).toEqual([...items].sort(byOrder));
        expect(drained(heap)).toEqual([...items].sort(byOrder));
        expect(heap.size).toBe(0);
      }),
      { seed: 1 },
    );
  });

  test('behaves as a sorted list through any pushes and pops', () => {
    const step = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant('pop' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const heap = new Heap(before);
        let model: Item[] = [];
        for (const [seq, wanted] of steps.entries()) {
          if (wanted === 'pop') {
            expect(heap.pop()).toEqual(model[0]);
            model = model.slice(1);
          } else {
            heap.push({ at: wanted, seq });
            model = [...model, { at: wanted, seq }].sort(byOrder);
          }
          expect(heap.peek()).toEqual(model[0]);
          expect(heap.size).toBe(model.length);
        }
      }),
      { seed: 1 },
    );
  });

  test('lets go of what is not wanted and keeps the order of the rest', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (deadlines) => {
        const items = deadlines.map((at, seq) => ({ at, seq }));
        const heap = new Heap(before);
        for (const item of items) heap.push(item);
        const wanted = ({ at, seq }: Item): boolean => (at + seq) % 3 === 0;
        heap.retain(wanted);
        expect(drained(heap)).toEqual(items.filter(wanted).sort(byOrder));
      }),
      { seed: 1 },
    );
  });

  test('that is empty has nothing to give', () => {
    const heap = new Heap(before);
    expect([heap.peek(), heap.pop(), heap.size]).toEqual([undefined, undefined, 0]);
  });
});
