import { describe, expect, test } from 'vitest';
import {
  addCommand,
  choiceOption,
  durationOption,
  numberOption,
  parse,
  pathOption,
  programOf,
} from '../../../../simulator/cli/arguments.ts';
import { colours, noColours, type Palette } from '../../../../simulator/cli/palette.ts';
import { ExitCode } from '../../../../simulator/cli/terminal.ts';

interface Told {
  readonly code: ExitCode | undefined;
  readonly out: string;
  readonly error: string;
  /** What the command was carried out with. */
  readonly got?: unknown;
}

async function line(argv: readonly string[], palette: Palette = noColours): Promise<Told> {
  let out = '';
  let error = '';
  let got: unknown;
  const program = programOf('1.2.3', {
    out: (text) => (out += text),
    error: (text) => (error += text),
    palette,
    width: 60,
  });
  addCommand(program, { name: 'run', summary: 'Runs a file.', examples: { 'a.yaml': 'run it' } })
    .argument('<FILE>', 'The file.')
    .addOption(numberOption('--seed <N>', 'The seed.', { from: 0, to: 10 }))
    .addOption(durationOption('--until <TIME>', 'The end.'))
    .addOption(choiceOption('--format <FORM>', 'The form.', ['text', 'json']))
    .addOption(pathOption('--journal <OUT>', 'The journal.'))
    .option('--stay', 'Stay up.')
    .action((file: string, options: object) => {
      got = { file, ...options };
    });
  const code = await parse(program, argv);
  return { code, out, error, ...(got !== undefined && { got }) };
}

test('operands, values and switches in any order; the last of a repeated option counts', async () => {
  const argv = ['run', '--seed', '1', 'a.yaml', '--stay', '--seed=2', '--until', '1m30s', '--journal=j'];
  expect(await line(argv)).toEqual({
    code: undefined,
    out: '',
    error: '',
    got: { file: 'a.yaml', seed: 2, stay: true, until: 90_000, journal: 'j' },
  });
});

describe('refusals are one sentence and the way to the help', () => {
  test.each([
    [['rnu'], "Unknown command 'rnu'; did you mean run?"],
    [['run'], "Missing required argument 'FILE'."],
    [['run', 'a', 'b'], "Too many arguments for 'run'. Expected 1 argument but got 2."],
    [['run', 'a', '--sed', '1'], "Unknown option '--sed'; did you mean --seed?"],
    [['run', 'a', '--zzz'], "Unknown option '--zzz'."],
    [['run', 'a', '--two\nlines'], "Unknown option '--two lines'."],
    [['run', 'a', '--__proto__'], "Unknown option '--__proto__'."],
    [['run', 'a', '--seed'], "Option '--seed <N>' argument missing."],
    [
      ['run', 'a', '--journal='],
      "Option '--journal <OUT>' argument '' is invalid. It takes a path; one that begins with a dash is written ./-path.",
    ],
    [
      ['run', 'a', '--format', 'txet'],
      "Option '--format <FORM>' argument 'txet' is invalid. Allowed choices are text, json.",
    ],
  ])('%j', async (argv, sentence) => {
    const way = argv[0] === 'run' ? 'run --help' : '--help';
    expect(await line(argv)).toEqual({
      code: ExitCode.unusable,
      out: '',
      error: `nexus-sim: ${sentence}\nTry nexus-sim ${way}.\n`,
    });
  });

  test.each(['-1', '1.5', 'x', '11', '1e1', ''])(
    'a number that is none of those allowed: %j',
    async (text) => {
      const { code, error } = await line(['run', 'a', `--seed=${text}`]);
      expect(code).toBe(ExitCode.unusable);
      expect(error).toContain(`argument '${text}' is invalid. It takes a whole number from 0 to 10.\n`);
    },
  );

  test.each(['noon', '5', '-1s', '1s '])('a duration that is none: %j', async (text) => {
    const { code, error } = await line(['run', 'a', `--until=${text}`]);
    expect(code).toBe(ExitCode.unusable);
    expect(error).toContain(`argument '${text}' is invalid. It takes a time such as 90s, 2h30m or 3d.\n`);
  });
});

describe('help', () => {
  test('has the options, the examples and the exit codes', async () => {
    const { code, out, error } = await line(['run', '--help']);
    expect([code, error]).toEqual([ExitCode.passed, '']);
    expect(out).toMatch(/^Usage: nexus-sim run \[options\] <FILE>\n\nRuns a file\.\n/);
    expect(out).toContain('  --seed <N>       The seed.\n');
    expect(out).toContain('\nExamples:\n  nexus-sim run a.yaml  run it\n\nExit codes:\n  0   all is well\n');
  });

  test('stands on the error stream when there is nothing to do', async () => {
    const { code, out, error } = await line([]);
    expect([code, out]).toEqual([ExitCode.unusable, '']);
    expect(error).toMatch(/^Usage: nexus-sim \[options\] \[command\]\n/);
  });

  test('is coloured when the terminal is, and says the same', async () => {
    const plain = await line(['run', '--help']);
    const coloured = await line(['run', '--help'], colours);
    expect(coloured.out).toContain('\u001b[1mOptions:\u001b[22m');
    expect(coloured.out.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain.out);
  });

  test('the version is one line', async () => {
    expect(await line(['--version'])).toEqual({ code: ExitCode.passed, out: '1.2.3\n', error: '' });
  });
});

test('what is no refusal is no matter of the parser', async () => {
  const program = programOf('1', { out: () => 0, error: () => 0, palette: noColours, width: 80 });
  addCommand(program, { name: 'run', summary: '', examples: {} }).action(() => {
    throw new Error('a bug');
  });
  await expect(parse(program, ['run'])).rejects.toThrow('a bug');
});
