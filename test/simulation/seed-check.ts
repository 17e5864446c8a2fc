import { expectDefined } from '../../simulator/base/assert.ts';
import { replay } from '../../simulator/driver/replay.ts';
import { Trace } from '../../simulator/engine/trace/spans.ts';
import type { JournalEntry } from '../../simulator/persistence/journal.ts';
import type { RandomWorld, Check } from './vopr/random-world.ts';
import { stateText } from './vopr/snapshot.ts';
import { drawStory, play, shorten } from './vopr/story.ts';

/*
 * One random world under all rules. A world by hand:
 *   NEXUS_SEED=<seed> npx vitest run --project simulation test/simulation/vopr.test.ts
 */

/** How many inputs of a shortened story are printed, and how much of each. */
const INPUTS_SHOWN = 12;
const INPUT_LENGTH = 160;
/** Of so many worlds one is played again from its journal. */
const WORLDS_PER_REPLAY = 5;

/** Plays the world of this seed and looks at every rule after each step. Throws the story of the first breach. */
export function checkSeed(seed: number, check?: Check): void {
  const { world, breach } = play(drawStory(seed), check);
  if (breach !== undefined) throw new Error(storyOf(seed, breach, check));
  if (seed % WORLDS_PER_REPLAY === 0) checkReplay(seed, world);
}

/** The journal as a file would hold it gives the same state and the same spans, byte for byte. */
function checkReplay(seed: number, world: RandomWorld): void {
  const [header, ...entries] = JSON.parse(JSON.stringify([world.header, ...world.journal])) as [
    RandomWorld['header'],
    ...JournalEntry[],
  ];
  const { engine, facts } = replay(header, entries);
  const trace = new Trace();
  for (const fact of facts) trace.apply(fact);
  const same =
    stateText(engine.state) === stateText(world.engine.state) &&
    JSON.stringify(trace.all()) === JSON.stringify(world.spans);
  if (!same) throw new Error(`seed ${seed}: replaying its journal gives another world`);
}

function storyOf(
  seed: number,
  breach: NonNullable<ReturnType<typeof play>['breach']>,
  check?: Check,
): string {
  const whole = drawStory(seed);
  const short = shorten(whole, check);
  const { world, breach: left } = play(short, check);
  const problem = expectDefined(left, 'the breach of the shortened story').problem.message;
  const inputs = world.journal.slice(-INPUTS_SHOWN).map(({ at, input }) => {
    const { kind, method, request } = input as Partial<Record<'kind' | 'method', string>> & {
      readonly request?: unknown;
    };
    const text = `t=${at} ${method ?? kind ?? ''} ${JSON.stringify(request ?? '')}`;
    return `  ${text.length > INPUT_LENGTH ? `${text.slice(0, INPUT_LENGTH)}…` : text}`;
  });
  return [
    `seed ${seed}, move ${breach.moves} of ${whole.moves.length}: ${breach.problem.message}`,
    `Replay: NEXUS_SEED=${seed} npx vitest run --project simulation test/simulation/vopr.test.ts`,
    `${short.moves.length} moves are enough for it: ${short.moves.map(({ name }) => name).join(', ')}`,
    `Then it is: ${problem}`,
    `Its last inputs:`,
    ...inputs,
  ].join('\n');
}
