import { DisposableStore, type Disposable } from './base/disposable.ts';
import { Emitter } from './base/emitter.ts';
import { err, ok, type Result } from './base/result.ts';
import type { ControlPort, Notification, Refusal, WorldMethod } from './driver/port.ts';
import { consoleHandlers } from './driver/console.ts';
import type { Driver, DriverOptions } from './driver/driver.ts';
import { StorageError, type Journal } from './persistence/journal.ts';
import type { ReadJournal } from './persistence/read-journal.ts';
import { recordingHandlers } from './persistence/recording-handlers.ts';
import type { Recordings } from './persistence/recordings.ts';
import { ms, type Instant } from './base/time.ts';
import type { Profile } from './protocol/limits.ts';
import type { NexusClient } from './protocol/nexus-client.ts';
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
import { timeWords } from './protocol/time-mode.ts';
import type { TemporalPort } from './protocol/temporal/port.ts';
import { Attendance } from './world/attendance.ts';
import { pathsNamed, textSource, worldFilesIn } from './world/file-source.ts';
import { parseWorld, type ParsedWorld, type WorldFiles } from './world/parse.ts';
import { runWorld } from './world/world-run.ts';

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
  /** The way out to other processes, which report back to this URL. Without it calls to them fail. */
  readonly createNexusClient?: (callbackUrl: () => string | undefined) => NexusClient;
  /** Where the inputs of the next world are kept; `undefined` for nowhere. */
  readonly createJournal?: (world: RecordedWorld) => Journal | undefined;
  /** A world that goes on where its journal ends, in place of an empty one. */
  readonly resume?: { readonly past: ReadJournal; readonly journal: Journal };
  /** The journals that clients may ask for. */
  readonly recordings?: Recordings;
  /** What is registered before the first world. */
  readonly registry?: RegistrySnapshot;
  /** Told what people register while no world file runs. */
  readonly onRegistryChanged?: (registry: RegistrySnapshot) => void;
  /** Told when somebody sets the clock. */
  readonly onClockChosen?: (mode: ClockMode) => void;
  readonly onShutdown: () => void;
  /** Told once, in a sentence, when what has to be kept cannot be: nothing is acknowledged any more. */
  readonly onFailed?: (sentence: string) => void;
}

type Handlers = {
  readonly [M in WorldMethod]: (
    params: ParamsOf<M>,
  ) => Result<ResultOf<M>, Refusal> | Promise<Result<ResultOf<M>, Refusal>>;
};

export interface WorldRequest {
  readonly name: string;
  readonly text: string;
  /** In place of the one that the file names. */
  readonly seed?: number | undefined;
  /** Where contracts and included files are found. */
  readonly files?: WorldFiles;
  /** In place of the one that the file names. */
  readonly profile?: Profile | undefined;
  /** The run ends here, whatever is still open. */
  readonly until?: Instant | undefined;
}

/** What a journal is of. */
export interface RecordedWorld {
  /** Absent for the world that people make by hand. */
  readonly world?: string;
  readonly seed: number;
  readonly originMs: number;
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

/** `host:port` of the frontends that other processes reach. */
export interface ServedAddresses {
  readonly grpc: string;
  readonly http: string;
}

interface LoadedWorld {
  readonly name: string;
  readonly seed: number;
}

const withTheWall: ClockMode = timeWords.real;
const asFastAsPossible: ClockMode = timeWords.skip;

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
  #served: ServedAddresses | undefined;
  /** Why nothing is acknowledged any more. */
  #failure: string | undefined;
  /** Present while the clock stands still because real workers are missing. */
  #attendance: Attendance | undefined;
  /** How time goes once they have come. */
  #clockThen: ClockMode = asFastAsPossible;

