import { after, instant, ms, type DurationMs, type Instant } from '../base/time.ts';
import type { CallOptions, Sleeper } from '../protocol/temporal/port.ts';
import { pause } from './pause.ts';

/** Waiting on the wall clock; knows how many wait. */
export class WallSleeper implements Sleeper {
  readonly #originMs: number;
  #waiting = 0;

  /** `originMs`: milliseconds since the Unix epoch that instant 0 stands for. */
  constructor(originMs: number) {
    this.#originMs = originMs;
  }

  get isWaiting(): boolean {
    return this.#waiting > 0;
  }

  now(): Instant {
    return after(instant(0), ms(Date.now() - this.#originMs));
  }

  async sleep(duration: DurationMs, options: CallOptions = {}): Promise<void> {
    this.#waiting += 1;
    try {
      await pause(duration, options.signal);
    } finally {
      this.#waiting -= 1;
    }
  }
}
