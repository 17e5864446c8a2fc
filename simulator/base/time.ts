import type { Brand } from './brand.ts';

/** Virtual milliseconds since the simulation's origin. Never a wall-clock reading. */
export type Instant = Brand<number, 'Instant'>;

/** A span of time in milliseconds. */
export type DurationMs = Brand<number, 'DurationMs'>;

export const ORIGIN = 0 as Instant;

/** Marks a number as milliseconds since the origin. */
export const instant = (value: number): Instant => value as Instant;

/** Marks a number as milliseconds. */
export const ms = (value: number): DurationMs => value as DurationMs;
export const seconds = (value: number): DurationMs => ms(value * 1_000);
export const minutes = (value: number): DurationMs => ms(value * 60_000);
export const hours = (value: number): DurationMs => ms(value * 3_600_000);
export const days = (value: number): DurationMs => ms(value * 86_400_000);

export const after = (at: Instant, delay: DurationMs): Instant => instant(at + delay);
export const between = (from: Instant, to: Instant): DurationMs => ms(to - from);
export const earlier = (a: Instant, b: Instant): Instant => (a <= b ? a : b);
export const later = (a: Instant, b: Instant): Instant => (a >= b ? a : b);
export const shorter = (a: DurationMs, b: DurationMs): DurationMs => (a <= b ? a : b);

const units = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
} as const;
const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/gy;

/**
 * Reads a duration as Go and the `temporal` command line write it (`120ms`, `1h30m`), plus `d` for days.
 * Fractions of a millisecond are dropped. Returns `undefined` for anything else.
 */
export function parseDuration(text: string): DurationMs | undefined {
  if (text === '0') return ms(0);
  part.lastIndex = 0;
  let total = 0;
  let end = 0;
  for (let match = part.exec(text); match !== null; match = part.exec(text)) {
    total += Number(match[1]) * units[match[2] as keyof typeof units];
    end = part.lastIndex;
  }
  return end > 0 && end === text.length ? ms(Math.trunc(total)) : undefined;
}

const steps = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** Writes a duration so that {@link parseDuration} reads it back: `250ms`, `1.5s`, `1h30m`. */
export function formatDuration(duration: DurationMs): string {
  if (duration < 0) return `-${formatDuration(ms(0 - duration))}`;
  if (duration < 1_000) return `${duration}ms`;
  let rest: number = duration;
  let text = '';
  for (const [unit, size] of steps) {
    const count = Math.trunc(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return rest > 0 ? `${text}${rest / 1_000}s` : text;
}
