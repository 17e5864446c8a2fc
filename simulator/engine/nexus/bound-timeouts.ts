import { shorter, type DurationMs } from '../../base/time.ts';
import type { OperationTimeouts } from '../state.ts';

/** Zero says the same as nothing. */
export const setTimeoutOf = (timeout: DurationMs | undefined): DurationMs | undefined =>
  timeout === 0 ? undefined : timeout;

export const within = (
  timeout: DurationMs | undefined,
  cap: DurationMs | undefined,
): DurationMs | undefined => (timeout === undefined || cap === undefined ? timeout : shorter(timeout, cap));

/** The timeouts an operation gets: the other two lie within schedule-to-close (semantics §2.1). */
export function boundTimeouts(
  wanted: OperationTimeouts,
  scheduleToCloseTimeout: DurationMs | undefined,
): OperationTimeouts {
  const scheduleToStartTimeout = within(setTimeoutOf(wanted.scheduleToStartTimeout), scheduleToCloseTimeout);
  const startToCloseTimeout = within(setTimeoutOf(wanted.startToCloseTimeout), scheduleToCloseTimeout);
  return {
    ...(scheduleToCloseTimeout !== undefined && { scheduleToCloseTimeout }),
    ...(scheduleToStartTimeout !== undefined && { scheduleToStartTimeout }),
    ...(startToCloseTimeout !== undefined && { startToCloseTimeout }),
  };
}
