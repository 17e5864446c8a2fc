import { after, type Instant } from '../../base/time.ts';
import type { Failure, RetryState, TimeoutType } from '../../protocol/temporal/failure.ts';
import type { EventBody } from '../../protocol/temporal/history.ts';
import type { ActivityTask } from '../../protocol/temporal/activity-methods.ts';
import type { ActivityOutcome } from '../fact.ts';
import { offerAtRate } from '../matching/rate.ts';
import { taskQueue, withdraw } from '../matching/task-queue.ts';
import type { Execution, Poll, TaskQueue } from '../state.ts';
import { mintToken, record, replyTo, type Turn } from '../turn.ts';
import { decideRetry, timeoutWords } from './activity-retry.ts';
import type { Activity } from './activity-state.ts';
import { append, flushBuffered } from './history.ts';
import { commitSpeculative, scheduleWorkflowTask } from './workflow-task.ts';

/*
 * The activities of a run.
 *
 * A1. A closed activity is not in its execution's `activities` any more; nothing can happen to it.
 * A2. Each attempt has its own token. An answer with the token of an earlier attempt finds nothing.
 * A3. STARTED is written together with the event that closes the activity, at the time at which the last attempt
 *     began: attempts that are retried leave no trace in history.
 *
 * Source: the server's service/history/workflow/activity.go and timer_sequence.go.
 */

/** Transition → where it may begin and where it ends. Closed states leave only their event behind. */
export const activityTransitions = {
  Scheduled: { from: [], to: 'SCHEDULED' },
  Started: { from: ['SCHEDULED'], to: 'STARTED' },
  AttemptFailed: { from: ['STARTED'], to: 'BACKING_OFF' },
  Rescheduled: { from: ['BACKING_OFF'], to: 'SCHEDULED' },
  Completed: { from: ['SCHEDULED', 'BACKING_OFF', 'STARTED'], to: 'COMPLETED' },
  Failed: { from: ['STARTED'], to: 'FAILED' },
  TimedOut: { from: ['SCHEDULED', 'BACKING_OFF', 'STARTED'], to: 'TIMED_OUT' },
  Canceled: { from: ['SCHEDULED', 'BACKING_OFF', 'STARTED'], to: 'CANCELED' },
} as const satisfies Record<string, { from: readonly Activity['state'][]; to: string }>;

export type ActivityEndBody = EventBody & {
  readonly eventType:
    'ACTIVITY_TASK_COMPLETED' | 'ACTIVITY_TASK_FAILED' | 'ACTIVITY_TASK_TIMED_OUT' | 'ACTIVITY_TASK_CANCELED';
};

const outcomes = {
  ACTIVITY_TASK_COMPLETED: 'succeeded',
  ACTIVITY_TASK_FAILED: 'failed',
  ACTIVITY_TASK_TIMED_OUT: 'timed-out',
  ACTIVITY_TASK_CANCELED: 'canceled',
} as const satisfies Record<ActivityEndBody['eventType'], ActivityOutcome>;

/** Writes the SCHEDULED event. Workers hear of it when all commands of the task are carried out. */
export function scheduleActivity(
  turn: Turn,
  execution: Execution,
  body: EventBody & { readonly eventType: 'ACTIVITY_TASK_SCHEDULED' },
): void {
  const scheduledEventId = append(turn, execution, body);
  const activity = activityOf(turn, execution, { eventId: scheduledEventId, attributes: body.attributes });
  execution.activities.set(scheduledEventId, activity);
  turn.transfers.push({ kind: 'offer-activity', run: execution.ref.runId, activity: scheduledEventId });
}

/** Offers the first attempt of an activity, if it is still wanted. */
export function offerActivity(turn: Turn, execution: Execution, scheduledEventId: number): void {
  const activity = execution.activities.get(scheduledEventId);
  if (activity !== undefined) offerAttempt(turn, execution, activity);
}

