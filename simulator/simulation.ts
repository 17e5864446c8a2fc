import { DisposableStore, type Disposable } from './base/disposable.ts';
import { Emitter } from './base/emitter.ts';
import { err, ok, type Result } from './base/result.ts';
import type { ControlPort, Notification, Refusal, WorldMethod } from './driver/port.ts';
import type { Driver, DriverOptions } from './driver/driver.ts';
import type { Journal } from './persistence/journal.ts';
import {
  protocolVersion,
  type ClockMode,
  type ParamsOf,
  type ResultOf,
  type Verdict,
  type WorldProblem,
} from './protocol/contract.ts';
import type { RegistrySnapshot } from './protocol/registry.ts';
import type { Span } from './protocol/span.ts';
import type { TemporalPort } from './protocol/temporal/port.ts';
import { Attendance } from './world/attendance.ts';
import { parseWorld } from './world/parse.ts';
import { runWorld } from './world/world-run.ts';
import type { World } from './world/world.ts';

export interface SimulationOptions {
  readonly version: string;
  /** Wall-clock milliseconds since the Unix epoch that virtual time 0 stands for, in every world. */
  readonly originMs: number;
  /**
   * How the clock goes, also in worlds that start later. By default it goes with the wall clock until a world
   * runs, and then as fast as it can, once all real workers that the world counts on have come.
   */
  readonly clock?: ClockMode;
  readonly createDriver: (options: DriverOptions) => Driver;
  /** Where the inputs of the next world are kept. */
  readonly createJournal?: () => Journal | undefined;
  /** What is registered before the first world. */
  readonly registry?: RegistrySnapshot;
  /** Told what people register while no world file runs. */
  readonly onRegistryChanged?: (registry: RegistrySnapshot) => void;
  readonly onShutdown: () => void;
}

export interface WorldRequest {
  readonly name: string;
  readonly text: string;
  readonly seed?: number | undefined;
}

/** How a world file ended. */
export interface FinishedWorld {
  readonly verdict: Verdict;
  readonly spans: readonly Span[];
  /** What participants met that they could not deal with, one sentence each. */
  readonly troubles: readonly string[];
}

export interface StartedWorld {
  readonly run: number;
  /** The real workers that have to come before time passes. */
  readonly missing: readonly string[];
  /** Settles when nothing happens any more, or when another world takes this one's place. */
  readonly finished: Promise<FinishedWorld>;
}

interface LoadedWorld {
  readonly name: string;
  readonly seed: number;
}

const withTheWall: ClockMode = { mode: 'paced', rate: 1 };
const asFastAsPossible: ClockMode = { mode: 'run' };

/**
 * The simulation that this process holds: one driver at a time, replaced whole when a world file runs.
 * Connections outlive the driver they first spoke to.
 */
export class Simulation implements ControlPort, Disposable {
  readonly #options: SimulationOptions;
  readonly #notifications = new Emitter<Notification>();
  readonly onNotification = this.#notifications.event;
  #driver: Driver;
  #owned = new DisposableStore();
  #run = 0;
  #world: LoadedWorld | undefined;
  /** What the user last asked for; unset while every world may choose. */
  #chosenClock: ClockMode | undefined;
  #grpcAddress: string | undefined;
  /** Present while the clock stands still because real workers are missing. */
  #attendance: Attendance | undefined;

  /** For workers and clients of other processes. */
  readonly remote: TemporalPort = {
    call: (method, request, options) => {
      const reply = this.#driver.remote.call(method, request, options);
      if (this.#attendance?.note(method, request) === true) this.#letTimePass();
      return reply;
    },
  };

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#chosenClock = options.clock;
    this.#driver = this.#openDriver({ seed: 0, profile: 'cloud', clock: options.clock ?? withTheWall });
    if (options.registry !== undefined) this.#driver.restoreRegistry(options.registry);
    const { onRegistryChanged } = options;
    if (onRegistryChanged !== undefined) this.#owned.add(this.#driver.onRegistryChanged(onRegistryChanged));
  }

  /** Told to clients that ask where workers connect. */
  serveAt(grpcAddress: string): void {
    this.#grpcAddress = grpcAddress;
  }

