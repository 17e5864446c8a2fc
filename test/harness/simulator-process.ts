import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Program } from './program.ts';

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
export class SimulatorProcess extends Program {
  constructor(...argv: readonly string[]) {
    super({ command: process.execPath, argv: [program, ...argv], cwd: root });
  }
}

/** One whose files may not grow beyond some ten kilobytes, as on a disk that is full. */
export class CrampedSimulatorProcess extends Program {
  constructor(...argv: readonly string[]) {
    const cramp = ['-c', 'ulimit -f 24; exec "$0" "$@"'];
    super({ command: '/bin/sh', argv: [...cramp, process.execPath, program, ...argv], cwd: root });
  }
}