/** The activity that a SCHEDULED event speaks of, as if it had been scheduled now. */
export function activityOf(
  turn: Turn,
  execution: Execution,
  event: { readonly eventId: number; readonly attributes: Activity['scheduled'] },
): Activity {
  return {
    ref: { run: execution.ref, scheduledEventId: event.eventId },
    scheduled: event.attributes,
    firstScheduledAt: turn.now,
    state: 'SCHEDULED',
    attempt: 1,
    scheduledAt: turn.now,
    token: '',
    startedAt: turn.now,
    requestId: '',
    identity: '',
    cancelRequestedEventId: 0,
    timers: [],
  };
}

/** Makes the next attempt, once its backoff is over. */
export function rescheduleActivity(turn: Turn, execution: Execution, activity: Activity): void {
  activity.state = 'SCHEDULED';
  offerAttempt(turn, execution, activity);
}

/** Hands the attempt to a poll and answers it. */
export function startActivity(turn: Turn, execution: Execution, activity: Activity, poll: Poll): void {
  clearTimers(turn, activity);
  activity.state = 'STARTED';
  activity.startedAt = turn.now;
  activity.identity = poll.identity;
  activity.requestId = turn.state.random.ids.uuid();
  activity.lastHeartbeatAt = undefined;
  const { startToCloseTimeout } = activity.scheduled;
  if (startToCloseTimeout > 0) {
    const at = after(turn.now, startToCloseTimeout);
    activity.timers.push(timeoutTimer(turn, activity, 'START_TO_CLOSE', at));
  }
  armCloseTimer(turn, activity);
  awaitHeartbeat(turn, activity);
  if (poll.remote) turn.state.held.set(activity.token, poll.identity);
  record(turn, {
    kind: 'activity-attempt-started',
    activity: activity.ref,
    attempt: activity.attempt,
    identity: poll.identity,
  });
  replyTo(turn, poll.call, taskOf(execution, activity));
}

/** Counts the heartbeat timeout from now on. */
export function awaitHeartbeat(turn: Turn, activity: Activity): void {
  const { heartbeatTimeout } = activity.scheduled;
  turn.state.timers.cancel(activity.heartbeatTimer);
  if (heartbeatTimeout <= 0) return;
  activity.heartbeatTimer = timeoutTimer(turn, activity, 'HEARTBEAT', after(turn.now, heartbeatTimeout));
}

/** An attempt failed: backs off, or closes the activity with that failure. */
export function failActivity(
  turn: Turn,
  execution: Execution,
  activity: Activity,
  ended: { readonly failure: Failure; readonly identity: string },
): void {
  const retryState = retryOrClose(turn, activity, ended.failure);
  if (retryState === 'IN_PROGRESS') return;
  closeActivity(turn, execution, activity, {
    eventType: 'ACTIVITY_TASK_FAILED',
    attributes: { ...endOf(activity), failure: ended.failure, retryState, identity: ended.identity },
  });
}

/** A timer of the activity fired. */
export function timeOutActivity(
  turn: Turn,
  execution: Execution,
  activity: Activity,
  timeoutType: TimeoutType,
): void {
  const retryState = retryOrClose(turn, activity, timeoutFailure(activity, timeoutType));
  if (retryState === 'IN_PROGRESS') return;
  // With no time for another attempt, what ran out is the time of the whole activity.
  const failure = timeoutFailure(activity, retryState === 'TIMEOUT' ? 'SCHEDULE_TO_CLOSE' : timeoutType);
  closeActivity(turn, execution, activity, {
    eventType: 'ACTIVITY_TASK_TIMED_OUT',
    attributes: { ...endOf(activity), failure, retryState },
  });
}

/** Closes the activity, and wakes the workflow. */
export function closeActivity(
  turn: Turn,
  execution: Execution,
  activity: Activity,
  body: ActivityEndBody,
): void {
  bufferActivityEnd(turn, execution, activity, body);
  if (execution.task?.state !== 'started' && flushBuffered(turn, execution)) {
    scheduleWorkflowTask(turn, execution);
  }
  commitSpeculative(turn, execution);
}

