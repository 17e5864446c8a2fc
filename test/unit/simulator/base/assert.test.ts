import { expect, test } from 'vitest';
import { assert, assertNever, expectDefined } from '../../../../simulator/base/assert.ts';

test('what holds passes', () => {
  expect(() => assert(true, 'unused')).not.toThrow();
  expect([expectDefined(0, 'zero'), expectDefined('', 'text'), expectDefined(null, 'null')]).toEqual([
    0,
    '',
    null,
  ]);
});

test('what does not hold is a bug, with its name', () => {
  expect(() => assert(false, 'time does not run backwards')).toThrow('Bug: time does not run backwards');
  expect(() => expectDefined(undefined, 'the caller')).toThrow('Bug: the caller is missing');
  expect(() => assertNever({ kind: 'new' } as never)).toThrow('Bug: unexpected value {"kind":"new"}');
});
