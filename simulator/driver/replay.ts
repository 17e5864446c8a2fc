import { Engine } from '../engine/engine.ts';
import type { StampedFact } from '../engine/fact.ts';
import type { Input } from '../engine/input.ts';
import type { JournalEntry, JournalHeader } from '../persistence/journal.ts';
import { limitsOf } from '../protocol/limits.ts';

/** Rebuilds an engine from its inputs. The same journal gives the same engine and the same facts (E1). */
export function replay(
  header: JournalHeader,
  entries: Iterable<JournalEntry>,
): { readonly engine: Engine; readonly facts: readonly StampedFact[] } {
  const engine = new Engine({ seed: header.seed, limits: limitsOf(header.profile, header.limits) });
  const facts: StampedFact[] = [];
  for (const { at, input } of entries) facts.push(...engine.dispatch(input as Input, at).facts);
  return { engine, facts };
}
