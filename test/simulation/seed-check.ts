import { expectDefined } from '../../simulator/base/assert.ts';
import { ORIGIN, type Instant } from '../../simulator/base/time.ts';
import { Engine } from '../../simulator/engine/engine.ts';
import type { Input } from '../../simulator/engine/input.ts';
import { firstBroken } from '../../simulator/engine/invariants.ts';
import type { JournalEntry, JournalHeader } from '../../simulator/persistence/journal.ts';
import { limitsOf } from '../../simulator/protocol/limits.ts';
import { playRandomWorld } from './workload.ts';

/*
 * One random world under the invariants. A world by hand:
 *   NEXUS_SEED=<seed> npx vitest run --project simulation test/simulation/vopr.test.ts
 */

/** What breaks a rule in this state, and which rule; `undefined` when all hold. */
export type Check = typeof firstBroken;

export interface Breach {
  readonly step: number;
  readonly problem: string;
}

/** How many inputs of a shortened story are printed, and how much of each. */
const INPUTS_SHOWN = 12;
const INPUT_LENGTH = 160;

/** Plays the world of this seed and looks at every invariant after each step. Throws the story of the first breach. */
export async function checkSeed(seed: number, check: Check = firstBroken): Promise<void> {
  const { world } = await playRandomWorld(seed);
  try {
    const header = expectDefined(world.journal.header, 'the journal header');
    const { entries } = world.journal;
    const breach = firstBreach(header, entries, check);
    if (breach !== undefined) throw new Error(storyOf(seed, header, { entries, breach, check }));
  } finally {
    world.dispose();
  }
}

/** Plays a journal step by step, up to the first one after which a rule is broken. An exception breaks one, too. */
export function firstBreach(
  header: JournalHeader,
  entries: readonly JournalEntry[],
  check: Check,
): Breach | undefined {
  const engine = new Engine({ seed: header.seed, limits: limitsOf(header.profile, header.limits) });
  let now = ORIGIN;
  const play = (at: Instant, input: Input): string | undefined => {
    now = at;
    return afterStep(engine, at, input) ?? check(engine.state, at);
  };
  for (const [step, { at, input }] of entries.entries()) {
    // In a journal with gaps time must not pass a timer over: what the gap would have fired fires here.
    for (
      let due = engine.nextDeadline;
      due !== undefined && due < at && due >= now;
      due = engine.nextDeadline
    ) {
      const problem = play(due, { kind: 'timer-due' });
      if (problem !== undefined) return { step, problem };
    }
    const problem = play(at, input as Input);
    if (problem !== undefined) return { step, problem };
  }
  return undefined;
}

function afterStep(engine: Engine, at: JournalEntry['at'], input: Input): string | undefined {
  try {
    engine.dispatch(input, at);
    return undefined;
  } catch (problem) {
    return `the engine threw: ${problem instanceof Error ? problem.message : String(problem)}`;
  }
}

/**
 * Leaves out what the breach does not need: ever smaller pieces of the journal, as long as the same rule breaks at
 * the end. The engine refuses what no longer makes sense, so any journal can be played.
 */
export function shorten(
  header: JournalHeader,
  entries: readonly JournalEntry[],
  check: Check,
): readonly JournalEntry[] {
  const breach = firstBreach(header, entries, check);
  if (breach === undefined) return entries;
  const rule = ruleOf(breach);
  let left = entries.slice(0, breach.step + 1);
  for (let size = left.length >> 1; size > 0; size >>= 1) {
    for (let from = 0; from < left.length;) {
      const without = [...left.slice(0, from), ...left.slice(from + size)];
      const still = firstBreach(header, without, check);
      if (still !== undefined && ruleOf(still) === rule) left = without.slice(0, still.step + 1);
      else from += size;
    }
  }
  return left;
}

/** The rule in front of what breaks it. */
const ruleOf = ({ problem }: Breach): string => problem.split(':')[0] ?? '';

function storyOf(
  seed: number,
  header: JournalHeader,
  found: { readonly entries: readonly JournalEntry[]; readonly breach: Breach; readonly check: Check },
): string {
  const { entries, breach, check } = found;
  const short = shorten(header, entries, check);
  const shown = short.slice(-INPUTS_SHOWN).map(({ at, input }) => {
    const { kind, method, request } = input as Partial<Record<'kind' | 'method', string>> & {
      readonly request?: unknown;
    };
    const text = `t=${at} ${method ?? kind ?? ''} ${JSON.stringify(request ?? '')}`;
    return `  ${text.length > INPUT_LENGTH ? `${text.slice(0, INPUT_LENGTH)}…` : text}`;
  });
  return [
    `seed ${seed}, step ${breach.step} of ${entries.length}: ${breach.problem}`,
    `Replay: NEXUS_SEED=${seed} npx vitest run --project simulation test/simulation/vopr.test.ts`,
    `${short.length} inputs are enough for it${short.length > INPUTS_SHOWN ? `; the last ${INPUTS_SHOWN}` : ''}:`,
    ...shown,
  ].join('\n');
}