  /** Throws the present world away and starts this one; a broken file changes nothing. */
  startWorld(request: WorldRequest): Result<StartedWorld, readonly WorldProblem[]> {
    const { value: world, problems } = parseWorld(request.text);
    if (problems.length > 0) return err(problems);
    const seed = request.seed ?? 0;
    this.#owned.dispose();
    const run = ++this.#run;
    this.#world = { name: request.name, seed };
    const attendance = new Attendance(world);
    const isWaiting = this.#chosenClock === undefined && !attendance.isComplete;
    this.#attendance = isWaiting ? attendance : undefined;
    const journal = this.#options.createJournal?.();
    this.#driver = this.#openDriver({
      seed,
      profile: world.profile,
      clock: this.#chosenClock ?? (attendance.isComplete ? asFastAsPossible : { mode: 'paused' }),
      ...(journal !== undefined && { journal }),
    });
    this.#notifications.fire({ method: 'timeline/changed', params: this.timeline() });
    const missing = isWaiting ? attendance.missing : [];
    return ok({ run, missing, finished: this.#play(request, world) });
  }

  async request<M extends WorldMethod>(
    method: M,
    params: ParamsOf<M>,
  ): Promise<Result<ResultOf<M>, Refusal>> {
    return this.#handlers[method](params);
  }

  timeline(): ResultOf<'timeline/subscribe'> {
    return { run: this.#run, spans: [...this.#driver.spans()], now: this.#driver.clockState().now };
  }

  dispose(): void {
    this.#owned.dispose();
    this.#notifications.dispose();
  }

  #letTimePass(): void {
    this.#attendance = undefined;
    this.#driver.setClock(asFastAsPossible);
  }

  async #play(request: WorldRequest, world: World): Promise<FinishedWorld> {
    const driver = this.#driver;
    const run = this.#run;
    const playing = this.#owned.add(runWorld({ world, text: request.text }, driver));
    const verdict = await playing.verdict;
    if (run === this.#run) {
      this.#notifications.fire({ method: 'world/finished', params: { run, name: request.name, verdict } });
    }
    return { verdict, spans: driver.spans(), troubles: playing.troubles };
  }

  /** Makes a driver that is given back, with all that listens to it, when the next one takes its place. */
  #openDriver(options: Omit<DriverOptions, 'originMs'>): Driver {
    const owned = new DisposableStore();
    const driver = owned.add(this.#options.createDriver({ ...options, originMs: this.#options.originMs }));
    const run = this.#run;
    owned.add(
      driver.onSpansChanged((spans) => {
        const params = { run, spans: [...spans], now: driver.clockState().now };
        this.#notifications.fire({ method: 'timeline/changed', params });
      }),
    );
    owned.add(
      driver.onClockChanged((state) => {
        this.#notifications.fire({ method: 'clock/changed', params: state });
      }),
    );
    this.#owned = owned;
    return driver;
  }

  readonly #handlers: {
    readonly [M in WorldMethod]: (params: ParamsOf<M>) => Answer<M> | Promise<Answer<M>>;
  } = {
    'simulator/describe': () =>
      ok({
        protocolVersion,
        version: this.#options.version,
        ...(this.#grpcAddress !== undefined && { grpcAddress: this.#grpcAddress }),
        originMs: this.#options.originMs,
        clock: this.#driver.clockState(),
        ...(this.#world !== undefined && { world: { ...this.#world, run: this.#run } }),
      }),
    'world/run': (params) => {
      const started = this.startWorld(params);
      return ok(started.ok ? { run: started.value.run, problems: [] } : { problems: [...started.error] });
    },
    'clock/set': (mode) => {
      this.#chosenClock = mode;
      this.#attendance = undefined;
      this.#driver.setClock(mode);
      return ok(this.#driver.clockState());
    },
    'clock/advance': async ({ by }) => {
      if (this.#driver.clockState().mode.mode !== 'paused') {
        return err({ message: 'The clock can be advanced by hand only while it is paused; pause it first.' });
      }
      await this.#driver.advance(by);
      return ok(this.#driver.clockState());
    },
    'endpoints/list': () => this.#listEndpoints(),
    'simulator/shutdown': () => {
      this.#options.onShutdown();
      return ok({});
    },
  };

  async #listEndpoints(): Promise<Answer<'endpoints/list'>> {
    const endpoints: ResultOf<'endpoints/list'>['endpoints'] = [];
    let nextPageToken: string | undefined;
    do {
      const request = nextPageToken === undefined ? {} : { nextPageToken };
      const page = await this.#driver.call('listNexusEndpoints', request);
      if (!page.ok) return err({ message: page.error.message });
      for (const { id, spec, version } of page.value.endpoints) {
        const { worker, external } = spec.target ?? {};
        const target =
          worker === undefined
            ? { url: external?.url ?? '' }
            : { namespace: worker.namespace ?? '', taskQueue: worker.taskQueue ?? '' };
        endpoints.push({ id, name: spec.name ?? '', version, target });
      }
      nextPageToken = page.value.nextPageToken;
    } while (nextPageToken !== undefined && nextPageToken !== '');
    return ok({ endpoints });
  }
}

type Answer<M extends WorldMethod> = Result<ResultOf<M>, Refusal>;
