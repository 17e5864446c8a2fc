// What `start --data DIR` does when it cannot keep what it should: one sentence, and nothing acknowledged is lost.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ControlClient } from '../harness/control-client.ts';
import type { Program } from '../harness/program.ts';
import { CrampedSimulatorProcess, nexusSim, SimulatorProcess } from '../harness/simulator-process.ts';

let folder = '';
const processes: Program[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nexus-storage-'));
});

afterEach(async () => {
  for (const each of processes) each.child.kill('SIGKILL');
  await Promise.all(processes.splice(0).map((each) => each.ended));
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly process: Program;
  readonly client: ControlClient;
}

async function connected(process: Program): Promise<Started> {
  processes.push(process);
  const [line] = await process.until('stdout', /^.*\n/);
  const { control } = JSON.parse(line) as { control: { url: string; token: string } };
  return { process, client: await ControlClient.connect(control.url, control.token) };
}

const options = ['start', '--port', '0', '--time', 'paused', '--announce', 'json', '--data'];
const start = (): Promise<Started> => connected(new SimulatorProcess(...options, folder));

const order = (nth: number) => ({
  namespace: 'orders',
  workflowId: `order-${nth}`,
  workflowType: 'Checkout',
  taskQueue: 'orders',
});

/** Starts workflows until one is refused. */
async function fill(client: ControlClient): Promise<{ known: string[]; refusal: string }> {
  const known: string[] = [];
  for (;;) {
    const request = order(known.length);
    try {
      await client.request('workflows/start', request);
    } catch (problem) {
      return { known, refusal: problem instanceof Error ? problem.message : String(problem) };
    }
    known.push(request.workflowId);
  }
}

const workflows = async (client: ControlClient): Promise<string[]> =>
  (await client.request('workflows/list', {})).runs.map(({ workflowId }) => workflowId);

describe('a journal that cannot be written any more', () => {
  test.runIf(process.platform === 'linux')('because its file may not grow', async () => {
    const { process: limited, client } = await connected(new CrampedSimulatorProcess(...options, folder));
    await client.request('namespaces/register', { namespace: 'orders' });
    const { known, refusal } = await fill(client);
    const sentence =
      /^The journal ".*000001\.journal" cannot be written \(EFBIG: [^)]*\); make room or choose another place, then start again\.$/;
    expect(refusal).toMatch(sentence);
    expect(await limited.ended).toBe(2);
    expect(limited.error).toBe(`nexus-sim: ${refusal}\n`);
    expect(known.length).toBeGreaterThan(10);
    const again = await start();
    expect(await workflows(again.client)).toEqual(expect.arrayContaining(known));
    await again.client.request('workflows/start', order(known.length + 1));
    again.client.dispose();
  });

  test('because its folder was removed', async () => {
    const { process: running, client } = await start();
    await client.request('namespaces/register', { namespace: 'orders' });
    rmSync(folder, { recursive: true });
    const { known, refusal } = await fill(client);
    expect(known).toEqual([]);
    expect(refusal).toMatch(
      /^The journal ".*000001\.journal" cannot be written \(it was removed\); [^\n]*\.$/,
    );
    expect(await running.ended).toBe(2);
    expect(running.error).toBe(`nexus-sim: ${refusal}\n`);
  });

  test.runIf(process.platform === 'linux')('ends a run without the verdict of half of it', async () => {
    const path = join(folder, 'run.journal');
    const cramped = new CrampedSimulatorProcess('run', 'examples/checkout.nexus.yaml', '--journal', path);
    processes.push(cramped);
    expect(await cramped.ended).toBe(2);
    expect(cramped.out).toBe('');
    expect(cramped.error).toMatch(
      /^nexus-sim: The journal ".*run\.journal" cannot be written \(EFBIG[^\n]*\n$/,
    );
  });
});

describe('what keeps a start from going on is one sentence and changes nothing', () => {
  /** A folder with one workflow in it, whose process was killed. */
  async function killed(): Promise<void> {
    const { process: running, client } = await start();
    await client.request('namespaces/register', { namespace: 'orders' });
    await client.request('workflows/start', order(0));
    running.child.kill('SIGKILL');
    await running.ended;
    client.dispose();
  }

  /** Starts in vain; returns what was said. The files are as they were, but for the lock of the killed process. */
  function inVain(...more: readonly string[]): string {
    const files = ['state.json', 'recordings/000001.journal'];
    const texts = (): string[] => files.map((file) => readFileSync(join(folder, file), 'utf8'));
    const before = texts();
    const ended = nexusSim('start', '--port', '0', '--data', folder, ...more);
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(texts()).toEqual(before);
    return ended.error;
  }

  async function isWhole(): Promise<void> {
    const { client } = await start();
    expect(await workflows(client)).toEqual(['order-0']);
    client.dispose();
  }

  test('a port in use', async () => {
    await killed();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = String((other.address() as AddressInfo).port);
    const remedy = 'Choose another port, or 0 for a free one';
    for (const option of ['--port', '--control-port']) {
      const said = nexusSim(
        'start',
        ...(option === '--port' ? [] : ['--port', '0']),
        option,
        port,
        '--data',
        folder,
      );
      expect(said).toMatchObject({ code: 2, out: '' });
      expect(said.error).toMatch(
        new RegExp(`^nexus-sim: Cannot listen on 127\\.0\\.0\\.1:${port} \\([^\\n]*\\)\\. ${remedy}\\.\\n$`),
      );
    }
    other.close();
    await isWhole();
  });

  test('a state that is damaged, or of a version to come', async () => {
    await killed();
    const path = join(folder, 'state.json');
    const good = readFileSync(path, 'utf8');
    writeFileSync(path, good.slice(0, 40));
    expect(inVain()).toMatch(
      /^nexus-sim: .*state\.json: the state could not be read \([^\n]*\); [^\n]*\.\n$/,
    );
    writeFileSync(path, good.replace('"version": 1', '"version": 2'));
    expect(inVain()).toMatch(/^nexus-sim: .*state\.json: this state is of version 2, [^\n]*\.\n$/);
    writeFileSync(path, good);
    await isWhole();
  });

  test('a journal of a version to come', async () => {
    await killed();
    const path = join(folder, 'recordings', '000001.journal');
    const good = readFileSync(path, 'utf8');
    writeFileSync(path, good.replace('{"nexusJournal":1', '{"nexusJournal":2'));
    expect(inVain()).toMatch(/^nexus-sim: .*journal:1: this journal is of version 2, [^\n]*\.\n$/);
    writeFileSync(path, good);
    await isWhole();
  });
});
