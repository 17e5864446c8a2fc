import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { err, ok, type Result } from '../../simulator/base/result.ts';
import { ANNOUNCEMENT_MAX, parseAnnouncement, type Announcement } from './announcement.ts';
import type { StartFailure } from './client-error.ts';
import { readLines } from './line-reader.ts';

interface SpawnOptions {
  /** A Node program; the editor's own binary is one when told so by the environment. */
  readonly command: string;
  readonly args: readonly string[];
  /** Receives what the process writes to its error stream, line by line. */
  readonly log: (line: string) => void;
  /** How long the process may take until it announces itself. */
  readonly announceWithinMs?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly lastLine: string;
}

const ANNOUNCE_WITHIN_MS = 15_000;
/** How long an orderly end may take before the process is killed. */
const STOP_WITHIN_MS = 3_000;
const LOG_LINE_MAX = 16_384;

/** Starts the simulator and waits until it says where it listens. */
export async function startSimulatorProcess(
  options: SpawnOptions,
): Promise<Result<SimulatorProcess, StartFailure>> {
  const child = spawn(options.command, [...options.args], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const exit = watch(child, options.log);
  const announced = await firstLine(child, exit, options.announceWithinMs ?? ANNOUNCE_WITHIN_MS);
  if (!announced.ok) {
    child.stdin.end();
    child.kill();
    return announced;
  }
  const parsed = parseAnnouncement(announced.value);
  if (parsed.ok) return ok(new SimulatorProcess(child, parsed.value, exit));
  child.stdin.end();
  child.kill();
  return err({ kind: 'bad-announcement', line: parsed.error.slice(0, 200) });
}

/** A running simulator. It ends when its standard input closes, so it never outlives the editor. */
export class SimulatorProcess {
  readonly announcement: Announcement;
  /** Settles when the process has ended, for whatever reason. */
  readonly ended: Promise<Exit>;
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(child: ChildProcessWithoutNullStreams, announcement: Announcement, ended: Promise<Exit>) {
    this.#child = child;
    this.announcement = announcement;
    this.ended = ended;
  }

  /** Ends the process; settles when it is gone. */
  async stop(): Promise<void> {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS);
    await this.ended;
    clearTimeout(timer);
  }
}

function watch(child: ChildProcessWithoutNullStreams, log: (line: string) => void): Promise<Exit> {
  let lastLine = '';
  const lines = readLines(LOG_LINE_MAX, (line) => {
    lastLine = line;
    log(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  // Writing to a process that is gone is reported by its exit.
  child.stdin.on('error', () => undefined);
  return new Promise((settle) => {
    child.once('error', (error) => settle({ code: null, lastLine: error.message }));
    child.once('close', (code) => {
      lines.end();
      settle({ code, lastLine });
    });
  });
}

function firstLine(
  child: ChildProcessWithoutNullStreams,
  exit: Promise<Exit>,
  withinMs: number,
): Promise<Result<string, StartFailure>> {
  return new Promise((settle) => {
    const timer = setTimeout(() => done(err({ kind: 'silent', withinMs })), withinMs);
    const done = (result: Result<string, StartFailure>): void => {
      clearTimeout(timer);
      settle(result);
    };
    // What comes after the first line is read and dropped: a full pipe would stop the process.
    const lines = readLines(ANNOUNCEMENT_MAX, (line) => done(ok(line)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(text));
    child.once('error', (error) => done(err({ kind: 'not-started', reason: error.message })));
    void exit.then(({ code, lastLine }) => done(err({ kind: 'exited', code, lastLine })));
  });
}
