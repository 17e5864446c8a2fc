import { toDisposable, type Disposable } from '../../../../simulator/base/disposable.ts';
import { ms, type DurationMs } from '../../../../simulator/base/time.ts';
import { systemWallClock, type WallClock } from '../../../../simulator/driver/wall-clock.ts';

interface Alarm {
  readonly at: number;
  readonly delay: DurationMs;
  readonly fire: () => void;
}

/** A wall clock that stands still until the test moves it. Quiet is the real one's: all settled promises are heard. */
export class HandWallClock implements WallClock {
  // Real clocks start anywhere; only differences may mean something.
  #elapsed = 123_456;
  readonly #alarms = new Set<Alarm>();

  /** The delays that were asked for and not given back or come due. */
  get delays(): readonly number[] {
    return [...this.#alarms].map(({ delay }) => delay);
  }

  elapsed(): DurationMs {
    return ms(this.#elapsed);
  }

  setTimer(delay: DurationMs, fire: () => void): Disposable {
    const alarm = { at: this.#elapsed + delay, delay, fire };
    this.#alarms.add(alarm);
    return toDisposable(() => this.#alarms.delete(alarm));
  }

  whenQuiet(fire: () => void): Disposable {
    return systemWallClock.whenQuiet(fire);
  }

  /** Lets time pass, alarms firing at their own times, and settles when all of it has been heard. */
  async pass(duration: DurationMs): Promise<void> {
    const end = this.#elapsed + duration;
    await this.quiet();
    for (let next = this.#earliest(end); next !== undefined; next = this.#earliest(end)) {
      this.#alarms.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.fire();
      await this.quiet();
    }
    this.#elapsed = end;
  }

  /** Time passes while this thread is busy: no alarm is heard before it is over. */
  passUnheard(duration: DurationMs): void {
    this.#elapsed += duration;
  }

  /** Settles when everything that was set off has come to rest, with some turns to spare. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      await new Promise<void>((resolve) => {
        this.whenQuiet(resolve);
      });
    }
  }

  #earliest(end: number): Alarm | undefined {
    return [...this.#alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
