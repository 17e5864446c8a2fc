#!/usr/bin/env node
import { compose } from './compose.ts';
import { commandHelp } from './cli/arguments.ts';
import { Ending } from './cli/ending.ts';
import { journal, journalCommand } from './cli/journal.ts';
import { run, runCommand, type CommandContext } from './cli/run.ts';
import { start, startCommand } from './cli/start.ts';
import { paletteFor } from './cli/palette.ts';
import { ExitCode, exitCodes, unusable } from './cli/terminal.ts';
import { validate, validateCommand } from './cli/validate.ts';
import { suggestion } from './world/nearest.ts';

const commands = {
  run: { spec: runCommand, action: run },
  start: { spec: startCommand, action: start },
  validate: { spec: validateCommand, action: validate },
  journal: { spec: journalCommand, action: journal },
} as const;

/** Finds the command and hands the rest of the line to it. Returns the exit code. */
async function main(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  const { terminal, wiring } = context;
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? terminal.error : terminal.out)(help());
    return name === undefined ? ExitCode.unusable : ExitCode.passed;
  }
  if (name === '--version' || name === '-v') {
    terminal.out(`${wiring.version}\n`);
    return ExitCode.passed;
  }
  if (!isCommand(name)) {
    const hint = suggestion(name, Object.keys(commands), 'there are');
    return unusable(terminal, `There is no command "${name}"${hint} Try nexus-sim --help.`);
  }
  const { spec, action } = commands[name];
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.out(commandHelp(spec));
    return ExitCode.passed;
  }
  return action(rest, context);
}

const isCommand = (name: string): name is keyof typeof commands => Object.hasOwn(commands, name);

function help(): string {
  const lines = Object.values(commands).map(({ spec }) => `  ${spec.name.padEnd(8)} ${spec.summary}`);
  return [
    'Simulates Temporal Nexus on one machine: endpoints, retries, timeouts and callbacks, on a clock of its own.\n',
    'Usage: nexus-sim COMMAND [options]\n',
    'Commands:',
    ...lines,
    '\nnexus-sim COMMAND --help tells more; nexus-sim --version tells the version.',
    `${exitCodes}\n`,
  ].join('\n');
}

const context: CommandContext = {
  wiring: compose(process.argv[1] ?? ''),
  terminal: {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    palette: paletteFor(process.stdout, process.env),
  },
  ending: new Ending().onSignals(process),
};

main(process.argv.slice(2), context).then(
  (code) => {
    // Not `process.exit`: a pipe may still hold part of the output, and the process ends by itself once it is out.
    process.exitCode = code;
    context.ending.release();
  },
  (problem: unknown) => {
    process.stderr.write(
      `nexus-sim: this is a bug of the simulator: ${String(problem instanceof Error ? problem.stack : problem)}\n`,
    );
    process.exitCode = 70;
  },
);
