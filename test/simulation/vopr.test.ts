import { describe, expect, test } from 'vitest';
import { expectDefined } from '../../simulator/base/assert.ts';
import { replay } from '../../simulator/driver/replay.ts';
import { checkSeed, shorten, type Check } from './seed-check.ts';
import { firstSeeds, freshBatches } from './seeds.ts';
import { playRandomWorld } from './workload.ts';

/** Seeds whose worlds are played twice. */
const TWICE = Array.from({ length: 20 }, (_, index) => index + 1);

describe('random worlds', () => {
  test('hold every invariant after every step: the seeds that once did not', async () => {
    for (const seed of firstSeeds) await checkSeed(seed);
  });

  test.each(freshBatches(0).map((batch) => [batch[0], batch.at(-1), batch]))(
    'hold every invariant after every step: seeds %i to %i',
    async (_first, _last, batch) => {
      for (const seed of batch) await checkSeed(seed);
    },
  );

  test('the same seed gives the same journal and the same spans, byte for byte', async () => {
    for (const seed of TWICE) {
      const [first, second] = [await playRandomWorld(seed), await playRandomWorld(seed)];
      expect(second.world.journal.text()).toBe(first.world.journal.text());
      expect(JSON.stringify(second.world.driver.spans())).toBe(JSON.stringify(first.world.driver.spans()));
      first.world.dispose();
      second.world.dispose();
    }
  });

  test('replaying the written journal gives the same facts, and the histories that the world has', async () => {
    for (const seed of TWICE) {
      const { world } = await playRandomWorld(seed);
      const header = expectDefined(world.journal.header, 'the journal header');
      const written = JSON.parse(
        `[${world.journal.text().trim().split('\n').slice(1).join(',')}]`,
      ) as typeof world.journal.entries;
      const { engine, facts } = replay(header, written);
      expect(facts).toEqual(replay(header, world.journal.entries).facts);
      for (const { ref, events } of engine.state.executions.values()) {
        const { history } = await world.ask('getWorkflowExecutionHistory', {
          namespace: ref.namespace,
          execution: { workflowId: ref.workflowId, runId: ref.runId },
        });
        expect(history.events).toEqual(events);
      }
      world.dispose();
    }
  });

  test('different seeds give different worlds', async () => {
    const [first, second] = [await playRandomWorld(1), await playRandomWorld(2)];
    expect(second.world.journal.text()).not.toBe(first.world.journal.text());
    first.world.dispose();
    second.world.dispose();
  });
});

describe('a breach', () => {
  /** A rule that every world breaks sooner or later. */
  const oneRunOnly: Check = ({ executions }) =>
    executions.size > 1 ? `one run only: there are ${executions.size}` : undefined;

  test('is told with the seed, the step, the way to replay it and the inputs that it needs', async () => {
    await expect(checkSeed(1, oneRunOnly)).rejects.toThrow(
      /^seed 1, step \d+ of \d+: one run only: there are 2\nReplay: NEXUS_SEED=1 .*\n3 inputs are enough for it:\n/,
    );
  });

  test('is shortened to a journal in which nothing can be spared', async () => {
    const { world } = await playRandomWorld(1);
    const header = expectDefined(world.journal.header, 'the journal header');
    const methods = shorten(header, world.journal.entries, oneRunOnly).map(
      ({ input }) => (input as { readonly method?: string }).method,
    );
    expect(methods.filter((method) => method === 'startWorkflowExecution')).toHaveLength(2);
    expect(methods.length).toBeLessThanOrEqual(4);
    world.dispose();
  });
});
