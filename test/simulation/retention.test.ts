import { describe, expect, test } from 'vitest';
import { CancellationSource } from '../../simulator/base/cancellation.ts';
import { days, hours, instant, minutes, ms } from '../../simulator/base/time.ts';
import { replay } from '../../simulator/driver/replay.ts';
import { NEVER } from '../../simulator/engine/expiry.ts';
import { firstBroken } from '../../simulator/engine/invariants.ts';
import { IDLE_MAX, QUEUES_KEPT } from '../../simulator/engine/matching/idle-queues.ts';
import { forgetExpired } from '../../simulator/engine/retention.ts';
import type { Turn } from '../../simulator/engine/turn.ts';
import { World } from '../harness/world.ts';
import {
  backed,
  call,
  caller,
  complete,
  completeBacking,
  order,
  play,
  sleepThen,
  stage,
  sync,
  target,
} from './checklist/stage.ts';
import { base, named, open, start } from './standalone-stage.ts';

const about = { namespace: 'orders', execution: { workflowId: 'order-1' } };

const bars = (world: World): readonly string[] =>
  world.driver.spans().map(({ kind, lane }) => `${kind} ${lane.track}`);

describe('a closed run', () => {
  test('is there for as long as the retention is, and then nowhere', async () => {
    const world = await stage();
    await play(world, call(), () => sync('paid'));
    await world.start({ ...order, workflowId: 'order-2', taskQueue: { name: 'nobody' } });
    expect(bars(world)).toContain('workflow order-1');

    await world.driver.sleep(ms(days(3) - 1));
    expect(await world.history('orders', 'order-1')).toHaveLength(10);
    await world.driver.sleep(ms(1));
    expect(await world.refused('describeWorkflowExecution', about)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await world.refused('getWorkflowExecutionHistory', about)).toMatchObject({ code: 'NOT_FOUND' });
    const { executions } = await world.ask('listWorkflowExecutions', { namespace: 'orders' });
    expect(executions.map(({ execution }) => execution.workflowId)).toEqual(['order-2']);
    expect(bars(world)).toEqual(['workflow order-2']);
    expect(world.driver.state.executions.size).toBe(1);
    expect(firstBroken(world.driver.state, world.driver.now())).toBeUndefined();
    expect(await world.start(order)).toMatch(/./);
  });

  test('holds no clock: a world at rest stays where it is', async () => {
    const world = await stage();
    await play(world, sleepThen(minutes(5), complete()));
    expect(await world.settled()).toBe('idle');
    expect(world.driver.now()).toBe(minutes(5));
  });

  test('has the retention that its namespace had when it closed', async () => {
    const world = new World();
    await world.ask('registerNamespace', {
      namespace: 'orders',
      workflowExecutionRetentionPeriod: hours(1),
    });
    world.workflow(caller, () => [complete()]);
    await world.start(order);
    await world.settled();
    const config = { workflowExecutionRetentionTtl: hours(48) };
    await world.ask('updateNamespace', { namespace: 'orders', config });
    await world.start({ ...order, workflowId: 'order-2' });
    await world.driver.sleep(hours(1));
    const { executions } = await world.ask('listWorkflowExecutions', { namespace: 'orders' });
    expect(executions.map(({ execution }) => execution.workflowId)).toEqual(['order-2']);
    world.dispose();
  });

  test('stays for as long as the world when the limit says 0', async () => {
    const world = await stage({ limits: { retention: ms(0) } });
    await play(world, sleepThen(minutes(5), complete()));
    expect(world.driver.state.expiries.next()?.at).toBe(NEVER);
    await world.driver.sleep(days(300));
    expect(await world.history('orders', 'order-1')).not.toEqual([]);
  });

  test('takes a completion with it that it could not deliver', async () => {
    const world = await stage({ limits: { retention: hours(2) } });
    const named = { service: 'Service', operation: 'operation' };
    const always = { from: 1, to: 1_000_000 };
    world.driver.injectFaults([
      { kind: 'callback', ...named, attempts: always, fail: { type: 'UNAVAILABLE' } },
    ]);
    world.handler(target, backed(world)).workflow(caller, call());
    await world.start(order);
    await completeBacking(world, 'paid');
    expect(await world.settled()).toBe('idle');
    expect(world.driver.now()).toBeLessThan(hours(4));
    const { executions } = world.driver.state;
    expect([...executions.values()].map(({ ref }) => ref.workflowId)).toEqual(['order-1']);
  });

  test('goes early when there are too many, the first to close first', async () => {
    const world = await stage({ limits: { closedRunsMax: 2 } });
    world.workflow(caller, () => [complete()]);
    for (const nth of [1, 2, 3, 4]) {
      await world.start({ ...order, workflowId: `order-${nth}` });
      await world.driver.sleep(minutes(1));
    }
    const { executions } = await world.ask('listWorkflowExecutions', { namespace: 'orders' });
    expect(executions.map(({ execution }) => execution.workflowId)).toEqual(['order-4', 'order-3']);
  });
});

