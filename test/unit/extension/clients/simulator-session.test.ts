import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SimulatorSession } from '../../../../extension/clients/simulator-session.ts';
import type { Connection } from '../../../../extension/timeline/messages.ts';
import { described, fakeSimulator, type FakeSimulator } from '../../../harness/fake-simulator.ts';
import { until } from '../../../harness/until.ts';

const options = { grpcPort: 0, time: 'skip' } as const;
let folder: string;
let simulator: FakeSimulator;
let session: SimulatorSession;
let seen: Connection['kind'][];
let logged: string[];

/** A program that announces the twin's address, and its own process id in the place of a port. */
function program(): string {
  const { url, token } = simulator;
  const control = JSON.stringify({ url, token });
  const path = join(folder, 'simulator.cjs');
  writeFileSync(
    path,
    `process.stderr.write(process.argv.slice(2).join(' ') + '\\n');
     const { pid } = process;
     console.log(JSON.stringify({ control: ${control}, grpc: '127.0.0.1:' + pid, pid }));
     process.stdin.resume().on('end', () => process.exit(0));`,
  );
  return path;
}

function open(): void {
  session = new SimulatorSession({
    command: process.execPath,
    program: program(),
    log: (line) => logged.push(line),
    describeExit: ({ code }) => `ended with ${String(code)}`,
  });
  session.onConnectionChanged(({ kind }) => seen.push(kind));
}

function pidOf(connection: Connection): number {
  const address = connection.kind === 'connected' ? connection.grpcAddress : undefined;
  if (address === undefined) throw new Error('not connected');
  return Number(address.split(':')[1]);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nexus-session-'));
  simulator = await fakeSimulator();
  seen = [];
  logged = [];
});

afterEach(async () => {
  await session.stop();
  await simulator.close();
  rmSync(folder, { recursive: true });
});

describe('start', () => {
  test('brings up one process, however often it is called (S1)', async () => {
    open();
    const [first, second] = await Promise.all([session.start(options), session.start(options)]);
    const third = await session.start(options);
    expect([first.ok, second, third]).toEqual([true, first, first]);
    expect(session.connection.kind).toBe('connected');
    await session.stop();
    expect(logged).toEqual(['start --announce json --port 0 --time skip']);
    expect(seen).toEqual(['starting', 'connected', 'stopped']);
  });

  test('says so when the port for workers is taken, and starts nothing', async () => {
    open();
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => other.once('listening', listening));
    const { port } = other.address() as AddressInfo;
    const refused = await session.start({ ...options, grpcPort: port });
    await new Promise((closed) => other.close(closed));
    expect(refused).toEqual({ ok: false, error: { kind: 'port-taken', port } });
    expect(logged).toEqual([]);
    expect(session.connection).toEqual({ kind: 'stopped' });
  });

  test('refuses a simulator that speaks another version of the contract, and ends it (S2)', async () => {
    simulator.replies.set('simulator/describe', { result: { ...described, protocolVersion: 99 } });
    open();
    const refused = await session.start(options);
    expect(refused).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    expect(refused.ok || refused.error.kind !== 'unreachable' ? '' : refused.error.reason).toContain('99');
    expect(session.client).toBeUndefined();
  });
});

describe('end', () => {
  test('a stop during the start leaves nothing behind (S3)', async () => {
    open();
    const starting = session.start(options);
    await session.stop();
    expect(await starting).toEqual({ ok: false, error: { kind: 'stopped-meanwhile' } });
    expect(session.client).toBeUndefined();
    expect(session.connection).toEqual({ kind: 'stopped' });
  });

  test('a process that ends by itself is reported once, and can be started again', async () => {
    open();
    const first = await session.start(options);
    expect(first.ok).toBe(true);
    const failed = until(session.onConnectionChanged, ({ kind }) => kind === 'failed');
    process.kill(pidOf(session.connection), 'SIGKILL');
    expect(await failed).toEqual({ kind: 'failed', message: 'ended with null' });
    expect(session.client).toBeUndefined();
    const second = await session.start(options);
    expect(second.ok).toBe(true);
    expect(seen.filter((kind) => kind === 'failed')).toHaveLength(1);
  });

  test('a lost connection to a living process is restored', async () => {
    open();
    await session.start(options);
    const back = until(session.onConnectionChanged, ({ kind }) => kind === 'connected');
    simulator.cut();
    await back;
    expect(seen).toEqual(['starting', 'connected', 'reconnecting', 'connected']);
  });
});
