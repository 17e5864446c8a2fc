import { expect, test } from 'vitest';
import { readCallbackToken, writeCallbackToken } from '../../../../../simulator/engine/nexus/token.ts';
import type { RunId } from '../../../../../simulator/protocol/ids.ts';

const token = { run: 'r-1' as RunId, scheduledEventId: 5, requestId: 'q-1' };

test('a callback token comes back as it went', () => {
  expect(readCallbackToken(writeCallbackToken(token))).toEqual(token);
});

test.each([
  '',
  '{}',
  '[]',
  'null',
  '{"v":2,"d":"e30="}',
  '{"v":1,"d":"e30="}',
  '{"v":1,"d":5}',
  '{"v":1,"d":"%%"}',
])('what is no token is refused: %s', (text) => expect(readCallbackToken(text)).toBeUndefined());
