// Random worlds whose participants await the driver: its order of things must be the same every time.
import { expect, test } from 'vitest';
import { expectDefined } from '../../simulator/base/assert.ts';
import { replay } from '../../simulator/driver/replay.ts';
import { firstBreach } from './journal-check.ts';
import { playRandomWorld } from './workload.ts';

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);
/** Those that are played twice. */
const TWICE = SEEDS.slice(0, 20);

test('every invariant holds after every step', async () => {
  for (const seed of SEEDS) {
    const { world } = await playRandomWorld(seed);
    const header = expectDefined(world.journal.header, 'the journal header');
    expect(firstBreach(header, world.journal.entries), `seed ${seed}`).toBeUndefined();
    world.dispose();
  }
});

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
