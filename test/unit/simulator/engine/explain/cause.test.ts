import { expect, test } from 'vitest';
import { instant } from '../../../../../simulator/base/time.ts';
import { cause, inTime, whoseTurn, whyFailed } from '../../../../../simulator/engine/explain/cause.ts';
import type { SpanId } from '../../../../../simulator/protocol/ids.ts';

test('what is not known is left out', () => {
  const span = 'workflow:1' as SpanId;
  expect(cause('it waits', { span })).toEqual({ text: 'it waits', span });
  expect(cause('it waits', { span, until: instant(5) })).toEqual({ text: 'it waits', span, until: 5 });
  expect([inTime(instant(0), undefined), inTime(instant(1_000), instant(3_500))]).toEqual(['', ' in 2.5s']);
  expect([whyFailed(undefined), whyFailed({ message: 'no' })]).toEqual(['', 'no']);
  expect(whoseTurn(undefined)).toBe('no worker polls there');
});
