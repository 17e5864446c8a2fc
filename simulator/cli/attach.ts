import { Option, type Command } from 'commander';
import { addCommand, choiceOption, numberOption } from './arguments.ts';
import type { AttachRequest } from './attach-run.ts';
import { codecOptions } from './codec-option.ts';
import { historyFormats } from './render-histories.ts';
import type { CommandContext } from './run.ts';

const RUNS = { from: 1, to: 500 };
const RUNS_DEFAULT = 50;

/** `nexus-sim attach [ADDRESS] --workflow ID`. */
export function addAttach(program: Command, context: CommandContext): void {
  const command = addCommand(program, {
    name: 'attach',
    summary:
      'Draws a workflow of a running Temporal server, with everything that it calls and that calls it.',
    examples: {
      'localhost:7233 -w order-42 -n shop': 'so far, in all namespaces',
      '-w order-42 --follow': 'as it happens',
      '-w order-42 --format json': 'for a script',
    },
  })
    .argument(
      '[ADDRESS]',
      'host:port of the server. If absent, TEMPORAL_ADDRESS or the profile of the temporal command line tells it, as they do keys and certificates.',
    )
    .addOption(new Option('-w, --workflow <ID>', 'The workflow to begin with.').makeOptionMandatory())
    .option('-n, --namespace <NAME>', 'Its namespace; that of the profile, or "default", if absent.')
    .option('-r, --run-id <ID>', 'One run of it; the current one if absent.')
    .option('-f, --follow', 'Tell what happens until all runs have closed, then draw it.')
    .addOption(numberOption('--runs <N>', 'Most runs that are read.', RUNS).default(RUNS_DEFAULT))
    .addOption(choiceOption('--format <FORM>', 'A timeline, or JSON.', historyFormats).default('text'))
    .action(async (address: string | undefined, request: AttachRequest) => {
      // Only who speaks to a server loads what it takes.
      const { attach } = await import('./attach-run.ts');
      context.conclude(await attach(address, request, context));
    });
  for (const option of codecOptions()) command.addOption(option);
}
