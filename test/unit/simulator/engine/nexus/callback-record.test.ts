import { expect, test } from 'vitest';
import { callbackProblem } from '../../../../../simulator/engine/nexus/callback-record.ts';
import { limitsOf } from '../../../../../simulator/protocol/limits.ts';

const limits = { ...limitsOf('server'), callbackHeaderBytesMax: 10 };

test.each([
  ['of the system', 'temporal://system', {}, undefined],
  ['of a process nearby', 'http://localhost:80/cb', {}, undefined],
  ['of a process far away', 'http://far.example/cb', {}, 'does not match any configured callback address'],
  [
    'with too much in its header',
    'temporal://system',
    { key: 'a long value' },
    'have 15 bytes, 10 are allowed',
  ],
])('a callback %s', (_what, url, header, problem) => {
  const found = callbackProblem({ nexus: { url, header } }, limits);
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(problem);
});
