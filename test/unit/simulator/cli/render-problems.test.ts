import { expect, test } from 'vitest';
import { renderProblems } from '../../../../simulator/cli/render-problems.ts';

test('each problem with its line and carets beneath its place', () => {
  const text = 'nexus: 1\nprofil: cloud\n\tx: 1\n';
  const problems = [
    { message: 'No key "profil".', line: 2, column: 1, length: 6 },
    { message: 'A tab.', line: 3, column: 2, length: 1 },
  ];
  expect(renderProblems('a.nexus.yaml', text, problems)).toBe(
    [
      'a.nexus.yaml:2:1: No key "profil".',
      '   2 | profil: cloud',
      '     | ^^^^^^',
      '',
      'a.nexus.yaml:3:2: A tab.',
      '   3 | \tx: 1',
      '     | \t^',
      '',
    ].join('\n'),
  );
});

test('of a very long line only what is around the place is shown', () => {
  const text = `${'x'.repeat(1_000)}HERE${'y'.repeat(1_000)}`;
  const rendered = renderProblems('a', text, [{ message: 'Odd.', line: 1, column: 1_001, length: 4 }]);
  expect(rendered.split('\n')).toEqual([
    'a:1:1001: Odd.',
    `   1 | ${'x'.repeat(60)}HERE${'y'.repeat(56)}`,
    `     | ${' '.repeat(60)}^^^^`,
    '',
  ]);
});
