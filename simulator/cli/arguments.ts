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
  /** What stands without a dash, in order, for help: `FILE`. All of them are needed. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
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
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? '';
    if (!argument.startsWith('-') || argument === '-') {
      operands.push(argument);
      continue;
    }
    const [name = '', ...rest] = argument.replace(/^--?/, '').split('=');
    const option = Object.hasOwn(spec.options, name) ? spec.options[name] : undefined;
    if (option === undefined || !argument.startsWith('--')) return err(unknownOption(argument, spec));
    given.push(name);
    if (option.value === undefined) {
      if (rest.length > 0) return err(`The option --${name} takes no value; leave "=${rest.join('=')}" out.`);
      continue;
    }
    const value = rest.length > 0 ? rest.join('=') : argv[++index];
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

/** The help text of one command. */
export function commandHelp(spec: CommandSpec): string {
  const usage = ['nexus-sim', spec.name, ...spec.operands, '[options]'].join(' ');
  const options = Object.entries({ ...spec.options, help: { doc: 'Show this help.' } });
  const left = options.map(([name, option]: [string, OptionSpec]) =>
    `--${name} ${option.value ?? ''}`.trim(),
  );
  const width = Math.max(...left.map((text) => text.length));
  const lines = options.map(([, { doc }], index) => `  ${(left[index] ?? '').padEnd(width)}  ${doc}`);
  return [`${spec.summary}\n`, `Usage: ${usage}\n`, 'Options:', ...lines, ''].join('\n');
}

function checkOperands(spec: CommandSpec, parsed: ParsedArguments): Result<ParsedArguments, string> {
  const missing = spec.operands[parsed.operands.length];
  if (missing !== undefined) {
    return err(
      `The command "${spec.name}" needs ${missing}: nexus-sim ${spec.name} ${spec.operands.join(' ')}.`,
    );
  }
  const extra = parsed.operands[spec.operands.length];
  if (extra === undefined) return ok(parsed);
  const takes = spec.operands.length === 0 ? 'nothing but options' : `only ${spec.operands.join(' ')}`;
  return err(`The command "${spec.name}" takes ${takes}; leave "${extra}" out.`);
}

function unknownOption(argument: string, spec: CommandSpec): string {
  const name = argument.split('=')[0] ?? argument;
  const known = Object.keys(spec.options).map((option) => `--${option}`);
  return `The command "${spec.name}" has no option ${name}${suggestion(name, known, 'it has')}`;
}
