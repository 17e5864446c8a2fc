import { expect, test } from 'vitest';
import { encodeText } from '../../../../simulator/base/base64.ts';
import { instant } from '../../../../simulator/base/time.ts';
import { emptyState } from '../../../../simulator/engine/state.ts';
import { tokenRefusal } from '../../../../simulator/engine/task-token.ts';
import { mintToken, type Turn } from '../../../../simulator/engine/turn.ts';
import { limitsOf } from '../../../../simulator/protocol/limits.ts';

const turn: Turn = {
  state: emptyState(1),
  limits: limitsOf('server'),
  now: instant(0),
  facts: [],
  effects: [],
  transfers: [],
  freedGroups: new Set(),
};
const method = 'respondNexusTaskCompleted';
const deserializing = 'Error deserializing task token.';

test.each(['workflow-task', 'nexus-task', 'activity-task', 'query'])('a token of a %s passes', (kind) => {
  expect(tokenRefusal(turn, method, { taskToken: mintToken(turn, kind) })).toBeUndefined();
});

test.each([
  [{}, 'Task token not set on request.'],
  [{ taskToken: '' }, 'Task token not set on request.'],
  [{ taskToken: 'no base64!' }, deserializing],
  [{ taskToken: encodeText('nexus-task') }, deserializing],
  [{ taskToken: encodeText('nexus-task/1/2') }, deserializing],
])('%j is refused', (request, message) => {
  expect(tokenRefusal(turn, method, request)).toMatchObject({ error: { code: 'INVALID_ARGUMENT', message } });
});

test('only answers to tasks are looked at', () => {
  expect(tokenRefusal(turn, 'getSystemInfo', {})).toBeUndefined();
});
