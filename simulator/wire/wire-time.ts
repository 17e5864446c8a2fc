import { assert } from '../base/assert.ts';
import { instant, ms, type DurationMs, type Instant } from '../base/time.ts';
import { WireError } from './wire-error.ts';

/** `google.protobuf.Timestamp` and `Duration` as they travel. */
interface SecondsAndNanos {
  readonly seconds?: unknown;
  readonly nanos?: unknown;
}

/** The virtual instant of a wall-clock timestamp; what is finer than a millisecond is cut off. */
export const instantFrom = (wire: SecondsAndNanos, originMs: number): Instant =>
  instant(wholeMs(wire, Math.floor) - originMs);

/** A wire duration in whole milliseconds; a part of one counts as a whole, so that no wait ends early. */
export const durationFrom = (wire: SecondsAndNanos): DurationMs => ms(wholeMs(wire, Math.ceil));

export const toTimestamp = (at: unknown, originMs: number): SecondsAndNanos =>
  split(asMs(at) + originMs, Math.floor);

/** Seconds and nanos of a duration have the same sign. */
export const toDuration = (duration: unknown): SecondsAndNanos => split(asMs(duration), Math.trunc);

function wholeMs({ seconds = 0, nanos = 0 }: SecondsAndNanos, round: (value: number) => number): number {
  const total = Number(seconds) * 1_000 + round(Number(nanos) / 1_000_000);
  if (Number.isSafeInteger(total)) return total;
  throw new WireError(`a time of ${String(seconds)} seconds is out of range`);
}

function split(total: number, round: (value: number) => number): SecondsAndNanos {
  const seconds = round(total / 1_000);
  return { seconds, nanos: Math.round((total - seconds * 1_000) * 1_000_000) };
}

function asMs(value: unknown): number {
  assert(
    typeof value === 'number' && Number.isFinite(value),
    `a time must be a number, not ${String(value)}`,
  );
  return value;
}
