import { describe, expect, test } from 'vitest';
import { instant, ms, seconds } from '../../../../../simulator/base/time.ts';
import {
  cancelBudget,
  operationTimeout,
  startBudget,
} from '../../../../../simulator/engine/nexus/call-timeout.ts';
import type { Operation, OperationTimeouts } from '../../../../../simulator/engine/state.ts';
import { limitsOf } from '../../../../../simulator/protocol/limits.ts';

const limits = limitsOf('server');
const operation = (timeouts: OperationTimeouts, startedAt?: number): Operation =>
  ({
    timeouts,
    scheduledAt: instant(0),
    ...(startedAt !== undefined && { startedAt: instant(startedAt) }),
  }) as unknown as Operation;

describe('the budget of a start attempt', () => {
  test.each([
    ['none', {}, 0, { timeout: 10_000 }],
    [
      'far away',
      { scheduleToCloseTimeout: seconds(60) },
      0,
      { timeout: 10_000, limitedBy: 'SCHEDULE_TO_CLOSE' },
    ],
    [
      'near',
      { scheduleToCloseTimeout: seconds(60) },
      57_000,
      { timeout: 3_000, limitedBy: 'SCHEDULE_TO_CLOSE' },
    ],
    [
      'schedule-to-start goes first',
      { scheduleToCloseTimeout: seconds(5), scheduleToStartTimeout: seconds(8) },
      0,
      { timeout: 8_000, limitedBy: 'SCHEDULE_TO_START' },
    ],
  ] as const)('with a time-out that is %s', (_name, timeouts, now, expected) => {
    expect(startBudget(operation(timeouts), instant(now), limits)).toEqual(expected);
  });
});

describe('the budget of a cancel attempt', () => {
  test('is the shortest of what is left', () => {
    const both = { scheduleToCloseTimeout: seconds(30), startToCloseTimeout: seconds(20) };
    expect(cancelBudget(operation(both, 5_000), instant(22_000), limits)).toEqual({
      timeout: 3_000,
      limitedBy: 'START_TO_CLOSE',
    });
    expect(cancelBudget(operation({}, 0), instant(22_000), limits)).toEqual({ timeout: 10_000 });
  });
});

describe('the time that the operation itself may take', () => {
  test('is the shorter of start-to-close and what is left of schedule-to-close', () => {
    expect(operationTimeout(operation({}), instant(0))).toBeUndefined();
    expect(operationTimeout(operation({ startToCloseTimeout: seconds(20) }), instant(5_000))).toBe(20_000);
    const both = { scheduleToCloseTimeout: seconds(30), startToCloseTimeout: ms(20_000) };
    expect(operationTimeout(operation(both), instant(5_000))).toBe(20_000);
    expect(operationTimeout(operation(both), instant(15_000))).toBe(15_000);
  });
});
