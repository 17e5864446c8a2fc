import { ok, type Result } from '../base/result.ts';
import { formatDuration, ms, type DurationMs } from '../base/time.ts';
import { compareRuns, type Comparison } from '../cluster/conformance/compare.ts';
import { connect } from '../cluster/connect.ts';
import { Runs, type ReadRun } from '../cluster/runs.ts';
import { clusterSettings } from '../cluster/settings.ts';
import type { Driver, DriverOptions } from '../driver/driver.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import { timeWords } from '../protocol/time-mode.ts';
import { createConverter } from '../wire/convert.ts';
import { parseWorld } from '../world/parse.ts';
import type { World } from '../world/world.ts';
import { runWorld, type WorldHost } from '../world/world-run.ts';
import type { WorldText } from './run-file.ts';
import { runOnTarget, type TargetRequest } from './run-target.ts';
import { diskWorldFiles } from './world-files.ts';

/** What came of one file. */
export type Conformance =
  | { readonly kind: 'compared'; readonly comparison: Comparison }
  /** The reason is the end of a sentence. */
  | { readonly kind: 'incomparable'; readonly reason: string };

export interface ConformRequest extends Omit<TargetRequest, 'until'> {
  /** Worlds that take longer are not compared. */
  readonly until: DurationMs;
  readonly createDriver: (options: DriverOptions) => Driver;
}

/** Runs a world in the simulation and on a server. The error is a sentence for people. */
export async function conformFile(
  file: WorldText,
  request: ConformRequest,
): Promise<Result<Conformance, string>> {
  const reason = onlySimulated(file.world);
  if (reason !== undefined) return incomparable(reason);
  const simulated = await simulate(file, request.createDriver);
  const took = Math.max(0, ...simulated.flatMap(({ events }) => events.map(({ eventTime }) => eventTime)));
  if (took > request.until) {
    return incomparable(`takes ${formatDuration(ms(took))}, and a server does not skip time`);
  }
  const served = await runOnTarget(file, request);
  if (!served.ok) return served;
  const { finished, runs } = served.value;
  if (finished === undefined) return incomparable('was interrupted');
  return ok({ kind: 'compared', comparison: compareRuns(simulated, runs) });
}

/** Which version of the server answers. */
export async function serverAt(address: string, env: TargetRequest['env']): Promise<Result<string, string>> {
  const settings = clusterSettings({ address, env });
  if (!settings.ok) return settings;
  const connected = await connect(settings.value, 0);
  if (!connected.ok) return connected;
  connected.value.dispose();
  return ok(connected.value.serverVersion);
}

const incomparable = (reason: string): Result<Conformance, string> => ok({ kind: 'incomparable', reason });

/** Why a world can only be simulated, if so. */
function onlySimulated({ faults, limits, workers }: World): string | undefined {
  if (faults.some(({ kind }) => kind === 'callback')) {
    return 'disturbs callbacks, which nobody can do on a server';
  }
  if (Object.keys(limits.value).length > 0) return 'sets limits, which a server has of its own';
  if (workers.some(({ value }) => value?.external === true)) return 'needs workers that are not in the file';
  return undefined;
}

/** As the open-source server does it: nobody is kept from an endpoint. */
async function simulate(
  { file, text }: WorldText,
  createDriver: ConformRequest['createDriver'],
): Promise<readonly ReadRun[]> {
  const parsed = parseWorld(text, { path: file, files: diskWorldFiles });
  const seed = parsed.value.seed ?? 0;
  const driver = createDriver({ seed, profile: 'server', limits: {}, originMs: 0, clock: timeWords.skip });
  const runs = new Runs(driver, () => driver.now());
  const host: WorldHost = {
    call: (method, request, options) => runs.port.call(method, request, options),
    now: () => driver.now(),
    sleep: (duration, options) => driver.sleep(duration, options),
    injectFaults: (rules) => driver.injectFaults(rules),
    whenSettled: () => driver.whenSettled(),
    spans: () => driver.spans(),
  };
  const running = runWorld(parsed, host);
  await running.verdict;
  const read = await runs.readAll();
  running.dispose();
  driver.dispose();
  return read.map((run) => ({ ...run, events: asOnTheWire(run.events) }));
}

const EVENT = 'temporal.api.history.v1.HistoryEvent';

/** Without the zeros that a server leaves out. */
function asOnTheWire(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const converter = createConverter(0);
  return events.map((event) => {
    const decoded = converter.decode(EVENT, converter.encode(EVENT, event));
    return decoded.ok ? (decoded.value as HistoryEvent) : event;
  });
}
