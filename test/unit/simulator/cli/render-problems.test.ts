import { expect, test } from 'vitest';
import { renderProblems } from '../../../../simulator/cli/render-problems.ts';

const alone = () => undefined;

test('each problem with its line and carets beneath its place', () => {
  const text = 'nexus: 1\nprofil: cloud\n\tx: 1\n';
  const problems = [
    { message: 'No key "profil".', line: 2, column: 1, length: 6 },
    { message: 'A tab.', line: 3, column: 2, length: 1 },
  ];
  expect(renderProblems({ path: 'a.nexus.yaml', text, problems }, 100, alone)).toBe(
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
  const rendered = renderProblems({ path: 'a', text, problems }, 80, alone);
  expect(rendered.split('\n')).toEqual([
    'a:1:1001: Odd.',
    `   1 | ${'x'.repeat(36)}HERE${'y'.repeat(33)}`,
    `     | ${' '.repeat(36)}^^^^`,
    '',
  ]);
});

test('what a terminal would obey is not passed on', () => {
  const problems = [{ message: 'Odd.', line: 1, column: 1, length: 1 }];
  const rendered = renderProblems({ path: 'a', text: 'x: \u001b[2J\u0000\n', problems }, 80, alone);
  expect(rendered).toContain('   1 | x: \ufffd[2J\ufffd\n');
});

test('a problem of a file that this one names is shown there, or where it is named when that is gone', () => {
  const origin = { file: 'b.yaml', message: 'No key "x".', line: 2, column: 1, length: 1 };
  const named = { message: 'b.yaml:2:1: No key "x".', line: 1, column: 10, length: 6, origin };
  const broken = { path: 'a.nexus.yaml', text: 'include: b.yaml\n', problems: [named] };
  const textOf = (file: string) => (file === 'b.yaml' ? 'nexus: 1\nx: 2\n' : undefined);
  expect(renderProblems(broken, 80, textOf)).toBe('b.yaml:2:1: No key "x".\n   2 | x: 2\n     | ^\n');
  expect(renderProblems(broken, 80, alone)).toMatch(
    /^a\.nexus\.yaml:1:10: b\.yaml:2:1: No key "x"\.\n   1 \| inc/,
  );
});
