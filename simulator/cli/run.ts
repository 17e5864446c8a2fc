import { Option, type Command } from 'commander';
import { instant, type DurationMs } from '../base/time.ts';
import type { Wiring } from '../compose.ts';
import { StorageError, type Journal } from '../persistence/journal.ts';
import type { Profile } from '../protocol/limits.ts';
import { Simulation, type RecordedWorld } from '../simulation.ts';
import { addCommand, choiceOption, durationOption, numberOption, pathOption } from './arguments.ts';
import type { Ending } from './ending.ts';
import { GRPC_PORT, portOption } from './ports.ts';
import { readWorldFiles, type WorldText } from './run-file.ts';
import { reportFormats, runReport, type ReportFormat, type RunReport } from './run-report.ts';
import { nexusClientOf, serve, type Served } from './serve.ts';
import { ExitCode, unusable, type Terminal } from './terminal.ts';
import { SEED_MAX } from '../world/world.ts';
import { diskWorldFiles } from './world-files.ts';

/** Virtual time begins here, so that a run is the same on every day. */
const ORIGIN_MS = Date.UTC(2026, 0, 1);

const SEEDS = { from: 0, to: SEED_MAX };
const profiles: readonly Profile[] = ['cloud', 'server'];

interface RunOptions {
  readonly seed?: number;
  readonly until?: DurationMs;
  readonly profile?: Profile;
  readonly journal?: string;
  readonly format: ReportFormat;
  readonly stay?: boolean;
  readonly port: number;
  readonly target?: string;
  readonly namespacePrefix?: string;
  readonly force?: boolean;
  readonly keep?: boolean;
}

export interface CommandContext {
  readonly wiring: Wiring;
  readonly terminal: Terminal;
  readonly ending: Ending;
  /** Told what the process ends with. */
  readonly conclude: (code: ExitCode) => void;
}

/** `nexus-sim run FILE…`. */
export function addRun(program: Command, context: CommandContext): void {
  const command = addCommand(program, {
    name: 'run',
    summary: 'Runs world files in virtual time, draws what happened, and judges it by what the files expect.',
    examples: {
      'examples/checkout.nexus.yaml': 'a call through three teams',
      'world.nexus.yaml --seed 7': 'another course of it',
      'worlds/*.nexus.yaml --format junit': 'for a build server',
      'world.nexus.yaml --stay': 'let workers connect, too',
      'FILE --target localhost:7233': 'on a real Temporal server',
    },
  });
  command
    .argument('<FILE...>', 'World files, run one after the other.')
    .addOption(
      numberOption(
        '--seed <N>',
        'Seed of everything random; the file’s, or 0, if absent. The same seed gives the same run.',
        SEEDS,
      ),
    )
    .addOption(
      durationOption(
        '--until <TIME>',
        'End at this virtual time, such as 90s or 2h30m, whatever is open; with --target this is real time, 5m if absent.',
      ),
    )
    .addOption(
      choiceOption('--profile <NAME>', 'Numbers of the machine, in place of those the file names.', profiles),
    )
    .addOption(pathOption('--journal <OUT>', 'Write every input of the run to this file, for replay.'))
    .addOption(
      choiceOption(
        '--format <FORM>',
        'A timeline, one JSON document per file, or JUnit XML.',
        reportFormats,
      ).default('text'),
    )
    .addOption(new Option('--json', 'The same as --format json.').implies({ format: 'json' }))
    .option('--stay', 'Stay up afterwards and serve gRPC and the control port, until interrupted.')
    .option('--exit', 'End with the verdict (the default). Of --stay and --exit the later one counts.')
    .on('option:exit', () => command.setOptionValue('stay', false))
    .addOption(portOption('--port <N>', 'Port for gRPC with --stay, 0 for a free one.').default(GRPC_PORT))
    .addOption(
      new Option(
        '--target <ADDRESS>',
        'Run on this Temporal server, in real time. TLS, key and profile come from TEMPORAL_… variables, as for the temporal command.',
      ).conflicts(['stay', 'journal', 'seed', 'profile']),
    )
    .option('--namespace-prefix <TEXT>', 'With --target: put this before the names of namespaces there.')
    .option('--force', 'With --target: let endpoints that are there lead to this world while it runs.')
    .option('--keep', 'With --target: leave what was made there, to look at it.')
    .action(async (files: readonly string[], options: RunOptions) => {
      context.conclude(await run(files, options, context));
    });
}

