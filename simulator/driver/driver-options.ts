import type { Instant } from '../base/time.ts';
import type { Journal, JournalEntry, StorageError } from '../persistence/journal.ts';
import type { Input } from '../engine/input.ts';
import type { ClockMode } from '../protocol/contract.ts';
import type { Limits, Profile } from '../protocol/limits.ts';
import type { NexusClient } from '../protocol/nexus-client.ts';
import type { GoalEnding } from './goal.ts';
import type { Overrun } from './step-budget.ts';
import type { WallClock } from './wall-clock.ts';

export interface DriverOptions {
  readonly seed: number;
  readonly profile: Profile;
  readonly limits?: Partial<Limits>;
  /** Wall-clock milliseconds since the Unix epoch that virtual time 0 stands for. */
  readonly originMs: number;
  readonly clock: ClockMode;
  readonly journal?: Journal;
  /** Told once when the journal cannot be written. The world has ended then. */
  readonly onFailed?: (failure: StorageError) => void;
  readonly wallClock?: WallClock;
  /** The way out to other processes; without it calls to them fail. */
  readonly nexusClient?: NexusClient;
  /** In mode `run` the clock goes no further than this; the world then counts as having come to rest. */
  readonly until?: Instant;
  /** What the journal holds already: the world goes on where it stood. Nobody who waited then still waits. */
  readonly past?: Iterable<JournalEntry>;
}

/** Why a world has nothing more to do by itself. */
export type Settled =
  /** Nothing is runnable and no deadline is left, or the end that was asked for has come. */
  | 'idle'
  /** The clock has run as far past the last outside input as it may, or the run was stopped. */
  | 'horizon';

/** What one step did. */
export interface Stepped {
  readonly kind: 'timer' | 'input' | 'nothing';
  readonly what: string;
}

export const nothing: Stepped = { kind: 'nothing', what: 'nothing is left to happen' };

/** What somebody who steers the world tells the machine. */
export type Instruction = Exclude<
  Input,
  { readonly kind: 'call' | 'call-cancelled' | 'sleep' | 'timer-due' }
>;

export interface GoalReport {
  readonly ended: GoalEnding;
  readonly overrun?: Overrun;
}

/** Who calls: a participant of this process, a worker or client of another one, or whoever steers the world. */
export type Caller = 'participant' | 'remote' | 'console';
