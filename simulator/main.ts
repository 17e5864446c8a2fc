#!/usr/bin/env node
import { compose } from './compose.ts';
import { parse, programOf } from './cli/arguments.ts';
import { addConform } from './cli/conform.ts';
import { Ending } from './cli/ending.ts';
import { addAttach } from './cli/attach.ts';
import { addHistory } from './cli/history.ts';
import { addJournal } from './cli/journal.ts';
import { addRun, type CommandContext } from './cli/run.ts';
import { addStart } from './cli/start.ts';
import { paletteFor } from './cli/palette.ts';
import { ExitCode, widthOf } from './cli/terminal.ts';
import { addValidate } from './cli/validate.ts';

/** Exactly one command is carried out, unless the parser had something to say instead. */
let code: ExitCode = ExitCode.passed;

const context: CommandContext = {
  wiring: compose(process.argv[1] ?? ''),
  terminal: {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    palette: paletteFor(process.stdout, process.env),
    width: widthOf(process.stdout, process.env),
  },
  ending: new Ending().onSignals(process),
  conclude: (reached) => {
    code = reached;
  },
};

const program = programOf(context.wiring.version, context.terminal);
const commands = [addRun, addStart, addValidate, addJournal, addHistory, addAttach, addConform];
for (const add of commands) add(program, context);

for (const stream of [process.stdout, process.stderr]) {
  // A reader that has seen enough, as `head` has, is no reason to complain.
  stream.on('error', (problem: NodeJS.ErrnoException) => {
    if (problem.code !== 'EPIPE') throw problem;
  });
}

parse(program, process.argv.slice(2)).then(
  (refused) => {
    // Not `process.exit`: a pipe may still hold part of the output, and the process ends by itself once it is out.
    process.exitCode = refused ?? code;
    context.ending.release();
  },
  (problem: unknown) => {
    process.stderr.write(
      `nexus-sim: this is a bug of the simulator: ${String(problem instanceof Error ? problem.stack : problem)}\n`,
    );
    process.exitCode = 70;
  },
);
