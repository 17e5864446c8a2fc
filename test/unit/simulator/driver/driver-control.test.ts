import { afterEach, describe, expect, test } from 'vitest';
import { days, hours, instant, ms, seconds, type DurationMs } from '../../../../simulator/base/time.ts';
import { createDriver, type Driver, type DriverOptions } from '../../../../simulator/driver/driver.ts';
import { MemoryJournal } from '../../../../simulator/persistence/journal.ts';
import type { ClockMode } from '../../../../simulator/protocol/contract.ts';
import { HandWallClock } from './hand-wall-clock.ts';

let wall: HandWallClock;
let driver: Driver;
/** Ends participants that would go on for ever: a world that has ended answers each of them at once. */
let over = false;
afterEach(() => {
  over = true;
  driver.dispose();
});

function open(clock: ClockMode, options: Partial<DriverOptions> = {}): Driver {
  wall = new HandWallClock();
  over = false;
  driver = createDriver({ seed: 1, profile: 'server', originMs: 0, clock, wallClock: wall, ...options });
  return driver;
}

async function sleeper(log: string[], name: string, duration: DurationMs): Promise<void> {
  await driver.sleep(duration);
  log.push(`${name}@${driver.now()}`);
}

const paused: ClockMode = { mode: 'paused' };
const holding: ClockMode = { mode: 'paused', holdInputs: true };

describe('a step', () => {
  test('fires one timer, also when another is due at the same instant', async () => {
    open(paused);
    const log: string[] = [];
    for (const name of ['a', 'b']) void sleeper(log, name, seconds(1));
    expect(await driver.step()).toEqual({ kind: 'timer', what: 'timer sleep' });
    expect(log).toEqual(['a@1000']);
    await driver.step();
    expect(log).toEqual(['a@1000', 'b@1000']);
    expect(await driver.step()).toEqual({ kind: 'nothing', what: 'nothing is left to happen' });
  });

  test('takes one waiting input before any timer, in the order they came', async () => {
    open(holding);
    const log: string[] = [];
    void driver.call('registerNamespace', { namespace: 'orders' }).then(() => log.push('registered'));
    void sleeper(log, 'a', seconds(1));
    await wall.quiet();
    expect(driver.clockState()).toEqual({ now: 0, mode: holding, waitingInputs: 2 });
    expect(await driver.step()).toEqual({ kind: 'input', what: 'call registerNamespace' });
    expect(log).toEqual(['registered']);
    expect(await driver.step()).toEqual({ kind: 'input', what: 'sleep' });
    expect(log).toEqual(['registered']);
    expect((await driver.step()).kind).toBe('timer');
    expect(log).toEqual(['registered', 'a@1000']);
  });

  test('whoever steers the world is answered although inputs wait', async () => {
    open(holding);
    void driver.call('registerNamespace', { namespace: 'orders' });
    expect((await driver.console.call('registerNamespace', { namespace: 'payments' })).ok).toBe(true);
    expect([...driver.state.namespaces.keys()]).toEqual(['payments']);
  });

  test('when time goes again, all that waited is taken in its order', async () => {
    open(holding);
    const log: string[] = [];
    void driver.call('registerNamespace', { namespace: 'orders' }).then(() => log.push('registered'));
    void sleeper(log, 'a', seconds(1));
    driver.setClock({ mode: 'run' });
    await driver.whenSettled();
    expect(log).toEqual(['registered', 'a@1000']);
  });
});

