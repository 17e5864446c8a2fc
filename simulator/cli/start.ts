import { err, ok, type Result } from '../base/result.ts';
import type { ClockMode } from '../protocol/contract.ts';
import type { RegistrySnapshot } from '../protocol/registry.ts';
import { Simulation, type SimulationOptions } from '../simulation.ts';
import { parseWorld } from '../world/parse.ts';
import { suggestion } from '../world/nearest.ts';
import { parseArguments, type CommandSpec } from './arguments.ts';
import { GRPC_PORT, portOption } from './ports.ts';
import { readWorldText } from './read-text.ts';
import { renderProblems } from './render-problems.ts';
import { renderVerdict } from './render-verdict.ts';
import { addresses, waitingFor, type CommandContext } from './run.ts';
import { serve, type Served } from './serve.ts';
import { ExitCode, unusable } from './terminal.ts';

export const startCommand: CommandSpec = {
  name: 'start',
  summary: 'Starts the simulator and serves Temporal’s gRPC API and the control port, until interrupted.',
  operands: [],
  options: {
    port: { value: 'N', doc: `Port for gRPC; ${GRPC_PORT} if absent, 0 for a free one.` },
    'control-port': { value: 'N', doc: 'Port for the control contract; a free one if absent.' },
    data: { value: 'DIR', doc: 'Keep namespaces and endpoints in this folder from one start to the next.' },
    time: {
      value: 'real|skip|paused',
      doc: 'How virtual time goes: with the wall clock (the default), as fast as possible, or by hand.',
    },
    world: { value: 'FILE', doc: 'Run this world file at once.' },
    announce: {
      value: 'json',
      doc: 'Print one JSON line with the addresses, and end when standard input closes.',
    },
  },
};

const clockModes = {
  real: { mode: 'paced', rate: 1 },
  skip: { mode: 'run' },
  paused: { mode: 'paused' },
} as const satisfies Record<string, ClockMode>;

interface StartOptions {
  readonly grpcPort: number;
  readonly controlPort: number;
  readonly data: string | undefined;
  readonly clock: ClockMode | undefined;
  readonly world: string | undefined;
  readonly announce: boolean;
}

/** `nexus-sim start`. Returns the exit code. */
export async function start(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  const { terminal, wiring, ending } = context;
  const options = readOptions(argv);
  if (!options.ok) return unusable(terminal, options.error);
  const world = await readWorld(options.value.world);
  if (!world.ok) {
    terminal.error(world.error);
    return ExitCode.unusable;
  }
  const kept = await openRegistry(options.value.data, context);
  if (!kept.ok) return unusable(terminal, kept.error);
  const originMs = wiring.wallNow();
  const simulation = new Simulation({
    version: wiring.version,
    originMs,
    ...(options.value.clock !== undefined && { clock: options.value.clock }),
    createDriver: wiring.createDriver,
    ...kept.value,
    onShutdown: ending.ask,
  });
  try {
    const served = await serve({ simulation, originMs, ...options.value }, wiring);
    if (!served.ok) return unusable(terminal, served.error);
    announce(served.value, options.value, context);
    if (world.value !== undefined) play(simulation, world.value, context);
    await ending.asked;
    served.value.dispose();
    return ExitCode.passed;
  } finally {
    simulation.dispose();
  }
}

function readOptions(argv: readonly string[]): Result<StartOptions, string> {
  const parsed = parseArguments(startCommand, argv);
  if (!parsed.ok) return parsed;
  const { values } = parsed.value;
  const grpc = portOption(parsed.value, 'port');
  if (!grpc.ok) return grpc;
  const control = portOption(parsed.value, 'control-port');
  if (!control.ok) return control;
  const time = values.get('time');
  if (time !== undefined && !isClockName(time)) {
    return err(
      `The option --time cannot be "${time}"${suggestion(time, Object.keys(clockModes), 'choose one of')}`,
    );
  }
  const announced = values.get('announce') ?? 'json';
  if (announced !== 'json') return err(`The option --announce takes only "json", not "${announced}".`);
  return ok({
    grpcPort: grpc.value ?? GRPC_PORT,
    controlPort: control.value ?? 0,
    data: values.get('data'),
    clock: time === undefined ? undefined : clockModes[time],
    world: values.get('world'),
    announce: values.has('announce'),
  });
}

const isClockName = (name: string): name is keyof typeof clockModes => Object.hasOwn(clockModes, name);

interface WorldText {
  readonly name: string;
  readonly text: string;
}

/** The error is text for the terminal. */
async function readWorld(path: string | undefined): Promise<Result<WorldText | undefined, string>> {
  if (path === undefined) return ok(undefined);
  const text = await readWorldText(path);
  if (!text.ok) return err(`nexus-sim: ${text.error}\n`);
  const { problems } = parseWorld(text.value);
  return problems.length > 0
    ? err(renderProblems(path, text.value, problems))
    : ok({ name: path, text: text.value });
}

async function openRegistry(
  folder: string | undefined,
  { wiring, terminal }: CommandContext,
): Promise<Result<Pick<SimulationOptions, 'registry' | 'onRegistryChanged'>, string>> {
  if (folder === undefined) return ok({});
  const opened = await wiring.openState(folder);
  if (!opened.ok) return opened;
  const onRegistryChanged = (registry: RegistrySnapshot): void => {
    opened.value.save(registry).catch((problem: unknown) => {
      terminal.error(`nexus-sim: The registry could not be kept in "${folder}": ${String(problem)}\n`);
    });
  };
  return ok({ registry: opened.value.registry, onRegistryChanged });
}

function announce(served: Served, options: StartOptions, { terminal, ending }: CommandContext): void {
  if (!options.announce) {
    terminal.error(addresses(served));
    return;
  }
  const { grpc, control } = served;
  terminal.out(`${JSON.stringify({ control, grpc, pid: process.pid })}\n`);
  ending.onInputClosed(process.stdin);
}

function play(simulation: Simulation, world: WorldText, { terminal }: CommandContext): void {
  const started = simulation.startWorld(world);
  if (!started.ok) return;
  if (started.value.missing.length > 0) terminal.error(waitingFor(started.value.missing));
  started.value.finished.then(
    ({ verdict, troubles }) => {
      const said = troubles.map((trouble) => `! ${trouble}\n`).join('');
      terminal.error(`${world.name}\n${said}${renderVerdict(verdict)}`);
    },
    (problem: unknown) => {
      terminal.error(`nexus-sim: ${world.name} ended with an error: ${String(problem)}\n`);
    },
  );
}
