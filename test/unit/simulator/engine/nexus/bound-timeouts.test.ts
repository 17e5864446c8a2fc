import { expect, test } from 'vitest';
import { ms, seconds } from '../../../../../simulator/base/time.ts';
import { boundTimeouts, setTimeoutOf, within } from '../../../../../simulator/engine/nexus/bound-timeouts.ts';

test('zero is no time-out', () => {
  expect([undefined, ms(0), ms(1)].map(setTimeoutOf)).toEqual([undefined, undefined, 1]);
  expect(boundTimeouts({ scheduleToStartTimeout: ms(0) }, undefined)).toEqual({});
});

test('what has no bound, or is none, stays as it is', () => {
  expect(within(undefined, seconds(1))).toBeUndefined();
  expect(within(seconds(2), undefined)).toBe(2_000);
  expect(within(seconds(2), seconds(1))).toBe(1_000);
});

test('the two parts lie within the whole', () => {
  const wanted = { scheduleToStartTimeout: seconds(5), startToCloseTimeout: seconds(90) };
  expect(boundTimeouts(wanted, seconds(60))).toEqual({
    scheduleToCloseTimeout: 60_000,
    scheduleToStartTimeout: 5_000,
    startToCloseTimeout: 60_000,
  });
});
