import { expect, test } from 'vitest';
import { nearest, oneOf, renameAdvice } from '../../../../../server/analysis/rules/nearest.ts';

test.each([
  ['inputs', 'input'],
  ['imput', 'input'],
  ['ouptut', 'output'],
  ['Description', 'description'],
  ['desc', undefined],
  ['request', undefined],
  ['', undefined],
])('%s most likely means %s', (written, meant) => {
  expect(nearest(written, ['description', 'input', 'output'])).toBe(meant);
});

test('very long names are not compared', () => {
  expect(nearest('x'.repeat(100_000), ['x'.repeat(99_999)])).toBeUndefined();
});

test('lists and advice read as English', () => {
  expect(oneOf(['a', 'b', 'c'])).toBe('a, b or c');
  expect(oneOf(['a'])).toBe('a');
  expect(renameAdvice('imput', ['input'])).toBe('rename it to "input" or remove it');
  expect(renameAdvice('zzz', ['input'])).toBe('rename or remove it');
});
