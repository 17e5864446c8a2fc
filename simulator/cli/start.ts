import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import { err, ok, type Result } from '../base/result.ts';
import { StorageError } from '../persistence/journal.ts';
import type { ClockMode } from '../protocol/contract.ts';
import { Simulation } from '../simulation.ts';
import { parseWorld } from '../world/parse.ts';
import { addCommand, choiceOption, manyOption, pathOption, timeOption } from './arguments.ts';
import { openKept, type KeptWorld } from './kept-world.ts';
import type { TlsMaterial } from '../frontends/temporal/server.ts';
import { noColours } from './palette.ts';
import { GRPC_PORT, HTTP_PORT, portOption } from './ports.ts';
import { readWorldText } from './read-text.ts';
import { renderProblems } from './render-problems.ts';
import { renderVerdict } from './render-verdict.ts';
import { addresses, waitingFor, type CommandContext } from './run.ts';
import { nexusClientOf, serve, type Served } from './serve.ts';
import { ExitCode, unusable } from './terminal.ts';
import { addTlsOptions, readTls, type TlsOptions } from './tls.ts';
import { diskText, diskWorldFiles } from './world-files.ts';

/** What SDKs and Temporal's command line mean when nobody names a namespace. */
const DEFAULT_NAMESPACE = 'default';

interface StartOptions extends TlsOptions {
  readonly port: number;
  readonly namespace: readonly string[];
  readonly httpPort?: number;
  readonly controlPort: number;
  readonly data?: string;
  readonly time?: ClockMode;
  readonly world?: string;
  readonly announce?: 'json';
}

/** `nexus-sim start`. */
export function addStart(program: Command, context: CommandContext): void {
  const command = addCommand(program, {
    name: 'start',
    summary:
      'Starts the simulator and serves Temporal’s gRPC API, Nexus over HTTP and the control port, until interrupted.',
    examples: {
      '': 'where a Temporal server would be',
      '--time skip --port 0': 'jump over every wait, on a free port',
      '--data .nexus': 'keep the world',
    },
  })
    .addOption(portOption('--port <N>', 'Port for gRPC, 0 for a free one.').default(GRPC_PORT))
    .addOption(
      portOption(
        '--http-port <N>',
        `Port for Nexus over HTTP; ${HTTP_PORT} if absent, or a free one when that is taken.`,
      ),
    )
    .addOption(
      portOption('--control-port <N>', 'Port for the control contract; a free one if absent.').default(0),
    )
    .addOption(
      pathOption('--data <DIR>', 'Keep the world in this folder and go on with it at the next start.'),
    )
    .addOption(
      timeOption(
        '--time <MODE>',
        'How virtual time goes: real (if absent), paced:N, skip or paused. A world file that says so itself comes first.',
      ),
    )
    .addOption(pathOption('--world <FILE>', 'Run this world file at once.'))
    .addOption(
      manyOption(
        '-n, --namespace <NAME>',
        `Register this one beside "${DEFAULT_NAMESPACE}", unless a kept world goes on; may be repeated.`,
      ).conflicts('world'),
    )
    .addOption(
      choiceOption(
        '--announce <FORM>',
        'Print one JSON line with the addresses, and end when standard input closes.',
        ['json'],
      ),
    );
  addTlsOptions(command).action(async (options: StartOptions) => {
    context.conclude(await start(options, context));
  });
}

async function start(options: StartOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, wiring } = context;
  const tls = await readTls(options);
  if (!tls.ok) return unusable(terminal, tls.error);
  const world = await readWorld(options.world, terminal.width);
  if (!world.ok) {
    terminal.error(world.error);
    return ExitCode.unusable;
  }
  const kept = openKept(options.data, wiring);
  if (!kept.ok) return unusable(terminal, kept.error);
  for (const report of kept.value.reports) terminal.error(`nexus-sim: ${report}\n`);
  const { originMs } = kept.value;
  const simulation = simulationOf(options, kept.value, context);
  if (!simulation.ok) {
    kept.value.dispose();
    return unusable(terminal, simulation.error);
  }
  let code: ExitCode = ExitCode.unusable;
  try {
    if (options.world === undefined && isNew(kept.value)) {
      const refusal = await register([DEFAULT_NAMESPACE, ...options.namespace], simulation.value);
      if (refusal !== undefined) return unusable(terminal, refusal);
    }
    code = await stay(simulation.value, { originMs, world: world.value, tls: tls.value, options }, context);
  } catch (problem) {
    if (!(problem instanceof StorageError)) throw problem;
    context.ending.fail(problem.message);
  } finally {
    simulation.value.dispose();
    kept.value.dispose();
  }
  const { failure } = context.ending;
  return failure === undefined ? code : unusable(terminal, failure);
}