async function run(
  files: readonly string[],
  options: RunOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const single = options.stay === true ? 'stay' : options.journal === undefined ? undefined : 'journal';
  if (single !== undefined && files.length > 1) {
    return unusable(
      terminal,
      `The option --${single} is for one world file, and ${files.length} are named; run them one by one.`,
    );
  }
  const alone = (['namespacePrefix', 'force', 'keep'] as const).find((name) => options[name] !== undefined);
  if (alone !== undefined && options.target === undefined) {
    return unusable(terminal, `The option --${kebab(alone)} is for runs on a real server; add --target.`);
  }
  const report = runReport(options.format, terminal);
  const { fit, unfit } = await readWorldFiles(files, terminal.width);
  if (unfit.length > 0) {
    for (const each of unfit) {
      terminal.out(report.unfit(each));
      terminal.error(each.said);
    }
    terminal.out(report.end());
    return ExitCode.unusable;
  }
  let code: ExitCode = ExitCode.passed;
  for (const world of fit) {
    const ended = await (options.target === undefined ? runOne : runThere)(
      world,
      { options, report },
      context,
    );
    code = Math.max(code, ended) as ExitCode;
    if (ended === ExitCode.unusable) break;
  }
  terminal.out(report.end());
  return code;
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

interface Running {
  readonly options: RunOptions;
  readonly report: RunReport;
}

/** On the server that was named. */
async function runThere(
  world: WorldText,
  { options, report }: Running,
  { terminal, ending, wiring }: CommandContext,
): Promise<ExitCode> {
  const { target = '', namespacePrefix = '', force = false, keep = false, until } = options;
  // Whoever simulates need not wait until this is loaded.
  const { runOnTarget } = await import('./run-target.ts');
  const begunMs = wiring.wallNow();
  const request = { target, namespacePrefix, force, keep, until, env: process.env, asked: ending.asked };
  const run = await runOnTarget(world, request);
  if (!run.ok) return unusable(terminal, run.error);
  const { finished, left, address } = run.value;
  for (const sentence of left) terminal.error(`nexus-sim: ${sentence}\n`);
  if (finished === undefined) return ExitCode.failed;
  const tookMs = wiring.wallNow() - begunMs;
  terminal.out(report.file({ file: world.file, seed: 0, target: address, finished, tookMs }));
  return finished.verdict.passed ? ExitCode.passed : ExitCode.failed;
}

async function runOne(world: WorldText, running: Running, context: CommandContext): Promise<ExitCode> {
  const { wiring, terminal, ending } = context;
  const refusal = unreachable(world, running.options);
  if (refusal !== undefined) return unusable(terminal, refusal);
  const simulation = new Simulation({
    version: wiring.version,
    originMs: ORIGIN_MS,
    createDriver: wiring.createDriver,
    createNexusClient: nexusClientOf(wiring, ORIGIN_MS),
    createJournal: journalOf(running.options.journal, wiring),
    onShutdown: ending.ask,
    onFailed: ending.fail,
  });
  let code: ExitCode = ExitCode.unusable;
  try {
    code = await runOn(simulation, { world, ...running }, context);
  } catch (problem) {
    if (!(problem instanceof StorageError)) throw problem;
    ending.fail(problem.message);
  } finally {
    simulation.dispose();
  }
  return ending.failure === undefined ? code : unusable(terminal, ending.failure);
}

async function runOn(
  simulation: Simulation,
  { world, options, report }: { world: WorldText; options: RunOptions; report: RunReport },
  { terminal, wiring, ending }: CommandContext,
): Promise<ExitCode> {
  let served: Served | undefined;
  if (options.stay === true) {
    const ports = { grpcPort: options.port, controlPort: 0 };
    const serving = await serve({ simulation, originMs: ORIGIN_MS, ...ports }, wiring);
    if (!serving.ok) return unusable(terminal, serving.error);
    served = serving.value;
  }
  try {
    const { file: name, text } = world;
    const { profile } = options;
    const seed = options.seed ?? world.world.seed ?? 0;
    const until = options.until && instant(options.until);
    const begunMs = wiring.wallNow();
    const started = simulation.startWorld({ name, text, seed, profile, until, files: diskWorldFiles });
    if (!started.ok) return unusable(terminal, `${name} cannot be run.`);
    const isWaiting = started.value.missing.length > 0;
    if (served !== undefined && isWaiting) {
      terminal.error(`${addresses(served)}${waitingFor(started.value.missing)}`);
    }
    const finished = await Promise.race([started.value.finished, ending.asked.then(() => undefined)]);
    if (finished === undefined || ending.failure !== undefined) return ExitCode.failed;
    terminal.out(report.file({ file: name, seed, finished, tookMs: wiring.wallNow() - begunMs }));
    if (served !== undefined) {
      if (!isWaiting) terminal.error(addresses(served));
      await ending.asked;
    }
    return finished.verdict.passed ? ExitCode.passed : ExitCode.failed;
  } finally {
    served?.dispose();
  }
}

/** Says why a world cannot be run on its own, if it cannot. */
function unreachable({ world, file }: WorldText, { stay }: RunOptions): string | undefined {
  if (world.time?.mode === 'paused' && stay !== true) {
    return `The clock of ${file} is paused, and nobody could let it go on; add --stay, or choose another time.`;
  }
  const external = world.workers.find(({ value }) => value?.external === true);
  if (external === undefined || stay === true) return undefined;
  return `The worker "${external.name.value}" of ${file} is external, and nothing could reach this run; add --stay.`;
}

/** How a person reaches a simulator that stays up. */
export function addresses({ grpc, http, control }: Served): string {
  return [
    '',
    `gRPC      ${grpc}   (TEMPORAL_ADDRESS for workers and clients)`,
    `HTTP      ${http}   (Nexus callers and completion callbacks)`,
    `control   ${control.url}   token ${control.token}`,
    'Press Ctrl+C to end.',
    '',
  ].join('\n');
}

/** Told while virtual time stands still. */
export const waitingFor = (workers: readonly string[]): string =>
  `Time stands still until these workers have come: ${workers.join(', ')}\n`;

/** The file is for the run that was asked for; a world that is loaded before or later has no journal. */
function journalOf(path: string | undefined, wiring: Wiring): (about: RecordedWorld) => Journal | undefined {
  let left = path;
  return ({ world }) => {
    if (left === undefined || world === undefined) return undefined;
    const target = left;
    left = undefined;
    return wiring.createJournal(target);
  };
}
