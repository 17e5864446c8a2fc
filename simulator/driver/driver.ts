import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/emitter.ts';
import { err, type Result } from '../base/result.ts';
import { after, between, type DurationMs, type Instant } from '../base/time.ts';
import { Engine } from '../engine/engine.ts';
import type { CallInput, Input } from '../engine/input.ts';
import { Trace } from '../engine/trace/spans.ts';
import type { Journal } from '../persistence/journal.ts';
import type { ClockMode, ClockState } from '../protocol/contract.ts';
import type { FaultRule } from '../protocol/fault.ts';
import type { CallId } from '../protocol/ids.ts';
import { limitsOf, type Limits, type Profile } from '../protocol/limits.ts';
import type { RegistrySnapshot } from '../protocol/registry.ts';
import type { Span } from '../protocol/span.ts';
import type { RequestOf, TemporalMethod } from '../protocol/temporal/methods.ts';
import type { CallOptions, Reply, ServiceError, Sleeper, TemporalPort } from '../protocol/temporal/port.ts';
import { VirtualClock } from './virtual-clock.ts';
import { systemWallClock, type WallClock } from './wall-clock.ts';

export interface DriverOptions {
  readonly seed: number;
  readonly profile: Profile;
  readonly limits?: Partial<Limits>;
  /** Wall-clock milliseconds since the Unix epoch that virtual time 0 stands for. */
  readonly originMs: number;
  readonly clock: ClockMode;
  readonly journal?: Journal;
  readonly wallClock?: WallClock;
}

/** Why a world has nothing more to do by itself. */
export type Settled =
  /** Nothing is runnable and no deadline is left. */
  | 'idle'
  /** The clock has run as far past the last outside input as it may. */
  | 'horizon';

/** How many timers fire in a row before others on this thread get their turn. */
const TIMERS_PER_TURN = 500;

/**
 * The single writer of one world: stamps inputs, appends them to the journal, dispatches them, performs the
 * effects and holds the clock.
 *
 * D1. Every change of the engine is one journalled input.
 * D2. The clock moves only when all that was set off at the present instant has been heard: participants that await
 *     nothing but this driver are never overtaken by time.
 */
export class Driver implements TemporalPort, Sleeper, Disposable {
  readonly originMs: number;
  /** The way in for other processes: while their workers hold a task the clock does not jump. */
  readonly remote: TemporalPort = {
    call: (method, request, options) => this.#call(method, request, options, true),
  };

  readonly #engine: Engine;
  readonly #limits: Limits;
  readonly #clock: VirtualClock;
  readonly #wall: WallClock;
  readonly #journal: Journal | undefined;
  readonly #trace = new Trace();
  readonly #calls = new Map<CallId, (reply: Result<unknown, ServiceError>) => void>();
  readonly #settled = new Set<(settled: Settled) => void>();
  readonly #clockChanged = new Emitter<ClockState>();
  readonly #spansChanged = new Emitter<readonly Span[]>();
  readonly #registryChanged = new Emitter<RegistrySnapshot>();
  #nextCall = 1;
  #lastOutsideInput: Instant;
  #pump: Disposable | undefined;
  #alarm: Disposable | undefined;
  #disposed = false;

  readonly onClockChanged: Event<ClockState> = this.#clockChanged.event;
  readonly onSpansChanged: Event<readonly Span[]> = this.#spansChanged.event;
  readonly onRegistryChanged: Event<RegistrySnapshot> = this.#registryChanged.event;

  constructor(options: DriverOptions) {
    this.originMs = options.originMs;
    this.#limits = limitsOf(options.profile, options.limits);
    this.#engine = new Engine({ seed: options.seed, limits: this.#limits });
    this.#wall = options.wallClock ?? systemWallClock;
    this.#clock = new VirtualClock(this.#wall, options.clock);
    this.#lastOutsideInput = this.#clock.now;
    this.#journal = options.journal;
    const { seed, profile, limits = {} } = options;
    this.#journal?.begin({ seed, profile, limits });
  }

