import { err, ok, type Result } from '../base/result.ts';
import { minutes, type DurationMs } from '../base/time.ts';
import { connect } from '../cluster/connect.ts';
import { ClusterHost } from '../cluster/host.ts';
import { withNamespacePrefix } from '../cluster/namespace-prefix.ts';
import { Registrar } from '../cluster/registrar.ts';
import type { ReadRun } from '../cluster/runs.ts';
import { clusterSettings, type ClusterSettings } from '../cluster/settings.ts';
import type { FinishedWorld } from '../simulation.ts';
import { spansOf } from '../spans/histories.ts';
import { parseWorld } from '../world/parse.ts';
import { runWorld, setUp } from '../world/world-run.ts';
import type { World } from '../world/world.ts';
import type { WorldText } from './run-file.ts';
import { diskWorldFiles } from './world-files.ts';

export interface TargetRequest {
  /** `host:port`. */
  readonly target: string;
  readonly namespacePrefix: string;
  /** Endpoints that lead elsewhere may be changed for the time of the run. */
  readonly force: boolean;
  /** What is made there stays. */
  readonly keep: boolean;
  readonly until: DurationMs | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Settles when the user wants the end. */
  readonly asked: Promise<unknown>;
}

export interface TargetRun {
  readonly address: string;
  /** Absent when the user ended it. */
  readonly finished: FinishedWorld | undefined;
  readonly runs: readonly ReadRun[];
  /** What could not be taken back, one sentence each. */
  readonly left: readonly string[];
}

const UNTIL = minutes(5);

/** Runs a world file on a real server, in real time. The error is a sentence for people. */
export async function runOnTarget(
  world: WorldText,
  request: TargetRequest,
): Promise<Result<TargetRun, string>> {
  const settings = clusterSettings({ address: request.target, env: request.env });
  if (!settings.ok) return settings;
  // What is made before the world begins has no time that counts.
  const connected = await connect(settings.value, 0);
  if (!connected.ok) return connected;
  const server = connected.value;
  const registrar = new Registrar(withNamespacePrefix(server.port, request.namespacePrefix), request.force);
  try {
    const refused = await prepare(world.world, registrar);
    const played =
      refused === undefined
        ? await play(world, registrar, { settings: settings.value, request })
        : err(refused);
    const left = request.keep ? [] : await registrar.takeBack();
    return played.ok ? ok({ address: settings.value.address, ...played.value, left }) : played;
  } finally {
    server.dispose();
  }
}

/** Makes what the world needs there; what was refused, in a sentence. */
async function prepare(world: World, registrar: Registrar): Promise<string | undefined> {
  const refused: string[] = [];
  await setUp(world, { port: registrar.port, onTrouble: (sentence) => refused.push(sentence) });
  if (refused.length === 0) await registrar.spread();
  return refused[0];
}

type Played = Pick<TargetRun, 'finished' | 'runs'>;

async function play(
  { file, text, world }: WorldText,
  registrar: Registrar,
  { settings, request }: { readonly settings: ClusterSettings; readonly request: TargetRequest },
): Promise<Result<Played, string>> {
  const originMs = Date.now();
  const connected = await connect(settings, originMs);
  if (!connected.ok) return connected;
  const host = new ClusterHost({
    port: registrar.over(withNamespacePrefix(connected.value.port, request.namespacePrefix)),
    originMs,
    until: request.until ?? UNTIL,
    draw: spansOf,
  });
  const running = runWorld(parseWorld(text, { path: file, files: diskWorldFiles }), host);
  const verdict = await Promise.race([running.verdict, request.asked.then(() => undefined)]);
  running.dispose();
  await host.end();
  const troubles = [...leftOut(world), ...host.troubles, ...running.troubles];
  const finished = verdict && { verdict, spans: host.spans(), troubles };
  connected.value.dispose();
  return ok({ finished, runs: host.runs });
}

/** What the file asks for and only a simulation can give. */
function leftOut({ limits, time, endpoints }: World): readonly string[] {
  return [
    ...(Object.keys(limits.value).length === 0
      ? []
      : ['The limits of the file are left out: a server has its own.']),
    ...(endpoints.some(({ value }) => value?.allow !== undefined)
      ? ['Who may call an endpoint is left out: here everybody may.']
      : []),
    ...(time === undefined ? [] : ['How time goes is left out: here it is real.']),
  ];
}
