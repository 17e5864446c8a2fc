import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { days, ms } from '../../../simulator/base/time.ts';
import { createDriver } from '../../../simulator/driver/driver.ts';
import type { Notification } from '../../../simulator/driver/port.ts';
import { protocolVersion, requests } from '../../../simulator/protocol/contract.ts';
import type { RegistrySnapshot } from '../../../simulator/protocol/registry.ts';
import { Simulation, type SimulationOptions } from '../../../simulator/simulation.ts';

const hello = readFileSync(new URL('../../../examples/hello.nexus.yaml', import.meta.url), 'utf8');
const name = 'hello.nexus.yaml';
const external = hello.replace(/operations:[\s\S]*?\n\n/, 'external: true\n\n');

const open: Simulation[] = [];
afterEach(() => {
  for (const simulation of open.splice(0)) simulation.dispose();
});

function simulate(options: Partial<SimulationOptions> = {}): {
  simulation: Simulation;
  heard: Notification[];
} {
  const simulation = new Simulation({
    version: '1.2.3',
    originMs: 1_000,
    createDriver,
    onShutdown: () => undefined,
    ...options,
  });
  open.push(simulation);
  const heard: Notification[] = [];
  simulation.onNotification((notification) => heard.push(notification));
  return { simulation, heard };
}

const finished = (simulation: Simulation): Promise<unknown> =>
  new Promise((resolve) => {
    simulation.onNotification((notification) => {
      if (notification.method === 'world/finished') resolve(notification.params);
    });
  });

describe('world/run', () => {
  test('the seed is that of the request, of the file, or 0', () => {
    const seeds: number[] = [];
    const { simulation } = simulate({
      createJournal: ({ world, seed }) => {
        if (world !== undefined) seeds.push(seed);
        return undefined;
      },
    });
    simulation.startWorld({ name, text: hello });
    simulation.startWorld({ name, text: `${hello}seed: 7\n` });
    simulation.startWorld({ name, text: `${hello}seed: 7\n`, seed: 9 });
    expect(seeds).toEqual([0, 7, 9]);
  });

  test('runs a world, tells its spans as they change and its verdict at the end', async () => {
    const { simulation, heard } = simulate();
    const verdict = finished(simulation);
    expect(await simulation.request('world/run', { name, text: hello, seed: 3 })).toEqual({
      ok: true,
      value: { run: 1, problems: [] },
    });
    expect(await verdict).toMatchObject({ run: 1, name, verdict: { passed: true } });
    expect(heard.at(-1)?.method).toBe('world/finished');
    const told = new Map(
      heard
        .flatMap((each) => (each.method === 'timeline/changed' ? each.params.spans : []))
        .map((span) => [span.id, span]),
    );
    const now = simulation.timeline();
    expect(now.run).toBe(1);
    expect([...told.values()]).toEqual(expect.arrayContaining(now.spans));
    expect(told.size).toBe(now.spans.length);
  });

  test('a broken file changes nothing', async () => {
    const { simulation, heard } = simulate({ clock: { mode: 'paused' } });
    const before = simulation.timeline();
    const reply = await simulation.request('world/run', { name, text: 'nexus: 2' });
    expect(reply).toEqual({
      ok: true,
      value: {
        problems: [{ message: '"nexus" must be 1; found the value 2.', line: 1, column: 8, length: 1 }],
      },
    });
    expect(simulation.timeline()).toEqual(before);
    expect(heard).toEqual([]);
  });

  test('another world takes the place of the first, which is never heard of again', async () => {
    const { simulation, heard } = simulate({ clock: { mode: 'paused' } });
    await simulation.request('world/run', { name: 'first', text: hello });
    await simulation.request('world/run', { name: 'second', text: hello });
    const verdict = finished(simulation);
    await simulation.request('clock/set', { mode: 'run' });
    expect(await verdict).toMatchObject({ run: 2, name: 'second' });
    expect(heard.filter(({ method }) => method === 'world/finished')).toHaveLength(1);
  });

  test('polls of remote workers are sent back to connect to the new world', async () => {
    const { simulation } = simulate();
    await simulation.remote.call('registerNamespace', { namespace: 'storefront' });
    const poll = simulation.remote.call('pollNexusTaskQueue', {
      namespace: 'storefront',
      taskQueue: { name: 'q' },
    });
    const verdict = finished(simulation);
    await simulation.request('world/run', { name, text: hello });
    expect(await poll).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } });
    await verdict;
    expect(await simulation.remote.call('describeNamespace', { namespace: 'greetings' })).toMatchObject({
      ok: true,
    });
  });
});

