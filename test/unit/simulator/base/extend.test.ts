import { expect, test } from 'vitest';
import { extend } from '../../../../simulator/base/extend.ts';

test('the keys of the base come first, a repeated one keeps its place and gets the later value', () => {
  expect(JSON.stringify(extend({ a: 1, b: 2 }, { c: 3, a: 4 }))).toBe('{"a":4,"b":2,"c":3}');
});

test('neither of the two is changed', () => {
  const base = Object.freeze({ a: 1 });
  const more = Object.freeze({ b: 2 });
  expect(extend(base, more)).toEqual({ a: 1, b: 2 });
  expect(extend(base, {})).not.toBe(base);
});
