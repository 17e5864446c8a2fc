import type { Command } from 'commander';
import { addCommand } from './arguments.ts';
import type { CommandContext } from './run.ts';
import { readWorldFiles } from './run-file.ts';
import { ExitCode } from './terminal.ts';

/** `nexus-sim validate FILE…`. */
export function addValidate(program: Command, context: CommandContext): void {
  addCommand(program, {
    name: 'validate',
    summary: 'Checks world files without running them, and tells all that is wrong with them.',
    examples: { 'examples/*.nexus.yaml': 'check them all' },
  })
    .argument('<FILE...>', 'World files.')
    .action(async (files: readonly string[]) => {
      context.conclude(await validate(files, context));
    });
}

async function validate(files: readonly string[], { terminal }: CommandContext): Promise<ExitCode> {
  const { fit, unfit } = await readWorldFiles(files, terminal.width);
  for (const { file } of fit) terminal.out(`${terminal.palette.good('✓')} ${file}\n`);
  for (const { said } of unfit) terminal.error(said);
  return unfit.length === 0 ? ExitCode.passed : ExitCode.unusable;
}