describe('a run until', () => {
  test('an instant fires what is due by then, and the clock stands there, paused', async () => {
    open(paused);
    const log: string[] = [];
    for (const [name, at] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const)
      void sleeper(log, name, seconds(at));
    expect(await driver.runUntil({ kind: 'instant', at: instant(2_500) })).toEqual({ ended: 'reached' });
    expect(log).toEqual(['a@1000', 'b@2000']);
    expect(driver.clockState()).toEqual({ now: 2_500, mode: paused, nextDeadline: 3_000 });
  });

  test('an instant after the last timer is reached too', async () => {
    open(paused);
    expect(await driver.runUntil({ kind: 'instant', at: instant(hours(5)) })).toEqual({ ended: 'reached' });
    expect(driver.now()).toBe(hours(5));
  });

  test('the next deadline fires all that is due at that one instant', async () => {
    open(paused);
    const log: string[] = [];
    for (const name of ['a', 'b']) void sleeper(log, name, seconds(1)).then(() => sleeper(log, name, ms(1)));
    expect(await driver.runUntil({ kind: 'next-deadline' })).toEqual({ ended: 'reached' });
    expect(log).toEqual(['a@1000', 'b@1000']);
    expect(driver.clockState().mode).toEqual(paused);
  });

  test('idle goes on to the end', async () => {
    open(paused);
    const log: string[] = [];
    void sleeper(log, 'a', days(3)).then(() => sleeper(log, 'a', days(3)));
    expect(await driver.runUntil({ kind: 'idle' })).toEqual({ ended: 'reached' });
    expect(driver.now()).toBe(days(6));
  });

  test('a retry that never comes ends idle; a world that never rests ends at the horizon', async () => {
    open(paused, { limits: { runHorizon: days(1) } });
    void driver.sleep(seconds(1));
    expect(await driver.runUntil({ kind: 'next-retry' })).toEqual({ ended: 'idle' });
    void driver.sleep(days(2));
    expect(await driver.runUntil({ kind: 'idle' })).toEqual({ ended: 'horizon' });
    expect(driver.clockState().mode).toEqual(paused);
  });

  test('is interrupted by whoever sets the clock, and by the end of the world', async () => {
    open(paused);
    const first = driver.runUntil({ kind: 'idle' });
    driver.setClock(paused);
    expect(await first).toEqual({ ended: 'interrupted' });
    const second = driver.runUntil({ kind: 'idle' });
    driver.dispose();
    expect(await second).toEqual({ ended: 'interrupted' });
  });
});

describe('C4: a run that does not come to rest', () => {
  test('at one instant is stopped, and what kept it alive is named', async () => {
    open({ mode: 'run' }, { limits: { runStepsAtInstantMax: 50 } });
    const spin = async (): Promise<void> => {
      while (!over) await driver.sleep(ms(0));
    };
    void spin();
    expect(await driver.whenSettled()).toBe('horizon');
    expect(driver.overrun).toEqual({
      message:
        'The run was stopped after 50 timers and inputs at one instant; at the end it was kept alive by sleep (26 times), timer sleep (25 times).',
      keptAlive: [
        { what: 'sleep', count: 26 },
        { what: 'timer sleep', count: 25 },
      ],
    });
    expect(driver.clockState()).toMatchObject({ now: 0, mode: holding });
  });

  test('in all is stopped, with the timers named', async () => {
    open(paused, { limits: { runStepsMax: 20 } });
    const tick = async (): Promise<void> => {
      while (!over) await driver.sleep(seconds(1));
    };
    void tick();
    const { ended, overrun } = await driver.runUntil({ kind: 'idle' });
    expect(ended).toBe('bounded');
    expect(overrun?.message).toMatch(
      /^The run was stopped after 20 timers and inputs without anything from outside/,
    );
    expect(overrun?.keptAlive.map(({ what }) => what)).toContain('timer sleep');
  });

  test('goes on when the clock is set again', async () => {
    open({ mode: 'run' }, { limits: { runStepsMax: 5 } });
    const log: string[] = [];
    const tick = async (): Promise<void> => {
      for (let nth = 0; nth < 4; nth++) await sleeper(log, 'tick', seconds(1));
    };
    void tick();
    await driver.whenSettled();
    const stopped = log.length;
    expect(stopped).toBeLessThan(4);
    driver.setClock({ mode: 'run' });
    await driver.whenSettled();
    expect([driver.overrun, log.length]).toEqual([undefined, 4]);
  });
});

