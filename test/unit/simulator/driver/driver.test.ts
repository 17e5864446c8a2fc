import { afterEach, describe, expect, test } from 'vitest';
import { CancellationSource } from '../../../../simulator/base/cancellation.ts';
import { days, hours, ms, seconds, type DurationMs } from '../../../../simulator/base/time.ts';
import { createDriver, type Driver, type DriverOptions } from '../../../../simulator/driver/driver.ts';
import { MemoryJournal } from '../../../../simulator/persistence/journal.ts';
import type { ClockMode } from '../../../../simulator/protocol/contract.ts';
import type { RegistrySnapshot } from '../../../../simulator/protocol/registry.ts';
import { HandWallClock } from './hand-wall-clock.ts';

let wall: HandWallClock;
let driver: Driver;
afterEach(() => driver.dispose());

function open(clock: ClockMode, options: Partial<DriverOptions> = {}): Driver {
  wall = new HandWallClock();
  driver = createDriver({ seed: 1, profile: 'server', originMs: 0, clock, wallClock: wall, ...options });
  return driver;
}

/** Notes `name@now` when the sleep is over. */
async function sleeper(log: string[], name: string, duration: DurationMs): Promise<void> {
  await driver.sleep(duration);
  log.push(`${name}@${driver.now()}`);
}

describe('in mode run', () => {
  test('the clock jumps from deadline to deadline and waits for no wall', async () => {
    open({ mode: 'run' });
    const log: string[] = [];
    void sleeper(log, 'c', days(2));
    void sleeper(log, 'a', seconds(1));
    void sleeper(log, 'b', hours(1));
    expect(await driver.whenSettled()).toBe('idle');
    expect(log).toEqual(['a@1000', 'b@3600000', 'c@172800000']);
    expect(wall.delays).toEqual([]);
  });

  test('equal deadlines come in the order they were set', async () => {
    open({ mode: 'run' });
    const log: string[] = [];
    for (const name of ['a', 'b', 'c']) void sleeper(log, name, seconds(1));
    await driver.whenSettled();
    expect(log).toEqual(['a@1000', 'b@1000', 'c@1000']);
  });

  test('D2: who wakes at the same instant as another is heard before time goes on', async () => {
    open({ mode: 'run' });
    const log: string[] = [];
    for (const name of ['a', 'b']) void sleeper(log, name, seconds(1)).then(() => sleeper(log, name, ms(10)));
    void sleeper(log, 'later', ms(1_005));
    await driver.whenSettled();
    expect(log).toEqual(['a@1000', 'b@1000', 'later@1005', 'a@1010', 'b@1010']);
  });

  test('D2: time does not overtake who only awaits, however many turns that takes', async () => {
    open({ mode: 'run' });
    const log: string[] = [];
    const slow = async (): Promise<void> => {
      await sleeper(log, 'slow', ms(100));
      for (let turn = 0; turn < 200; turn++) await Promise.resolve();
      await driver.call('listNamespaces', {});
      await sleeper(log, 'slow', ms(50));
    };
    void slow();
    void sleeper(log, 'other', ms(160));
    await driver.whenSettled();
    expect(log).toEqual(['slow@100', 'slow@150', 'other@160']);
  });

  test('the clock stops at the horizon and goes on when something comes from outside', async () => {
    open({ mode: 'run' }, { limits: { runHorizon: days(1) } });
    const log: string[] = [];
    const onAndOn = async (): Promise<void> => {
      for (let tick = 0; tick < 10; tick++) await sleeper(log, 'tick', hours(10));
    };
    void onAndOn();
    expect(await driver.whenSettled()).toBe('horizon');
    expect(log).toEqual(['tick@36000000', 'tick@72000000']);
    expect(driver.clockState()).toEqual({
      now: hours(20),
      mode: { mode: 'run' },
      nextDeadline: hours(30),
    });
    await driver.remote.call('listNamespaces', {});
    expect(await driver.whenSettled()).toBe('horizon');
    expect(log).toHaveLength(4);
  });

  test('polls of workers that wait do not move the horizon', async () => {
    open({ mode: 'run' }, { limits: { runHorizon: days(1) } });
    await driver.call('registerNamespace', { namespace: 'orders' });
    void driver.sleep(days(2));
    void driver.remote.call('pollNexusTaskQueue', { namespace: 'orders', taskQueue: { name: 'queue' } });
    expect(await driver.whenSettled()).toBe('horizon');
    expect(driver.now()).toBe(0);
  });
});