describe('the clock', () => {
  test('is advanced by hand only while paused', async () => {
    const { simulation } = simulate();
    expect(await simulation.request('clock/advance', { by: ms(5) })).toEqual({
      ok: false,
      error: { message: 'The clock can be advanced by hand only while it is paused; pause it first.' },
    });
    await simulation.request('clock/set', { mode: 'paused' });
    const before = simulation.timeline().now;
    expect(await simulation.request('clock/advance', { by: ms(5) })).toMatchObject({
      ok: true,
      value: { now: before + 5 },
    });
  });

  test.each([
    ['scripts run as fast as they can', hello, undefined, 'run'],
    ['time stands still until real workers have come', external, undefined, 'paused'],
    ['what the user chose stays', hello, { mode: 'paused' }, 'paused'],
  ] as const)('%s', async (_, text, clock, mode) => {
    const { simulation } = simulate(clock === undefined ? {} : { clock });
    expect(await simulation.request('world/run', { name, text })).toMatchObject({ value: { problems: [] } });
    expect(await simulation.request('simulator/describe', {})).toMatchObject({
      value: { clock: { mode: { mode } } },
    });
  });
});

describe('a world that counts on a real worker', () => {
  const mode = async (simulation: Simulation): Promise<unknown> => {
    const reply = await simulation.request('simulator/describe', {});
    return reply.ok && reply.value.clock.mode.mode;
  };
  const queue = { namespace: 'greetings', taskQueue: { name: 'greetings' } };

  test('lets time pass once the worker polls for what it is needed for', async () => {
    const { simulation } = simulate();
    const started = simulation.startWorld({ name, text: external });
    expect(started).toMatchObject({ ok: true, value: { missing: ['greeter'] } });
    void simulation.remote.call('pollWorkflowTaskQueue', queue);
    void simulation.remote.call('pollNexusTaskQueue', { ...queue, taskQueue: { name: 'another' } });
    expect(await mode(simulation)).toBe('paused');
    void simulation.remote.call('pollNexusTaskQueue', queue);
    expect(await mode(simulation)).toBe('run');
  });

  test('leaves the clock alone when the user has set it', async () => {
    const { simulation } = simulate();
    await simulation.request('world/run', { name, text: external });
    await simulation.request('clock/set', { mode: 'paced', rate: 2 });
    void simulation.remote.call('pollNexusTaskQueue', queue);
    expect(await mode(simulation)).toBe('paced');
  });
});

describe('what can be asked', () => {
  test('the simulator describes itself and its world', async () => {
    const { simulation } = simulate({ clock: { mode: 'paused' } });
    simulation.serveAt({ grpc: '127.0.0.1:7233', http: '127.0.0.1:7243' });
    await simulation.request('world/run', { name, text: hello, seed: 9 });
    const reply = await simulation.request('simulator/describe', {});
    expect(reply).toMatchObject({
      ok: true,
      value: {
        protocolVersion,
        version: '1.2.3',
        originMs: 1_000,
        grpcAddress: '127.0.0.1:7233',
        httpAddress: '127.0.0.1:7243',
        world: { name, run: 1, seed: 9 },
      },
    });
    expect(reply.ok && requests['simulator/describe'].result.safeParse(reply.value).success).toBe(true);
  });

  test('endpoints, as the registry has them', async () => {
    const { simulation } = simulate();
    const verdict = finished(simulation);
    await simulation.request('world/run', { name, text: hello });
    await verdict;
    expect(await simulation.request('endpoints/list', {})).toMatchObject({
      value: {
        endpoints: [
          { name: 'greetings-endpoint', target: { namespace: 'greetings', taskQueue: 'greetings' } },
        ],
      },
    });
  });

  test('to end', async () => {
    let asked = 0;
    const { simulation } = simulate({ onShutdown: () => asked++ });
    expect(await simulation.request('simulator/shutdown', {})).toEqual({ ok: true, value: {} });
    expect(asked).toBe(1);
  });
});

