import { expect, test } from 'vitest';
import {
  fitsPattern,
  joinPath,
  relativePath,
  resolvePath,
  splitPath,
} from '../../../../simulator/protocol/world-files.ts';

test.each([
  ['bank.yaml', 'main.yaml', 'bank.yaml'],
  ['./bank.yaml', 'worlds/main.yaml', 'worlds/bank.yaml'],
  ['../contracts/*.yaml', 'worlds/main.yaml', 'contracts/*.yaml'],
  ['../../other/x.yaml', 'worlds/main.yaml', '../other/x.yaml'],
  ['a/../../b.yaml', '/srv/worlds/main.yaml', '/srv/b.yaml'],
  ['../../../../b.yaml', '/srv/main.yaml', '/b.yaml'],
])('%s in %s is %s, and back', (path, from, resolved) => {
  expect(resolvePath(path, from)).toBe(resolved);
  expect(resolvePath(relativePath(resolved, from), from)).toBe(resolved);
});

test('a path is written as short as can be in the folder of a file', () => {
  expect(relativePath('worlds/parts/a.yaml', 'worlds/main.yaml')).toBe('parts/a.yaml');
  expect(relativePath('contracts/a.yaml', 'worlds/deep/main.yaml')).toBe('../../contracts/a.yaml');
  expect(relativePath('../a.yaml', 'worlds/main.yaml')).toBe('../../a.yaml');
  expect(relativePath('a.yaml', 'main.yaml')).toBe('a.yaml');
});

test('folders and names', () => {
  expect(splitPath('a/b/c.yaml')).toEqual({ folder: 'a/b', name: 'c.yaml' });
  expect(splitPath('c.yaml')).toEqual({ folder: '.', name: 'c.yaml' });
  expect(splitPath('/c.yaml')).toEqual({ folder: '/', name: 'c.yaml' });
  expect(joinPath('.', 'c.yaml')).toBe('c.yaml');
  expect(joinPath('/', 'c.yaml')).toBe('/c.yaml');
});

test.each([
  ['a.yaml', 'a.yaml', true],
  ['a.yaml', 'b.yaml', false],
  ['a.yaml', '*', true],
  ['a.b.yaml', 'a*.yaml', true],
  ['aba', 'a*ba', true],
  ['aba', 'ab*ba', false],
  ['axbxc', 'a*b*c', true],
  ['axc', 'a*b*c', false],
])('%s and %s: %s', (name, pattern, fits) => {
  expect(fitsPattern(name, pattern)).toBe(fits);
});