  call<M extends TemporalMethod>(method: M, request: RequestOf<M>, options?: CallOptions): Promise<Reply<M>> {
    return this.#call(method, request, options, false);
  }

  now(): Instant {
    return this.#clock.now;
  }

  async sleep(duration: DurationMs, options: CallOptions = {}): Promise<void> {
    await this.#wait(options, (call) => ({ kind: 'sleep', call, duration }));
  }

  injectFaults(rules: readonly FaultRule[]): void {
    this.#input({ kind: 'faults-injected', rules });
  }

  /** From now on only these namespaces may call the endpoint. */
  allowCallers(endpoint: string, namespaces: readonly string[]): void {
    this.#input({ kind: 'callers-allowed', endpoint, namespaces });
  }

  restoreRegistry(snapshot: RegistrySnapshot): void {
    this.#input({ kind: 'registry-restored', snapshot });
  }

  registry(): RegistrySnapshot {
    const { namespaces, endpoints } = this.#engine.state;
    return { namespaces: [...namespaces.values()], endpoints: [...endpoints.values()] };
  }

  spans(): readonly Span[] {
    return this.#trace.all();
  }

  clockState(): ClockState {
    const nextDeadline = this.#engine.nextDeadline;
    return {
      now: this.#clock.reached,
      mode: this.#clock.mode,
      ...(nextDeadline !== undefined && { nextDeadline }),
    };
  }

  setClock(mode: ClockMode): void {
    this.#catchUp();
    this.#clock.setMode(mode);
    this.#lastOutsideInput = this.#clock.now;
    this.#schedulePump();
    this.#clockChanged.fire(this.clockState());
  }

  /** Moves the clock forward, firing what comes due on the way in its own order. */
  async advance(by: DurationMs): Promise<void> {
    const target = after(this.#clock.now, by);
    this.#lastOutsideInput = this.#clock.now;
    while (!this.#disposed) {
      await this.#quiet();
      const deadline = this.#engine.nextDeadline;
      if (deadline === undefined || deadline > target) break;
      this.#fireNextTimer(deadline);
    }
    this.#clock.moveTo(target);
    this.#publish();
    this.#clockChanged.fire(this.clockState());
  }

  /** Settles when the world has nothing more to do by itself, as the clock stands. */
  whenSettled(): Promise<Settled> {
    return new Promise((resolve) => {
      this.#settled.add(resolve);
      this.#schedulePump();
    });
  }

  /** Ends the world. Whoever still waits is told that the service is gone. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#pump?.dispose();
    this.#alarm?.dispose();
    for (const resolve of this.#calls.values()) resolve(err(gone));
    this.#calls.clear();
    for (const resolve of this.#settled) resolve('idle');
    this.#settled.clear();
    this.#journal?.end();
    for (const emitter of [this.#clockChanged, this.#spansChanged, this.#registryChanged]) emitter.dispose();
  }

  async #call<M extends TemporalMethod>(
    method: M,
    request: RequestOf<M>,
    options: CallOptions = {},
    remote: boolean,
  ): Promise<Reply<M>> {
    // Polls are repeated for ever and say nothing new; anything else from another process is someone's doing.
    if (remote && !method.startsWith('poll')) this.#lastOutsideInput = this.#clock.reached;
    // The compiler cannot see that method and request of one `M` make one member of the union.
    const reply = await this.#wait(
      options,
      (call) => ({ kind: 'call', call, method, request, remote }) as CallInput,
    );
    return reply as Reply<M>;
  }

  #wait(options: CallOptions, input: (call: CallId) => Input): Promise<Result<unknown, ServiceError>> {
    if (this.#disposed) return Promise.resolve(err(gone));
    const call = this.#nextCall++ as CallId;
    const reply = new Promise<Result<unknown, ServiceError>>((resolve) => this.#calls.set(call, resolve));
    this.#input(input(call));
    const cancelling = options.signal?.onCancelled(() => {
      if (this.#calls.has(call)) this.#input({ kind: 'call-cancelled', call });
    });
    return reply.finally(() => cancelling?.dispose());
  }

  #input(input: Input): void {
    if (this.#disposed) return;
    this.#catchUp();
    this.#dispatch(input);
    this.#schedulePump();
  }

  /**
   * Brings the world to where flowing time is: what came due on the way fires first, at its own deadline. Returns how
   * many callers were answered.
   */
  #catchUp(): number {
    const reached = this.#clock.reached;
    let answered = 0;
    for (
      let at = this.#engine.nextDeadline;
      at !== undefined && at <= reached;
      at = this.#engine.nextDeadline
    ) {
      answered += this.#fireNextTimer(at);
    }
    this.#clock.moveTo(reached);
    return answered;
  }

