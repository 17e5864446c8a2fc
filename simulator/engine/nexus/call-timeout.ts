import { after, between, ms, shorter, type DurationMs, type Instant } from '../../base/time.ts';
import type { TimeoutType } from '../../protocol/temporal/failure.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Operation } from '../state.ts';

/** How long one call may take, and which timeout of the operation it would run into. */
export interface CallBudget {
  readonly timeout: DurationMs;
  readonly limitedBy?: TimeoutType;
}

/** The budget of a start attempt (semantics §2.2, steps 1 and 2). */
export function startBudget(operation: Operation, now: Instant, limits: Limits): CallBudget {
  const { scheduleToStartTimeout, scheduleToCloseTimeout } = operation.timeouts;
  const [limitedBy, timeout] =
    scheduleToStartTimeout !== undefined
      ? (['SCHEDULE_TO_START', scheduleToStartTimeout] as const)
      : (['SCHEDULE_TO_CLOSE', scheduleToCloseTimeout] as const);
  if (timeout === undefined) return { timeout: limits.requestTimeout };
  const remaining = between(now, after(operation.scheduledAt, timeout));
  return { timeout: shorter(limits.requestTimeout, remaining), limitedBy };
}

/** The budget of a cancel attempt. */
export function cancelBudget(operation: Operation, now: Instant, limits: Limits): CallBudget {
  const { scheduleToCloseTimeout, startToCloseTimeout } = operation.timeouts;
  let budget: CallBudget = { timeout: limits.requestTimeout };
  const limit = (
    from: Instant | undefined,
    timeout: DurationMs | undefined,
    limitedBy: TimeoutType,
  ): void => {
    if (from === undefined || timeout === undefined) return;
    const remaining = between(now, after(from, timeout));
    if (remaining < budget.timeout) budget = { timeout: remaining, limitedBy };
  };
  limit(operation.startedAt, startToCloseTimeout, 'START_TO_CLOSE');
  limit(operation.scheduledAt, scheduleToCloseTimeout, 'SCHEDULE_TO_CLOSE');
  return budget;
}

/** The `Operation-Timeout` header: what the operation itself may take; `undefined` without a timeout. */
export function operationTimeout(operation: Operation, now: Instant): DurationMs | undefined {
  const { scheduleToCloseTimeout, startToCloseTimeout } = operation.timeouts;
  const untilClose =
    scheduleToCloseTimeout === undefined
      ? undefined
      : between(now, after(operation.scheduledAt, scheduleToCloseTimeout));
  if (startToCloseTimeout === undefined) return untilClose;
  return untilClose === undefined ? startToCloseTimeout : ms(Math.min(startToCloseTimeout, untilClose));
}
