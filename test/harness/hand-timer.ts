import { toDisposable, type Disposable } from '../../simulator/base/disposable.ts';
import type { WallTimer } from '../../simulator/frontends/wall-timer.ts';

interface Pending {
  readonly at: number;
  readonly delayMs: number;
  readonly due: () => void;
}

/** A twin of the wall clock that stands still until the test moves it. */
export class HandTimer implements WallTimer {
  #now: number;
  #pending: Pending[] = [];
  #waiting: (() => void)[] = [];

  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** The delays that are being waited for, in milliseconds as they were asked for. */
  get delays(): readonly number[] {
    return this.#pending.map(({ delayMs }) => delayMs);
  }

  after(delayMs: number, due: () => void): Disposable {
    const entry = { at: this.#now + delayMs, delayMs, due };
    this.#pending.push(entry);
    for (const resolve of this.#waiting.splice(0)) resolve();
    return toDisposable(() => {
      this.#pending = this.#pending.filter((other) => other !== entry);
    });
  }

  /** Settles once something waits. */
  async whenSet(): Promise<void> {
    if (this.#pending.length === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  advance(byMs: number): void {
    const until = this.#now + byMs;
    for (;;) {
      const [next] = this.#pending.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#pending = this.#pending.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.due();
    }
    this.#now = until;
  }
}
