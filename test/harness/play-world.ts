import { expect } from 'vitest';
import { createDriver } from '../../simulator/driver/driver.ts';
import { MemoryJournal } from '../../simulator/persistence/journal.ts';
import type { Verdict } from '../../simulator/protocol/contract.ts';
import { parseWorld } from '../../simulator/world/parse.ts';
import { runWorld } from '../../simulator/world/world-run.ts';

export interface PlayedWorld {
  readonly verdict: Verdict;
  readonly troubles: readonly string[];
  readonly journal: string;
}

/** Runs a world file to its end; it has to be without problems. */
export async function playWorld(text: string, seed = 1): Promise<PlayedWorld> {
  const parsed = parseWorld(text);
  expect(parsed.problems).toEqual([]);
  const { profile, limits } = parsed.value;
  const journal = new MemoryJournal();
  const driver = createDriver({
    seed,
    profile,
    limits: limits.value,
    originMs: 0,
    clock: { mode: 'run' },
    journal,
  });
  const run = runWorld(parsed, driver);
  const verdict = await run.verdict;
  run.dispose();
  driver.dispose();
  return { verdict, troubles: run.troubles, journal: journal.text() };
}
