import type { Command } from 'commander';
import { addCommand, choiceOption } from './arguments.ts';
import { codecOptions } from './codec-option.ts';
import type { ShowOptions } from './history-show.ts';
import { historyFormats } from './render-histories.ts';
import type { CommandContext } from './run.ts';

/** `nexus-sim history show FILE…`. */
export function addHistory(program: Command, context: CommandContext): void {
  const group = addCommand(program, {
    name: 'history',
    summary: 'Draws histories that were exported from a Temporal server.',
    examples: { 'show caller.json handler.json': 'draw both sides of a call' },
  });
  const show = addCommand(group, {
    name: 'show',
    summary: 'Draws exported histories as one timeline, joined by their links.',
    examples: {
      'order.json charge.json': 'a caller, its handler',
      'order.json order.describe.json': 'with what is pending',
      '*.json --format json': 'for a script',
    },
  })
    .argument(
      '<FILE...>',
      'What "temporal workflow show" and "describe" print with "--output json", a run each.',
    )
    .option('-n, --namespace <NAME>', 'Namespace of the runs of which no link tells it.')
    .addOption(
      choiceOption('--format <FORM>', 'A timeline, or one JSON document.', historyFormats).default('text'),
    )
    .action(async (paths: readonly string[], options: ShowOptions) => {
      // Only who reads histories loads what it takes.
      const { showHistories } = await import('./history-show.ts');
      context.conclude(await showHistories(paths, options, context.terminal));
    });
  for (const option of codecOptions()) show.addOption(option);
}
