// What people do to the machine while a world runs: its breakers and its settings.
import { describe, expect, test } from 'vitest';
import { seconds } from '../../simulator/base/time.ts';
import { replay } from '../../simulator/driver/replay.ts';
import { firstBroken } from '../../simulator/engine/invariants.ts';
import type { StampedFact } from '../../simulator/engine/fact.ts';
import type { Instruction } from '../../simulator/driver/driver-options.ts';
import { handlerError, type World } from '../harness/world.ts';
import {
  answerNexusTask,
  answerTask,
  cancel,
  order,
  paused,
  pending,
  running,
  schedule,
  settle,
  stage,
  sync,
  takeNexusTask,
  takeTask,
  target,
} from './checklist/stage.ts';

const force = (to: 'open' | 'half-open' | 'closed', calls: 'start' | 'cancel' = 'start'): Instruction => ({
  kind: 'breaker-forced',
  calls,
  namespace: 'orders',
  endpoint: 'payments-endpoint',
  to,
});

async function calling(world: World, operations = 1): Promise<void> {
  await world.start(order);
  const commands = Array.from({ length: operations }, () => schedule());
  await answerTask(world, await takeTask(world), commands);
}

const states = async (world: World) => (await pending(world)).map(({ state }) => state);

function factsOf(world: World): StampedFact[] {
  const facts: StampedFact[] = [];
  world.driver.onFactsRecorded((recorded) => facts.push(...recorded));
  return facts;
}

/** The state holds, and its journal gives it again. */
function expectSound(world: World): void {
  expect(firstBroken(world.driver.state, world.driver.now())).toBeUndefined();
  const { header, entries } = world.journal;
  if (header === undefined) throw new Error('the journal has no header');
  const again = replay(header, entries).engine;
  const { state } = world.driver;
  expect(again.state.executions).toEqual(state.executions);
  expect(again.state.outbound).toEqual(state.outbound);
  expect(again.state.queues).toEqual(state.queues);
  expect(again.state.nexusTasks).toEqual(state.nexusTasks);
  expect(again.state.timers.live()).toEqual(state.timers.live());
  expect(again.limits).toEqual(world.driver.limits);
}

describe('a breaker that is forced', () => {
  test('open, blocks calls before there were any; after its time a probe goes out', async () => {
    const world = await stage(paused);
    const facts = factsOf(world);
    world.driver.instruct(force('open'));
    expect(facts).toMatchObject([
      { kind: 'breaker-changed', from: 'closed', to: 'open', forced: true, until: 60_000 },
    ]);
    await calling(world, 2);
    expect(await states(world)).toEqual(['BLOCKED', 'BLOCKED']);
    world.handler(target, () => sync('ok'));
    await world.driver.advance(seconds(59));
    expect(world.handled).toEqual([]);
    await world.driver.advance(seconds(300));
    expect(await states(world)).toEqual([]);
    expect(world.driver.breakerStates('orders', 'payments-endpoint')).toEqual([
      'open',
      'half-open',
      'closed',
    ]);
    expectSound(world);
  });

  test('half-open, lets one call through', async () => {
    const world = await stage(paused);
    world.driver.instruct(force('half-open'));
    world.handler(target, () => 'silence');
    await calling(world, 3);
    await settle(world);
    expect(world.handled).toHaveLength(1);
    await world.driver.advance(seconds(9));
    expect(world.driver.breakerStates('orders', 'payments-endpoint').at(-1)).toBe('open');
    expectSound(world);
  });

  test('closed, counts anew, and what it had refused asks again', async () => {
    const world = await stage(paused);
    world.driver.instruct(force('open'));
    await calling(world, 2);
    world.driver.instruct(force('closed'));
    world.handler(target, () => sync('ok'));
    await world.driver.advance(seconds(4));
    expect(world.handled).toHaveLength(2);
    expectSound(world);
  });

  test('does not hear how calls ended that it admitted before', async () => {
    const world = await stage(paused);
    await calling(world);
    world.driver.instruct(force('half-open'));
    await answerNexusTask(world, await takeNexusTask(world), handlerError('UNAVAILABLE'));
    expect(world.driver.breakerStates('orders', 'payments-endpoint')).toEqual(['half-open']);
  });

  test('for cancel requests, leaves starts alone', async () => {
    const world = await stage(paused);
    world.driver.instruct(force('open', 'cancel'));
    await calling(world);
    await answerNexusTask(world, await takeNexusTask(world), running('T'));
    await answerTask(world, await takeTask(world), [cancel(5)]);
    expect(await pending(world)).toMatchObject([
      { state: 'STARTED', cancellationInfo: { state: 'BLOCKED' } },
    ]);
  });
});

describe('settings that change', () => {
  test('hold for what happens from then on', async () => {
    const world = await stage(paused);
    const facts = factsOf(world);
    const changes = { outboundConcurrency: 2, requestTimeout: seconds(5) };
    world.driver.instruct({ kind: 'limits-changed', changes });
    expect(facts).toMatchObject([{ kind: 'limits-changed', changes }]);
    world.handler(target, () => 'silence');
    await calling(world, 5);
    await settle(world);
    expect(world.handled).toHaveLength(2);
    world.driver.instruct({ kind: 'limits-changed', changes: { outboundConcurrency: 4 } });
    await settle(world);
    expect(world.handled).toHaveLength(4);
    await world.driver.advance(seconds(4));
    expect((await states(world)).filter((state) => state === 'BACKING_OFF')).toHaveLength(4);
    expectSound(world);
  });

  test('move the horizon', async () => {
    const world = await stage();
    world.driver.instruct({ kind: 'limits-changed', changes: { runHorizon: seconds(20) } });
    await world.start(order);
    world.handler(target, () => handlerError('UNAVAILABLE'));
    await answerTask(world, await takeTask(world), [schedule()]);
    expect(await world.settled()).toBe('horizon');
    expect(world.driver.now()).toBeLessThanOrEqual(20_000);
  });
});