test('what people register is kept; what a world file registers is not', async () => {
  const kept: RegistrySnapshot[] = [];
  const { simulation } = simulate({ onRegistryChanged: (registry) => kept.push(registry) });
  await simulation.remote.call('registerNamespace', { namespace: 'mine' });
  expect(kept.at(-1)?.namespaces.map((each) => each.name)).toContain('mine');
  const { length } = kept;
  const verdict = finished(simulation);
  await simulation.request('world/run', { name, text: hello });
  await verdict;
  expect(kept).toHaveLength(length);

  const again = simulate({ registry: kept.at(-1) ?? { namespaces: [], endpoints: [] } });
  expect(await again.simulation.remote.call('describeNamespace', { namespace: 'mine' })).toMatchObject({
    ok: true,
  });
});

describe('what has closed', () => {
  const playAndWait = async (text: string): Promise<ReturnType<typeof simulate>> => {
    const played = simulate({ clock: { mode: 'run' } });
    const started = played.simulation.startWorld({ name, text });
    if (!started.ok) throw new Error(started.error[0]?.message);
    await started.value.finished;
    await played.simulation.request('clock/set', { mode: 'paused' });
    await played.simulation.request('clock/advance', { by: days(30) });
    const { remote } = played.simulation;
    // Runs expire with the next thing that comes.
    await remote.call('listNamespaces', {});
    return played;
  };

  test('stays when a world file played it, unless the file says how long', async () => {
    const { simulation } = await playAndWait(hello);
    expect(simulation.timeline().spans.length).toBeGreaterThan(3);
    expect(simulation.timeline()).not.toHaveProperty('dropped');
    const { simulation: other, heard } = await playAndWait(`${hello}limits:\n  retention: 24h\n`);
    const { spans, dropped = 0 } = other.timeline();
    expect(spans).toEqual([]);
    expect(dropped).toBeGreaterThan(3);
    await other.request('clock/advance', { by: ms(0) });
    const removed = heard.flatMap((each) =>
      each.method === 'timeline/changed' ? (each.params.removed ?? []) : [],
    );
    expect(removed).toHaveLength(dropped);
  });

  test('stays where time leaps, however short its namespace keeps it', async () => {
    const { simulation } = simulate({ clock: { mode: 'run' } });
    const { remote } = simulation;
    const namespace = 'orders';
    await remote.call('registerNamespace', { namespace, workflowExecutionRetentionPeriod: days(1) });
    const order = {
      namespace,
      workflowId: 'order-1',
      workflowType: { name: 'Order' },
      taskQueue: { name: 'q' },
    };
    await remote.call('startWorkflowExecution', { ...order, requestId: 'r' });
    const execution = { workflowId: 'order-1' };
    await remote.call('terminateWorkflowExecution', { namespace, workflowExecution: execution });
    await simulation.request('clock/set', { mode: 'paused' });
    expect(await simulation.request('clock/advance', { by: days(60) })).toMatchObject({ ok: true });
    expect(await remote.call('describeWorkflowExecution', { namespace, execution })).toMatchObject({
      ok: true,
    });
  });

  test('and is missing from the picture is one of the troubles of the world', async () => {
    const { simulation } = simulate({ clock: { mode: 'run' } });
    const started = simulation.startWorld({ name, text: `${hello}limits:\n  spansMax: 2\n` });
    if (!started.ok) throw new Error(started.error[0]?.message);
    const { troubles } = await started.value.finished;
    expect(troubles.join()).toMatch(/^\d+ bars of the timeline were dropped, .* say how much is kept\.$/);
  });
});
