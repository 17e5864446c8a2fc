import type { Instant } from '../base/time.ts';

/** What a run did over and over, most frequent first. */
export interface KeptAlive {
  readonly what: string;
  /** Among the last steps before the run was stopped. */
  readonly count: number;
}

export interface StepBounds {
  readonly atInstant: number;
  readonly inAll: number;
}

/** Why a run was stopped. */
export interface Overrun {
  /** One sentence: which bound, where, and what to do. */
  readonly message: string;
  readonly keptAlive: readonly KeptAlive[];
}

/** How many steps before a bound are looked at by name; naming all of them would cost more than the run. */
const NAMED_STEPS = 1_000;
const NAMES_SHOWN = 5;

/** Counts what happens without anything from outside, so that a world that never comes to rest is stopped (C4). */
export class StepBudget {
  readonly #bounds: StepBounds;
  readonly #tally = new Map<string, number>();
  #instant: Instant | undefined;
  #atInstant = 0;
  #inAll = 0;

  constructor(bounds: StepBounds) {
    this.#bounds = bounds;
  }

  /** Something came from outside: all counts begin anew. */
  reset(): void {
    this.#tally.clear();
    this.#atInstant = 0;
    this.#inAll = 0;
  }

  /** Counts one step; `name` is asked only near a bound. Returns what to say when a bound is passed. */
  take(now: Instant, name: () => string): Overrun | undefined {
    if (now !== this.#instant) {
      this.#instant = now;
      this.#atInstant = 0;
    }
    this.#atInstant++;
    this.#inAll++;
    const { atInstant, inAll } = this.#bounds;
    const left = Math.min(atInstant - this.#atInstant, inAll - this.#inAll);
    if (left >= NAMED_STEPS) return undefined;
    const what = name();
    this.#tally.set(what, (this.#tally.get(what) ?? 0) + 1);
    if (left >= 0) return undefined;
    const bound =
      this.#atInstant > atInstant
        ? `${atInstant} timers and inputs at one instant`
        : `${inAll} timers and inputs without anything from outside`;
    const keptAlive = this.#mostFrequent();
    const names = keptAlive.map((kept) => `${kept.what} (${kept.count} times)`).join(', ');
    const message = `The run was stopped after ${bound}; at the end it was kept alive by ${names}.`;
    return { message, keptAlive };
  }

  #mostFrequent(): readonly KeptAlive[] {
    // The sort is stable: of two that are as frequent the one that came first stands first.
    return [...this.#tally]
      .map(([what, count]) => ({ what, count }))
      .sort((a, b) => b.count - a.count)
      .slice(0, NAMES_SHOWN);
  }
}
