import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../base/result.ts';
import { suggestion } from '../world/nearest.ts';

/** An option of a command: with a value, or a mere switch when `value` is absent. */
export interface OptionSpec {
  /** What the value is, for help: `FILE`. */
  readonly value?: string;
  readonly doc: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** What stands without a dash, in order, for help: `FILE`; all of them are needed. A last `FILE…` takes several. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** What help says below the options. */
  readonly notes?: string;
}

/** A command line that was understood. Of a repeated option the last one counts. */
export interface ParsedArguments {
  readonly operands: readonly string[];
  readonly values: ReadonlyMap<string, string>;
  /** Switches and options in the order they were given. */
  readonly given: readonly string[];
}

/** Reads what follows the command's name. The error is one sentence. */
export function parseArguments(spec: CommandSpec, argv: readonly string[]): Result<ParsedArguments, string> {
  const operands: string[] = [];
  const values = new Map<string, string>();
  const given: string[] = [];
  const options = Object.fromEntries(
    Object.entries(spec.options).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  // Not strict: this finds the words, the sentences about them are ours.
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(spec.options, token.name) ? spec.options[token.name] : undefined;
    const isLong = token.rawName.startsWith('--');
    if (option === undefined || !isLong) {
      return err(unknownOption(isLong ? token.rawName : (argv[token.index] ?? ''), spec));
    }
    given.push(token.name);
    const { name, value } = token;
    if (option.value === undefined) {
      if (value === undefined) continue;
      return err(`The option --${name} takes no value; leave "=${value}" out.`);
    }
    if (value === undefined || value === '') {
      return err(`The option --${name} needs a value: --${name} ${option.value}.`);
    }
    values.set(name, value);
  }
  return checkOperands(spec, { operands, values, given });
}

/** A whole number that an option carries; `undefined` when it was not given. */
export function numberOption(
  parsed: ParsedArguments,
  name: string,
  range: { readonly from: number; readonly to: number },
): Result<number | undefined, string> {
  const text = parsed.values.get(name);
  if (text === undefined) return ok(undefined);
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= range.from && value <= range.to) return ok(value);
  return err(`The option --${name} takes a whole number from ${range.from} to ${range.to}, not "${text}".`);
}

/** One of some words that an option carries; `undefined` when it was not given. */
export function choiceOption<T extends string>(
  parsed: ParsedArguments,
  name: string,
  choices: readonly T[],
): Result<T | undefined, string> {
  const text = parsed.values.get(name);
  if (text === undefined) return ok(undefined);
  const choice = choices.find((each) => each === text);
  if (choice !== undefined) return ok(choice);
  return err(`The option --${name} cannot be "${text}"${suggestion(text, choices, 'choose one of')}`);
}

/** The help text of one command. */
export function commandHelp(spec: CommandSpec): string {
  const usage = ['nexus-sim', spec.name, ...spec.operands, '[options]'].join(' ');
  const options = Object.entries({ ...spec.options, help: { doc: 'Show this help.' } });
  const left = options.map(([name, option]: [string, OptionSpec]) =>
    `--${name} ${option.value ?? ''}`.trim(),
  );
  const width = Math.max(...left.map((text) => text.length));
  const lines = options.map(([, { doc }], index) => `  ${(left[index] ?? '').padEnd(width)}  ${doc}`);
  const more = spec.notes === undefined ? [] : [`\n${spec.notes}`];
  return [`${spec.summary}\n`, `Usage: ${usage}\n`, 'Options:', ...lines, ...more, ''].join('\n');
}

function checkOperands(spec: CommandSpec, parsed: ParsedArguments): Result<ParsedArguments, string> {
  const missing = spec.operands[parsed.operands.length];
  if (missing !== undefined) {
    return err(
      `The command "${spec.name}" needs ${missing}: nexus-sim ${spec.name} ${spec.operands.join(' ')}.`,
    );
  }
  const extra = parsed.operands[spec.operands.length];
  if (extra === undefined || spec.operands.at(-1)?.endsWith('…') === true) return ok(parsed);
  const takes = spec.operands.length === 0 ? 'nothing but options' : `only ${spec.operands.join(' ')}`;
  return err(`The command "${spec.name}" takes ${takes}; leave "${extra}" out.`);
}

function unknownOption(argument: string, spec: CommandSpec): string {
  const name = argument.split('=')[0] ?? argument;
  const known = Object.keys(spec.options).map((option) => `--${option}`);
  return `The command "${spec.name}" has no option ${name}${suggestion(name, known, 'it has')}`;
}
