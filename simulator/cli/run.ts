import { ok, type Result } from '../base/result.ts';
import type { Wiring } from '../compose.ts';
import { Simulation, type FinishedWorld } from '../simulation.ts';
import { parseWorld } from '../world/parse.ts';
import { numberOption, parseArguments, type CommandSpec, type ParsedArguments } from './arguments.ts';
import type { Ending } from './ending.ts';
import { GRPC_PORT, portOption } from './ports.ts';
import { readWorldText } from './read-text.ts';
import { renderProblems } from './render-problems.ts';
import { renderTimeline } from './render-timeline.ts';
import { renderVerdict } from './render-verdict.ts';
import { serve, type Served } from './serve.ts';
import { ExitCode, unusable, type Terminal } from './terminal.ts';

export const runCommand: CommandSpec = {
  name: 'run',
  summary: 'Runs a world file in virtual time, draws what happened, and judges it by what the file expects.',
  operands: ['FILE'],
  options: {
    seed: { value: 'N', doc: 'Seed of everything random; 0 if absent. The same seed gives the same run.' },
    journal: { value: 'OUT', doc: 'Write every input of the run to this file, for replay.' },
    json: { doc: 'Print one JSON document instead of text.' },
    stay: { doc: 'Stay up afterwards and serve gRPC and the control port, until interrupted.' },
    exit: { doc: 'End with the verdict (the default). Of --stay and --exit the later one counts.' },
    port: { value: 'N', doc: `Port for gRPC with --stay; ${GRPC_PORT} if absent, 0 for a free one.` },
  },
};

/** Virtual time begins here, so that a run is the same on every day. */
const ORIGIN_MS = Date.UTC(2026, 0, 1);

const SEED_MAX = 2 ** 32 - 1;

interface RunOptions {
  readonly file: string;
  readonly seed: number;
  readonly journal: string | undefined;
  readonly json: boolean;
  readonly stay: boolean;
  readonly port: number;
}

export interface CommandContext {
  readonly wiring: Wiring;
  readonly terminal: Terminal;
  readonly ending: Ending;
}

/** `nexus-sim run FILE`. Returns the exit code. */
export async function run(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  const { terminal, wiring, ending } = context;
  const options = readOptions(argv);
  if (!options.ok) return unusable(terminal, options.error);
  const text = await readWorldText(options.value.file);
  if (!text.ok) return unusable(terminal, text.error);
  const refusal = refuse(text.value, options.value, terminal);
  if (refusal !== undefined) return refusal;
  const simulation = new Simulation({
    version: wiring.version,
    originMs: ORIGIN_MS,
    createDriver: wiring.createDriver,
    createJournal: journalOnce(options.value.journal, wiring),
    onShutdown: ending.ask,
  });
  try {
    return await runOn(simulation, { options: options.value, text: text.value }, context);
  } catch (problem) {
    if (!(problem instanceof JournalError)) throw problem;
    return unusable(terminal, problem.message);
  } finally {
    simulation.dispose();
  }
}

async function runOn(
  simulation: Simulation,
  { options, text }: { options: RunOptions; text: string },
  { terminal, wiring, ending }: CommandContext,
): Promise<ExitCode> {
  let served: Served | undefined;
  if (options.stay) {
    const serving = await serve(
      { simulation, originMs: ORIGIN_MS, grpcPort: options.port, controlPort: 0 },
      wiring,
    );
    if (!serving.ok) return unusable(terminal, serving.error);
    served = serving.value;
  }
  try {
    const started = simulation.startWorld({ name: options.file, text, seed: options.seed });
    if (!started.ok) return unusable(terminal, `${options.file} cannot be run.`);
    const isWaiting = started.value.missing.length > 0;
    if (served !== undefined && isWaiting) {
      terminal.error(`${addresses(served)}${waitingFor(started.value.missing)}`);
    }
    const ended = ending.asked.then(() => undefined);
    const finished = await Promise.race([started.value.finished, ended]);
    if (finished === undefined) return ExitCode.failed;
    terminal.out(options.json ? `${JSON.stringify(finished)}\n` : report(finished, options));
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
  const seed = numberOption(parsed.value, 'seed', { from: 0, to: SEED_MAX });
  if (!seed.ok) return seed;
  const port = portOption(parsed.value, 'port');
  if (!port.ok) return port;
  return ok({
    file: parsed.value.operands[0] ?? '',
    seed: seed.value ?? 0,
    journal: parsed.value.values.get('journal'),
    json: parsed.value.given.includes('json'),
    stay: isLast('stay', 'exit', parsed.value),
    port: port.value ?? GRPC_PORT,
  });
}

/** Of two options that contradict each other the later one counts. */
const isLast = (name: string, other: string, { given }: ParsedArguments): boolean =>
  given.lastIndexOf(name) > given.lastIndexOf(other);

/** Says why a file cannot be run, if it cannot. */
function refuse(text: string, { file, stay, json }: RunOptions, terminal: Terminal): ExitCode | undefined {
  const { value: world, problems } = parseWorld(text);
  if (problems.length > 0) {
    if (json) terminal.out(`${JSON.stringify({ problems })}\n`);
    terminal.error(renderProblems(file, text, problems));
    return ExitCode.unusable;
  }
  const external = world.workers.find(({ value }) => value?.external === true);
  if (external === undefined || stay) return undefined;
  const message = `The worker "${external.name.value}" of ${file} is external, and nothing could reach this run; add --stay.`;
  return unusable(terminal, message);
}

function report(finished: FinishedWorld, { file, seed }: RunOptions): string {
  const troubles = finished.troubles.map((trouble) => `! ${trouble}\n`).join('');
  const timeline = renderTimeline(finished.spans, finished.verdict.endedAt);
  return `${file}, seed ${seed}\n\n${timeline}\n${troubles}${renderVerdict(finished.verdict)}`;
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

/** The file is for the run that was asked for; a world that is loaded later has no journal. */
function journalOnce(
  path: string | undefined,
  wiring: Wiring,
): () => ReturnType<Wiring['createJournal']> | undefined {
  let left = path;
  return () => {
    if (left === undefined) return undefined;
    const target = left;
    left = undefined;
    try {
      return wiring.createJournal(target);
    } catch (problem) {
      const reason = problem instanceof Error ? problem.message : String(problem);
      throw new JournalError(`The journal "${target}" cannot be written (${reason}); choose another path.`);
    }
  };
}

class JournalError extends Error {}
