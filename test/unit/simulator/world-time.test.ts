import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { createDriver } from '../../../simulator/driver/driver.ts';
import type { ClockMode } from '../../../simulator/protocol/contract.ts';
import { Simulation } from '../../../simulator/simulation.ts';

const hello = readFileSync(new URL('../../../examples/hello.nexus.yaml', import.meta.url), 'utf8');
const external = hello.replace(/operations:[\s\S]*?\n\n/, 'external: true\n\n');

const greetings = { namespace: 'greetings', taskQueue: { name: 'greetings' } };

const open: Simulation[] = [];
afterEach(() => {
  for (const simulation of open.splice(0)) simulation.dispose();
});

/** The mode of the clock after a world was started, and the workers that it waits for. */
function started(text: string, clock?: ClockMode) {
  const simulation = new Simulation({
    version: '1.2.3',
    originMs: 0,
    createDriver,
    onShutdown: () => undefined,
    ...(clock !== undefined && { clock }),
  });
  open.push(simulation);
  const world = simulation.startWorld({ name: 'hello.nexus.yaml', text });
  const mode = async (): Promise<ClockMode | undefined> => {
    const described = await simulation.request('simulator/describe', {});
    return described.ok ? described.value.clock.mode : undefined;
  };
  return { simulation, missing: world.ok ? world.value.missing : world.error, mode };
}

const paced = { mode: 'paced', rate: 10 } as const;
const run = { mode: 'run' } as const;
const paused = { mode: 'paused' } as const;

test.each([
  ['time: paced:10\n', undefined, paced],
  ['time: paced:10\n', run, paced],
  ['time: paced:10\n', paused, paused],
  ['time: paused\n', run, paused],
  ['time: skip\n', paced, run],
  ['', undefined, run],
  ['', paced, paced],
] as const)('%j after %o was chosen', async (time, chosen, mode) => {
  expect(await started(time + hello, chosen).mode()).toEqual(mode);
});

test('what the file says begins when its workers have come', async () => {
  const { simulation, missing, mode } = started(`time: paced:10\n${external}`, run);
  expect(missing).not.toEqual([]);
  expect(await mode()).toEqual(paused);
  for (const method of ['pollNexusTaskQueue', 'pollWorkflowTaskQueue'] as const) {
    void simulation.remote.call(method, { ...greetings, identity: 'worker' });
  }
  expect(await mode()).toEqual(paced);
});

test('somebody who sets the clock changes it while the world runs', async () => {
  const { simulation, mode } = started(`time: paused\n${hello}`);
  await simulation.request('clock/set', paced);
  expect(await mode()).toEqual(paced);
});
