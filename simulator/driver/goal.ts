import type { Instant } from '../base/time.ts';
import type { Timer } from '../engine/timers.ts';
import type { RunGoal } from '../protocol/contract.ts';

/** How a run to a goal ended. */
export type GoalEnding =
  | 'reached'
  /** Nothing is left to happen, and the goal did not come. */
  | 'idle'
  /** The clock has run as far past the last outside input as it may. */
  | 'horizon'
  /** More steps than a run may take. */
  | 'bounded'
  /** Somebody set the clock, or named another goal, or the world ended. */
  | 'interrupted';

/** A run that stops by itself: decides before each timer whether it may still fire. */
export class GoalRun {
  readonly #goal: RunGoal;
  readonly #end: (ending: GoalEnding) => void;
  #deadline: Instant | undefined;
  #retried = false;

  constructor(goal: RunGoal, end: (ending: GoalEnding) => void) {
    this.#goal = goal;
    this.#end = end;
  }

  /** The instant where the run ends at the latest, if the goal names one. */
  get at(): Instant | undefined {
    return this.#goal.kind === 'instant' ? this.#goal.at : undefined;
  }

  allows(timer: Timer): boolean {
    switch (this.#goal.kind) {
      case 'instant':
        return timer.at <= this.#goal.at;
      case 'next-deadline':
        // Everything that is due at that one instant belongs to it.
        this.#deadline ??= timer.at;
        return timer.at <= this.#deadline;
      case 'next-retry':
        return !this.#retried;
      case 'idle':
        return true;
    }
  }

  fired(timer: Timer): void {
    this.#deadline ??= timer.at;
    this.#retried ||= isRetry(timer.purpose.kind);
  }

  /** Whether the goal has come, so that nobody need be waited for. */
  isMet(now: Instant, next: Timer | undefined): boolean {
    switch (this.#goal.kind) {
      case 'instant':
        return now >= this.#goal.at;
      case 'next-deadline':
        return this.#deadline !== undefined && (next === undefined || next.at > this.#deadline);
      case 'next-retry':
        return this.#retried;
      case 'idle':
        return false;
    }
  }

  /** How the run ends when no timer may fire any more: this one is next, and this bound is what forbids it. */
  endingAt(now: Instant, next: Timer | undefined, bound: string | undefined): GoalEnding {
    if (this.at !== undefined && now >= this.at) return 'reached';
    if (next !== undefined)
      return !this.allows(next) ? 'reached' : bound === undefined ? 'interrupted' : 'horizon';
    switch (this.#goal.kind) {
      case 'instant':
      case 'idle':
        return 'reached';
      case 'next-deadline':
        return this.#deadline === undefined ? 'idle' : 'reached';
      case 'next-retry':
        return this.#retried ? 'reached' : 'idle';
    }
  }

  end(ending: GoalEnding): void {
    this.#end(ending);
  }
}

/** Timers that make a failed or refused attempt again. */
const isRetry = (kind: string): boolean => kind.endsWith('-backoff') || kind.endsWith('-retry');
