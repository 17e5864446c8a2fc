import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPrng } from '../../../../../simulator/base/prng.ts';
import { backoffAfter } from '../../../../../simulator/engine/policy/retry.ts';
import { limitsOf } from '../../../../../simulator/protocol/limits.ts';

const limits = limitsOf('server');

test('every backoff lies in [0.8, 1) of its base, and the base doubles up to an hour', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(), (attempt, seed) => {
      const base = Math.min(1_000 * 2 ** (attempt - 1), 3_600_000);
      const delay = backoffAfter(attempt, limits, createPrng(seed));
      expect(delay).toBeGreaterThanOrEqual(0.8 * base);
      expect(delay).toBeLessThan(base);
      expect(Number.isInteger(delay)).toBe(true);
    }),
  );
});

test('the jitter uses its whole range', () => {
  const random = createPrng('jitter');
  const delays = Array.from({ length: 2_000 }, () => backoffAfter(1, limits, random));
  expect(Math.min(...delays)).toBeLessThan(810);
  expect(Math.max(...delays)).toBeGreaterThan(990);
});
