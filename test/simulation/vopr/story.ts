import { createPrng } from '../../../simulator/base/prng.ts';
import { weighted } from '../../harness/draw.ts';
import { bringToRest } from './ending.ts';
import { moves, movesOf } from './moves.ts';
import { endpointNames, namespaces, queueOf } from './names.ts';
import { explainProblem } from './explain-rule.ts';
import { rebuildProblem } from './rebuild-rule.ts';
import { Breach, RandomWorld, type Check } from './random-world.ts';
import { drawLimits, drawTaste } from './taste.ts';

/*
 * A story: the moves that are made in a world, one after the other. What a move does exactly depends on its own random
 * numbers and on the world as it finds it, so that a story is still one when some of its moves are left out.
 */

export interface Story {
  readonly seed: number;
  readonly moves: readonly StoryMove[];
}

interface StoryMove {
  readonly name: string;
  /** Its place in the whole story; its random numbers come from there. */
  readonly nth: number;
}

export interface Told {
  readonly world: RandomWorld;
  /** What broke, and after how many moves; absent when all held. */
  readonly breach?: { readonly problem: Breach; readonly moves: number };
}

const [MOVES_MIN, MOVES_MAX] = [60, 360];
/** After every so many moves it is asked why things wait, and whether history knows of them. */
const MOVES_PER_QUESTION = 16;

/** Draws the whole story of a seed. */
export function drawStory(seed: number): Story {
  const random = createPrng(`vopr/${seed}/story`);
  const choices = movesOf(tasteOf(seed));
  const length = MOVES_MIN + random.below(MOVES_MAX - MOVES_MIN);
  return { seed, moves: Array.from({ length }, (_, nth) => ({ name: weighted(random, choices), nth })) };
}

const tasteOf = (seed: number) => drawTaste(createPrng(`vopr/${seed}/taste`));

/** Plays a story to its end, or to the first rule that is broken. */
export function play(story: Story, check?: Check): Told {
  const { seed } = story;
  const limits = drawLimits(createPrng(`vopr/${seed}/limits`));
  const world = new RandomWorld(tasteOf(seed), { seed, profile: 'server', limits }, check);
  let made = 0;
  try {
    setUp(world);
    for (const { name, nth } of story.moves) {
      made++;
      moves[name]?.act(world, createPrng(`vopr/${seed}/${nth}`));
      if (made % MOVES_PER_QUESTION === 0) askWhy(world);
    }
    askWhy(world);
    bringToRest(world);
    return { world };
  } catch (problem) {
    if (!(problem instanceof Breach)) throw problem;
    return { world, breach: { problem, moves: made } };
  }
}

function setUp(world: RandomWorld): void {
  for (const namespace of namespaces) {
    world.ask('registerNamespace', { namespace });
    world.ask('addSearchAttributes', { namespace, searchAttributes: { Stage: 'INT' } });
  }
  for (const [index, namespace] of namespaces.entries()) {
    const { name: taskQueue } = queueOf(namespace);
    const name = endpointNames[index] ?? '';
    world.ask('createNexusEndpoint', { spec: { name, target: { worker: { namespace, taskQueue } } } });
  }
}

function askWhy(world: RandomWorld): void {
  const problem = explainProblem(world.engine) ?? rebuildProblem(world.engine.state);
  if (problem !== undefined) throw new Breach(problem);
}

/** Leaves out the moves that the breach does not need: ever smaller pieces, as long as the same rule breaks. */
export function shorten(story: Story, check?: Check): Story {
  const whole = play(story, check).breach;
  if (whole === undefined) return story;
  let left = story.moves.slice(0, whole.moves);
  for (let size = left.length >> 1; size > 0; size >>= 1) {
    for (let from = 0; from < left.length;) {
      const without = [...left.slice(0, from), ...left.slice(from + size)];
      const still = play({ ...story, moves: without }, check).breach;
      if (still?.problem.rule === whole.problem.rule) left = without.slice(0, still.moves);
      else from += size;
    }
  }
  return { ...story, moves: left };
}
