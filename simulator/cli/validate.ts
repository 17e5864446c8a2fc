import { parseArguments, type CommandSpec } from './arguments.ts';
import type { CommandContext } from './run.ts';
import { readWorldFiles } from './run-file.ts';
import { ExitCode, exitCodes, unusable } from './terminal.ts';

export const validateCommand: CommandSpec = {
  name: 'validate',
  summary: 'Checks world files without running them, and tells all that is wrong with them.',
  operands: ['FILE…'],
  options: {},
  notes: exitCodes,
};

/** `nexus-sim validate FILE…`. Returns the exit code. */
export async function validate(argv: readonly string[], { terminal }: CommandContext): Promise<ExitCode> {
  const parsed = parseArguments(validateCommand, argv);
  if (!parsed.ok) return unusable(terminal, parsed.error);
  const { fit, unfit } = await readWorldFiles(parsed.value.operands);
  for (const { file } of fit) terminal.out(`${terminal.palette.good('✓')} ${file}\n`);
  for (const { said } of unfit) terminal.error(said);
  return unfit.length === 0 ? ExitCode.passed : ExitCode.unusable;
}