  /** For workers and clients of other processes. */
  readonly remote: TemporalPort = {
    call: (method, request, options) => {
      const reply = this.#driver.remote.call(method, request, options);
      if (this.#attendance?.note(method, request) === true) this.#letTimePass();
      return reply;
    },
  };

  /** For who knows of the process of a worker that it has ended. */
  loseWorker(identity: string): void {
    this.#driver.instruct({ kind: 'worker-gone', identity });
  }

  /** Throws `StorageError` when the first world cannot be kept. */
  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#chosenClock = options.clock;
    this.#driver = this.#openFirst(options);
    if (options.registry !== undefined && options.resume === undefined) {
      this.#driver.instruct({ kind: 'registry-restored', snapshot: options.registry });
    }
    const { onRegistryChanged } = options;
    if (onRegistryChanged === undefined) return;
    this.#owned.add(
      this.#driver.onRegistryChanged((registry) => this.#keep(() => onRegistryChanged(registry))),
    );
  }

  /** Told to clients that ask where workers connect, and to handlers outside that report back. */
  serveAt(served: ServedAddresses): void {
    this.#served = served;
  }

  /**
   * Throws the present world away and starts this one; a broken file changes nothing. Throws `StorageError` when the
   * new world cannot be kept.
   */
  startWorld(request: WorldRequest): Result<StartedWorld, readonly WorldProblem[]> {
    const { name, files } = request;
    const parsed = parseWorld(request.text, { path: name, ...(files !== undefined && { files }) });
    const { value: world, problems } = parsed;
    if (problems.length > 0) return err(problems);
    const seed = request.seed ?? world.seed ?? 0;
    const { originMs } = this.#options;
    const journal = this.#options.createJournal?.({ world: request.name, seed, originMs });
    this.#owned.dispose();
    const run = ++this.#run;
    this.#world = { name: request.name, seed };
    const attendance = new Attendance(world);
    // Whoever holds the clock goes on doing so; otherwise what the file says counts for this world.
    const isHeld = this.#chosenClock?.mode === 'paused';
    const wanted = isHeld ? this.#chosenClock : (world.time ?? this.#chosenClock);
    const isAwaited = world.time !== undefined || this.#chosenClock === undefined;
    const isWaiting = !isHeld && isAwaited && !attendance.isComplete;
    this.#attendance = isWaiting ? attendance : undefined;
    this.#clockThen = wanted ?? asFastAsPossible;
    this.#driver = this.#openDriver({
      seed,
      profile: request.profile ?? world.profile,
      // Its verdict and its picture need all of it, however much time has passed by then.
      limits: { retention: ms(0), ...world.limits.value },
      ...(request.until !== undefined && { until: request.until }),
      clock: isWaiting ? { mode: 'paused' } : this.#clockThen,
      ...(journal !== undefined && { journal }),
    });
    this.#notifications.fire({ method: 'timeline/changed', params: this.timeline() });
    const missing = isWaiting ? attendance.missing : [];
    return ok({ run, missing, finished: this.#play(request, parsed) });
  }

  async request<M extends WorldMethod>(
    method: M,
    params: ParamsOf<M>,
  ): Promise<Result<ResultOf<M>, Refusal>> {
    const answer = await this.#answered(method, params);
    // What was done meanwhile may not have been kept.
    return this.#failure === undefined ? answer : err({ message: this.#failure });
  }

  timeline(): ResultOf<'timeline/subscribe'> {
    const driver = this.#driver;
    const dropped = driver.spansDropped;
    const { now } = driver.clockState();
    return { run: this.#run, spans: [...driver.spans()], now, ...(dropped > 0 && { dropped }) };
  }

  /** What has been counted in this world, in the text exposition format of Prometheus. */
  metrics(): string {
    return this.#driver.metrics();
  }

  dispose(): void {
    this.#owned.dispose();
    this.#notifications.dispose();
  }

  async #answered<M extends WorldMethod>(
    method: M,
    params: ParamsOf<M>,
  ): Promise<Result<ResultOf<M>, Refusal>> {
    if (this.#failure !== undefined) return err({ message: this.#failure });
    try {
      return await this.#handlers[method](params);
    } catch (problem) {
      if (!(problem instanceof StorageError)) throw problem;
      this.#fail(problem);
      return err(problem);
    }
  }

  #keep(write: () => void): void {
    try {
      write();
    } catch (problem) {
      if (!(problem instanceof StorageError)) throw problem;
      this.#driver.dispose();
      this.#fail(problem);
    }
  }

  #fail({ message }: StorageError): void {
    if (this.#failure !== undefined) return;
    this.#failure = message;
    this.#options.onFailed?.(message);
  }

  #openFirst(options: SimulationOptions): Driver {
    const seed = 0;
    const clock = options.clock ?? withTheWall;
    if (options.resume !== undefined) {
      const { past, journal } = options.resume;
      return this.#openDriver({ ...past.header, clock, journal, past: past.entries });
    }
    const journal = options.createJournal?.({ seed, originMs: options.originMs });
    // Where time leaps, three days may be over before a client has read what its run returned.
    const limits = clock.mode === 'run' ? { retention: ms(0) } : {};
    return this.#openDriver({
      seed,
      profile: 'cloud',
      limits,
      clock,
      ...(journal !== undefined && { journal }),
    });
  }

  #letTimePass(): void {
    this.#attendance = undefined;
    this.#driver.setClock(this.#clockThen);
  }

  async #play(request: WorldRequest, parsed: ParsedWorld): Promise<FinishedWorld> {
    const driver = this.#driver;
    const run = this.#run;
    const playing = this.#owned.add(runWorld(parsed, driver));
    const verdict = await playing.verdict;
    const { overrun, spansDropped } = driver;
    const troubles = [
      ...playing.troubles,
      ...(overrun === undefined ? [] : [overrun.message]),
      ...(spansDropped === 0 ? [] : [incomplete(spansDropped)]),
    ];
    if (run === this.#run && this.#failure === undefined) {
      this.#notifications.fire({ method: 'world/finished', params: { run, name: request.name, verdict } });
    }
    return { verdict, spans: driver.spans(), troubles };
  }

  /** Makes a driver that is given back, with all that listens to it, when the next one takes its place. */
  #openDriver(options: Omit<DriverOptions, 'originMs'>): Driver {
    const owned = new DisposableStore();
    const { originMs } = this.#options;
    const onFailed = (failure: StorageError): void => this.#fail(failure);
    const nexusClient = this.#options.createNexusClient?.(() => this.#callbackUrl);
    const driver = owned.add(
      this.#options.createDriver({
        ...options,
        originMs,
        onFailed,
        ...(nexusClient !== undefined && { nexusClient }),
      }),
    );
    const run = this.#run;
    owned.add(
      driver.onSpansChanged((spans) => {
        const params = { run, spans: [...spans], now: driver.clockState().now };
        this.#notifications.fire({ method: 'timeline/changed', params });
      }),
    );
    owned.add(
      driver.onSpansRemoved((removed) => {
        const { now } = driver.clockState();
        const params = { run, spans: [], now, removed: [...removed], dropped: driver.spansDropped };
        this.#notifications.fire({ method: 'timeline/changed', params });
      }),
    );
    owned.add(
      driver.onFactsRecorded((facts) => {
        const params = { run, facts: facts as unknown as Record<string, unknown>[], dropped: 0 };
        this.#notifications.fire({ method: 'facts/recorded', params });
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

  readonly #handlers: Handlers = {
    ...consoleHandlers(() => this.#driver),
    ...recordingHandlers(() => this.#options.recordings),
    'simulator/describe': () =>
      ok({
        protocolVersion,
        version: this.#options.version,
        ...(this.#served !== undefined && {
          grpcAddress: this.#served.grpc,
          httpAddress: this.#served.http,
        }),
        originMs: this.#options.originMs,
        clock: this.#driver.clockState(),
        ...(this.#world !== undefined && { world: { ...this.#world, run: this.#run } }),
      }),
    'world/files': ({ name, text, files = {} }) =>
      ok({ paths: [...pathsNamed({ path: name, text }, files)] }),
    'world/run': ({ files, ...params }) => {
      const found = files && worldFilesIn(textSource(files));
      const started = this.startWorld({ ...params, ...(found !== undefined && { files: found }) });
      return ok(started.ok ? { run: started.value.run, problems: [] } : { problems: [...started.error] });
    },
    'clock/set': (mode) => {
      this.#chosenClock = mode;
      this.#attendance = undefined;
      this.#driver.setClock(mode);
      this.#keep(() => this.#options.onClockChosen?.(mode));
      return ok(this.#driver.clockState());
    },
    'clock/advance': async ({ by }) => {
      if (!this.#isPaused) return err(unpaused('advanced'));
      await this.#driver.advance(by);
      return ok(this.#driver.clockState());
    },
    'clock/step': async () => {
      if (!this.#isPaused) return err(unpaused('stepped'));
      const driver = this.#driver;
      return ok({ ...(await driver.step()), clock: driver.clockState() });
    },
    'clock/runUntil': async ({ goal }) => {
      const driver = this.#driver;
      const { now } = driver.clockState();
      if (goal.kind === 'instant' && goal.at < now) {
        return err({ message: `The clock is at ${now} ms already and does not go back to ${goal.at} ms.` });
      }
      this.#attendance = undefined;
      const { ended, overrun } = await driver.runUntil(goal);
      const clock = driver.clockState();
      if (overrun === undefined) return ok({ clock, ended });
      return ok({ clock, ended, overrun: { ...overrun, keptAlive: [...overrun.keptAlive] } });
    },
    'simulator/shutdown': () => {
      this.#options.onShutdown();
      return ok({});
    },
  };

  get #callbackUrl(): string | undefined {
    return this.#served === undefined ? undefined : `http://${this.#served.http}/nexus/callback`;
  }

  get #isPaused(): boolean {
    return this.#driver.clockState().mode.mode === 'paused';
  }
}

const incomplete = (dropped: number): string =>
  `${dropped} bars of the timeline were dropped, some perhaps with runs that had closed; ` +
  'the limits retention, closedRunsMax and spansMax say how much is kept.';

const unpaused = (how: string): Refusal => ({
  message: `The clock can be ${how} by hand only while it is paused; pause it first.`,
});