/** Nothing was kept, so nothing would be brought back that somebody deleted. */
const isNew = ({ options: { resume, registry } }: KeptWorld): boolean =>
  resume === undefined && (registry === undefined || registry.namespaces.length === 0);

/** Why a namespace cannot be registered, in one sentence. */
async function register(namespaces: readonly string[], { remote }: Simulation): Promise<string | undefined> {
  for (const namespace of new Set(namespaces)) {
    const reply = await remote.call('registerNamespace', { namespace });
    if (!reply.ok) return `The namespace "${namespace}" cannot be registered: ${reply.error.message}`;
  }
  return undefined;
}

interface Staying {
  readonly originMs: number;
  readonly world: WorldText | undefined;
  readonly tls: TlsMaterial | undefined;
  readonly options: StartOptions;
}

/** Serves until somebody asks for the end. */
async function stay(
  simulation: Simulation,
  { originMs, world, tls, options }: Staying,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, wiring, ending } = context;
  const served = await serve(
    {
      simulation,
      originMs,
      grpcPort: options.port,
      tls,
      httpPort: options.httpPort,
      controlPort: options.controlPort,
    },
    wiring,
  );
  if (!served.ok) return unusable(terminal, served.error);
  keepTheHeapSmall();
  announce(served.value, options, context);
  if (world !== undefined) play(simulation, world, context);
  await ending.asked;
  await answersLeft();
  served.value.dispose();
  return ExitCode.passed;
}

/**
 * Between two collections the heap may grow by two fifths of what is in use, not to its fourfold: whoever stays up
 * beside workers, editors and browsers shares the machine with them.
 */
function keepTheHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=40');
}

/** What was said last leaves this process in the turn that follows. */
const answersLeft = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The error is one sentence: a journal can hold what no peer ever sent, and then it cannot be replayed. */
function simulationOf(
  options: StartOptions,
  kept: KeptWorld,
  { wiring, ending }: CommandContext,
): Result<Simulation, string> {
  const clock = options.time ?? kept.clock;
  try {
    return ok(
      new Simulation({
        version: wiring.version,
        originMs: kept.originMs,
        ...(clock !== undefined && { clock }),
        createDriver: wiring.createDriver,
        createNexusClient: nexusClientOf(wiring, kept.originMs),
        ...kept.options,
        onShutdown: ending.ask,
        onFailed: ending.fail,
      }),
    );
  } catch (problem) {
    if (problem instanceof StorageError) return err(problem.message);
    if (kept.options.resume === undefined) throw problem;
    const reason = problem instanceof Error ? problem.message : String(problem);
    return err(
      `The world in "${options.data ?? ''}" cannot be replayed (${reason}); it was changed, or recorded by another version: choose another folder with --data.`,
    );
  }
}
interface WorldText {
  readonly name: string;
  readonly text: string;
}

/** The error is text for the terminal. */
async function readWorld(
  path: string | undefined,
  width: number,
): Promise<Result<WorldText | undefined, string>> {
  if (path === undefined) return ok(undefined);
  const text = await readWorldText(path);
  if (!text.ok) return err(`nexus-sim: ${text.error}\n`);
  const { problems } = parseWorld(text.value, { path, files: diskWorldFiles });
  return problems.length > 0
    ? err(renderProblems({ path, text: text.value, problems }, width, diskText))
    : ok({ name: path, text: text.value });
}

function announce(served: Served, options: StartOptions, { terminal, ending }: CommandContext): void {
  if (options.announce === undefined) {
    terminal.error(addresses(served));
    return;
  }
  const { control, grpc, http } = served;
  terminal.out(`${JSON.stringify({ control, grpc, http, pid: process.pid })}\n`);
  ending.onInputClosed(process.stdin);
}

function play(simulation: Simulation, world: WorldText, { terminal }: CommandContext): void {
  const started = simulation.startWorld({ ...world, files: diskWorldFiles });
  if (!started.ok) return;
  if (started.value.missing.length > 0) terminal.error(waitingFor(started.value.missing));
  started.value.finished.then(
    ({ verdict, troubles }) => {
      const said = troubles.map((trouble) => `! ${trouble}\n`).join('');
      terminal.error(
        `${world.name}\n${said}${renderVerdict(verdict, { palette: noColours, width: terminal.width })}`,
      );
    },
    (problem: unknown) => {
      terminal.error(`nexus-sim: ${world.name} ended with an error: ${String(problem)}\n`);
    },
  );
}
