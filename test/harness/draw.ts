import { expectDefined } from '../../simulator/base/assert.ts';
import type { Prng } from '../../simulator/base/prng.ts';
import { ms, type DurationMs } from '../../simulator/base/time.ts';

/** One of the choices, each as likely as the others. */
export const pick = <T>(random: Prng, choices: readonly T[]): T =>
  expectDefined(choices[random.below(choices.length)], 'a choice');

/** One of the items; none when there are none. */
export const pickAny = <T>(random: Prng, items: readonly T[]): T | undefined =>
  items.length === 0 ? undefined : pick(random, items);

export const oneIn = (random: Prng, many: number): boolean => random.chance({ of: 1, in: many });

/** Up to this long, at least a millisecond. */
export const upTo = (random: Prng, longest: DurationMs): DurationMs => ms(1 + random.below(longest));

/** One of the choices, each as likely as its weight says; a choice of weight 0 is never made. */
export function weighted<T>(random: Prng, choices: readonly (readonly [weight: number, choice: T])[]): T {
  let left = random.below(choices.reduce((sum, [weight]) => sum + weight, 0));
  const chosen = choices.find(([weight]) => (left -= weight) < 0);
  return expectDefined(chosen, 'a choice')[1];
}
