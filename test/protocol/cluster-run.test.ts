// World files on a server, where the server is the simulator's own frontend: the same file, the same verdict.
import { afterEach, describe, expect, test } from 'vitest';
import { DisposableStore } from '../../simulator/base/disposable.ts';
import { hours, minutes, ms } from '../../simulator/base/time.ts';
import { conformFile } from '../../simulator/cli/conform-file.ts';
import { runOnTarget, type TargetRequest } from '../../simulator/cli/run-target.ts';
import { createDriver } from '../../simulator/driver/driver.ts';
import { startTemporalServer } from '../../simulator/frontends/temporal/server.ts';
import type { ClockMode } from '../../simulator/protocol/contract.ts';
import { timeWords } from '../../simulator/protocol/time-mode.ts';
import { parseWorld } from '../../simulator/world/parse.ts';
import { playWorld } from '../harness/play-world.ts';
import { World } from '../harness/world.ts';

let owned = new DisposableStore();
afterEach(() => {
  owned.dispose();
  owned = new DisposableStore();
});

/** A server on which time jumps unless told otherwise, so that nobody waits for the sleep of a workflow. */
async function openServer(
  clock: ClockMode = timeWords.skip,
): Promise<{ readonly world: World; readonly address: string }> {
  const originMs = Date.now();
  const world = owned.add(new World({ originMs, clock }));
  const server = await startTemporalServer({ port: world.driver.remote, originMs });
  if (!server.ok) throw new Error(server.error);
  owned.add(server.value);
  return { world, address: server.value.address };
}

async function run(text: string, target: string, more: Partial<TargetRequest> = {}) {
  const { value: world, problems } = parseWorld(text);
  expect(problems).toEqual([]);
  return runOnTarget(
    { file: 'world.nexus.yaml', text, world },
    {
      ...{ target, namespacePrefix: '', force: false, keep: false, until: undefined },
      env: { TEMPORAL_CONFIG_FILE: '/nowhere' },
      asked: new Promise(() => undefined),
      ...more,
    },
  );
}

const shop = `
nexus: 1
namespaces: [shop, depot]
endpoints:
  depot: { target: { namespace: depot, taskQueue: depot }, allow: [shop] }
workers:
  depot-worker:
    namespace: depot
    taskQueue: depot
    operations:
      Depot.look: { reply: { stock: 3 } }
      Depot.send: { workflow: Send, id: 'send-\${input}' }
    activities:
      pack: { reply: packed }
workflows:
  Order:
    - { call: depot/Depot.look, as: seen }
    - { call: depot/Depot.send, input: a, as: sent }
    - return: { stock: '\${seen.stock}', sent: '\${sent}' }
  Send:
    - { activity: pack, as: packed, startToClose: 10s, retryPolicy: { initialInterval: 1s } }
    - sleep: 1h
    - { child: Ride, id: ride-1, as: ride }
    - return: \${packed} and \${ride}
  Ride:
    - return: gone
faults:
  - { operation: depot/Depot.look, attempts: 1..2, fail: { type: UNAVAILABLE } }
  - { activity: pack, attempts: 1..2, fail: { type: Locked } }
start:
  - { workflow: Order, id: order, namespace: shop, taskQueue: shop }
expect:
  - { workflow: order, status: completed, result: { stock: 3, sent: packed and gone }, within: 2h }
  - { operation: order / Depot.look, attempts: 3, outcome: succeeded }
  - { operation: order / Depot.send, attempts: 1, outcome: succeeded }
  - { activity: send-a / pack, attempts: 3, outcome: succeeded }
  - { history: order, contains: [NEXUS_OPERATION_COMPLETED, NEXUS_OPERATION_STARTED], never: [WORKFLOW_TASK_FAILED] }
`;

describe('conform', () => {
  test('finds nothing where the simulation is compared with itself', async () => {
    const { address } = await openServer();
    const outcome = await conformed(address, shop);
    expect(outcome).toMatchObject({ kind: 'compared', comparison: { runs: 3 } });
    if (outcome.kind !== 'compared') return;
    expect(outcome.comparison.differences.filter(({ allowed }) => allowed === undefined)).toEqual([]);
  }, 30_000);

  test.each([
    ['takes 1h', shop, minutes(1)],
    [
      'sets limits',
      shop.replace('nexus: 1', 'nexus: 1\nlimits: { circuitBreaker: { openFor: 1s } }'),
      hours(2),
    ],
    [
      'disturbs callbacks',
      `${shop}\n`.replace('faults:', 'faults:\n  - { callback: Depot.send, deliver: [twice] }'),
      hours(2),
    ],
  ])('compares nothing that %s', async (reason, text, until) => {
    const outcome = await conformed('127.0.0.1:1', text, until);
    expect(outcome).toMatchObject({
      kind: 'incomparable',
      reason: expect.stringContaining(reason) as string,
    });
  });
});

async function conformed(target: string, text: string, until = hours(2)) {
  const { value: world } = parseWorld(text);
  const outcome = await conformFile(
    { file: 'world.nexus.yaml', text, world },
    {
      ...{ target, namespacePrefix: 'conform-', force: false, keep: false, until, createDriver },
      env: { TEMPORAL_CONFIG_FILE: '/nowhere' },
      asked: new Promise(() => undefined),
    },
  );
  if (!outcome.ok) throw new Error(outcome.error);
  return outcome.value;
}

