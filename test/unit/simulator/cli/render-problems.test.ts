import { expect, test } from 'vitest';
import { renderProblems } from '../../../../simulator/cli/render-problems.ts';

test('each problem with its line and carets beneath its place', () => {
  const text = 'nexus: 1\nprofil: cloud\n\tx: 1\n';
  const problems = [
    { message: 'No key "profil".', line: 2, column: 1, length: 6 },
    { message: 'A tab.', line: 3, column: 2, length: 1 },
  ];
  expect(renderProblems({ path: 'a.nexus.yaml', text, problems }, 100)).toBe(
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
  const problems = [{ message: 'Odd.', line: 1, column: 1_001, length: 4 }];
  const rendered = renderProblems({ path: 'a', text, problems }, 80);
  expect(rendered.split('\n')).toEqual([
    'a:1:1001: Odd.',
    `   1 | ${'x'.repeat(36)}HERE${'y'.repeat(33)}`,
    `     | ${' '.repeat(36)}^^^^`,
    '',
  ]);
});

test('what a terminal would obey is not passed on', () => {
  const problems = [{ message: 'Odd.', line: 1, column: 1, length: 1 }];
  const rendered = renderProblems({ path: 'a', text: 'x: \u001b[2J\u0000\n', problems }, 80);
  expect(rendered).toContain('   1 | x: \ufffd[2J\ufffd\n');
});
