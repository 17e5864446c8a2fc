// Runs a program to its end and keeps what it printed, so that a failure can be told in one message.
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program is asked to end, and killed when it doesn't; the command then fails. */
  readonly timeout?: number;
  /** Called with the program's process id once it runs. What it answers is called when the program has ended. */
  readonly onStart?: (pid: number) => () => void;
  /** Whether the program's output is shown as it comes, besides being kept. */
  readonly show?: boolean;
}

export interface CommandResult {
  /** The exit code; undefined when a signal ended the program or it could not be started. */
  readonly code: number | undefined;
  /** Standard output and standard error, interleaved; the last 200,000 characters at most. */
  readonly output: string;
}

const keptCharacters = 200_000;
/** Milliseconds a program that is asked to end has for closing what it started. */
const graceToEnd = 20_000;

/** Runs a program and answers how it ended. Never rejects: a program that can't be started ends without a code. */
export function runToEnd(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (options.timeout !== undefined) {
      onceLater(options.timeout, () => child.kill('SIGTERM'));
      onceLater(options.timeout + graceToEnd, () => child.kill('SIGKILL'));
    }
    const keep = (stream: Readable, sink: NodeJS.WriteStream): void => {
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        output = (output + chunk).slice(-keptCharacters);
        if (options.show === true) sink.write(chunk);
      });
    };
    keep(child.stdout, process.stdout);
    keep(child.stderr, process.stderr);
    const onEnd = child.pid === undefined ? undefined : options.onStart?.(child.pid);
    child.on('error', (error) => {
      resolve({ code: undefined, output: `${output}${error.message}\n` });
    });
    child.on('close', (code, signal) => {
      onEnd?.();
      if (signal !== null) output += `ended by ${signal}\n`;
      resolve({ code: code ?? undefined, output });
    });
  });
}

/**
 * Runs a program that is expected to succeed and answers its output.
 * @throws Error naming the command and showing its last 20 lines when it ends with anything but code 0.
 */
export async function runOrThrow(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, output } = await runToEnd(command, args, options);
  if (code === 0) return output;
  const tail = output.trimEnd().split('\n').slice(-20).join('\n');
  throw new Error(`'${[command, ...args].join(' ')}' ended with ${code ?? 'no exit code'}:\n${tail}`);
}

/** Does something after a while, without keeping this process alive for it. */
function onceLater(milliseconds: number, act: () => void): void {
  AbortSignal.timeout(milliseconds).addEventListener('abort', act);
}