  #fireNextTimer(deadline: Instant): number {
    this.#clock.moveTo(deadline);
    return this.#dispatch({ kind: 'timer-due' });
  }

  /** Returns how many callers were answered. */
  #dispatch(input: Input): number {
    const now = this.#clock.now;
    this.#journal?.append({ at: now, input });
    const { facts, effects } = this.#engine.dispatch(input, now);
    let registryChanged = false;
    for (const fact of facts) {
      this.#trace.apply(fact);
      registryChanged ||= fact.kind.startsWith('endpoint-') || fact.kind === 'namespace-registered';
    }
    for (const { call, reply } of effects) {
      const resolve = this.#calls.get(call);
      this.#calls.delete(call);
      resolve?.(reply);
    }
    if (registryChanged) this.#registryChanged.fire(this.registry());
    return effects.length;
  }

  #schedulePump(): void {
    this.#pump ??= this.#wall.whenQuiet(() => {
      this.#pump = undefined;
      this.#runTimers();
    });
  }

  /** All is quiet at the present instant: move on as the mode allows. */
  #runTimers(): void {
    if (this.#disposed) return;
    // Several timers may share one instant: who wakes by the last of them is heard before time goes on, too (D2).
    if (this.#catchUp() > 0) {
      this.#publish();
      this.#schedulePump();
      return;
    }
    for (let fired = 0; ; fired++) {
      const awaiting = this.#engine.awaitsRemote;
      this.#clock.setAwaitingRemote(awaiting);
      const deadline = this.#engine.nextDeadline;
      if (deadline === undefined || this.#clock.mode.mode !== 'run' || awaiting) break;
      if (between(this.#lastOutsideInput, deadline) > this.#limits.runHorizon) break;
      if (this.#fireNextTimer(deadline) > 0 || fired >= TIMERS_PER_TURN) {
        this.#publish();
        this.#schedulePump();
        return;
      }
    }
    this.#publish();
    this.#clockChanged.fire(this.clockState());
    this.#setAlarm();
    this.#tellSettled();
  }

  /** Wakes up when flowing time reaches the next deadline. */
  #setAlarm(): void {
    this.#alarm?.dispose();
    this.#alarm = undefined;
    const deadline = this.#engine.nextDeadline;
    const delay = deadline === undefined ? undefined : this.#clock.wallDelayTo(deadline);
    if (delay !== undefined) this.#alarm = this.#wall.setTimer(delay, () => this.#runTimers());
  }

  #tellSettled(): void {
    if (this.#engine.awaitsRemote) return;
    const deadline = this.#engine.nextDeadline;
    const isPastHorizon =
      deadline !== undefined && between(this.#lastOutsideInput, deadline) > this.#limits.runHorizon;
    if (deadline !== undefined && !isPastHorizon) return;
    for (const resolve of this.#settled) resolve(deadline === undefined ? 'idle' : 'horizon');
    this.#settled.clear();
  }

  #publish(): void {
    const changed = this.#trace.takeChanged();
    if (changed.length > 0) this.#spansChanged.fire(changed);
  }

  #quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#wall.whenQuiet(resolve);
    });
  }
}

const gone: ServiceError = {
  code: 'UNAVAILABLE',
  message: 'This world has ended. Connect again to the one that took its place.',
};

export const createDriver = (options: DriverOptions): Driver => new Driver(options);
