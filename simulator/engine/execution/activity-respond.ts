import { byteLength, encodeText } from '../../base/base64.ts';
import { ok } from '../../base/result.ts';
import type { Payloads } from '../../protocol/temporal/common.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { HeartbeatResponse } from '../../protocol/temporal/activity-methods.ts';
import type { Execution } from '../state.ts';
import { refuse, type MethodHandler, type Turn } from '../turn.ts';
import { awaitHeartbeat, closeActivity, endOf, failActivity } from './activity.ts';
import type { Activity } from './activity-state.ts';
import { findRunning, isRefusal } from './lookup.ts';

/*
 * Answers of activity workers: with the token of an attempt, or, for activities that are completed from elsewhere,
 * with the id of the activity.
 */

interface Found {
  readonly execution: Execution;
  readonly activity: Activity;
}
type Refusal = ReturnType<typeof refuse>;

export const respondActivityTaskCompleted: MethodHandler<'respondActivityTaskCompleted'> = (turn, request) =>
  withFound(byToken(turn, request), (found) => complete(turn, found, request));

export const respondActivityTaskCompletedById: MethodHandler<'respondActivityTaskCompletedById'> = (
  turn,
  request,
) => withFound(byId(turn, request), (found) => complete(turn, found, request));

export const respondActivityTaskFailed: MethodHandler<'respondActivityTaskFailed'> = (turn, request) =>
  withFound(byToken(turn, request), (found) => fail(turn, found, request));

export const respondActivityTaskFailedById: MethodHandler<'respondActivityTaskFailedById'> = (
  turn,
  request,
) => withFound(started(byId(turn, request)), (found) => fail(turn, found, request));

export const respondActivityTaskCanceled: MethodHandler<'respondActivityTaskCanceled'> = (turn, request) =>
  withFound(byToken(turn, request), (found) => cancel(turn, found, request));

export const respondActivityTaskCanceledById: MethodHandler<'respondActivityTaskCanceledById'> = (
  turn,
  request,
) => withFound(started(byId(turn, request)), (found) => cancel(turn, found, request));

export const recordActivityTaskHeartbeat: MethodHandler<'recordActivityTaskHeartbeat'> = (turn, request) =>
  withFound(byToken(turn, request), (found) => heartbeat(turn, found, request.details));

export const recordActivityTaskHeartbeatById: MethodHandler<'recordActivityTaskHeartbeatById'> = (
  turn,
  request,
) => withFound(started(byId(turn, request)), (found) => heartbeat(turn, found, request.details));

interface Ending {
  readonly identity?: string;
}

/** By its id an activity may be completed even between attempts; it then counts as started at that moment. */
function complete(
  turn: Turn,
  { execution, activity }: Found,
  request: Ending & { readonly result?: Payloads },
) {
  const { identity = '', result } = request;
  if (sizeOf(result) > turn.limits.payloadBytesMax) {
    const failure = {
      message: 'Complete result exceeds size limit.',
      serverFailureInfo: { nonRetryable: true },
    };
    failActivity(turn, execution, activity, { failure, identity });
    return ok({});
  }
  if (activity.state !== 'STARTED') {
    activity.state = 'STARTED';
    activity.startedAt = turn.now;
    activity.identity = identity;
  }
  closeActivity(turn, execution, activity, {
    eventType: 'ACTIVITY_TASK_COMPLETED',
    attributes: { ...endOf(activity), ...(result !== undefined && { result }), identity },
  });
  return ok({});
}

function fail(
  turn: Turn,
  { execution, activity }: Found,
  request: Ending & { readonly failure?: Failure; readonly lastHeartbeatDetails?: Payloads },
) {
  if (request.lastHeartbeatDetails !== undefined) noteHeartbeat(turn, activity, request.lastHeartbeatDetails);
  const { failure = {}, identity = '' } = request;
  failActivity(turn, execution, activity, { failure, identity });
  return ok({});
}

function cancel(
  turn: Turn,
  { execution, activity }: Found,
  request: Ending & { readonly details?: Payloads },
) {
  if (activity.cancelRequestedEventId === 0) {
    return refuse(
      'INVALID_ARGUMENT',
      `Nobody asked to cancel the activity ${activity.scheduled.activityId}: answer with completed or failed instead.`,
    );
  }
  const { details, identity = '' } = request;
  closeActivity(turn, execution, activity, {
    eventType: 'ACTIVITY_TASK_CANCELED',
    attributes: {
      ...endOf(activity),
      ...(details !== undefined && { details }),
      latestCancelRequestedEventId: activity.cancelRequestedEventId,
      identity,
    },
  });
  return ok({});
}

/** The worker is told, with the answer, whether its activity is to be cancelled. */
function heartbeat(turn: Turn, { activity }: Found, details: Payloads | undefined) {
  noteHeartbeat(turn, activity, details);
  awaitHeartbeat(turn, activity);
  const answer: HeartbeatResponse = activity.cancelRequestedEventId > 0 ? { cancelRequested: true } : {};
  return ok(answer);
}

/** A heartbeat without details takes back those of the one before. */
function noteHeartbeat(turn: Turn, activity: Activity, details: Payloads | undefined): void {
  activity.heartbeatDetails = details;
  activity.lastHeartbeatAt = turn.now;
}

function withFound<T>(found: Found | Refusal, act: (found: Found) => T): T | Refusal {
  return 'ok' in found ? found : act(found);
}

function byToken(
  turn: Turn,
  request: { readonly namespace?: string; readonly taskToken?: string },
): Found | Refusal {
  const ref = turn.state.activityTasks.get(request.taskToken ?? '');
  const execution = ref && turn.state.executions.get(ref.run.runId);
  const activity = ref && execution?.activities.get(ref.scheduledEventId);
  if (execution === undefined || activity?.state !== 'STARTED') return notFound();
  if ((request.namespace ?? execution.ref.namespace) !== execution.ref.namespace) {
    return refuse('INVALID_ARGUMENT', 'Operation requested with a token from a different namespace.');
  }
  return { execution, activity };
}

function byId(
  turn: Turn,
  request: {
    readonly namespace?: string;
    readonly workflowId?: string;
    readonly runId?: string;
    readonly activityId?: string;
  },
): Found | Refusal {
  const { namespace, workflowId, runId, activityId = '' } = request;
  if (activityId === '') return refuse('INVALID_ARGUMENT', 'ActivityId is not set on request.');
  const named = {
    ...(workflowId !== undefined && { workflowId }),
    ...(runId !== undefined && runId !== '' && { runId }),
  };
  const execution = findRunning(turn, { namespace, execution: named });
  if (isRefusal(execution)) return execution;
  for (const activity of execution.activities.values()) {
    if (activity.scheduled.activityId === activityId) return { execution, activity };
  }
  return notFound();
}

const started = (found: Found | Refusal): Found | Refusal =>
  'ok' in found || found.activity.state === 'STARTED' ? found : notFound();

const notFound = (): Refusal =>
  refuse('NOT_FOUND', 'invalid activityID or activity already timed out or invoking workflow is completed');

const sizeOf = (payloads: Payloads | undefined): number =>
  (payloads?.payloads ?? []).reduce((sum, { data }) => sum + byteLength(data ?? encodeText('')), 0);
