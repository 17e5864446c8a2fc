import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPrng, type Prng } from '../../../../simulator/base/prng.ts';

const draws = (random: Prng, count: number, limit = 2 ** 32): number[] =>
  Array.from({ length: count }, () => random.below(limit));

describe('a seed', () => {
  // Journals hold a seed and not what was drawn: another generator would replay them differently.
  test.each([
    [0, [3838499740, 931116395, 1999254312, 3355915856]],
    [1, [3424154600, 1376519118, 194383993, 2070191443]],
    [4_294_967_295, [893169989, 3411255146, 3966163527, 3436960682]],
    ['a name', [2609849758, 955808690, 3744306492, 1453536127]],
  ])('%s gives the numbers it always gave', (seed, expected) => {
    expect(draws(createPrng(seed), 4)).toEqual(expected);
  });

  test('gives the same stream again, number and text alike', () => {
    expect(draws(createPrng(7), 50)).toEqual(draws(createPrng('7'), 50));
  });

  test('gives a stream of its own', () => {
    const firsts = Array.from({ length: 1_000 }, (_, seed) => createPrng(seed).below(2 ** 32));
    expect(new Set(firsts).size).toBe(firsts.length);
  });
});

describe('below', () => {
  test('gives whole numbers from zero up to the limit, without it', () => {
    const limits = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 2 ** 32 }));
    fc.assert(
      fc.property(fc.integer(), limits, (seed, limit) => {
        for (const drawn of draws(createPrng(seed), 20, limit)) {
          expect(Number.isInteger(drawn) && drawn >= 0 && drawn < limit).toBe(true);
        }
      }),
      { seed: 1 },
    );
  });

  test('gives zero alone below one', () => {
    expect(draws(createPrng(1), 10, 1)).toEqual(Array(10).fill(0));
  });

  test.each([2, 3, 6, 10, 64])('gives every number below %d equally often', (limit) => {
    const count = 10_000 * limit;
    const seen = Array<number>(limit).fill(0);
    for (const drawn of draws(createPrng('uniform'), count, limit)) seen[drawn] = (seen[drawn] ?? 0) + 1;
    // Five standard deviations of a binomial with this mean.
    const tolerance = 5 * Math.sqrt(10_000 * (1 - 1 / limit));
    for (const times of seen) expect(Math.abs(times - 10_000)).toBeLessThan(tolerance);
  });

  test('has no leaning where the limit does not divide the range', () => {
    // Were the surplus kept, numbers below 2^30 would be twice as likely as those above.
    const limit = 3 * 2 ** 30;
    const low = draws(createPrng('surplus'), 30_000, limit).filter((drawn) => drawn < 2 ** 30).length;
    expect(Math.abs(low - 10_000)).toBeLessThan(5 * Math.sqrt(30_000 * (1 / 3) * (2 / 3)));
  });
});

describe('chance', () => {
  test('is never of none and always of all', () => {
    const random = createPrng(1);
    const tries = Array.from({ length: 100 });
    expect(tries.some(() => random.chance({ of: 0, in: 5 }))).toBe(false);
    expect(tries.every(() => random.chance({ of: 5, in: 5 }))).toBe(true);
  });

  test('comes as often as it says', () => {
    const random = createPrng('odds');
    const hits = Array.from({ length: 20_000 }).filter(() => random.chance({ of: 1, in: 20 })).length;
    expect(Math.abs(hits - 1_000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.05 * 0.95));
  });
});

describe('a fork', () => {
  test('does not depend on what was drawn before, nor shifts what is drawn after', () => {
    const fresh = createPrng(9);
    const used = createPrng(9);
    const before = draws(used, 17);
    expect(draws(used.fork('retry'), 10)).toEqual(draws(fresh.fork('retry'), 10));
    expect([...before, ...draws(used, 3)]).toEqual(draws(createPrng(9), 20));
  });

  test('is another stream for another name, seed or depth', () => {
    const root = createPrng(9);
    const streams = [
      root,
      root.fork('a'),
      root.fork('b'),
      root.fork('a').fork('b'),
      root.fork('b').fork('a'),
      createPrng(10).fork('a'),
    ].map((random) => draws(random, 5).join());
    expect(new Set(streams).size).toBe(streams.length);
  });

  test('gives the numbers it always gave', () => {
    expect(draws(createPrng(1).fork('retry/jitter'), 4)).toEqual([
      1228374423, 1427704492, 2008011293, 251359157,
    ]);
  });
});

test('a generator goes on from its state', () => {
  const random = createPrng(3);
  draws(random, 11);
  const restored = createPrng(3, random.state);
  expect(draws(restored, 20)).toEqual(draws(random, 20));
});

test('a state is a copy', () => {
  const random = createPrng(3);
  const { state } = random;
  random.below(10);
  expect(state).not.toEqual(random.state);
});

test('a UUID is one of version 4, and none comes twice', () => {
  const random = createPrng(5);
  const ids = Array.from({ length: 2_000 }, () => random.uuid());
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect(createPrng(5).uuid()).toBe(ids[0]);
});
