import { between } from '../../base/time.ts';
import type { PendingActivityInfo } from '../../protocol/temporal/activity-methods.ts';
import { expiryOf } from './activity.ts';
import type { Activity } from './activity-state.ts';

/** Field by field as the server fills it (its service/history/workflow/activity.go). */
export function describeActivity(activity: Activity): PendingActivityInfo {
  const { scheduled, state, heartbeatDetails, lastHeartbeatAt, lastFailure, identity } = activity;
  const { maximumAttempts = 0 } = scheduled.retryPolicy;
  const expirationTime = expiryOf(activity);
  return {
    activityId: scheduled.activityId,
    activityType: scheduled.activityType,
    state: stateOf(activity),
    attempt: activity.attempt,
    ...(maximumAttempts > 0 && { maximumAttempts }),
    ...(heartbeatDetails !== undefined && { heartbeatDetails }),
    ...(lastHeartbeatAt !== undefined && { lastHeartbeatTime: lastHeartbeatAt }),
    ...(state === 'STARTED'
      ? { lastStartedTime: activity.startedAt }
      : { scheduledTime: activity.scheduledAt }),
    ...(expirationTime !== undefined && { expirationTime }),
    ...(lastFailure !== undefined && { lastFailure }),
    ...(identity !== '' && { lastWorkerIdentity: identity }),
    ...waitOf(activity),
  };
}

function stateOf({ state, cancelRequestedEventId }: Activity): PendingActivityInfo['state'] {
  if (cancelRequestedEventId > 0) return 'CANCEL_REQUESTED';
  return state === 'STARTED' ? 'STARTED' : 'SCHEDULED';
}

function waitOf(activity: Activity): Partial<PendingActivityInfo> {
  const { state, lastAttemptCompleteTime, scheduledAt } = activity;
  if (lastAttemptCompleteTime === undefined) return {};
  if (state !== 'BACKING_OFF') return { lastAttemptCompleteTime };
  return {
    lastAttemptCompleteTime,
    currentRetryInterval: between(lastAttemptCompleteTime, scheduledAt),
    nextAttemptScheduleTime: scheduledAt,
  };
}