describe('in mode paused', () => {
  test('nothing comes due by itself', async () => {
    open({ mode: 'paused' });
    const log: string[] = [];
    void sleeper(log, 'a', ms(1));
    await wall.pass(hours(1));
    expect(log).toEqual([]);
    expect(driver.clockState()).toEqual({ now: 0, mode: { mode: 'paused' }, nextDeadline: 1 });
  });

  test('advancing fires what comes due on the way, each at its own deadline', async () => {
    open({ mode: 'paused' });
    const log: string[] = [];
    void sleeper(log, 'late', seconds(3));
    void sleeper(log, 'early', seconds(1)).then(() => sleeper(log, 'again', seconds(1)));
    await driver.advance(ms(2_500));
    expect(log).toEqual(['early@1000', 'again@2000']);
    expect(driver.now()).toBe(2_500);
    await driver.advance(ms(499));
    expect(log).toHaveLength(2);
    await driver.advance(ms(1));
    await wall.quiet();
    expect(log).toEqual(['early@1000', 'again@2000', 'late@3000']);
  });

  test('calls are answered although time stands still', async () => {
    open({ mode: 'paused' });
    expect((await driver.call('registerNamespace', { namespace: 'orders' })).ok).toBe(true);
    expect((await driver.call('listNamespaces', {})).ok).toBe(true);
    expect(driver.now()).toBe(0);
  });
});

describe('in mode paced', () => {
  test('a deadline comes when flowing time reaches it', async () => {
    open({ mode: 'paced', rate: 2 });
    const log: string[] = [];
    void sleeper(log, 'a', seconds(1));
    await wall.quiet();
    expect(wall.delays).toEqual([500]);
    await wall.pass(ms(499));
    expect(log).toEqual([]);
    await wall.pass(ms(1));
    expect(log).toEqual(['a@1000']);
    expect(wall.delays).toEqual([]);
  });

  test('a thread that was busy for long still fires each timer at its own deadline', async () => {
    open({ mode: 'paced', rate: 1 });
    const seen: number[] = [];
    void driver.sleep(ms(100)).then(() => seen.push(100));
    void driver.sleep(ms(200)).then(() => seen.push(200));
    await wall.quiet();
    await wall.pass(seconds(10));
    expect(seen).toEqual([100, 200]);
    expect(driver.clockState().now).toBe(10_000);
  });

  test('pausing holds what was waited for, and going on takes the rest of its time', async () => {
    open({ mode: 'paced', rate: 1 });
    const log: string[] = [];
    void sleeper(log, 'a', seconds(1));
    await wall.pass(ms(400));
    driver.setClock({ mode: 'paused' });
    await wall.pass(hours(1));
    expect(driver.clockState().now).toBe(400);
    expect(wall.delays).toEqual([]);
    driver.setClock({ mode: 'paced', rate: 1 });
    await wall.pass(ms(599));
    expect(log).toEqual([]);
    await wall.pass(ms(1));
    expect(log).toEqual(['a@1000']);
  });
});

test('who listens hears of every change of the clock', () => {
  open({ mode: 'paused' });
  const modes: string[] = [];
  driver.onClockChanged(({ mode }) => modes.push(mode.mode));
  driver.setClock({ mode: 'run' });
  driver.setClock({ mode: 'paced', rate: 5 });
  expect(modes).toEqual(['run', 'paced']);
});

