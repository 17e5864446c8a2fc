import { after, instant, ms, ORIGIN, type DurationMs, type Instant } from '../base/time.ts';
import type { ClockMode } from '../protocol/contract.ts';
import type { WallClock } from './wall-clock.ts';

/**
 * The virtual time of one world.
 *
 * C1. `now` never decreases, and while a timer fires it is that timer's own deadline.
 * C2. In mode `run` time stands still until someone jumps to a deadline. While a worker of another process is at
 *     work it flows like real time instead, so that the work has its true length and its time-outs still come.
 * C3. In mode `paced` time flows `rate` times as fast as real time, but no faster than real time while a worker of
 *     another process is at work: a thousand times as fast, each of its tasks would have timed out at once.
 * C4. In mode `paused` time stands still.
 */
export class VirtualClock {
  readonly #wall: WallClock;
  #mode: ClockMode;
  #now = ORIGIN;
  #awaiting = false;
  #flow: { readonly rate: number; readonly since: DurationMs; readonly from: Instant } | undefined;

  constructor(wall: WallClock, mode: ClockMode) {
    this.#wall = wall;
    this.#mode = mode;
    this.setAwaitingRemote(false);
  }

  get mode(): ClockMode {
    return this.#mode;
  }

  /** Whether what participants do waits until it is stepped through. */
  get holdsInputs(): boolean {
    return this.#mode.mode === 'paused' && this.#mode.holdInputs === true;
  }

  /** The instant up to which the world has been brought. */
  get now(): Instant {
    return this.#now;
  }

  /** Where flowing time has come to; the world may be behind it. */
  get reached(): Instant {
    if (this.#flow === undefined) return this.#now;
    const { rate, since, from } = this.#flow;
    const flowed = Math.trunc((this.#wall.elapsed() - since) * rate);
    return instant(Math.max(this.#now, after(from, ms(flowed))));
  }

  /** How long until flowing time comes to `at`; `undefined` when it does not flow. */
  wallDelayTo(at: Instant): DurationMs | undefined {
    if (this.#flow === undefined) return undefined;
    const { rate, since, from } = this.#flow;
    return ms(Math.ceil((at - from) / rate - (this.#wall.elapsed() - since)));
  }

  setMode(mode: ClockMode): void {
    this.#mode = mode;
    this.#flow = undefined;
    this.setAwaitingRemote(this.#awaiting);
  }

  /** Whether time must slow down as soon as a worker of another process is at work: a moment later is too late. */
  get isFast(): boolean {
    return this.#mode.mode === 'paced' && this.#mode.rate > 1;
  }

  /** Tells the clock whether a worker of another process is at work: C2, C3. */
  setAwaitingRemote(awaiting: boolean): void {
    this.#awaiting = awaiting;
    const rate = this.#rate(awaiting);
    if (rate === this.#flow?.rate) return;
    this.#flow = rate === undefined ? undefined : { rate, since: this.#wall.elapsed(), from: this.#now };
  }

  /** Moves the world to `at`; earlier instants are ignored (C1). */
  moveTo(at: Instant): void {
    this.#now = instant(Math.max(this.#now, at));
  }

  #rate(awaiting: boolean): number | undefined {
    switch (this.#mode.mode) {
      case 'paced':
        return awaiting ? Math.min(this.#mode.rate, 1) : this.#mode.rate;
      case 'run':
        return awaiting ? 1 : undefined;
      case 'paused':
        return undefined;
    }
  }
}
