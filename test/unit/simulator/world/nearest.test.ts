import { expect, test } from 'vitest';
import { listed, nearest, suggestion } from '../../../../simulator/world/nearest.ts';

test.each([
  ['taskQueu', 'taskQueue'],
  ['taskqueue', 'taskQueue'],
  ['nmaespace', 'namespace'],
  ['x', undefined],
  ['completely different', undefined],
  ['x'.repeat(1_000), undefined],
])('%s', (name, expected) => expect(nearest(name, ['namespace', 'taskQueue'])).toBe(expected));

test('of equally near names the first one wins', () => expect(nearest('cat', ['bat', 'hat'])).toBe('bat'));

test('without a near name the choices are listed, and many are cut short', () => {
  expect(suggestion('zebra', ['a', 'b'], 'known')).toBe('; known: a, b.');
  expect(suggestion('zebra', [], 'known')).toBe('.');
  expect(listed(Array.from({ length: 18 }, (_, index) => String(index)))).toBe(
    '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 and 2 more',
  );
});