test('a world with an end comes to rest there, whatever is open', async () => {
  open({ mode: 'run' }, { until: instant(hours(2)) });
  const log: string[] = [];
  void sleeper(log, 'early', hours(1));
  void sleeper(log, 'late', hours(3));
  expect(await driver.whenSettled()).toBe('idle');
  expect([log, driver.now()]).toEqual([['early@3600000'], hours(2)]);
});

describe('a world that goes on from its journal', () => {
  test('has the state, the spans and the instant it had, and nobody waits any more', async () => {
    const journal = new MemoryJournal();
    open(paused, { journal });
    await driver.call('registerNamespace', { namespace: 'orders' });
    const queue = { namespace: 'orders', taskQueue: { name: 'orders' } };
    await driver.call('startWorkflowExecution', {
      ...queue,
      workflowId: 'order-1',
      workflowType: { name: 'Checkout' },
    });
    void driver.call('pollNexusTaskQueue', queue);
    void driver.sleep(hours(1));
    await driver.advance(seconds(5));
    await driver.call('listNamespaces', {});
    const before = { spans: driver.spans(), executions: driver.state.executions, now: driver.now() };
    const past = [...journal.entries];
    driver.dispose();
    const next = new MemoryJournal();
    open(paused, { journal: next, past });
    expect(driver.spans()).toEqual(before.spans);
    expect(driver.state.executions).toEqual(before.executions);
    expect(driver.now()).toBe(before.now);
    expect(driver.state.waitingCalls.size).toBe(0);
    expect(next.header).toBeUndefined();
    expect(next.entries.map(({ input }) => input)).toMatchObject([
      { kind: 'server-restarted', workers: 'gone' },
      { kind: 'call-cancelled' },
    ]);
    expect((await driver.call('listNamespaces', {})).ok).toBe(true);
    const ids = [...past, ...next.entries].flatMap(({ input }) =>
      (input as { kind: string }).kind === 'call' ? [(input as { call: number }).call] : [],
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('workers of the process before', () => {
  test('are not waited for: their tasks neither hold the clock nor go to their sticky queue', async () => {
    const journal = new MemoryJournal();
    open({ mode: 'run' }, { journal });
    await driver.call('registerNamespace', { namespace: 'orders' });
    const queue = { namespace: 'orders', taskQueue: { name: 'orders' } };
    const start = { ...queue, workflowType: { name: 'Checkout' } };
    await driver.call('startWorkflowExecution', { ...start, workflowId: 'held' });
    await driver.remote.call('pollWorkflowTaskQueue', { ...queue, identity: 'worker' });
    await driver.call('startWorkflowExecution', { ...start, workflowId: 'waiting' });
    expect(driver.state.held.size).toBe(1);
    const past = [...journal.entries];
    driver.dispose();
    open({ mode: 'run' }, { journal: new MemoryJournal(), past });
    expect(await driver.whenSettled()).toBe('idle');
    // The time-out of the held task did not take ten seconds of anyone's life.
    const held = { namespace: 'orders', execution: { workflowId: 'held' } };
    const page = await driver.call('getWorkflowExecutionHistory', held);
    expect(page.ok && page.value.history.events?.map(({ eventType }) => eventType)).toContain(
      'WORKFLOW_TASK_TIMED_OUT',
    );
  });
});

describe('what was answered is committed first', () => {
  test('calls, and what steers the world', async () => {
    const journal = new MemoryJournal();
    let committed = 0;
    journal.commit = () => {
      committed = journal.entries.length;
    };
    open(paused, { journal });
    await driver.call('registerNamespace', { namespace: 'orders' });
    expect(committed).toBe(1);
    void driver.sleep(seconds(1));
    expect(committed).toBe(1);
    driver.injectFaults([]);
    expect(committed).toBe(3);
    driver.instruct({ kind: 'faults-cleared' });
    expect(committed).toBe(4);
  });
});
