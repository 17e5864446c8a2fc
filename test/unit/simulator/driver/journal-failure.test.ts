// W1: what the journal does not hold is not acknowledged.
import { afterEach, describe, expect, test } from 'vitest';
import { seconds } from '../../../../simulator/base/time.ts';
import { createDriver, type Driver } from '../../../../simulator/driver/driver.ts';
import { MemoryJournal, StorageError, type JournalEntry } from '../../../../simulator/persistence/journal.ts';
import type { ClockMode } from '../../../../simulator/protocol/contract.ts';
import { HandWallClock } from './hand-wall-clock.ts';

/** Memory that is full after some entries. */
class SmallJournal extends MemoryJournal {
  readonly #room: number;
  failsAtEnd = false;
  writes = 0;

  constructor(room: number) {
    super();
    this.#room = room;
  }

  override append(entry: JournalEntry): void {
    this.writes += 1;
    super.append(entry);
  }

  override commit(): void {
    if (this.entries.length > this.#room) throw new StorageError('The journal is full.');
  }

  override end(): void {
    if (this.failsAtEnd) throw new StorageError('The journal cannot be ended.');
  }
}

let driver: Driver;
let told: string[];
afterEach(() => driver.dispose());

function open(journal: SmallJournal, clock: ClockMode = { mode: 'paused' }): HandWallClock {
  const wallClock = new HandWallClock();
  told = [];
  driver = createDriver({
    seed: 1,
    profile: 'server',
    originMs: 0,
    clock,
    journal,
    wallClock,
    onFailed: ({ message }) => told.push(message),
  });
  return wallClock;
}

const full = { ok: false, error: { code: 'UNAVAILABLE', message: 'The journal is full.' } };

describe('a journal that cannot be written', () => {
  test('acknowledges nothing, tells all who wait, and takes nothing more', async () => {
    const journal = new SmallJournal(2);
    open(journal);
    expect((await driver.call('registerNamespace', { namespace: 'orders' })).ok).toBe(true);
    const poll = driver.remote.call('pollWorkflowTaskQueue', {
      namespace: 'orders',
      taskQueue: { name: 'orders' },
    });
    expect(await driver.console.call('registerNamespace', { namespace: 'payments' })).toEqual(full);
    expect(await poll).toEqual(full);
    expect(told).toEqual(['The journal is full.']);
    const before = journal.writes;
    expect(await driver.remote.call('listNamespaces', {})).toEqual(full);
    driver.injectFaults([]);
    await driver.advance(seconds(5));
    expect([journal.writes, told.length]).toEqual([before, 1]);
  });

  test('ends what runs by itself, with timers left, and keeps no real timer', async () => {
    const journal = new SmallJournal(3);
    const wall = open(journal, { mode: 'paced', rate: 1 });
    const sleeping = [driver.sleep(seconds(1)), driver.sleep(seconds(2)), driver.sleep(seconds(3))];
    await wall.pass(seconds(10));
    await Promise.all(sleeping);
    expect(told).toEqual(['The journal is full.']);
    expect(wall.delays).toEqual([]);
    // The first timer alone: no other is due in a world that has ended.
    expect(journal.writes).toBe(4);
  });

  test('at its very end is told, too', () => {
    const journal = new SmallJournal(9);
    journal.failsAtEnd = true;
    open(journal);
    driver.dispose();
    expect(told).toEqual(['The journal cannot be ended.']);
  });

  test('at its beginning makes no world', () => {
    const journal = new SmallJournal(9);
    journal.begin = () => {
      throw new StorageError('The journal cannot begin.');
    };
    open(new SmallJournal(9));
    expect(() =>
      createDriver({ seed: 1, profile: 'server', originMs: 0, clock: { mode: 'paused' }, journal }),
    ).toThrow(StorageError);
  });
});
