import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface ToolRun {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a script of an installed package with this Node and waits for its end; `cwd` defaults to the root. */
export function runTool(script: string, args: readonly string[], cwd = root): ToolRun {
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', script), ...args],
    { cwd, encoding: 'utf8', maxBuffer: 64 * 1_024 * 1_024 },
  );
  if (error !== undefined) throw error;
  return { code: status, output: stdout + stderr };
}
