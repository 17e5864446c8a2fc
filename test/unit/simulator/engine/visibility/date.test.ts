import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateValue } from '../../../../../simulator/engine/visibility/date.ts';

test('reads every date as the platform does', () => {
  const date = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  });
  fc.assert(fc.property(date, (at) => dateValue(at.toISOString()) === at.getTime()));
});

test.each([
  ['2026-01-31', Date.UTC(2026, 0, 31)],
  ['2024-02-29T23:59:59Z', Date.UTC(2024, 1, 29, 23, 59, 59)],
  ['2026-01-31T12:00:00.123456789+05:30', Date.UTC(2026, 0, 31, 6, 30, 0, 123)],
  ['1969-12-31T23:59:59.5-00:30', 1_799_500],
  ['2023-02-29', undefined],
  ['2026-13-01', undefined],
  ['2026-00-01', undefined],
  ['2026-01-01T24:00:00Z', undefined],
  ['2026-01-01T00:00:00', undefined],
  ['soon', undefined],
])('%s is %s', (text, value) => {
  expect(dateValue(text)).toBe(value);
});
