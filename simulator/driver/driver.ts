import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/emitter.ts';
import { after, earlier, type DurationMs, type Instant } from '../base/time.ts';
import type { Input } from '../engine/input.ts';
import type { EngineState } from '../engine/state.ts';
import type { Engine } from '../engine/engine.ts';
import type { BreakerKind, StampedFact } from '../engine/fact.ts';
import type { ClockMode, ClockState, RunGoal } from '../protocol/contract.ts';
import type { FaultRule } from '../protocol/fault.ts';
import { limitsOf, type Limits } from '../protocol/limits.ts';
import type { RegistrySnapshot } from '../protocol/registry.ts';
import type { SpanId } from '../protocol/ids.ts';
import type { Span } from '../protocol/span.ts';
import type { RequestOf, TemporalMethod } from '../protocol/temporal/methods.ts';
import type { CallOptions, Reply, Sleeper, TemporalPort } from '../protocol/temporal/port.ts';
import {
  nothing,
  type Caller,
  type DriverOptions,
  type Instruction,
  type GoalReport,
  type Settled,
  type Stepped,
} from './driver-options.ts';
import { Calls } from './calls.ts';
import { ExternalCalls } from './external-calls.ts';
import { gaugesOf } from './gauges.ts';
import { GoalRun, type GoalEnding } from './goal.ts';
import { Pump } from './pump.ts';
import { RunBounds } from './run-bounds.ts';
import type { Overrun } from './step-budget.ts';
import { stepName } from './step-name.ts';
import { VirtualClock } from './virtual-clock.ts';
import { systemWallClock } from './wall-clock.ts';
import { withWorkerTimes } from './worker-times.ts';
import { Writer } from './writer.ts';

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
  /** The way in for other processes: while their workers hold a task the clock does not jump. */
  readonly remote: TemporalPort;
  /** The way in for whoever steers the world: answered also while inputs wait to be stepped through. */
  readonly console: TemporalPort;

  readonly #writer: Writer;
  readonly #calls: Calls;
  readonly #external: ExternalCalls;
  readonly #own: TemporalPort;
  readonly #engine: Engine;
  readonly #clock: VirtualClock;
  readonly #pump: Pump;
  readonly #settled = new Set<(settled: Settled) => void>();
  readonly #clockChanged = new Emitter<ClockState>();
  readonly #spansChanged = new Emitter<readonly Span[]>();
  readonly #spansRemoved = new Emitter<readonly SpanId[]>();
  readonly #bounds: RunBounds;
  /** Inputs that wait to be stepped through, in order. */
  #waiting: Input[] = [];
  #goal: GoalRun | undefined;
  #disposed = false;

  readonly onClockChanged: Event<ClockState> = this.#clockChanged.event;
  readonly onSpansChanged: Event<readonly Span[]> = this.#spansChanged.event;
  /** Spans that were told of and are dropped. */
  readonly onSpansRemoved: Event<readonly SpanId[]> = this.#spansRemoved.event;
  readonly onRegistryChanged: Event<RegistrySnapshot>;
  readonly onFactsRecorded: Event<readonly StampedFact[]>;

  constructor(options: DriverOptions) {
    const wall = options.wallClock ?? systemWallClock;
    this.#pump = new Pump(wall, () => this.#runTimers());
    this.#clock = new VirtualClock(wall, options.clock);
    const { seed, profile, limits = {}, journal } = options;
    const allLimits = limitsOf(profile, limits);
    const onFailed: DriverOptions['onFailed'] = (failure) => {
      this.dispose();
      options.onFailed?.(failure);
    };
    this.#writer = new Writer({ seed, limits: allLimits, journal, onFailed });
    this.#engine = this.#writer.engine;
    this.#calls = new Calls(this.#writer, (input, caller) => this.#input(input, caller));
    this.#external = new ExternalCalls(options.nexusClient, (input) => this.#input(input, 'remote'));
    this.#writer.externalEffect.event((effect) => this.#external.perform(effect));
    this.#own = this.#calls.portOf('participant');
    this.remote = withWorkerTimes(this.#calls.portOf('remote'), () => this.#clock.mode);
    this.console = this.#calls.portOf('console');
    this.onRegistryChanged = this.#writer.registryChanged.event;
    this.onFactsRecorded = this.#writer.factsRecorded.event;
    if (options.past === undefined) {
      journal?.begin({ seed, profile, limits });
    } else {
      this.#clock.moveTo(this.#writer.resume(options.past));
      // Flowing time starts from here, not from the origin.
      this.#clock.setMode(options.clock);
    }
    this.#bounds = new RunBounds(this.limits, this.#clock.now, options.until);
  }

  call<M extends TemporalMethod>(method: M, request: RequestOf<M>, options?: CallOptions): Promise<Reply<M>> {
    return this.#own.call(method, request, options);
  }

  now(): Instant {
    return this.#clock.now;
  }

  async sleep(duration: DurationMs, options: CallOptions = {}): Promise<void> {
    await this.#calls.wait('participant', options, (call) => ({ kind: 'sleep', call, duration }));
  }

  injectFaults(rules: readonly FaultRule[]): void {
    this.instruct({ kind: 'faults-injected', rules });
  }

  /** From now on only these namespaces may call the endpoint; without a list, all may. */
  allowCallers(endpoint: string, namespaces?: readonly string[]): void {
    this.instruct({ kind: 'callers-allowed', endpoint, ...(namespaces !== undefined && { namespaces }) });
  }

  /** The settings as they are now. */
  get limits(): Limits {
    return this.#engine.limits;
  }

  /** What steers the world is obeyed at once, and is safe when the caller goes on. */
  instruct(input: Instruction): void {
    if (!this.#input(input, 'console')) return;
    if (input.kind === 'limits-changed') this.#bounds.adopt(this.limits);
    this.#writer.commit();
  }

  /** The states that the breaker of a calling namespace and an endpoint went through after `closed`, in order. */
  breakerStates(namespace: string, endpoint: string): readonly BreakerKind[] {
    return this.#writer.breakers.statesOf(namespace, endpoint);
  }

  registry(): RegistrySnapshot {
    return this.#writer.registry();
  }

  spans(): readonly Span[] {
    return this.#writer.trace.all();
  }

  /** What has been counted and what there is, in the text exposition format of Prometheus. */
  metrics(): string {
    const { metrics, trace } = this.#writer;
    return metrics.text(gaugesOf(this.#engine, trace));
  }

  /** How many spans have been dropped: with their runs, or because there were too many. */
  get spansDropped(): number {
    return this.#writer.trace.store.dropped;
  }

  /** The engine's state, for queries. Only inputs change it. */
  get state(): Readonly<EngineState> {
    return this.#engine.state;
  }

  /** Why the run was stopped, when it took more steps than it may; until the clock is set again. */
  get overrun(): Overrun | undefined {
    return this.#bounds.overrun;
  }

  clockState(): ClockState {
    const nextDeadline = this.#engine.nextDeadline;
    return {
      now: this.#clock.reached,
      mode: this.#clock.mode,
      ...(nextDeadline !== undefined && { nextDeadline }),
      ...(this.#waiting.length > 0 && { waitingInputs: this.#waiting.length }),
    };
  }

  setClock(mode: ClockMode): void {
    this.#endGoal('interrupted');
    this.#catchUp();
    this.#setMode(mode);
  }

  /** Lets the world run as fast as it can until the goal is reached, and pauses it there. */
  runUntil(goal: RunGoal): Promise<GoalReport> {
    this.#endGoal('interrupted');
    if (this.#disposed) return Promise.resolve({ ended: 'interrupted' });
    this.#catchUp();
    const ended = new Promise<GoalReport>((resolve) => {
      this.#goal = new GoalRun(goal, (ending) => {
        const { overrun } = this.#bounds;
        resolve({ ended: ending, ...(overrun !== undefined && { overrun }) });
      });
    });
    this.#setMode({ mode: 'run' });
    return ended;
  }

  /** Takes one waiting input, or fires one timer when none waits, and lets what it set off come to rest. */
  async step(): Promise<Stepped> {
    await this.#pump.quiet();
    this.#bounds.noteOutside(this.#clock.now);
    const stepped = this.#disposed ? nothing : this.#stepOnce();
    await this.#pump.quiet();
    this.#announce();
    return stepped;
  }

  /** Moves the clock forward, firing what comes due on the way in its own order. */
  async advance(by: DurationMs): Promise<void> {
    const target = after(this.#clock.now, by);
    this.#bounds.noteOutside(this.#clock.now);
    while (!this.#disposed) {
      await this.#pump.quiet();
      const deadline = this.#engine.nextDeadline;
      if (deadline === undefined || deadline > target) break;
      this.#fireNextTimer(deadline);
    }
    this.#clock.moveTo(target);
    this.#announce();
  }

  /** Settles when the world has nothing more to do by itself, as the clock stands. */
  whenSettled(): Promise<Settled> {
    return new Promise((resolve) => {
      this.#settled.add(resolve);
      this.#pump.schedule();
    });
  }

  /** Ends the world. Whoever still waits is told that the service is gone. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#pump.dispose();
    this.#endGoal('interrupted');
    for (const resolve of this.#settled) resolve('idle');
    this.#settled.clear();
    this.#external.dispose();
    this.#writer.dispose();
    this.#clockChanged.dispose();
    this.#spansChanged.dispose();
    this.#spansRemoved.dispose();
  }

  #input(input: Input, caller: Caller): boolean {
    if (this.#disposed) return false;
    // Polls are repeated for ever and say nothing new; anything else from outside is someone's doing.
    const isPoll = input.kind === 'call' && input.method.startsWith('poll');
    if (caller !== 'participant' && !isPoll && input.kind !== 'call-cancelled') {
      this.#bounds.noteOutside(this.#clock.reached);
    }
    if (this.#clock.holdsInputs && caller !== 'console' && !this.#bounds.isHeard) {
      this.#waiting.push(input);
      return true;
    }
    this.#catchUp();
    this.#dispatch(input);
    this.#pump.schedule();
    return true;
  }

  #setMode(mode: ClockMode): void {
    this.#clock.setMode(mode);
    this.#bounds.forgive(this.#clock.now);
    while (!this.#clock.holdsInputs) {
      const input = this.#waiting.shift();
      if (input === undefined) break;
      this.#dispatch(input);
    }
    this.#pump.schedule();
    this.#clockChanged.fire(this.clockState());
  }

  #stepOnce(): Stepped {
    const waiting = this.#waiting.shift();
    const timer = this.#engine.state.timers.next();
    if (waiting === undefined && timer === undefined) return nothing;
    const what = stepName(waiting ?? { kind: 'timer-due' }, this.#engine.state);
    if (waiting !== undefined) this.#dispatch(waiting);
    else if (timer !== undefined) this.#fireNextTimer(timer.at);
    return { kind: waiting === undefined ? 'timer' : 'input', what };
  }

  /**
   * Brings the world to where flowing time is: what came due on the way fires first, at its own deadline. Returns how
   * many callers were answered.
   */
  #catchUp(): number {
    const goalAt = this.#goal?.at;
    let reached = goalAt === undefined ? this.#clock.reached : earlier(goalAt, this.#clock.reached);
    let answered = 0;
    for (;;) {
      const at = this.#engine.nextDeadline;
      if (at === undefined || at > reached || this.#disposed) break;
      answered += this.#fireNextTimer(at);
      reached = earlier(reached, this.#clock.reached);
    }
    this.#clock.moveTo(reached);
    return answered;
  }

  #fireNextTimer(deadline: Instant): number {
    this.#clock.moveTo(deadline);
    const timer = this.#engine.state.timers.next();
    if (timer !== undefined) this.#goal?.fired(timer);
    return this.#dispatch({ kind: 'timer-due' });
  }

  /** Returns how many callers were answered. */
  #dispatch(input: Input): number {
    const now = this.#clock.now;
    const overruns =
      this.#clock.mode.mode === 'run' &&
      this.#bounds.overruns(now, () => stepName(input, this.#engine.state));
    const answered = this.#writer.dispatch(input, now);
    if (this.#clock.isFast) this.#clock.setAwaitingRemote(this.#engine.awaitsRemote);
    if (overruns) this.#stop();
    return answered;
  }

  /** Stops a run that does not come to rest. Its participants are kept waiting, too, or they would go on for ever. */
  #stop(): void {
    this.#clock.setMode({ mode: 'paused', holdInputs: true });
    this.#endGoal('bounded');
    this.#pump.schedule();
  }

  #endGoal(ending: GoalEnding): void {
    const goal = this.#goal;
    this.#goal = undefined;
    goal?.end(ending);
  }

  /** All is quiet at the present instant: move on as the mode allows. */
  #runTimers(): void {
    if (this.#disposed) return;
    // Several timers may share one instant: who wakes by the last of them is heard before time goes on, too (D2).
    if (this.#catchUp() > 0) {
      this.#publish();
      this.#pump.schedule();
      return;
    }
    for (let fired = 0; ; fired++) {
      const awaiting = this.#engine.awaitsRemote;
      this.#clock.setAwaitingRemote(awaiting);
      if (awaiting || !this.#mayFireNext()) break;
      if (this.#fireNextTimer(this.#engine.nextDeadline ?? this.#clock.now) > 0 || fired >= TIMERS_PER_TURN) {
        this.#publish();
        this.#pump.schedule();
        return;
      }
    }
    if (this.#writer.ended !== undefined) return;
    this.#reachGoal();
    this.#announce();
    this.#pump.alarmAfter(this.#delayToNext());
    this.#tellSettled();
  }

  #mayFireNext(): boolean {
    const timer = this.#engine.state.timers.next();
    if (timer === undefined || this.#clock.mode.mode !== 'run' || this.#writer.ended !== undefined)
      return false;
    if (this.#bounds.boundOf(timer.at) !== undefined) return false;
    return this.#goal?.allows(timer) ?? true;
  }

  /** All that may happen by itself has happened: ends the run to a goal, if it is not for others to go on. */
  #reachGoal(): void {
    const goal = this.#goal;
    if (goal === undefined) return;
    const timer = this.#engine.state.timers.next();
    const bound = timer === undefined ? undefined : this.#bounds.boundOf(timer.at);
    const ending = goal.endingAt(this.#clock.now, timer, bound);
    if (this.#engine.awaitsRemote && !goal.isMet(this.#clock.now, timer)) return;
    if (ending === 'reached' && goal.at !== undefined) this.#clock.moveTo(goal.at);
    this.#clock.setMode({ mode: 'paused' });
    this.#endGoal(ending);
  }

  /** Real time until flowing time reaches the next deadline. */
  #delayToNext(): DurationMs | undefined {
    const deadlines = [this.#engine.nextDeadline, this.#goal?.at].filter((at) => at !== undefined);
    return deadlines.length === 0 ? undefined : this.#clock.wallDelayTo(deadlines.reduce(earlier));
  }

  #tellSettled(): void {
    if (this.#engine.awaitsRemote || this.#settled.size === 0) return;
    const settled = this.#bounds.settledAt(this.#engine.nextDeadline);
    // Who kept a stopped run alive waits for good by now; who asks what came of it is answered.
    this.#bounds.noteHeard();
    if (settled === undefined || (settled === 'idle' && this.#waiting.length > 0)) return;
    const { until } = this.#bounds;
    if (settled === 'until' && until !== undefined) this.#clock.moveTo(until);
    for (const resolve of this.#settled) resolve(settled === 'until' ? 'idle' : settled);
    this.#settled.clear();
  }

  #announce(): void {
    this.#publish();
    this.#clockChanged.fire(this.clockState());
  }

  #publish(): void {
    const changed = this.#writer.trace.takeChanged();
    if (changed.length > 0) this.#spansChanged.fire(changed);
    const removed = this.#writer.trace.store.takeRemoved();
    if (removed.length > 0) this.#spansRemoved.fire(removed);
  }
}

export type { DriverOptions } from './driver-options.ts';

export const createDriver = (options: DriverOptions): Driver => new Driver(options);
