import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export interface Launch {
  readonly command: string;
  readonly argv: readonly string[];
  /** The folder that it runs in. */
  readonly cwd: string;
  /** Variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that stays up, and what it has written so far. */
export class Program {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Settles with the exit code. */
  readonly ended: Promise<number | null>;
  #out = '';
  #error = '';

  /** One that cannot be started ends with a code below zero. */
  constructor({ command, argv, cwd, env }: Launch) {
    const stdio: ['pipe', 'pipe', 'pipe'] = ['pipe', 'pipe', 'pipe'];
    this.child = spawn(command, argv, { cwd, env: { ...process.env, ...env }, stdio });
    this.child.on('error', ({ message }) => (this.#error += message));
    this.ended = new Promise((resolve) => {
      this.child.once('close', resolve);
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#out += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#error += text));
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
