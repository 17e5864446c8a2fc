import { after, between, ms, type Instant } from '../../base/time.ts';

/** A token bucket that starts full and holds what flows in within a second. */
export interface TokenBucket {
  /** Thousandths of a token at `at`: whole numbers, so that no rounding depends on the machine. */
  readonly thousandths: number;
  readonly at: Instant;
}

const TOKEN = 1_000;

export const fullBucket = (perSecond: number, at: Instant): TokenBucket => ({
  thousandths: capacityOf(perSecond),
  at,
});

/** The bucket with one token less, or `undefined` when there is none. */
export function takeToken(bucket: TokenBucket, perSecond: number, now: Instant): TokenBucket | undefined {
  const thousandths = filledAt(bucket, perSecond, now);
  return thousandths < TOKEN ? undefined : { thousandths: thousandths - TOKEN, at: now };
}

/** When the next token is there. */
export function nextTokenAt(bucket: TokenBucket, perSecond: number, now: Instant): Instant {
  const missing = TOKEN - filledAt(bucket, perSecond, now);
  return missing <= 0 ? now : after(now, ms(Math.ceil(missing / perSecond)));
}

const filledAt = (bucket: TokenBucket, perSecond: number, now: Instant): number =>
  Math.min(capacityOf(perSecond), bucket.thousandths + Math.trunc(between(bucket.at, now) * perSecond));

/** A rate below one still lets single calls through. */
const capacityOf = (perSecond: number): number => Math.max(TOKEN, Math.trunc(perSecond * TOKEN));
