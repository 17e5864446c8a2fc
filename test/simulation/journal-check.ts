import { Engine } from '../../simulator/engine/engine.ts';
import type { Input } from '../../simulator/engine/input.ts';
import { firstBroken } from '../../simulator/engine/invariants.ts';
import type { JournalEntry, JournalHeader } from '../../simulator/persistence/journal.ts';
import { limitsOf } from '../../simulator/protocol/limits.ts';

/** Plays a journal again, up to the first step after which an invariant does not hold; says which. */
export function firstBreach(header: JournalHeader, entries: readonly JournalEntry[]): string | undefined {
  const engine = new Engine({ seed: header.seed, limits: limitsOf(header.profile, header.limits) });
  for (const [step, { at, input }] of entries.entries()) {
    engine.dispatch(input as Input, at);
    const problem = firstBroken(engine.state, at);
    if (problem !== undefined) return `step ${step}: ${problem}`;
  }
  return undefined;
}
