import { describe, expect, test } from 'vitest';
import { instant, ms, seconds } from '../../../../../simulator/base/time.ts';
import {
  decideRetry,
  retryPolicyProblem,
  withRetryDefaults,
} from '../../../../../simulator/engine/execution/activity-retry.ts';
import { limitsOf } from '../../../../../simulator/protocol/limits.ts';
import type { RetryPolicy } from '../../../../../simulator/protocol/temporal/common.ts';
import type { Failure } from '../../../../../simulator/protocol/temporal/failure.ts';

const limits = limitsOf('server');
const defaults = withRetryDefaults({}, limits);
const application: Failure = { message: 'no', applicationFailureInfo: { type: 'No' } };

const decide = (
  policy: RetryPolicy,
  ended: { readonly failure?: Failure; readonly attempt?: number; readonly expiresAt?: number } = {},
) => {
  const { failure = application, attempt = 1, expiresAt } = ended;
  return decideRetry(policy, {
    failure,
    attempt,
    now: instant(1_000),
    expiresAt: expiresAt === undefined ? undefined : instant(expiresAt),
  });
};

describe('withRetryDefaults', () => {
  test.each<[RetryPolicy, RetryPolicy]>([
    [{}, { initialInterval: seconds(1), backoffCoefficient: 2, maximumInterval: seconds(100) }],
    [
      { initialInterval: seconds(5), maximumAttempts: 3 },
      {
        initialInterval: seconds(5),
        backoffCoefficient: 2,
        maximumInterval: seconds(500),
        maximumAttempts: 3,
      },
    ],
    [
      { backoffCoefficient: 1, maximumInterval: seconds(7) },
      { initialInterval: seconds(1), backoffCoefficient: 1, maximumInterval: seconds(7) },
    ],
  ])('%o becomes %o', (policy, expected) => {
    expect(withRetryDefaults(policy, limits)).toEqual(expected);
  });
});

describe('retryPolicyProblem', () => {
  test.each<[RetryPolicy, string | undefined]>([
    [{}, undefined],
    [{ initialInterval: ms(-1) }, 'InitialInterval cannot be negative on retry policy'],
    [{ backoffCoefficient: 0.9 }, 'BackoffCoefficient cannot be less than 1 on retry policy'],
    [{ maximumInterval: ms(-1) }, 'MaximumInterval cannot be negative on retry policy'],
    [
      { initialInterval: seconds(2), maximumInterval: seconds(1) },
      'MaximumInterval cannot be less than InitialInterval on retry policy',
    ],
    [{ maximumAttempts: -1 }, 'MaximumAttempts cannot be negative on retry policy'],
    [{ backoffCoefficient: 0.9, maximumAttempts: 1 }, undefined],
  ])('%o: %s', (policy, problem) => {
    expect(retryPolicyProblem(policy)).toBe(problem);
  });
});

describe('decideRetry', () => {
  test.each([
    [1, 1],
    [2, 2],
    [7, 64],
    [8, 100],
    [1_000, 100],
  ])('after attempt %i it waits %i s', (attempt, expected) => {
    expect(decide(defaults, { attempt })).toEqual({ state: 'IN_PROGRESS', delay: seconds(expected) });
  });

  test.each<[string, Failure, string]>([
    ['a cancellation', { canceledFailureInfo: {} }, 'NON_RETRYABLE_FAILURE'],
    ['a termination', { terminatedFailureInfo: {} }, 'NON_RETRYABLE_FAILURE'],
    ['a final server failure', { serverFailureInfo: { nonRetryable: true } }, 'NON_RETRYABLE_FAILURE'],
    ['a server failure', { serverFailureInfo: {} }, 'IN_PROGRESS'],
    ['start-to-close', { timeoutFailureInfo: { timeoutType: 'START_TO_CLOSE' } }, 'IN_PROGRESS'],
    ['heartbeat', { timeoutFailureInfo: { timeoutType: 'HEARTBEAT' } }, 'IN_PROGRESS'],
    [
      'schedule-to-start',
      { timeoutFailureInfo: { timeoutType: 'SCHEDULE_TO_START' } },
      'NON_RETRYABLE_FAILURE',
    ],
    [
      'schedule-to-close',
      { timeoutFailureInfo: { timeoutType: 'SCHEDULE_TO_CLOSE' } },
      'NON_RETRYABLE_FAILURE',
    ],
    ['a failure of no kind', { message: 'x' }, 'IN_PROGRESS'],
  ])('%s', (_name, failure, state) => {
    expect(decide(defaults, { failure }).state).toBe(state);
  });

  test('timeouts are excluded by name', () => {
    const failure: Failure = { timeoutFailureInfo: { timeoutType: 'HEARTBEAT' } };
    const policy = { ...defaults, nonRetryableErrorTypes: ['TemporalTimeout:Heartbeat'] };
    expect(decide(policy, { failure }).state).toBe('NON_RETRYABLE_FAILURE');
  });

  test('the next attempt may begin just when schedule-to-close ends, and not later', () => {
    expect(decide(defaults, { expiresAt: 2_000 }).state).toBe('IN_PROGRESS');
    expect(decide(defaults, { expiresAt: 1_999 })).toEqual({ state: 'TIMEOUT' });
  });

  test('attempts are counted before time', () => {
    expect(decide({ ...defaults, maximumAttempts: 1 }, { expiresAt: 1_000 })).toEqual({
      state: 'MAXIMUM_ATTEMPTS_REACHED',
    });
  });
});