describe('a worker of another process', () => {
  const queue = { namespace: 'orders', taskQueue: { name: 'orders' } };

  /** A workflow whose first task that worker holds, and a participant that sleeps for an hour. */
  async function holdTask(log: string[]): Promise<string> {
    await driver.call('registerNamespace', { namespace: 'orders' });
    const workflowType = { name: 'Checkout' };
    await driver.call('startWorkflowExecution', { ...queue, workflowId: 'order-1', workflowType });
    void sleeper(log, 'hour', hours(1));
    const polled = await driver.remote.call('pollWorkflowTaskQueue', { ...queue, identity: 'worker' });
    if (!polled.ok) throw new Error(polled.error.message);
    return polled.value.taskToken ?? '';
  }

  test('holds the clock while it has a task; then the clock jumps again', async () => {
    open({ mode: 'run' });
    const log: string[] = [];
    const taskToken = await holdTask(log);
    let settled = false;
    void driver.whenSettled().then(() => (settled = true));
    await wall.pass(seconds(9));
    expect([driver.clockState().now, log, settled]).toEqual([9_000, [], false]);
    const completed = await driver.remote.call('respondWorkflowTaskCompleted', {
      namespace: 'orders',
      taskToken,
      commands: [{ commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: {} }],
    });
    expect(completed.ok).toBe(true);
    await driver.whenSettled();
    expect([log, settled]).toEqual([['hour@3600000'], true]);
  });

  test('has its task for as long as that may take, however fast time goes otherwise', async () => {
    open({ mode: 'paced', rate: 1_000 });
    const log: string[] = [];
    const taskToken = await holdTask(log);
    await wall.pass(seconds(9));
    expect([driver.clockState().now, log]).toEqual([9_000, []]);
    const complete = { namespace: 'orders', taskToken, commands: [] };
    expect(await driver.remote.call('respondWorkflowTaskCompleted', complete)).toMatchObject({ ok: true });
    await wall.pass(ms(3_591));
    expect([driver.clockState().now, log]).toEqual([3_600_000, ['hour@3600000']]);
  });

  test('slows time down at the instant at which it gets a task, also when this thread was busy', async () => {
    open({ mode: 'paced', rate: 1_000 });
    await driver.call('registerNamespace', { namespace: 'orders' });
    const polled = driver.remote.call('pollWorkflowTaskQueue', { ...queue, identity: 'worker' });
    const workflowType = { name: 'Checkout' };
    const delayed = { ...queue, workflowId: 'order-1', workflowType, workflowStartDelay: seconds(30) };
    await driver.call('startWorkflowExecution', delayed);
    wall.passUnheard(seconds(1));
    await wall.pass(ms(0));
    expect(await polled).toMatchObject({ ok: true, value: { workflowType } });
    expect(driver.clockState().now).toBe(30_000);
  });

  test('is not spared the time-out of its task', async () => {
    open({ mode: 'run' });
    const taskToken = await holdTask([]);
    await wall.pass(seconds(10));
    const late = await driver.remote.call('respondWorkflowTaskCompleted', { namespace: 'orders', taskToken });
    expect(late).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });
});

describe('a call that is given up', () => {
  const poll = { namespace: 'orders', taskQueue: { name: 'orders' } };

  test('is answered empty, and the next task goes to who still waits', async () => {
    open({ mode: 'run' });
    await driver.call('registerNamespace', { namespace: 'orders' });
    const source = new CancellationSource();
    const given = driver.call('pollWorkflowTaskQueue', poll, { signal: source.signal });
    const kept = driver.call('pollWorkflowTaskQueue', poll);
    source.cancel();
    expect(await given).toEqual({ ok: true, value: {} });
    const start = { ...poll, workflowId: 'order-1', workflowType: { name: 'Checkout' } };
    await driver.call('startWorkflowExecution', start);
    expect((await kept).ok && (await kept)).toMatchObject({ value: { workflowType: { name: 'Checkout' } } });
  });

  test('before it began is answered empty too', async () => {
    open({ mode: 'run' });
    await driver.call('registerNamespace', { namespace: 'orders' });
    const source = new CancellationSource();
    source.cancel();
    const polled = await driver.call('pollNexusTaskQueue', poll, { signal: source.signal });
    expect(polled).toEqual({ ok: true, value: {} });
  });

  test('was a sleep: it ends at once and leaves no deadline', async () => {
    open({ mode: 'paused' });
    const source = new CancellationSource();
    const asleep = driver.sleep(hours(1), { signal: source.signal });
    source.cancel();
    await asleep;
    expect(driver.clockState()).toEqual({ now: 0, mode: { mode: 'paused' } });
  });

  test('after it was answered changes nothing', async () => {
    const journal = new MemoryJournal();
    open({ mode: 'run' }, { journal });
    const source = new CancellationSource();
    await driver.call('listNamespaces', {}, { signal: source.signal });
    source.cancel();
    expect(journal.entries).toHaveLength(1);
  });
});

