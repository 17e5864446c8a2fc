import { between, type Instant } from '../base/time.ts';
import type { Limits } from '../protocol/limits.ts';
import { StepBudget, type Overrun } from './step-budget.ts';

/** How far a world goes by itself: in time until its end or horizon, and in steps (C4). */
export class RunBounds {
  readonly until: Instant | undefined;
  #limits: Limits;
  #budget: StepBudget;
  #lastOutsideInput: Instant;
  #overrun: Overrun | undefined;
  #isHeard = false;

  constructor(limits: Limits, now: Instant, until: Instant | undefined) {
    this.until = until;
    this.#limits = limits;
    this.#lastOutsideInput = now;
    this.#budget = budgetOf(limits);
  }

  /** Other settings from now on; steps are counted anew. */
  adopt(limits: Limits): void {
    this.#limits = limits;
    this.#budget = budgetOf(limits);
  }

  /** Why the run was stopped; until somebody sets the clock. */
  get overrun(): Overrun | undefined {
    return this.#overrun;
  }

  /** Whether the world has come to rest after its run was stopped. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** All is quiet; if the run was stopped, everybody who took part in it has come to a halt. */
  noteHeard(): void {
    this.#isHeard = this.#overrun !== undefined;
  }

  /** Something came from outside: the horizon moves on and steps are counted anew. */
  noteOutside(now: Instant): void {
    this.#lastOutsideInput = now;
    this.#budget.reset();
  }

  /** Somebody set the clock: what was stopped may go on. */
  forgive(now: Instant): void {
    this.noteOutside(now);
    this.#overrun = undefined;
    this.#isHeard = false;
  }

  /** Counts one step. True when it is one too many; then {@link overrun} says which. */
  overruns(now: Instant, name: () => string): boolean {
    const overrun = this.#budget.take(now, name);
    this.#overrun ??= overrun;
    return overrun !== undefined;
  }

  /** What forbids the clock to go as far as this by itself. */
  boundOf(deadline: Instant): 'until' | 'horizon' | undefined {
    if (this.until !== undefined && deadline > this.until) return 'until';
    return between(this.#lastOutsideInput, deadline) > this.#limits.runHorizon ? 'horizon' : undefined;
  }

  /** Whether the world has come to rest when this is its next deadline, and why. */
  settledAt(deadline: Instant | undefined): 'idle' | 'until' | 'horizon' | undefined {
    if (this.#overrun !== undefined) return 'horizon';
    return deadline === undefined ? 'idle' : this.boundOf(deadline);
  }
}

const budgetOf = ({ runStepsAtInstantMax, runStepsMax }: Limits): StepBudget =>
  new StepBudget({ atInstant: runStepsAtInstantMax, inAll: runStepsMax });