describe('a world on a server', () => {
  test('comes to the verdict that it comes to in the simulation, and leaves nothing behind', async () => {
    const { world, address } = await openServer();
    const there = await run(shop, address, { namespacePrefix: 'try-' });
    const here = await playWorld(shop);
    expect(there).toMatchObject({ ok: true, value: { address, left: [] } });
    if (!there.ok) return;
    const { finished, runs } = there.value;
    expect(finished?.verdict.expectations).toEqual(here.verdict.expectations);
    expect(finished?.verdict.passed).toBe(true);
    expect(finished?.troubles).toEqual(['Who may call an endpoint is left out: here everybody may.']);
    expect(runs.map(({ run: { namespace, workflowId } }) => `${namespace}/${workflowId}`)).toEqual([
      'shop/order',
      'depot/send-a',
      expect.stringMatching(/^depot\//),
    ]);
    // Links lead from one to the other under the names that the file knows.
    const [started] = runs[1]?.events ?? [];
    expect(started?.attributes).toMatchObject({
      completionCallbacks: [{ links: [{ workflowEvent: { namespace: 'shop', workflowId: 'order' } }] }],
    });
    expect((await world.ask('listNexusEndpoints', {})).endpoints).toEqual([]);
    const { namespaces } = await world.ask('listNamespaces', {});
    expect(namespaces.map(({ namespaceInfo }) => namespaceInfo.name)).not.toContain('try-shop');
  }, 30_000);

  test('does not change an endpoint that leads elsewhere, unless it is forced, and then gives it back', async () => {
    const { world, address } = await openServer();
    await world.namespaces('shop', 'depot');
    const target = { worker: { namespace: 'shop', taskQueue: 'elsewhere' } };
    await world.ask('createNexusEndpoint', { spec: { name: 'depot', target } });
    const refused = await run(shop, address);
    expect(refused).toMatchObject({ ok: false });
    if (!refused.ok) expect(refused.error).toContain('leads to shop/elsewhere; --force');
    const forced = await run(shop, address, { force: true });
    expect(forced).toMatchObject({ ok: true, value: { finished: { verdict: { passed: true } }, left: [] } });
    const { endpoints } = await world.ask('listNexusEndpoints', {});
    expect(endpoints.map(({ spec }) => spec)).toMatchObject([{ name: 'depot', target }]);
    // What was there before is still there.
    const { namespaces } = await world.ask('listNamespaces', {});
    expect(namespaces.map(({ namespaceInfo }) => namespaceInfo.name)).toEqual(
      expect.arrayContaining(['shop', 'depot']),
    );
  }, 30_000);

  test('does not take the namespaces of others for its own because of a prefix', async () => {
    const { world, address } = await openServer();
    await world.namespaces('depot');
    const target = { worker: { namespace: 'depot', taskQueue: 'depot' } };
    await world.ask('createNexusEndpoint', { spec: { name: 'depot', target } });
    const refused = await run(shop, address, { namespacePrefix: 'try-' });
    expect(refused).toMatchObject({ ok: false });
    if (!refused.ok) expect(refused.error).toContain('--force');
    const { endpoints } = await world.ask('listNexusEndpoints', {});
    expect(endpoints.map(({ spec }) => spec)).toMatchObject([{ target }]);
  }, 30_000);

  test('is left when its time is up, with what it could not have', async () => {
    const endless = `
nexus: 1
limits: { circuitBreaker: { consecutiveFailures: 2 } }
time: paused
namespaces: [shop]
endpoints:
  counter: { target: { namespace: shop, taskQueue: shop } }
workers:
  clerk: { namespace: shop, taskQueue: shop, operations: { Counter.ask: { workflow: Answer } } }
workflows:
  Ask:
    - { call: counter/Counter.ask, scheduleToClose: 1d }
  Answer:
    - { wait: word }
faults:
  - { callback: Counter.ask, deliver: [twice] }
start:
  - { workflow: Ask, id: ask, namespace: shop, taskQueue: shop }
expect:
  - { workflow: ask, status: running }
  - { history: ask, contains: [NEXUS_OPERATION_STARTED] }
`;
    const { world, address } = await openServer(timeWords.real);
    const done = await run(endless, address, { until: ms(1_000) });
    expect(done).toMatchObject({ ok: true, value: { finished: { verdict: { passed: true } } } });
    if (!done.ok) return;
    expect(done.value.finished?.troubles).toEqual([
      'The limits of the file are left out: a server has its own.',
      'How time goes is left out: here it is real.',
      'The fault of the callback of Counter.ask is left out: nobody can disturb how a real server delivers.',
      'The world was left after 1s; something was still open.',
    ]);
    // The namespace is gone, and with it what was open.
    expect((await world.ask('listNamespaces', {})).namespaces).toHaveLength(0);
  }, 30_000);

  test('that nobody serves is refused with the address', async () => {
    const refused = await run(shop, '127.0.0.1:1');
    expect(refused).toMatchObject({ ok: false });
    if (!refused.ok) expect(refused.error).toContain('127.0.0.1:1');
  });
});
