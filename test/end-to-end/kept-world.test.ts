// What `start --data DIR` keeps, with real processes that are killed in the middle.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ControlClient } from '../harness/control-client.ts';
import { nexusSim, SimulatorProcess } from '../harness/simulator-process.ts';

let folder = '';
const processes: SimulatorProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nexus-kept-'));
});

afterEach(async () => {
  for (const each of processes) each.child.kill('SIGKILL');
  await Promise.all(processes.splice(0).map((each) => each.ended));
  rmSync(folder, { recursive: true });
});

const options = ['start', '--port', '0', '--time', 'paused', '--announce', 'json', '--data'];

async function start(): Promise<{ process: SimulatorProcess; client: ControlClient }> {
  const process = new SimulatorProcess(...options, folder);
  processes.push(process);
  const [line] = await process.until('stdout', /^.*\n/);
  const { control } = JSON.parse(line) as { control: { url: string; token: string } };
  return { process, client: await ControlClient.connect(control.url, control.token) };
}

/** Killed while requests are on their way: those that were answered are known. */
async function kill(process: SimulatorProcess, client: ControlClient): Promise<void> {
  process.child.kill('SIGKILL');
  await process.ended;
  client.dispose();
}

const order = (nth: number) => ({
  namespace: 'orders',
  workflowId: `order-${nth}`,
  workflowType: 'Checkout',
  taskQueue: 'orders',
});

const journal = (): string => join(folder, 'recordings', '000001.journal');

test('a kill in the middle loses nothing that was acknowledged, however often it happens', async () => {
  const acknowledged = new Set<string>();
  let next = 0;
  for (let round = 0; round < 3; round++) {
    const { process, client } = await start();
    if (round === 0) await client.request('namespaces/register', { namespace: 'orders' });
    const known = await client.request('workflows/list', {});
    const ids = new Set(known.runs.map(({ workflowId }) => workflowId));
    for (const id of acknowledged) expect(ids, id).toContain(id);
    // Many at once, killed when some have been answered and others not.
    const killed = new Promise<void>((resolve, reject) => {
      for (let each = 0; each < 50; each++) {
        const request = order(next++);
        client.request('workflows/start', request).then(
          () => {
            acknowledged.add(request.workflowId);
            if (each === 20) kill(process, client).then(resolve, reject);
          },
          () => undefined,
        );
      }
    });
    await killed;
  }
  const { client } = await start();
  const { runs } = await client.request('workflows/list', {});
  const ids = new Set(runs.map(({ workflowId }) => workflowId));
  expect(acknowledged.size).toBeGreaterThanOrEqual(60);
  for (const id of acknowledged) expect(ids, id).toContain(id);
  client.dispose();
});

test('a torn end is cut off and reported, and the world goes on', async () => {
  const first = await start();
  await first.client.request('namespaces/register', { namespace: 'orders' });
  await first.client.request('workflows/start', order(1));
  await kill(first.process, first.client);
  appendFileSync(journal(), '{"at":0,"input":{"kind":"ca');
  const second = await start();
  expect(second.process.error).toContain(
    'nexus-sim: The last input of recording 000001 was cut off and has been removed; all others are there.\n',
  );
  const { runs } = await second.client.request('workflows/list', {});
  expect(runs.map(({ workflowId }) => workflowId)).toEqual(['order-1']);
  const { recordings } = await second.client.request('recordings/list', {});
  expect(recordings).toMatchObject([{ id: '000001', seed: 0, ended: false }]);
  const read = await second.client.request('recordings/read', { id: '000001', limit: 1 });
  expect([read.entries.length, read.torn]).toEqual([1, false]);
  await expect(second.client.request('recordings/delete', { id: '000001' })).rejects.toThrow(
    'is being written',
  );
  second.client.dispose();
});

test('a folder in use, and a damaged journal, are one sentence; nothing is changed', async () => {
  const { process, client } = await start();
  await client.request('namespaces/register', { namespace: 'orders' });
  const second = nexusSim('start', '--port', '0', '--data', folder);
  expect(second).toMatchObject({ code: 2, out: '' });
  expect(second.error).toBe(
    `nexus-sim: The folder "${folder}" is in use by process ${process.child.pid ?? 0}; end it, choose another folder with --data, or delete "${join(folder, 'lock')}" if that is no simulator.\n`,
  );
  await kill(process, client);
  const damaged = readFileSync(journal(), 'utf8').replace('"kind"', '"kin').concat('{}\n');
  writeFileSync(journal(), damaged);
  const third = nexusSim('start', '--port', '0', '--data', folder);
  expect(third).toMatchObject({ code: 2, out: '' });
  expect(third.error).toMatch(
    /^nexus-sim: .*000001\.journal:2: expected one recorded input as JSON; [^\n]*\n$/,
  );
  expect(readFileSync(journal(), 'utf8')).toBe(damaged);
});
