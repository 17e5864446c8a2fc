/** The two servers that are compared: this project's bundle, and Temporal's development server where there is one. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../harness/free-port.ts';
import { GrpcClient } from '../harness/grpc-client.ts';
import { temporalCli } from '../harness/temporal-cli.ts';

const PROGRAM = 'dist/simulator.cjs';
/** Real milliseconds between two questions whether a server is up, and until it is given up. */
const ASK_EVERY = 2;
const PATIENCE = 60_000;

export interface Peer {
  readonly name: 'simulator' | 'devServer';
  /** Begins the process and answers once it has answered a first request. */
  start(): Promise<RunningPeer>;
}

export interface RunningPeer {
  /** `host:port` of gRPC. */
  readonly address: string;
  /** Wall-clock milliseconds from the start of the process to its first answer. */
  readonly firstAnswerMilliseconds: number;
  /** What the process holds at this moment, in megabytes. */
  residentMegabytes(): number;
  stop(): Promise<void>;
}

/** Ours first. */
export function peers(): readonly Peer[] {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing; build it with "npm run build".`);
  const ours: Peer = {
    name: 'simulator',
    start: () => launch(process.execPath, (port) => [PROGRAM, 'start', '--port', String(port)]),
  };
  const cli = temporalCli();
  if (cli === undefined) {
    console.error(
      'There is no development server to compare with: set TEMPORAL_CLI to Temporal’s command line.',
    );
    return [ours];
  }
  const devServer: Peer = {
    name: 'devServer',
    start: () =>
      launch(cli, (port) => [
        'server',
        'start-dev',
        '--headless',
        '--log-level',
        'never',
        '--port',
        String(port),
      ]),
  };
  return [ours, devServer];
}

async function launch(program: string, argvFor: (port: number) => readonly string[]): Promise<RunningPeer> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const begun = performance.now();
  const child = spawn(program, argvFor(port), { stdio: 'ignore' });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    await Promise.race([
      firstAnswer(address),
      ended.then(() => {
        throw new Error(`${program} ended before it answered.`);
      }),
    ]);
  } catch (problem) {
    await stop();
    throw problem;
  }
  return {
    address,
    firstAnswerMilliseconds: performance.now() - begun,
    residentMegabytes: () => residentOf(child.pid ?? 0),
    stop,
  };
}

async function firstAnswer(address: string): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    // A client that was refused waits before it tries again; a new one does not.
    const client = new GrpcClient(address, 0);
    const answer = await client.call('temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo', {});
    client.dispose();
    if (answer.ok) return;
    if (performance.now() > deadline) throw new Error(`${address} did not answer: ${answer.message}`);
    await pause(ASK_EVERY);
  }
}

/** As the kernel counts it; elsewhere than on Linux it is not a number. */
function residentOf(pid: number): number {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return Number.NaN;
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1]) / 1_000;
}
