import { Option, type Command } from 'commander';
import { minutes, type DurationMs } from '../base/time.ts';
import { addCommand, choiceOption, durationOption } from './arguments.ts';
import {
  conformFormats,
  openDifferences,
  renderConformance,
  type ConformedFile,
  type ConformFormat,
} from './render-conformance.ts';
import type { CommandContext } from './run.ts';
import { readWorldFiles } from './run-file.ts';
import { ExitCode, unusable } from './terminal.ts';

interface ConformOptions {
  readonly target: string;
  readonly until: DurationMs;
  readonly format: ConformFormat;
}

const UNTIL = minutes(3);

/** `nexus-sim conform FILE… --target ADDRESS`. */
export function addConform(program: Command, context: CommandContext): void {
  addCommand(program, {
    name: 'conform',
    summary:
      'Runs world files in the simulation and on a real Temporal server, and compares the histories event by event.',
    examples: {
      'world.nexus.yaml --target 127.0.0.1:7233': 'against a development server',
      'examples/*.nexus.yaml --target 127.0.0.1:7233 --format markdown': 'as a table',
    },
  })
    .argument('<FILE...>', 'World files, run one after the other in namespaces of their own.')
    .addOption(
      new Option(
        '--target <ADDRESS>',
        'The server. TLS, key and profile come from TEMPORAL_… variables, as for the temporal command.',
      ).makeOptionMandatory(),
    )
    .addOption(
      durationOption(
        '--until <TIME>',
        'Worlds that take longer in virtual time are not compared; 3m if absent.',
      ).default(UNTIL, '3m'),
    )
    .addOption(
      choiceOption(
        '--format <FORM>',
        'For people, one JSON document per file, or tables.',
        conformFormats,
      ).default('text'),
    )
    .action(async (files: readonly string[], options: ConformOptions) => {
      context.conclude(await conform(files, options, context));
    });
}

async function conform(
  files: readonly string[],
  { target, until, format }: ConformOptions,
  { terminal, wiring, ending }: CommandContext,
): Promise<ExitCode> {
  const { fit, unfit } = await readWorldFiles(files, terminal.width);
  for (const { said } of unfit) terminal.error(said);
  if (unfit.length > 0) return ExitCode.unusable;
  // Whoever simulates need not wait until this is loaded.
  const { conformFile, serverAt } = await import('./conform-file.ts');
  const server = await serverAt(target, process.env);
  if (!server.ok) return unusable(terminal, server.error);
  const conformed: ConformedFile[] = [];
  for (const [index, world] of fit.entries()) {
    const outcome = await conformFile(world, {
      ...{ target, until, createDriver: wiring.createDriver, env: process.env, asked: ending.asked },
      ...{ namespacePrefix: `conform-${wiring.wallNow()}-${index}-`, force: false, keep: false },
    });
    if (!outcome.ok) return unusable(terminal, `${world.file}: ${outcome.error}`);
    conformed.push({ file: world.file, outcome: outcome.value });
  }
  terminal.out(renderConformance(conformed, { format, server: server.value, terminal }));
  return conformed.some((each) => openDifferences(each).length > 0) ? ExitCode.failed : ExitCode.passed;
}
