import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = fileURLToPath(new URL('../../dist/simulator.cjs', import.meta.url));

if (!existsSync(program)) {
  throw new Error(
    'dist/simulator.cjs is missing; build the bundles with "node esbuild.mjs" and run this test again.',
  );
}

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs the bundled simulator to its end, in the project's own folder. */
export const nexusSim = (...argv: readonly string[]): Finished => nexusSimIn({}, ...argv);

/** The same with some variables of the environment set; those that colour output are unset otherwise. */
export function nexusSimIn(
  variables: Readonly<Record<string, string>>,
  ...argv: readonly string[]
): Finished {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...argv], {
    cwd: root,
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...env, ...variables },
  });
  return { code: status, out: stdout, error: stderr };
}

/** A bundled simulator that stays up. */
export class SimulatorProcess {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Settles with the exit code. */
  readonly ended: Promise<number | null>;
  #out = '';
  #error = '';

  constructor(...argv: readonly string[]) {
    this.child = this.launch(process.execPath, [program, ...argv]);
    this.ended = new Promise((resolve) => {
      this.child.once('close', resolve);
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#out += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#error += text));
  }

  protected launch(
    command: string,
    argv: readonly string[],
  ): ChildProcessByStdio<Writable, Readable, Readable> {
    return spawn(command, argv, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  get out(): string {
    return this.#out;
  }

  get error(): string {
    return this.#error;
  }

  /** Settles when the text so far matches; rejects when the process ends first. */
  until(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(stream === 'stdout' ? this.#out : this.#error);
        if (match !== null) resolve(match);
      };
      this.child[stream].on('data', look);
      void this.ended.then((code) => reject(new Error(`ended with ${code ?? 'a signal'}: ${this.#error}`)));
      look();
    });
  }
}

/** One whose files may not grow beyond some ten kilobytes, as on a disk that is full. */
export class CrampedSimulatorProcess extends SimulatorProcess {
  protected override launch(
    command: string,
    argv: readonly string[],
  ): ChildProcessByStdio<Writable, Readable, Readable> {
    return super.launch('/bin/sh', ['-c', 'ulimit -f 24; exec "$0" "$@"', command, ...argv]);
  }
}
