import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  after,
  between,
  days,
  earlier,
  formatDuration,
  hours,
  instant,
  minutes,
  ms,
  ORIGIN,
  parseDuration,
  seconds,
  shorter,
} from '../../../../simulator/base/time.ts';

describe('durations are read as Go writes them', () => {
  test.each([
    ['0', 0],
    ['120ms', 120],
    ['1.5s', 1_500],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1d2h3m4s5ms', 93_784_005],
    ['90m', 5_400_000],
    ['0.25h', 900_000],
    ['999us', 0],
    ['1500us', 1],
    ['1500µs', 1],
    ['2000000ns', 2],
  ])('%s is %d ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  test.each([
    '',
    '5',
    's',
    '1 s',
    ' 1s',
    '1s ',
    '-1s',
    '+1s',
    '1e3s',
    '.5s',
    '1.s',
    '1w',
    '1S',
    '1s,2s',
    '1h!',
    '٣s',
  ])('"%s" is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('a reading leaves nothing behind for the next one', () => {
    expect([parseDuration('1h!'), parseDuration('1s'), parseDuration('1s')]).toEqual([
      undefined,
      1_000,
      1_000,
    ]);
  });
});

describe('durations are written for people', () => {
  test.each([
    [ms(0), '0ms'],
    [ms(250), '250ms'],
    [ms(999), '999ms'],
    [seconds(1), '1s'],
    [ms(1_500), '1.5s'],
    [minutes(90), '1h30m'],
    [hours(24), '1d'],
    [ms(86_400_001), '1d0.001s'],
    [ms(-1_500), '-1.5s'],
  ])('%d ms as %s', (duration, expected) => {
    expect(formatDuration(duration)).toBe(expected);
  });

  test('and read back as they were', () => {
    // A thousand years are beyond anything that waits.
    const whole = fc.integer({ min: 0, max: days(365_000) });
    fc.assert(
      fc.property(whole, (value) => {
        expect(parseDuration(formatDuration(ms(value)))).toBe(value);
      }),
      { seed: 1 },
    );
  });
});

describe('arithmetic', () => {
  test('units are those of the calendar', () => {
    expect([seconds(2), minutes(2), hours(2), days(2)]).toEqual([2_000, 120_000, 7_200_000, 172_800_000]);
  });

  test('instants and durations go together', () => {
    const at = after(ORIGIN, seconds(3));
    expect(at).toBe(3_000);
    expect(between(at, after(at, ms(5)))).toBe(5);
    expect(earlier(at, instant(7))).toBe(7);
    expect(earlier(instant(7), at)).toBe(7);
    expect(shorter(ms(7), ms(8))).toBe(7);
    expect(shorter(ms(8), ms(7))).toBe(7);
  });
});
