import { ms, type DurationMs } from '../base/time.ts';
import type { ActivityTask } from '../protocol/temporal/activity-methods.ts';
import type { Failure } from '../protocol/temporal/failure.ts';
import { jsonPayload } from '../protocol/temporal/payload.ts';
import { decodePayload } from './json.ts';
import { answer, runPollLoop, type ParticipantContext } from './participant.ts';
import type { WorkerInstance } from './scripted-worker.ts';
import { fill } from './template.ts';
import type { ActivityBehaviour, ActivityFault, AttemptRange } from './world.ts';

/** Attempts of an activity that are to fail. */
export interface ActivityFaultRule {
  readonly activity: string;
  readonly attempts: AttemptRange;
  readonly fail: ActivityFault;
}

export interface ActivityInstance extends WorkerInstance {
  readonly faults: readonly ActivityFaultRule[];
}

/**
 * Runs the activities of one task queue as the file says, in the way an SDK's worker does: it polls, heartbeats and
 * responds. Settles when the participant has ended.
 */
export function runScriptedActivities(
  instance: ActivityInstance,
  context: ParticipantContext,
): Promise<void> {
  const { worker, identity } = instance;
  const request = {
    namespace: worker.namespace.value,
    taskQueue: { name: worker.taskQueue.value, kind: 'NORMAL' },
    identity,
  } as const;
  return runPollLoop<ActivityTask>(
    {
      poll: (options) => context.port.call('pollActivityTaskQueue', request, options),
      isTask: (task) => task.taskToken !== undefined,
      handle: (task) => handleTask(task, instance, context),
      identity,
    },
    context,
  );
}

async function handleTask(
  task: ActivityTask,
  instance: ActivityInstance,
  context: ParticipantContext,
): Promise<void> {
  const { worker, identity } = instance;
  const type = task.activityType?.name ?? '';
  const behaviour = worker.activities?.find(({ name }) => name.value === type)?.value;
  const envelope = { namespace: worker.namespace.value, identity, taskToken: task.taskToken ?? '' };
  if (behaviour === undefined) {
    const failure = applicationFailure({ type: 'NotFoundError', message: `no activity is called "${type}"` });
    await answer(context.port.call('respondActivityTaskFailed', { ...envelope, failure }), identity, context);
    return;
  }
  const ending = await work(task, behaviour, { envelope, context });
  if (ending === 'too-late' || context.signal.cancelled) return;
  const reply =
    ending === 'canceled'
      ? context.port.call('respondActivityTaskCanceled', envelope)
      : outcomeOf(task, behaviour, { instance, envelope, context });
  await answer(reply, identity, context);
}

interface Envelope {
  readonly namespace: string;
  readonly identity: string;
  readonly taskToken: string;
}

/** Lets the activity's time pass. It ends early when it is cancelled or when nobody waits for it any more. */
async function work(
  task: ActivityTask,
  { after = ms(0), heartbeat }: ActivityBehaviour,
  { envelope, context }: { readonly envelope: Envelope; readonly context: ParticipantContext },
): Promise<'done' | 'canceled' | 'too-late'> {
  const { port, sleeper, signal } = context;
  const patience = patienceOf(task);
  let left: number = after;
  let spent = 0;
  while (left > 0 && !signal.cancelled) {
    const slice = Math.min(left, heartbeat ?? left, patience - spent);
    await sleeper.sleep(ms(slice), { signal });
    left -= slice;
    spent += slice;
    if (spent >= patience) return 'too-late';
    if (left <= 0 || heartbeat === undefined) continue;
    const reply = await port.call('recordActivityTaskHeartbeat', envelope);
    if (!reply.ok) return 'too-late';
    if (reply.value.cancelRequested === true) return 'canceled';
  }
  return 'done';
}

/** An attempt that has outlived its timeout is not answered for; the server has given up by then. */
function patienceOf({ startToCloseTimeout, scheduleToCloseTimeout }: ActivityTask): number {
  const set = (timeout: DurationMs | undefined): number =>
    timeout === undefined || timeout === 0 ? Infinity : timeout;
  return Math.min(set(startToCloseTimeout), set(scheduleToCloseTimeout));
}

function outcomeOf(
  task: ActivityTask,
  behaviour: ActivityBehaviour,
  within: {
    readonly instance: ActivityInstance;
    readonly envelope: Envelope;
    readonly context: ParticipantContext;
  },
): ReturnType<ParticipantContext['port']['call']> {
  const { port } = within.context;
  const fail = (failure: Failure) => port.call('respondActivityTaskFailed', { ...within.envelope, failure });
  const fault = faultFor(task, within.instance.faults);
  if (fault !== undefined) return fail(applicationFailure(fault));
  if (behaviour.kind === 'fail') return fail(applicationFailure(behaviour.fail));
  const input = decodePayload(task.input?.payloads?.[0]);
  const reply = fill(behaviour.reply.template, (name) => (name === 'input' ? input : undefined));
  if (!reply.ok) return fail(applicationFailure({ type: 'InvalidValue', message: reply.error }));
  const result = { payloads: [jsonPayload(reply.value)] };
  return port.call('respondActivityTaskCompleted', { ...within.envelope, result });
}

function faultFor(
  { activityType, attempt = 1 }: ActivityTask,
  faults: readonly ActivityFaultRule[],
): ActivityFault | undefined {
  const rule = faults.find(
    ({ activity, attempts }) =>
      activity === activityType?.name && attempt >= attempts.from && attempt <= attempts.to,
  );
  return rule?.fail;
}

const applicationFailure = ({
  type,
  message = type,
  nonRetryable,
  nextRetryDelay,
}: ActivityFault): Failure => ({
  message,
  applicationFailureInfo: {
    type,
    ...(nonRetryable !== undefined && { nonRetryable }),
    ...(nextRetryDelay !== undefined && { nextRetryDelay }),
  },
});
