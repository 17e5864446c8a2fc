import { describe, expect, test } from 'vitest';
import { Engine } from '../../simulator/engine/engine.ts';
import type { Input } from '../../simulator/engine/input.ts';
import { firstBroken } from '../../simulator/engine/invariants.ts';
import { replay } from '../../simulator/driver/replay.ts';
import { limitsOf } from '../../simulator/protocol/limits.ts';
import { expectDefined } from '../../simulator/base/assert.ts';
import { regressions } from './regressions.ts';
import { playRandomWorld } from './workload.ts';

/*
 * Random worlds under the invariants. One world by hand:
 *   NEXUS_SEED=<seed> npx vitest run --project simulation test/simulation/vopr.test.ts
 */

const chosen = process.env['NEXUS_SEED'];
const fresh = Array.from({ length: Number(process.env['NEXUS_SEEDS'] ?? 150) }, (_, index) => index + 1);
const seeds = chosen === undefined ? [...regressions.map(({ seed }) => seed), ...fresh] : [Number(chosen)];

/** Plays the journal again, step by step, and looks at every invariant after each. */
function checkEveryStep(
  journal: Awaited<ReturnType<typeof playRandomWorld>>['world']['journal'],
  seed: number,
): void {
  const header = expectDefined(journal.header, 'the journal header');
  const engine = new Engine({ seed: header.seed, limits: limitsOf(header.profile, header.limits) });
  for (const [step, { at, input }] of journal.entries.entries()) {
    engine.dispatch(input as Input, at);
    const broken = firstBroken(engine.state, at);
    if (broken !== undefined) {
      throw new Error(`seed ${seed}, step ${step}, t=${at}: ${broken}. Replay with NEXUS_SEED=${seed}`);
    }
  }
}

describe('random worlds', () => {
  test.each(seeds)('seed %i holds every invariant after every step', async (seed) => {
    const { world } = await playRandomWorld(seed);
    try {
      checkEveryStep(world.journal, seed);
    } finally {
      world.dispose();
    }
  });

  test('the same seed gives the same journal and the same spans, byte for byte', async () => {
    for (const seed of seeds.slice(0, 20)) {
      const [first, second] = [await playRandomWorld(seed), await playRandomWorld(seed)];
      expect(second.world.journal.text()).toBe(first.world.journal.text());
      expect(JSON.stringify(second.world.driver.spans())).toBe(JSON.stringify(first.world.driver.spans()));
      first.world.dispose();
      second.world.dispose();
    }
  });

  test('replaying the journal rebuilds the engine', async () => {
    for (const seed of seeds.slice(0, 20)) {
      const { world } = await playRandomWorld(seed);
      const header = expectDefined(world.journal.header, 'the journal header');
      const written = JSON.parse(
        `[${world.journal.text().trim().split('\n').slice(1).join(',')}]`,
      ) as typeof world.journal.entries;
      const { engine, facts } = replay(header, written);
      expect(facts).toEqual(replay(header, world.journal.entries).facts);
      const executions = [...engine.state.executions.values()].map(({ ref, status, events }) => ({
        ref,
        status,
        events,
      }));
      for (const { ref, events } of executions) {
        expect(await world.history(ref.namespace, ref.workflowId)).toBeDefined();
        expect(events.length).toBeGreaterThan(0);
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
