import { expect, test } from 'vitest';
import { groups, helpText, parseOptions } from '../../setup/options.ts';

test('without options every group runs but the one that needs other toolchains', () => {
  const usual = groups.filter((group) => group !== 'interop');
  expect(parseOptions([])).toEqual({ kind: 'run', groups: usual });
  expect(parseOptions(['--only', 'interop'])).toEqual({ kind: 'run', groups: ['interop'] });
});

test('--only may be repeated, in any order and twice; groups run in their own order, once', () => {
  const args = ['--only', 'tidy', '--only=unit', '--only', 'tidy'];
  expect(parseOptions(args)).toEqual({ kind: 'run', groups: ['unit', 'tidy'] });
});

test('--help wins over what follows and what came before', () => {
  expect(parseOptions(['--only', 'unit', '--help', '--nonsense'])).toEqual({ kind: 'help' });
});

test('the help names every group', () => {
  for (const group of groups) expect(helpText).toContain(group);
});

test.each([
  [['--watch'], "Unknown option '--watch': use --only <group> or --help."],
  [['unit'], "Unknown option 'unit': use --only <group> or --help."],
  [
    ['--only'],
    '--only needs a group after it: one of unit, simulation, protocol, tidy, end-to-end, editor, interop.',
  ],
  [
    ['--only', 'uint'],
    "--only knows no group 'uint': use one of unit, simulation, protocol, tidy, end-to-end, editor, interop.",
  ],
])('%j is refused in one sentence', (args, message) => {
  expect(parseOptions(args)).toEqual({ kind: 'wrong', message });
});