/** Closes the activity while commands are applied: its events follow when they all are. */
export function bufferActivityEnd(
  turn: Turn,
  execution: Execution,
  activity: Activity,
  body: ActivityEndBody,
): void {
  const failure = 'failure' in body.attributes ? body.attributes.failure : undefined;
  const { state } = activity;
  attemptEnded(turn, activity, { outcome: outcomes[body.eventType], failure });
  forget(turn, execution, activity);
  if (state === 'STARTED') execution.buffered.push({ body: startedBody(activity), at: activity.startedAt });
  execution.buffered.push({ body, at: turn.now });
}

/** Its run closed: nobody will ever hear of it. */
export function abandonActivity(turn: Turn, execution: Execution, activity: Activity): void {
  attemptEnded(turn, activity, { outcome: 'canceled' });
  forget(turn, execution, activity);
  record(turn, { kind: 'activity-abandoned', activity: activity.ref });
}

/** The fields that all closing events have. The STARTED event gets its number when it is written. */
export const endOf = (
  activity: Activity,
): { readonly scheduledEventId: number; readonly startedEventId: number } => ({
  scheduledEventId: activity.ref.scheduledEventId,
  startedEventId: 0,
});

/** When schedule-to-close ends. */
export const expiryOf = ({ scheduled, firstScheduledAt }: Activity): Instant | undefined =>
  scheduled.scheduleToCloseTimeout > 0
    ? after(firstScheduledAt, scheduled.scheduleToCloseTimeout)
    : undefined;

function offerAttempt(turn: Turn, execution: Execution, activity: Activity): void {
  const { scheduled, ref, attempt } = activity;
  activity.token = mintToken(turn, 'activity-task');
  activity.scheduledAt = turn.now;
  turn.state.activityTasks.set(activity.token, ref);
  if (scheduled.scheduleToStartTimeout > 0) {
    const at = after(turn.now, scheduled.scheduleToStartTimeout);
    activity.timers.push(timeoutTimer(turn, activity, 'SCHEDULE_TO_START', at));
  }
  armCloseTimer(turn, activity);
  const queue = queueOf(turn, activity);
  record(turn, { kind: 'activity-attempt-queued', activity: ref, attempt, taskQueue: queue.name });
  const poll = offerAtRate(turn, queue, activity.token);
  if (poll !== undefined) startActivity(turn, execution, activity, poll);
}

/** Schedule-to-close is the last to fire of those that are due together. */
function armCloseTimer(turn: Turn, activity: Activity): void {
  const expiresAt = expiryOf(activity);
  if (expiresAt === undefined) return;
  turn.state.timers.cancel(activity.closeTimer);
  activity.closeTimer = timeoutTimer(turn, activity, 'SCHEDULE_TO_CLOSE', expiresAt);
}

/** Backs off if there is to be another attempt; says why if there is not. */
function retryOrClose(turn: Turn, activity: Activity, failure: Failure): RetryState {
  if (activity.cancelRequestedEventId > 0) return 'CANCEL_REQUESTED';
  const decision = decideRetry(activity.scheduled.retryPolicy, {
    failure,
    attempt: activity.attempt,
    now: turn.now,
    expiresAt: expiryOf(activity),
  });
  if (decision.state !== 'IN_PROGRESS') return decision.state;
  const retryAt = after(turn.now, decision.delay);
  const outcome = failure.timeoutFailureInfo === undefined ? 'failed' : 'timed-out';
  attemptEnded(turn, activity, { outcome, failure, retryAt });
  leaveAttempt(turn, activity);
  activity.state = 'BACKING_OFF';
  activity.attempt += 1;
  activity.scheduledAt = retryAt;
  activity.lastFailure = failure;
  const purpose = { kind: 'activity-retry', ...addressOf(activity) } as const;
  activity.timers.push(turn.state.timers.set(retryAt, purpose));
  return decision.state;
}

