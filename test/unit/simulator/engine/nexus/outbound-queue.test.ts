import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instant } from '../../../../../simulator/base/time.ts';
import { nextAsk } from '../../../../../simulator/engine/nexus/outbound-queue.ts';
import { limitsOf } from '../../../../../simulator/protocol/limits.ts';

const limits = limitsOf('server');

test('a refused call asks again after 3 s, then 1.5 times as long, up to 5 minutes', () => {
  const asks: number[] = [];
  for (let from = 0; asks.length < 14; from = (asks.at(-1) ?? 0) + 1)
    asks.push(nextAsk(instant(0), instant(from), limits));
  const gaps = asks.map((at, index) => at - (asks[index - 1] ?? 0));
  expect(gaps.slice(0, 4)).toEqual([3_000, 4_500, 6_750, 10_125]);
  expect(Math.max(...gaps)).toBe(300_000);
  expect(gaps.slice(-2)).toEqual([300_000, 300_000]);
});

test('the answer is never in the past and never more than 5 minutes away', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.nat(1e9), (since, later) => {
      const from = instant(since + later);
      const at = nextAsk(instant(since), from, limits);
      expect(at).toBeGreaterThanOrEqual(from);
      expect(at - from).toBeLessThanOrEqual(300_000);
      expect(at).toBeGreaterThan(since);
    }),
  );
});
