import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { diskWorldFiles } from '../../simulator/cli/world-files.ts';
import { createDriver, type Driver } from '../../simulator/driver/driver.ts';
import type { ClockMode } from '../../simulator/protocol/contract.ts';
import { parseWorld } from '../../simulator/world/parse.ts';
import { runWorld, type WorldRun } from '../../simulator/world/world-run.ts';

/** A driver on which an example is played, until the test is over. */
export function playExample(
  name: string,
  clock: ClockMode = { mode: 'run' },
): { readonly driver: Driver; readonly run: WorldRun } {
  const path = `examples/${name}.nexus.yaml`;
  const parsed = parseWorld(readFileSync(path, 'utf8'), { path, files: diskWorldFiles });
  const { profile, limits } = parsed.value;
  const driver = createDriver({ seed: 1, profile, limits: limits.value, originMs: 0, clock });
  const run = runWorld(parsed, driver);
  onTestFinished(() => {
    run.dispose();
    driver.dispose();
  });
  return { driver, run };
}
