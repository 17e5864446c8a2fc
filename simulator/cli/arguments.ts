import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { ClockMode } from '../protocol/contract.ts';
import { parseTimeMode, timeExpected } from '../protocol/time-mode.ts';
import { parseDuration, type DurationMs } from '../base/time.ts';
import { noColours } from './palette.ts';
import { ExitCode, exitCodes, type Terminal } from './terminal.ts';

const NAME = 'nexus-sim';

/** The program without its commands. They inherit how it writes and how it refuses: one sentence and no more. */
export function programOf(version: string, terminal: Terminal): Command {
  const { out, error, palette } = terminal;
  return new Command(NAME)
    .description(
      'Simulates Temporal Nexus on one machine: endpoints, retries, timeouts and callbacks, on a clock of its own.',
    )
    .version(version, '-v, --version', 'Show the version.')
    .helpOption('-h, --help', 'Show this help.')
    .helpCommand('help [COMMAND]', 'Show the help of a command.')
    .configureHelp({ styleTitle: palette.strong, subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: out,
      writeErr: error,
      outputError: (text, write) => write(`${NAME}: ${sentence(text)}\n`),
      getOutHasColors: () => palette !== noColours,
      getErrHasColors: () => false,
      getOutHelpWidth: () => terminal.width,
      getErrHelpWidth: () => terminal.width,
    })
    .showHelpAfterError(`Try ${NAME} --help.`)
    .addHelpText('after', `\nStart with:\n  ${NAME} run examples/checkout.nexus.yaml\n\n${exitCodes}`)
    .exitOverride();
}

export interface CommandText {
  readonly name: string;
  readonly summary: string;
  /** Command lines without the program's name, each with what it does. */
  readonly examples: Readonly<Record<string, string>>;
}

/** A command with its help; its arguments, options and action are still to come. */
export function addCommand(parent: Command, { name, summary, examples }: CommandText): Command {
  const path = [...(parent.parent === null ? [] : [parent.name()]), name].join(' ');
  const width = Math.max(...Object.keys(examples).map((line) => line.length));
  const lines = Object.entries(examples).map(([line, does]) =>
    `  ${NAME} ${path} ${line.padEnd(width)}  ${does}`.trimEnd(),
  );
  return parent
    .command(name)
    .description(summary)
    .showHelpAfterError(`Try ${NAME} ${path} --help.`)
    .addHelpText('after', `\n${['Examples:', ...lines, '', exitCodes].join('\n')}`);
}

/**
 * Carries the command line out. What the parser refuses is told by the parser; whatever it throws that is no refusal
 * goes on to the caller.
 */
export async function parse(program: Command, argv: readonly string[]): Promise<ExitCode | undefined> {
  try {
    await program.parseAsync(argv, { from: 'user' });
    return undefined;
  } catch (problem) {
    if (!(problem instanceof CommanderError)) throw problem;
    return problem.exitCode === 0 ? ExitCode.passed : ExitCode.unusable;
  }
}

/** An option that carries a whole number. */
export const numberOption = (flags: string, doc: string, range: { from: number; to: number }): Option =>
  new Option(flags, doc).argParser((text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= range.from && value <= range.to) return value;
    throw new InvalidArgumentError(`It takes a whole number from ${range.from} to ${range.to}.`);
  });

/** An option that carries a duration as world files write it. */
export const durationOption = (flags: string, doc: string): Option =>
  new Option(flags, doc).argParser((text): DurationMs => {
    const duration = parseDuration(text);
    if (duration !== undefined) return duration;
    throw new InvalidArgumentError('It takes a time such as 90s, 2h30m or 3d.');
  });

/** An option that says how virtual time goes, as world files do. */
export const timeOption = (flags: string, doc: string): Option =>
  new Option(flags, doc).argParser((text): ClockMode => {
    const mode = parseTimeMode(text);
    if (mode !== undefined) return mode;
    throw new InvalidArgumentError(`It takes ${timeExpected}.`);
  });

/** An option that carries one of some words. */
export const choiceOption = (flags: string, doc: string, choices: readonly string[]): Option =>
  new Option(flags, doc).choices(choices);

/** An option that may be given several times; its value is all of them in order. */
export const manyOption = (flags: string, description: string): Option =>
  new Option(flags, description)
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], 'none');

/** An option that carries a path. An option in its place is a value that was forgotten. */
export const pathOption = (flags: string, doc: string): Option =>
  new Option(flags, doc).argParser((text) => {
    if (text !== '' && !text.startsWith('-')) return text;
    throw new InvalidArgumentError('It takes a path; one that begins with a dash is written ./-path.');
  });

/** The parser says `error: unknown option '--sede'\n(Did you mean --seed?)`. */
function sentence(text: string): string {
  const said = text
    .replace(/^error: /, '')
    .replace(/\n\(D(id you mean [^\n]*)\)\n$/, '; d$1')
    .trimEnd()
    .replace(/\s*[\r\n]+\s*/g, ' ');
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.?]$/.test(said) ? '' : '.'}`;
}
