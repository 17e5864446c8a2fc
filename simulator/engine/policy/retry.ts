import type { Prng } from '../../base/prng.ts';
import { ms, shorter, type DurationMs } from '../../base/time.ts';
import type { Limits } from '../../protocol/limits.ts';

/**
 * How long to wait after attempt number `attempt` (from 1) failed: min(initial · 2^(attempt−1), maximum),
 * jittered uniformly into [0.8 · base, base). The same for start, cancel and callback attempts (semantics §3.1).
 */
export function backoffAfter(attempt: number, limits: Limits, random: Prng): DurationMs {
  // 2^52 initial intervals exceed any maximum; beyond that doubling would leave the whole numbers.
  const doublings = Math.min(attempt - 1, 52);
  const base = shorter(ms(limits.retryInitialInterval * 2 ** doublings), limits.retryMaxInterval);
  return jittered(base, random);
}

/** Uniformly in [0.8 · base, base). */
export function jittered(base: DurationMs, random: Prng): DurationMs {
  const spread = Math.trunc(base / 5);
  return ms(base - spread + (spread > 0 ? random.below(spread) : 0));
}
