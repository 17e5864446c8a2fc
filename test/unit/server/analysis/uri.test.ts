import { expect, test } from 'vitest';
import {
  fileNameOf,
  folderDistance,
  folderOf,
  isWithin,
  parseDocumentUri,
  resolvePath,
  sharedFolders,
} from '../../../../server/analysis/uri.ts';

test.each([
  ['file:///C:/a/b.ts', 'file:///c%3A/a/b.ts'],
  ['file:///c%3a/a/b.ts', 'file:///c%3A/a/b.ts'],
  ['file:///a/b%20c/%C3%A9.ts', 'file:///a/b%20c/%C3%A9.ts'],
  ['file:///a/b c/é.ts', 'file:///a/b%20c/%C3%A9.ts'],
  ['file:///a/100%.ts', 'file:///a/100%25.ts'],
  ['untitled:Untitled-1', 'untitled:Untitled-1'],
  ['vscode-remote://wsl+x/a/b.ts', 'vscode-remote://wsl+x/a/b.ts'],
  ['no uri at all', 'no uri at all'],
])('%s has the canonical spelling %s', (written, canonical) => {
  expect(parseDocumentUri(written)).toBe(canonical);
  expect(parseDocumentUri(canonical)).toBe(canonical);
});

test.each([
  ['./common.yaml', 'file:///w/a/common.yaml'],
  ['common.yaml', 'file:///w/a/common.yaml'],
  ['../b/../common.yaml', 'file:///w/common.yaml'],
  ['../../../../common.yaml', 'file:///common.yaml'],
  ['.', 'file:///w/a'],
  ['./with space.yaml', 'file:///w/a/with%20space.yaml'],
])('%s beside file:///w/a/x.yaml is %s', (relative, expected) => {
  expect(resolvePath(parseDocumentUri('file:///w/a/x.yaml'), relative)).toBe(expected);
});

test('folders, names and distances', () => {
  const left = parseDocumentUri('file:///w/a/b/x.ts');
  const right = parseDocumentUri('file:///w/a/c/d/y%20z.ts');
  expect(folderOf(left)).toBe('file:///w/a/b');
  expect(fileNameOf(right)).toBe('y z.ts');
  expect(sharedFolders(left, right)).toBe(sharedFolders(right, left));
  expect(folderDistance(left, right)).toBe(3);
  expect(folderDistance(left, left)).toBe(0);
});

test('a folder contains what lies below it, not what merely starts alike', () => {
  const folder = parseDocumentUri('file:///w/a');
  expect(isWithin(parseDocumentUri('file:///w/a/x.ts'), folder)).toBe(true);
  expect(isWithin(folder, folder)).toBe(true);
  expect(isWithin(parseDocumentUri('file:///w/ab/x.ts'), folder)).toBe(false);
});
