import { describe, expect, test } from 'vitest';
import { DisposableStore, toDisposable, type Disposable } from '../../../../simulator/base/disposable.ts';

/** Disposables that note their names in `log` when they are given back. */
function recorder() {
  const log: string[] = [];
  const named = (name: string): Disposable => toDisposable(() => log.push(name));
  return { log, named };
}

test('a disposable is released once', () => {
  const { log, named } = recorder();
  const item = named('a');
  item.dispose();
  item.dispose();
  expect(log).toEqual(['a']);
});

test('a disposable whose release fails is not released again', () => {
  let releases = 0;
  const item = toDisposable(() => {
    releases++;
    throw new Error('stuck');
  });
  expect(() => item.dispose()).toThrow('stuck');
  item.dispose();
  expect(releases).toBe(1);
});

describe('a store', () => {
  test('gives back in reverse order, once', () => {
    const { log, named } = recorder();
    const store = new DisposableStore();
    for (const name of ['a', 'b', 'c']) store.add(named(name));
    expect(log).toEqual([]);
    store.dispose();
    store.dispose();
    expect(log).toEqual(['c', 'b', 'a']);
  });

  test('hands back what was added', () => {
    const { named } = recorder();
    const item = named('a');
    expect(new DisposableStore().add(item)).toBe(item);
  });

  test('disposes at once what comes too late', () => {
    const { log, named } = recorder();
    const store = new DisposableStore();
    store.dispose();
    store.add(named('late'));
    expect(log).toEqual(['late']);
  });

  test('disposes what is added while it is disposing', () => {
    const { log, named } = recorder();
    const store = new DisposableStore();
    store.add(toDisposable(() => store.add(named('late'))));
    store.dispose();
    expect(log).toEqual(['late']);
  });

  test('releases all though some fail, and tells every failure', () => {
    const { log, named } = recorder();
    const store = new DisposableStore();
    const failures = [new Error('first'), new Error('second')];
    store.add(named('a'));
    for (const failure of failures) {
      store.add(
        toDisposable(() => {
          throw failure;
        }),
      );
    }
    store.add(named('b'));
    let thrown: unknown;
    try {
      store.dispose();
    } catch (problem) {
      thrown = problem;
    }
    expect(log).toEqual(['b', 'a']);
    expect(thrown).toBeInstanceOf(AggregateError);
    expect((thrown as AggregateError).errors).toEqual([...failures].reverse());
  });
});
