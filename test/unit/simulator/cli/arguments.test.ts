import { describe, expect, test } from 'vitest';
import {
  commandHelp,
  numberOption,
  parseArguments,
  type CommandSpec,
} from '../../../../simulator/cli/arguments.ts';

const spec: CommandSpec = {
  name: 'run',
  summary: 'Runs a file.',
  operands: ['FILE'],
  options: { seed: { value: 'N', doc: 'The seed.' }, stay: { doc: 'Stay up.' } },
};

const refusal = (...argv: string[]): string => {
  const parsed = parseArguments(spec, argv);
  return parsed.ok ? 'no refusal' : parsed.error;
};

test('operands, values and switches in any order; the last of a repeated option counts', () => {
  const parsed = parseArguments(spec, ['--seed', '1', 'a.yaml', '--stay', '--seed=2']);
  expect(parsed).toEqual({
    ok: true,
    value: { operands: ['a.yaml'], values: new Map([['seed', '2']]), given: ['seed', 'stay', 'seed'] },
  });
});

describe('refusals are one sentence', () => {
  test.each([
    [[], 'The command "run" needs FILE: nexus-sim run FILE.'],
    [['a', 'b'], 'The command "run" takes only FILE; leave "b" out.'],
    [['a', '--sed', '1'], 'The command "run" has no option --sed; did you mean "--seed"?'],
    [['a', '--x=1'], 'The command "run" has no option --x; it has: --seed, --stay.'],
    [['a', '-seed', '1'], 'The command "run" has no option -seed; did you mean "--seed"?'],
    [['a', '--__proto__'], 'The command "run" has no option --__proto__; it has: --seed, --stay.'],
    [['a', '--seed'], 'The option --seed needs a value: --seed N.'],
    [['a', '--seed='], 'The option --seed needs a value: --seed N.'],
    [['a', '--stay=yes'], 'The option --stay takes no value; leave "=yes" out.'],
  ])('%j', (argv, message) => expect(refusal(...argv)).toBe(message));

  test.each(['-1', '1.5', 'x', '11', '1e1'])('a number that is none of those allowed: %s', (text) => {
    const parsed = parseArguments(spec, ['a', `--seed=${text}`]);
    const number = parsed.ok ? numberOption(parsed.value, 'seed', { from: 0, to: 10 }) : parsed;
    expect(number).toEqual({
      ok: false,
      error: `The option --seed takes a whole number from 0 to 10, not "${text}".`,
    });
  });
});

test('help names every option', () => {
  expect(commandHelp(spec)).toBe(`Runs a file.

Usage: nexus-sim run FILE [options]

Options:
  --seed N  The seed.
  --stay    Stay up.
  --help    Show this help.
`);
});