describe('the end of a world', () => {
  test('answers all who wait that the service is gone', async () => {
    open({ mode: 'paused' });
    await driver.call('registerNamespace', { namespace: 'orders' });
    const polled = driver.call('pollNexusTaskQueue', { namespace: 'orders', taskQueue: { name: 'queue' } });
    const asleep = driver.sleep(hours(1));
    const settled = driver.whenSettled();
    driver.dispose();
    const gone = { ok: false, error: { code: 'UNAVAILABLE' } };
    expect(await polled).toMatchObject(gone);
    expect(await driver.call('listNamespaces', {})).toMatchObject(gone);
    await Promise.all([asleep, settled, driver.sleep(hours(1)), driver.advance(hours(1))]);
  });

  test('gives the wall clock back and ends the journal once', async () => {
    let ends = 0;
    const journal = new MemoryJournal();
    journal.end = () => {
      ends++;
    };
    open({ mode: 'paced', rate: 1 }, { journal });
    void driver.sleep(hours(1));
    await wall.quiet();
    expect(wall.delays).toHaveLength(1);
    const before = journal.entries.length;
    driver.dispose();
    driver.dispose();
    driver.injectFaults([]);
    driver.setClock({ mode: 'run' });
    await wall.pass(hours(2));
    expect([wall.delays, ends, journal.entries.length]).toEqual([[], 1, before]);
  });
});

describe('D1: the journal', () => {
  test('holds what a replay needs, and every input with its instant', async () => {
    const journal = new MemoryJournal();
    open({ mode: 'paused' }, { seed: 7, profile: 'cloud', limits: { pendingOperationsMax: 3 }, journal });
    await driver.call('registerNamespace', { namespace: 'orders' });
    void driver.sleep(seconds(2));
    await driver.advance(seconds(5));
    driver.injectFaults([]);
    expect(journal.header).toEqual({ seed: 7, profile: 'cloud', limits: { pendingOperationsMax: 3 } });
    const kinds = journal.entries.map(({ at, input }) => [at, (input as { kind: string }).kind]);
    expect(kinds).toEqual([
      [0, 'call'],
      [0, 'sleep'],
      [2_000, 'timer-due'],
      [5_000, 'faults-injected'],
    ]);
  });
});

describe('the registry', () => {
  test('is told when it changes, and can be given to another world', async () => {
    open({ mode: 'paused' });
    const told: RegistrySnapshot[] = [];
    driver.onRegistryChanged((registry) => told.push(registry));
    await driver.call('registerNamespace', { namespace: 'payments' });
    const target = { worker: { namespace: 'payments', taskQueue: 'billing' } };
    await driver.call('createNexusEndpoint', { spec: { name: 'payments-endpoint', target } });
    await driver.call('listNamespaces', {});
    expect(told.map(({ namespaces, endpoints }) => [namespaces.length, endpoints.length])).toEqual([
      [1, 0],
      [1, 1],
    ]);
    const saved = driver.registry();
    expect(told.at(-1)).toEqual(saved);
    driver.dispose();
    open({ mode: 'paused' });
    driver.instruct({ kind: 'registry-restored', snapshot: saved });
    expect(driver.registry()).toEqual(saved);
    const listed = await driver.call('listNexusEndpoints', {});
    expect(listed).toMatchObject({
      ok: true,
      value: { endpoints: [{ spec: { name: 'payments-endpoint' } }] },
    });
  });
});
