import { describe, expect, test } from 'vitest';
import { seconds } from '../../../../simulator/base/time.ts';
import { replay } from '../../../../simulator/driver/replay.ts';
import { firstBroken } from '../../../../simulator/engine/invariants.ts';
import type { StampedFact } from '../../../../simulator/engine/fact.ts';
import { handlerError, type World } from '../../../harness/world.ts';
import {
  answerNexusTask,
  answerTask,
  cancel,
  order,
  paused,
  pending,
  running,
  schedule,
  stage,
  sync,
  takeNexusTask,
  takeTask,
  target,
} from '../../../simulation/checklist/stage.ts';

const restart = { kind: 'server-restarted', workers: 'stay' } as const;

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

describe('a restart', () => {
  test('ends polls empty, and leaves what is on disk', async () => {
    const world = await stage(paused);
    const facts = factsOf(world);
    const queue = { namespace: 'payments', taskQueue: { name: 'billing' } };
    const polls = [
      world.driver.call('pollNexusTaskQueue', queue),
      world.driver.call('pollWorkflowTaskQueue', queue),
    ];
    let slept = false;
    void world.driver.sleep(seconds(1)).then(() => (slept = true));
    await world.start(order);
    const task = await takeTask(world);
    world.driver.instruct(restart);
    expect(facts.at(-1)).toMatchObject({ kind: 'server-restarted' });
    expect(await Promise.all(polls)).toEqual([
      { ok: true, value: {} },
      { ok: true, value: {} },
    ]);
    await answerTask(world, task, [schedule()]);
    expect(await states(world)).toEqual(['SCHEDULED']);
    await world.driver.advance(seconds(1));
    expect(slept).toBe(true);
    expectSound(world);
  });

  test('repeats cancel requests, too, and lets backoffs run', async () => {
    const world = await stage(paused);
    await calling(world, 2);
    await answerNexusTask(world, await takeNexusTask(world), running('T'));
    await answerNexusTask(world, await takeNexusTask(world), handlerError('UNAVAILABLE'));
    await answerTask(world, await takeTask(world), [cancel(5)]);
    world.driver.instruct(restart);
    expect((await takeNexusTask(world)).request?.cancelOperation?.operationToken).toBe('T');
    expect((await states(world)).sort()).toEqual(['BACKING_OFF', 'STARTED']);
    await world.driver.advance(seconds(1));
    expect((await takeNexusTask(world)).request).toHaveProperty('startOperation');
    expectSound(world);
  });

  test('fills the lines anew', async () => {
    const world = await stage({ ...paused, limits: { outboundConcurrency: 1, outboundRatePerSecond: 3 } });
    await calling(world, 3);
    world.driver.instruct(restart);
    world.handler(target, () => sync('ok'));
    await world.driver.advance(seconds(1));
    expect(world.handled).toHaveLength(3);
    expectSound(world);
  });

  test('the attempt’s bar lasts on over it; the lost task’s ends', async () => {
    const world = await stage(paused);
    await calling(world);
    await world.driver.advance(seconds(2));
    world.driver.instruct(restart);
    await world.driver.advance(seconds(1));
    await answerNexusTask(world, await takeNexusTask(world), sync('ok'));
    const bars = world.driver.spans().filter(({ kind }) => kind === 'attempt' || kind === 'queue-wait');
    expect(bars).toMatchObject([
      { kind: 'attempt', start: 0, end: 3_000, outcome: 'succeeded' },
      { kind: 'queue-wait', start: 0, end: 2_000, outcome: 'canceled' },
      { kind: 'queue-wait', start: 2_000, end: 3_000, outcome: 'succeeded' },
    ]);
  });
});
