import { describe, expect, test } from 'vitest';
import { seconds } from '../../../../simulator/base/time.ts';
import { limitsOf, readLimitChanges } from '../../../../simulator/protocol/limits.ts';

const present = limitsOf('server', { requestTimeoutMin: seconds(5) });

describe('changes to limits', () => {
  test('are taken when each fits and all agree with what stays', () => {
    const changes = { outboundBuffer: 7, requestTimeout: 6_000, recordCancelRequestCompletionEvents: false };
    expect(readLimitChanges(present, changes)).toEqual({ ok: true, value: changes });
    expect(readLimitChanges(present, {})).toEqual({ ok: true, value: {} });
  });

  test.each([
    [{ outboundBufer: 7 }, 'There is no limit "outboundBufer".'],
    [{ toString: 7 }, 'There is no limit "toString".'],
    [{ outboundBuffer: 0 }, 'The limit "outboundBuffer" is a whole number from 1, not 0.'],
    [{ outboundBuffer: 1.5 }, 'The limit "outboundBuffer" is a whole number from 1, not 1.5.'],
    [{ outboundBuffer: 1e10 }, 'The limit "outboundBuffer" is a whole number from 1, not 10000000000.'],
    [{ breakerOpenFor: -1 }, 'The limit "breakerOpenFor" is a duration in whole milliseconds, not -1.'],
    [{ breakerOpenFor: '60s' }, 'The limit "breakerOpenFor" is a duration in whole milliseconds, not "60s".'],
    [
      { recordCancelRequestCompletionEvents: 1 },
      'The limit "recordCancelRequestCompletionEvents" is true or false, not 1.',
    ],
    [
      { requestTimeout: 4_000 },
      'requestTimeoutMin must not exceed requestTimeout: no call would ever be made.',
    ],
  ])('%j is refused in one sentence', (changes, sentence) => {
    expect(readLimitChanges(present, changes)).toEqual({ ok: false, error: sentence });
  });

  test('every limit can be set to what it is', () => {
    expect(readLimitChanges(present, { ...present })).toMatchObject({ ok: true });
  });
});
