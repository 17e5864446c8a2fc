import { byteLength, encodeText } from '../../../base/base64.ts';
import { ms, shorter, type DurationMs } from '../../../base/time.ts';
import { ID_LENGTH_MAX } from '../../../protocol/ids.ts';
import type { ScheduleActivityAttributes } from '../../../protocol/temporal/command.ts';
import type { Limits } from '../../../protocol/limits.ts';
import type { Execution } from '../../state.ts';
import { retryPolicyProblem, withRetryDefaults } from '../activity-retry.ts';
import { scheduleActivity } from '../activity.ts';
import { refuseCommand, type CommandCheck, type CommandHandler, type CommandRefusal } from './command.ts';

const bad = (message: string): CommandRefusal => refuseCommand('BAD_SCHEDULE_ACTIVITY_ATTRIBUTES', message);

export const scheduleActivityTask: CommandHandler<'SCHEDULE_ACTIVITY_TASK'> = {
  check(check, attributes) {
    const problem =
      nameProblem(attributes) ??
      timeoutProblem(attributes) ??
      policyProblem(attributes) ??
      inputProblem(attributes, check.limits) ??
      duplicateProblem(check, attributes) ??
      limitProblem(check);
    check.scheduledActivities.set(check.eventId, attributes.activityId ?? '');
    return problem;
  },
  apply(turn, execution, { attributes, userMetadata, workflowTaskCompletedEventId }) {
    const { activityId = '', activityType = {}, taskQueue, header, input, retryPolicy = {} } = attributes;
    const { name = execution.taskQueue.name } = taskQueue ?? {};
    scheduleActivity(turn, execution, {
      eventType: 'ACTIVITY_TASK_SCHEDULED',
      attributes: {
        activityId,
        activityType,
        taskQueue: { name, kind: 'NORMAL' },
        ...(header !== undefined && { header }),
        ...(input !== undefined && { input }),
        ...trimmedTimeouts(attributes, execution.runTimeout),
        workflowTaskCompletedEventId,
        retryPolicy: withRetryDefaults(retryPolicy, turn.limits),
      },
      ...(userMetadata !== undefined && { userMetadata }),
    });
  },
};

function nameProblem({
  activityId = '',
  activityType,
  taskQueue,
}: ScheduleActivityAttributes): CommandRefusal | undefined {
  const type = activityType?.name ?? '';
  const named = `ActivityId=${activityId} ActivityType=${type}`;
  if (activityId === '') return bad(`ActivityId is not set on ScheduleActivityTaskCommand. ${named}`);
  if (type === '') return bad(`ActivityType is not set on ScheduleActivityTaskCommand. ${named}`);
  const names = [
    ['ActivityId', activityId],
    ['ActivityType', type],
    ['TaskQueue', taskQueue?.name ?? ''],
  ] as const;
  const long = names.find(([, value]) => value.length > ID_LENGTH_MAX);
  return (
    long &&
    bad(
      `${long[0]} on ScheduleActivityTaskCommand exceeds length limit of ${ID_LENGTH_MAX}: it has ${long[1].length} characters.`,
    )
  );
}

function timeoutProblem(attributes: ScheduleActivityAttributes): CommandRefusal | undefined {
  const { activityId = '', activityType, scheduleToCloseTimeout, startToCloseTimeout } = attributes;
  const named = `ActivityId=${activityId} ActivityType=${activityType?.name ?? ''}`;
  const timeouts = [
    ['ScheduleToCloseTimeout', scheduleToCloseTimeout],
    ['ScheduleToStartTimeout', attributes.scheduleToStartTimeout],
    ['StartToCloseTimeout', startToCloseTimeout],
    ['HeartbeatTimeout', attributes.heartbeatTimeout],
  ] as const;
  const negative = timeouts.find(([, timeout]) => timeout !== undefined && timeout < 0);
  if (negative !== undefined) {
    return bad(`Invalid ${negative[0]} for ScheduleActivityTaskCommand: negative duration. ${named}`);
  }
  if ((scheduleToCloseTimeout ?? 0) > 0 || (startToCloseTimeout ?? 0) > 0) return undefined;
  return bad(
    `A valid StartToClose or ScheduleToCloseTimeout is not set on ScheduleActivityTaskCommand. ${named}`,
  );
}

function policyProblem({ retryPolicy = {} }: ScheduleActivityAttributes): CommandRefusal | undefined {
  const problem = retryPolicyProblem(retryPolicy);
  return problem === undefined
    ? undefined
    : bad(`Invalid ActivityRetryPolicy on ScheduleActivityTaskCommand: ${problem}.`);
}

function inputProblem({ input }: ScheduleActivityAttributes, limits: Limits): CommandRefusal | undefined {
  const payloads = input?.payloads ?? [];
  const bytes = payloads.reduce((sum, { data }) => sum + byteLength(data ?? encodeText('')), 0);
  if (bytes <= limits.payloadBytesMax) return undefined;
  return { ...bad('ScheduleActivityTaskCommandAttributes.Input exceeds size limit'), terminates: true };
}

function duplicateProblem(
  check: CommandCheck,
  { activityId = '' }: ScheduleActivityAttributes,
): CommandRefusal | undefined {
  const pending = [...check.execution.activities.values()].some(
    ({ scheduled }) => scheduled.activityId === activityId,
  );
  if (!pending && ![...check.scheduledActivities.values()].includes(activityId)) return undefined;
  return refuseCommand(
    'SCHEDULE_ACTIVITY_DUPLICATE_ID',
    `An activity with the id ${activityId} is already pending.`,
  );
}

function limitProblem(check: CommandCheck): CommandRefusal | undefined {
  const max = check.limits.pendingActivitiesMax;
  if (check.execution.activities.size + check.scheduledActivities.size < max) return undefined;
  return refuseCommand(
    'PENDING_ACTIVITIES_LIMIT_EXCEEDED',
    `the number of pending activities, ${max}, has reached the per-workflow limit of ${max}`,
  );
}

interface Timeouts {
  readonly scheduleToCloseTimeout: DurationMs;
  readonly scheduleToStartTimeout: DurationMs;
  readonly startToCloseTimeout: DurationMs;
  readonly heartbeatTimeout: DurationMs;
}

/**
 * The timeouts as the server completes them: each within schedule-to-close, all within the run timeout, the
 * heartbeat within start-to-close. 0 means none (the server's ValidateAndNormalizeActivityAttributes).
 */
function trimmedTimeouts(
  attributes: ScheduleActivityAttributes,
  runTimeout: Execution['runTimeout'],
): Timeouts {
  const none = ms(0);
  const within = (timeout: DurationMs, cap: DurationMs): DurationMs =>
    cap === 0 ? timeout : timeout === 0 ? cap : shorter(timeout, cap);
  const scheduleToCloseTimeout = within(attributes.scheduleToCloseTimeout ?? none, runTimeout);
  const startToCloseTimeout = within(attributes.startToCloseTimeout ?? none, scheduleToCloseTimeout);
  const heartbeat = attributes.heartbeatTimeout ?? none;
  return {
    scheduleToCloseTimeout,
    scheduleToStartTimeout: within(attributes.scheduleToStartTimeout ?? none, scheduleToCloseTimeout),
    startToCloseTimeout,
    heartbeatTimeout: heartbeat === 0 ? none : within(heartbeat, startToCloseTimeout),
  };
}
