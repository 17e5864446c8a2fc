// Temporal's own command line, where this machine has it.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../setup/cache.ts';

const program = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** What TEMPORAL_CLI names; otherwise the first in the tests' cache folder and on the path. */
export function temporalCli(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['TEMPORAL_CLI'];
  if (named !== undefined) return named;
  const folders = [join(cacheFolder(env), 'temporal-cli'), ...(env['PATH'] ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

export interface CliAnswer {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

export interface CliContext {
  readonly cli: string;
  readonly address: string;
  /** Stands for the home directory, so that no configuration of the user's takes part. */
  readonly home: string;
  readonly namespace: string;
}

/** Runs one command of it. Whatever it would ask gets no answer. */
export function askTemporal(context: CliContext, argv: readonly string[]): Promise<CliAnswer> {
  const { cli, address, home, namespace } = context;
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  const env = { ...Object.fromEntries(own), HOME: home, XDG_CONFIG_HOME: home, APPDATA: home };
  const chosen = argv.some((word) => word === '-n' || word === '--namespace');
  const all = [...argv, '--address', address, ...(chosen ? [] : ['--namespace', namespace])];
  return new Promise((resolve) => {
    const child = execFile(cli, all, { env, timeout: 30_000 }, (problem, out, error) => {
      const code = problem === null ? 0 : typeof problem.code === 'number' ? problem.code : 1;
      resolve({ code, out, error });
    });
    child.stdin?.end();
  });
}
