import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instant } from '../../../../../simulator/base/time.ts';
import {
  fullBucket,
  nextTokenAt,
  takeToken,
  type TokenBucket,
} from '../../../../../simulator/engine/policy/token-bucket.ts';

test('starts with a second’s worth and then gives one token at a time', () => {
  let bucket: TokenBucket | undefined = fullBucket(2, instant(0));
  bucket = takeToken(bucket, 2, instant(0));
  bucket = bucket && takeToken(bucket, 2, instant(0));
  expect(bucket).toBeDefined();
  if (bucket === undefined) return;
  expect(takeToken(bucket, 2, instant(499))).toBeUndefined();
  expect(nextTokenAt(bucket, 2, instant(100))).toBe(500);
  expect(takeToken(bucket, 2, instant(500))).toBeDefined();
});

test('a rate below one still gives a token now and then', () => {
  const empty = takeToken(fullBucket(0.1, instant(0)), 0.1, instant(0));
  expect(empty).toBeDefined();
  if (empty === undefined) return;
  expect(nextTokenAt(empty, 0.1, instant(0))).toBe(10_000);
});

test('never gives more than rate times time plus the first second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.array(fc.nat(400), { maxLength: 80 }), (rate, waits) => {
      let bucket = fullBucket(rate, instant(0));
      let now = 0;
      let given = 0;
      for (const wait of waits) {
        now += wait;
        for (let next = takeToken(bucket, rate, instant(now)); next !== undefined;) {
          bucket = next;
          given++;
          next = takeToken(bucket, rate, instant(now));
        }
        expect(given).toBeLessThanOrEqual(rate + (rate * now) / 1_000);
        const at = nextTokenAt(bucket, rate, instant(now));
        expect(at).toBeGreaterThan(now);
        expect(takeToken(bucket, rate, at)).toBeDefined();
      }
    }),
  );
});