function attemptEnded(
  turn: Turn,
  activity: Activity,
  end: {
    readonly outcome: ActivityOutcome;
    readonly failure?: Failure | undefined;
    readonly retryAt?: Instant;
  },
): void {
  const { outcome, failure, retryAt } = end;
  activity.lastAttemptCompleteTime = turn.now;
  record(turn, {
    kind: 'activity-attempt-ended',
    activity: activity.ref,
    attempt: activity.attempt,
    outcome,
    ...(failure !== undefined && { failure }),
    ...(retryAt !== undefined && { retryAt }),
  });
}

function forget(turn: Turn, execution: Execution, activity: Activity): void {
  leaveAttempt(turn, activity);
  turn.state.timers.cancel(activity.closeTimer);
  execution.activities.delete(activity.ref.scheduledEventId);
}

/** Takes the present attempt out of the world, whoever has it. */
function leaveAttempt(turn: Turn, activity: Activity): void {
  clearTimers(turn, activity);
  withdraw(queueOf(turn, activity), activity.token);
  turn.state.activityTasks.delete(activity.token);
  turn.state.held.delete(activity.token);
  activity.token = '';
}

function clearTimers(turn: Turn, activity: Activity): void {
  for (const timer of activity.timers) turn.state.timers.cancel(timer);
  activity.timers = [];
  turn.state.timers.cancel(activity.heartbeatTimer);
  activity.heartbeatTimer = undefined;
}

const timeoutTimer = (turn: Turn, activity: Activity, timeoutType: TimeoutType, at: Instant) =>
  turn.state.timers.set(at, { kind: 'activity-timeout', ...addressOf(activity), timeoutType });

const addressOf = ({ ref }: Activity) => ({ run: ref.run.runId, activity: ref.scheduledEventId });

const queueOf = (turn: Turn, { ref, scheduled }: Activity): TaskQueue =>
  taskQueue(turn.state, ref.run.namespace, 'activity', scheduled.taskQueue.name ?? '');

const startedBody = ({ ref, identity, requestId, attempt, lastFailure }: Activity) =>
  ({
    eventType: 'ACTIVITY_TASK_STARTED',
    attributes: {
      scheduledEventId: ref.scheduledEventId,
      identity,
      requestId,
      attempt,
      ...(lastFailure !== undefined && { lastFailure }),
    },
  }) as const;

const timeoutFailure = ({ heartbeatDetails }: Activity, timeoutType: TimeoutType): Failure => ({
  message: `activity ${timeoutWords[timeoutType]} timeout`,
  source: 'Server',
  timeoutFailureInfo: {
    timeoutType,
    ...(heartbeatDetails !== undefined && { lastHeartbeatDetails: heartbeatDetails }),
  },
});

function taskOf(execution: Execution, activity: Activity): ActivityTask {
  const { scheduled, heartbeatDetails } = activity;
  const { header, input, heartbeatTimeout } = scheduled;
  return {
    taskToken: activity.token,
    workflowNamespace: execution.ref.namespace,
    workflowType: { name: execution.workflowType },
    workflowExecution: { workflowId: execution.ref.workflowId, runId: execution.ref.runId },
    activityType: scheduled.activityType,
    activityId: scheduled.activityId,
    ...(header !== undefined && { header }),
    ...(input !== undefined && { input }),
    ...(heartbeatDetails !== undefined && { heartbeatDetails }),
    scheduledTime: activity.firstScheduledAt,
    currentAttemptScheduledTime: activity.scheduledAt,
    startedTime: activity.startedAt,
    attempt: activity.attempt,
    scheduleToCloseTimeout: scheduled.scheduleToCloseTimeout,
    startToCloseTimeout: scheduled.startToCloseTimeout,
    heartbeatTimeout,
    retryPolicy: scheduled.retryPolicy,
  };
}
