import { describe, expect, test } from 'vitest';
import { instant } from '../../../../simulator/base/time.ts';
import { SpanStore } from '../../../../simulator/spans/span-store.ts';
import type { SpanId } from '../../../../simulator/protocol/ids.ts';
import { span } from '../../../harness/spans.ts';

const idOf = (text: string): SpanId => text as SpanId;
const end = (store: SpanStore, ...ids: readonly string[]): void =>
  ids.forEach((id) => store.close(idOf(id), instant(9), 'succeeded'));
const idsIn = (store: SpanStore): readonly string[] => store.all().map(({ id }) => id);

/** Two parts each, of which nothing lasts. */
function endedTrees(count: number): SpanStore {
  const store = new SpanStore();
  for (let nth = 0; nth < count; nth++) {
    store.open(span(`run-${nth}`, [nth]));
    store.open(span(`part-${nth}`, [nth], { parent: `run-${nth}` }));
    end(store, `part-${nth}`, `run-${nth}`);
  }
  return store;
}

describe('a span that is dropped', () => {
  test('goes with what it is a part of and all its parts, and nothing else', () => {
    const store = endedTrees(2);
    store.open(span('deep', [1], { parent: 'part-0' }));
    store.drop(idOf('part-0'));
    expect(idsIn(store)).toEqual(['run-1', 'part-1']);
    expect([store.size, store.dropped]).toEqual([2, 3]);
  });

  test('is told to those who have seen it, once', () => {
    const store = endedTrees(1);
    expect(store.takeChanged()).toHaveLength(2);
    store.open(span('unseen', [1], { parent: 'run-0' }));
    store.drop(idOf('run-0'));
    expect(store.takeRemoved()).toEqual(['run-0', 'part-0']);
    expect(store.takeRemoved()).toEqual([]);
    expect(store.takeChanged()).toEqual([]);
  });

  test('may come again', () => {
    const store = endedTrees(1);
    store.drop(idOf('run-0'));
    store.open(span('part-0', [5], { parent: 'run-0' }));
    expect(idsIn(store)).toEqual(['part-0']);
    store.drop(idOf('part-0'));
    expect(idsIn(store)).toEqual([]);
  });
});

describe('too many spans', () => {
  test('lose what has ended as a whole, the first to end first, until a tenth is free', () => {
    const store = endedTrees(9);
    store.open(span('late', [20]));
    store.open(span('later', [21]));
    store.trim(20);
    expect(store.size).toBe(20);
    store.open(span('latest', [22]));
    end(store, 'late');
    store.trim(20);
    expect(idsIn(store).slice(0, 2)).toEqual(['run-2', 'part-2']);
    expect([store.size, store.dropped]).toEqual([17, 4]);
  });

  test('lose what has ended in what lasts when that is all there is; what lasts stays', () => {
    const store = new SpanStore();
    store.open(span('run', [0]));
    for (let nth = 0; nth < 20; nth++) {
      store.open(span(`attempt-${nth}`, [nth], { parent: 'run' }));
      if (nth !== 0) end(store, `attempt-${nth}`);
    }
    store.trim(10);
    expect(idsIn(store)).toEqual([
      'run',
      'attempt-0',
      ...[13, 14, 15, 16, 17, 18, 19].map((n) => `attempt-${n}`),
    ]);
  });

  test('that all last are left alone, and looked at again when there are a tenth more', () => {
    const store = new SpanStore();
    for (let nth = 0; nth < 30; nth++) store.open(span(`run-${nth}`, [nth]));
    store.trim(20);
    expect(store.size).toBe(30);
    end(store, 'run-3');
    store.open(span('run-30', [30]));
    store.trim(20);
    expect(store.size).toBe(31);
    store.open(span('run-31', [31]));
    store.open(span('run-32', [32]));
    store.trim(20);
    expect(idsIn(store)).not.toContain('run-3');
    expect(store.size).toBe(32);
  });

  test('do not lose what was taken back already', () => {
    const store = endedTrees(1);
    store.open(span('wait', [1], { parent: 'run-0' }));
    expect(store.discard(idOf('wait'))).toBe(true);
    store.trim(1);
    expect([idsIn(store), store.dropped]).toEqual([[], 2]);
  });
});
