import { expect, test } from 'vitest';
import { headerFault } from '../../../../../simulator/engine/nexus/header-rule.ts';
import { limitsOf } from '../../../../../simulator/protocol/limits.ts';

const limits = limitsOf('server', { headerBytesMax: 10 });

test.each([
  [{}, undefined],
  [{ abc: 'é12345' }, undefined],
  [{ abc: 'é123456' }, 'too-large'],
  [{ 'Request-Timeout': '1s' }, { disallowed: 'Request-Timeout' }],
  [{ a: 'x'.repeat(99), 'caller-name': '' }, { disallowed: 'caller-name' }],
] as const)('%o: %o', (header, fault) => {
  expect(headerFault(header, limits)).toEqual(fault);
});
