import { err, ok, type Result } from '../base/result.ts';
import { instant, parseDuration, type Instant } from '../base/time.ts';
import type { Wiring } from '../compose.ts';
import { StorageError, type Journal } from '../persistence/journal.ts';
import type { Profile } from '../protocol/limits.ts';
import { Simulation, type RecordedWorld } from '../simulation.ts';
import {
  choiceOption,
  numberOption,
  parseArguments,
  type CommandSpec,
  type ParsedArguments,
} from './arguments.ts';
import type { Ending } from './ending.ts';
import { GRPC_PORT, portOption } from './ports.ts';
import { readWorldFiles, type WorldText } from './run-file.ts';
import { reportFormats, runReport, type ReportFormat, type RunReport } from './run-report.ts';
import { serve, type Served } from './serve.ts';
import { ExitCode, exitCodes, unusable, type Terminal } from './terminal.ts';
import { diskWorldFiles } from './world-files.ts';

export const runCommand: CommandSpec = {
  name: 'run',
  summary: 'Runs world files in virtual time, draws what happened, and judges it by what the files expect.',
  operands: ['FILE…'],
  options: {
    seed: { value: 'N', doc: 'Seed of everything random; 0 if absent. The same seed gives the same run.' },
    until: {
      value: 'TIME',
      doc: 'End the run at this virtual time, such as 90s or 2h30m, whatever is open.',
    },
    profile: { value: 'cloud|server', doc: 'Numbers of the machine, in place of those the file names.' },
    journal: { value: 'OUT', doc: 'Write every input of the run to this file, for replay.' },
    format: { value: 'text|json|junit', doc: 'A timeline, one JSON document per file, or JUnit XML.' },
    json: { doc: 'The same as --format json.' },
    stay: { doc: 'Stay up afterwards and serve gRPC and the control port, until interrupted.' },
    exit: { doc: 'End with the verdict (the default). Of --stay and --exit the later one counts.' },
    port: { value: 'N', doc: `Port for gRPC with --stay; ${GRPC_PORT} if absent, 0 for a free one.` },
  },
  notes: exitCodes,
};

/** Virtual time begins here, so that a run is the same on every day. */
const ORIGIN_MS = Date.UTC(2026, 0, 1);

const SEED_MAX = 2 ** 32 - 1;

interface RunOptions {
  readonly files: readonly string[];
  readonly seed: number;
  readonly until: Instant | undefined;
  readonly profile: Profile | undefined;
  readonly journal: string | undefined;
  readonly format: ReportFormat;
  readonly stay: boolean;
  readonly port: number;
}

export interface CommandContext {
  readonly wiring: Wiring;
  readonly terminal: Terminal;
  readonly ending: Ending;
}

/** `nexus-sim run FILE…`. Returns the exit code. */
export async function run(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const options = readOptions(argv);
  if (!options.ok) return unusable(terminal, options.error);
  const report = runReport(options.value.format, terminal.palette);
  const { fit, unfit } = await readWorldFiles(options.value.files);
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
    const ended = await runOne(world, { options: options.value, report }, context);
    code = Math.max(code, ended) as ExitCode;
    if (ended === ExitCode.unusable) break;
  }
  terminal.out(report.end());
  return code;
}

async function runOne(
  world: WorldText,
  running: { readonly options: RunOptions; readonly report: RunReport },
  context: CommandContext,
): Promise<ExitCode> {
  const { wiring, terminal, ending } = context;
  const refusal = unreachable(world, running.options);
  if (refusal !== undefined) return unusable(terminal, refusal);
  const simulation = new Simulation({
    version: wiring.version,
    originMs: ORIGIN_MS,
    createDriver: wiring.createDriver,
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
  if (options.stay) {
    const ports = { grpcPort: options.port, controlPort: 0 };
    const serving = await serve({ simulation, originMs: ORIGIN_MS, ...ports }, wiring);
    if (!serving.ok) return unusable(terminal, serving.error);
    served = serving.value;
  }
  try {
    const { file: name, text } = world;
    const { seed, profile, until } = options;
    const started = simulation.startWorld({ name, text, seed, profile, until, files: diskWorldFiles });
    if (!started.ok) return unusable(terminal, `${name} cannot be run.`);
    const isWaiting = started.value.missing.length > 0;
    if (served !== undefined && isWaiting) {
      terminal.error(`${addresses(served)}${waitingFor(started.value.missing)}`);
    }
    const finished = await Promise.race([started.value.finished, ending.asked.then(() => undefined)]);
    if (finished === undefined || ending.failure !== undefined) return ExitCode.failed;
    terminal.out(report.file({ file: name, seed, finished }));
    if (served !== undefined) {
      if (!isWaiting) terminal.error(addresses(served));
      await ending.asked;
    }
    return finished.verdict.passed ? ExitCode.passed : ExitCode.failed;
  } finally {
    served?.dispose();
  }
}

function readOptions(argv: readonly string[]): Result<RunOptions, string> {
  const parsed = parseArguments(runCommand, argv);
  if (!parsed.ok) return parsed;
  const { operands: files, values, given } = parsed.value;
  const seed = numberOption(parsed.value, 'seed', { from: 0, to: SEED_MAX });
  if (!seed.ok) return seed;
  const port = portOption(parsed.value, 'port');
  if (!port.ok) return port;
  const format = choiceOption(parsed.value, 'format', reportFormats);
  if (!format.ok) return format;
  const profile = choiceOption(parsed.value, 'profile', ['cloud', 'server'] as const);
  if (!profile.ok) return profile;
  const until = untilOption(values.get('until'));
  if (!until.ok) return until;
  const stay = isLast('stay', 'exit', parsed.value);
  const single = stay ? 'stay' : values.has('journal') ? 'journal' : undefined;
  if (single !== undefined && files.length > 1) {
    return err(
      `The option --${single} is for one world file, and ${files.length} are named; run them one by one.`,
    );
  }
  return ok({
    files,
    seed: seed.value ?? 0,
    until: until.value,
    profile: profile.value,
    journal: values.get('journal'),
    format: format.value ?? (given.includes('json') ? 'json' : 'text'),
    stay,
    port: port.value ?? GRPC_PORT,
  });
}

function untilOption(text: string | undefined): Result<Instant | undefined, string> {
  if (text === undefined) return ok(undefined);
  const time = parseDuration(text);
  if (time !== undefined) return ok(instant(time));
  return err(`The option --until takes a time such as 90s, 2h30m or 3d, not "${text}".`);
}

/** Of two options that contradict each other the later one counts. */
const isLast = (name: string, other: string, { given }: ParsedArguments): boolean =>
  given.lastIndexOf(name) > given.lastIndexOf(other);

/** Says why a world cannot be run on its own, if it cannot. */
function unreachable({ world, file }: WorldText, { stay }: RunOptions): string | undefined {
  const external = world.workers.find(({ value }) => value?.external === true);
  if (external === undefined || stay) return undefined;
  return `The worker "${external.name.value}" of ${file} is external, and nothing could reach this run; add --stay.`;
}

/** How a person reaches a simulator that stays up. */
export function addresses({ grpc, control }: Served): string {
  return [
    '',
    `gRPC      ${grpc}   (TEMPORAL_ADDRESS for workers and clients)`,
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
