import { after, type Instant } from '../../base/time.ts';
import type { Limits } from '../../protocol/limits.ts';

/*
 * The circuit breaker of one destination (semantics §4; the library is sony/gobreaker in its two-step form).
 *
 * B1. Consecutive failures open it; any success in between starts the count anew.
 * B2. Open, it refuses everything. The first look at it after its time makes it half-open.
 * B3. Half-open, it lets one probe through. Success closes it, failure opens it again.
 * B4. What was admitted under an earlier generation, that is before the last change, is not counted any more.
 */

export type Breaker =
  | { readonly kind: 'closed'; readonly generation: number; readonly consecutiveFailures: number }
  | { readonly kind: 'open'; readonly generation: number; readonly since: Instant; readonly until: Instant }
  | { readonly kind: 'half-open'; readonly generation: number; readonly probing: boolean };

/** Not a transition of its own doing: somebody puts it there, and it goes on from there as always. */
export function forcedBreaker(
  { generation: before }: Breaker,
  to: Breaker['kind'],
  { now, limits }: { readonly now: Instant; readonly limits: Limits },
): Breaker {
  const generation = before + 1;
  switch (to) {
    case 'closed':
      return { kind: 'closed', generation, consecutiveFailures: 0 };
    case 'open':
      return { kind: 'open', generation, since: now, until: after(now, limits.breakerOpenFor) };
    case 'half-open':
      return { kind: 'half-open', generation, probing: false };
  }
}

export const breakerTransitions = {
  Tripped: { from: ['closed'], to: 'open' },
  TimedOut: { from: ['open'], to: 'half-open' },
  ProbeSucceeded: { from: ['half-open'], to: 'closed' },
  ProbeFailed: { from: ['half-open'], to: 'open' },
} as const satisfies Record<string, { from: readonly Breaker['kind'][]; to: Breaker['kind'] }>;

export const closedBreaker: Breaker = { kind: 'closed', generation: 0, consecutiveFailures: 0 };

/** The breaker as it is at this instant: B2. */
export const breakerAt = (breaker: Breaker, now: Instant): Breaker =>
  breaker.kind === 'open' && now >= breaker.until
    ? { kind: 'half-open', generation: breaker.generation + 1, probing: false }
    : breaker;

/** The breaker after a call asked to pass, and whether it may. */
export function askBreaker(
  breaker: Breaker,
  now: Instant,
): { readonly breaker: Breaker; readonly admitted: boolean } {
  const current = breakerAt(breaker, now);
  switch (current.kind) {
    case 'closed':
      return { breaker: current, admitted: true };
    case 'open':
      return { breaker: current, admitted: false };
    case 'half-open':
      return { breaker: { ...current, probing: true }, admitted: !current.probing };
  }
}

/** The breaker after a call that it admitted in `generation` came back. */
export function tellBreaker(
  breaker: Breaker,
  result: { readonly generation: number; readonly failed: boolean; readonly now: Instant },
  limits: Limits,
): Breaker {
  const current = breakerAt(breaker, result.now);
  if (current.generation !== result.generation) return current;
  const generation = current.generation + 1;
  const open = (): Breaker => ({
    kind: 'open',
    generation,
    since: result.now,
    until: after(result.now, limits.breakerOpenFor),
  });
  switch (current.kind) {
    case 'closed': {
      if (!result.failed) return { ...current, consecutiveFailures: 0 };
      const consecutiveFailures = current.consecutiveFailures + 1;
      return consecutiveFailures >= limits.breakerConsecutiveFailures
        ? open()
        : { ...current, consecutiveFailures };
    }
    case 'half-open':
      return result.failed ? open() : { kind: 'closed', generation, consecutiveFailures: 0 };
    case 'open':
      return current;
  }
}
