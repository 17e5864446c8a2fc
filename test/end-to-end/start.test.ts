// `start`: what it announces, what it registers, and how it ends.
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { ControlClient } from '../harness/control-client.ts';
import { GrpcClient } from '../harness/grpc-client.ts';
import { nexusSim, SimulatorProcess } from '../harness/simulator-process.ts';

const hello = 'examples/hello.nexus.yaml';
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const processes: SimulatorProcess[] = [];

afterEach(async () => {
  for (const each of processes) each.child.kill('SIGKILL');
  await Promise.all(processes.splice(0).map((each) => each.ended));
});

function start(...argv: readonly string[]): SimulatorProcess {
  const process = new SimulatorProcess(...argv);
  processes.push(process);
  return process;
}

interface Announcement {
  readonly control: { readonly url: string; readonly token: string };
  readonly grpc: string;
  readonly http: string;
  readonly pid: number;
}

async function announced(process: SimulatorProcess): Promise<Announcement> {
  const [line] = await process.until('stdout', /^.*\n/);
  return JSON.parse(line) as Announcement;
}

test('announces where it is, can be asked, runs a world and ends when told to', async () => {
  const process = start('start', '--port', '0', '--announce', 'json');
  const { control, grpc, http, pid } = await announced(process);
  expect(grpc).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(pid).toBe(process.child.pid);
  const client = await ControlClient.connect(control.url, control.token);
  const described = await client.request('simulator/describe', {});
  expect(described).toMatchObject({
    version: manifest.version,
    grpcAddress: grpc,
    httpAddress: http,
    clock: { mode: { mode: 'paced', rate: 1 } },
  });
  const verdict = client.next(({ method }) => method === 'world/finished');
  expect(await client.request('world/run', { name: hello, text: readFileSync(hello, 'utf8') })).toEqual({
    run: 1,
    problems: [],
  });
  expect(await verdict).toMatchObject({ params: { verdict: { passed: true } } });
  expect(await client.request('simulator/shutdown', {})).toEqual({});
  expect(await process.ended).toBe(0);
  expect(process.out.trim().split('\n')).toHaveLength(1);
});

test('registers the namespace that everybody means by default, and those it is told', async () => {
  const process = start(
    'start',
    '--port',
    '0',
    '--announce',
    'json',
    '-n',
    'orders',
    '--namespace',
    'billing',
  );
  const { grpc } = await announced(process);
  const client = new GrpcClient(grpc, 0);
  expect(
    await client.call('temporal.api.workflowservice.v1.WorkflowService/ListNamespaces', {}),
  ).toMatchObject({
    ok: true,
    value: {
      namespaces: ['billing', 'default', 'orders'].map((name) => ({ namespaceInfo: { name } })),
    },
  });
  client.dispose();
  process.child.stdin.end();
  expect(await process.ended).toBe(0);
});

test('ends when whoever started it goes away', async () => {
  const process = start('start', '--port', '0', '--announce', 'json');
  await announced(process);
  process.child.stdin.end();
  expect(await process.ended).toBe(0);
});

test('without --announce it does not care about its input, and tells people where it is', async () => {
  const process = start('start', '--port', '0', '--time', 'paused', '--world', hello);
  process.child.stdin.end();
  const [, url = '', token = ''] = await process.until('stderr', /control\s+(\S+)\s+token (\S+)/);
  const client = await ControlClient.connect(url, token);
  expect((await client.request('simulator/describe', {})).clock.mode).toEqual({ mode: 'paused' });
  client.dispose();
  process.child.kill('SIGTERM');
  expect(await process.ended).toBe(0);
});

test('a port that is taken is one sentence', async () => {
  const process = start('start', '--port', '0', '--announce', 'json');
  const { grpc } = await announced(process);
  const port = grpc.split(':')[1] ?? '';
  const { code, error } = nexusSim('start', '--port', port);
  expect(code).toBe(2);
  expect(error).toMatch(
    new RegExp(`nexus-sim: Cannot listen on 127\\.0\\.0\\.1:${port} .*Choose another port`),
  );
});
