import { after, ms, shorter, type DurationMs, type Instant } from '../../base/time.ts';
import type { RetryPolicy } from '../../protocol/temporal/common.ts';
import type { Failure, RetryState, TimeoutType } from '../../protocol/temporal/failure.ts';
import type { Limits } from '../../protocol/limits.ts';

/*
 * Whether, and when, an activity is tried again. Without jitter, like the server
 * (service/history/workflow/retry.go).
 */

export type RetryDecision =
  | { readonly state: 'IN_PROGRESS'; readonly delay: DurationMs }
  | { readonly state: Exclude<RetryState, 'IN_PROGRESS'> };

/** What the policy of a command leaves open is filled in (service default `history.defaultActivityRetryPolicy`). */
export function withRetryDefaults(policy: RetryPolicy, limits: Limits): RetryPolicy {
  const initialInterval = orElse(policy.initialInterval, limits.activityRetryInitialInterval);
  return {
    ...policy,
    initialInterval,
    backoffCoefficient: orElse(policy.backoffCoefficient, limits.activityRetryBackoffCoefficient),
    maximumInterval: orElse(
      policy.maximumInterval,
      ms(initialInterval * limits.activityRetryMaxIntervalCoefficient),
    ),
  };
}

/** What is wrong with a policy, as the end of a sentence. A policy of one attempt is not looked at. */
export function retryPolicyProblem(policy: RetryPolicy): string | undefined {
  const { initialInterval = 0, backoffCoefficient = 0, maximumInterval = 0, maximumAttempts = 0 } = policy;
  if (maximumAttempts === 1) return undefined;
  if (initialInterval < 0) return 'InitialInterval cannot be negative on retry policy';
  if (backoffCoefficient !== 0 && backoffCoefficient < 1) {
    return 'BackoffCoefficient cannot be less than 1 on retry policy';
  }
  if (maximumInterval < 0) return 'MaximumInterval cannot be negative on retry policy';
  if (maximumInterval > 0 && maximumInterval < initialInterval) {
    return 'MaximumInterval cannot be less than InitialInterval on retry policy';
  }
  return maximumAttempts < 0 ? 'MaximumAttempts cannot be negative on retry policy' : undefined;
}

/** Decides after attempt number `attempt` (from 1) ended with `failure`. `expiresAt` is when schedule-to-close ends. */
export function decideRetry(
  policy: RetryPolicy,
  ended: {
    readonly failure: Failure;
    readonly attempt: number;
    readonly now: Instant;
    readonly expiresAt: Instant | undefined;
  },
): RetryDecision {
  const { failure, attempt, now, expiresAt } = ended;
  if (!isRetryable(failure, policy.nonRetryableErrorTypes ?? [])) return { state: 'NON_RETRYABLE_FAILURE' };
  const { maximumAttempts = 0 } = policy;
  if (maximumAttempts > 0 && attempt >= maximumAttempts) return { state: 'MAXIMUM_ATTEMPTS_REACHED' };
  const delay = delayAfter(policy, attempt, failure.applicationFailureInfo?.nextRetryDelay);
  if (expiresAt !== undefined && after(now, delay) > expiresAt) return { state: 'TIMEOUT' };
  return { state: 'IN_PROGRESS', delay };
}

/** As timeouts are called in messages and in `nonRetryableErrorTypes`. */
export const timeoutWords = {
  START_TO_CLOSE: 'StartToClose',
  SCHEDULE_TO_START: 'ScheduleToStart',
  SCHEDULE_TO_CLOSE: 'ScheduleToClose',
  HEARTBEAT: 'Heartbeat',
} as const satisfies Record<TimeoutType, string>;

function delayAfter(policy: RetryPolicy, attempt: number, asked: DurationMs | undefined): DurationMs {
  const { initialInterval = ms(0), backoffCoefficient = 1, maximumInterval = initialInterval } = policy;
  const interval = asked ?? Math.trunc(initialInterval * backoffCoefficient ** (attempt - 1));
  // The cap holds for a delay that the worker asked for too.
  return shorter(ms(interval), maximumInterval);
}

function isRetryable(failure: Failure, nonRetryable: readonly string[]): boolean {
  if (failure.terminatedFailureInfo !== undefined || failure.canceledFailureInfo !== undefined) return false;
  if (failure.timeoutFailureInfo !== undefined) {
    const { timeoutType } = failure.timeoutFailureInfo;
    if (timeoutType !== 'START_TO_CLOSE' && timeoutType !== 'HEARTBEAT') return false;
    return !nonRetryable.includes(`TemporalTimeout:${timeoutWords[timeoutType]}`);
  }
  if (failure.serverFailureInfo !== undefined) return failure.serverFailureInfo.nonRetryable !== true;
  if (failure.applicationFailureInfo === undefined) return true;
  const { nonRetryable: never, type = '' } = failure.applicationFailureInfo;
  return never !== true && !nonRetryable.includes(type);
}

const orElse = <T extends number>(value: T | undefined, fallback: T): T =>
  value === undefined || value === 0 ? fallback : value;