test('a closed standalone operation goes like a run, and whoever asks for it is told', async () => {
  const world = await open();
  world.handler(target, () => sync(1));
  await start(world, { operationId: 'op-1' });
  await world.driver.sleep(days(3));
  expect(await world.refused('describeNexusOperationExecution', named)).toMatchObject({ code: 'NOT_FOUND' });
  expect([world.driver.state.standalone.size, world.driver.state.currentStandalone.size]).toEqual([0, 0]);
  expect(world.driver.spans()).toEqual([]);
  await world.ask('startNexusOperationExecution', base);
});

test('a journal in which runs expire gives the same state again', async () => {
  const world = await stage({ limits: { retention: hours(1) } });
  world.handler(target, backed(world));
  world.workflow(caller, call());
  await world.start(order);
  await completeBacking(world, 'paid');
  await world.driver.sleep(hours(1));
  await world.start({ ...order, workflowId: 'order-2' });
  await world.settled();
  const { header, entries } = world.journal;
  if (header === undefined) throw new Error('the journal has no header');
  const again = replay(header, entries);
  expect([...again.engine.state.executions.keys()]).toEqual([...world.driver.state.executions.keys()]);
  expect(again.facts.filter(({ kind }) => kind === 'run-expired')).toHaveLength(2);
});

test('what is forgotten is told as a fact, with the reason, once', async () => {
  const world = await stage({ limits: { retention: hours(1) } });
  await play(world, () => [complete()]);
  const { state, limits } = world.driver;
  const facts: Turn['facts'] = [];
  const turn = { state, limits: { ...limits, closedRunsMax: 1 }, now: world.driver.now(), facts } as Turn;
  forgetExpired(turn);
  expect(facts).toEqual([]);
  forgetExpired({ ...turn, now: instant(turn.now + hours(1)) });
  forgetExpired({ ...turn, now: instant(turn.now + hours(1)) });
  expect(facts).toMatchObject([{ kind: 'run-expired', why: 'retention', run: { workflowId: 'order-1' } }]);
});

test('task queues that nobody uses any more are let go', async () => {
  const world = await stage();
  const poll = async (name: string): Promise<void> => {
    const source = new CancellationSource();
    const request = { namespace: 'orders', taskQueue: { name } };
    const asked = world.driver.call('pollWorkflowTaskQueue', request, { signal: source.signal });
    source.cancel();
    await asked;
  };
  await world.start(order);
  for (let nth = 0; nth < 1_000; nth++) {
    await poll(`sticky-${nth}`);
    await world.driver.sleep(ms(IDLE_MAX / 5));
  }
  expect(world.driver.state.queues.size).toBeLessThan(QUEUES_KEPT + 10);
  expect([...world.driver.state.queues.keys()]).toContain('orders\0workflow\0orders');
});
