import type { Prng } from '../../../simulator/base/prng.ts';
import { ms } from '../../../simulator/base/time.ts';
import type { Execution, TaskQueueKind } from '../../../simulator/engine/state.ts';
import type { ActivityTask } from '../../../simulator/protocol/temporal/activity-methods.ts';
import type { Failure } from '../../../simulator/protocol/temporal/failure.ts';
import type { NexusTask, PollRequest, WorkflowTask } from '../../../simulator/protocol/temporal/methods.ts';
import type { WorkflowQueryResult } from '../../../simulator/protocol/temporal/query-methods.ts';
import type { ProtocolMessage } from '../../../simulator/protocol/temporal/update.ts';
import { oneIn, pick, pickAny } from '../../harness/draw.ts';
import { drawCommands } from './commands.ts';
import { caches, namespaces, queueOf, workers, workflowIds } from './names.ts';
import type { RandomWorld } from './random-world.ts';

/* What workers do: poll, answer in time, late, twice or never, lose their cache, shut down. */

export const pollWorkflows = (world: RandomWorld, random: Prng): void =>
  takeWorkflowTask(world, randomPoll(world, random, 'workflow'), oneIn(random, 4));

export function pollCache(world: RandomWorld, random: Prng): void {
  const taskQueue = { name: pick(random, caches) };
  takeWorkflowTask(world, { ...randomPoll(world, random, 'workflow'), taskQueue }, oneIn(random, 4));
}

export function pollActivities(world: RandomWorld, random: Prng): void {
  const rated = world.taste.rates > 0 && oneIn(random, 3);
  takeActivityTask(
    world,
    {
      ...randomPoll(world, random, 'activity'),
      ...(rated && { taskQueueMetadata: { maxTasksPerSecond: { value: random.below(3) } } }),
    },
    oneIn(random, 4),
  );
}

export const pollNexus = (world: RandomWorld, random: Prng): void =>
  takeNexusTask(world, randomPoll(world, random, 'nexus'), oneIn(random, 4));

export function takeWorkflowTask(world: RandomWorld, request: PollRequest, remote = false): void {
  const heard = (task: WorkflowTask): void => {
    if (task.taskToken === undefined) return;
    hold(task.query === undefined ? world.workflowTasks : world.queryTasks, request, task.taskToken);
  };
  world.ask('pollWorkflowTaskQueue', request, { remote, heard });
}

export function takeActivityTask(
  world: RandomWorld,
  request: PollRequest & {
    readonly taskQueueMetadata?: { readonly maxTasksPerSecond?: { readonly value?: number } };
  },
  remote = false,
): void {
  const heard = (task: ActivityTask): void => {
    if (task.taskToken !== undefined) hold(world.activityTasks, request, task.taskToken);
  };
  world.ask('pollActivityTaskQueue', request, { remote, heard });
}

export function takeNexusTask(world: RandomWorld, request: PollRequest, remote = false): void {
  const heard = ({ taskToken, request: asked = {} }: NexusTask): void => {
    if (taskToken === undefined) return;
    world.nexusTasks.push({ namespace: request.namespace ?? '', token: taskToken, request: asked });
    if (asked.startOperation !== undefined) world.nexusRequests.push(asked);
  };
  world.ask('pollNexusTaskQueue', request, { remote, heard });
}

export function completeWorkflowTask(world: RandomWorld, random: Prng): void {
  const task = world.take(random, world.workflowTasks);
  if (task === undefined) return;
  const { namespace, token: taskToken } = task;
  const { state } = world.engine;
  const runId = state.workflowTasks.get(taskToken);
  const run = runId === undefined ? undefined : state.executions.get(runId);
  const reply = world.ask(
    'respondWorkflowTaskCompleted',
    {
      namespace,
      taskToken,
      commands: drawCommands(world, random, run),
      returnNewWorkflowTask: oneIn(random, 3),
      forceCreateNewWorkflowTask: oneIn(random, 6),
      queryResults: drawQueryResults(world, random, run),
      messages: drawMessages(random, run),
      capabilities: { discardSpeculativeWorkflowTaskWithEvents: oneIn(random, 2) },
      ...(world.taste.caches > 0 &&
        random.chance({ of: 2, in: 3 }) && {
          stickyAttributes: {
            workerTaskQueue: { name: pick(random, caches) },
            scheduleToStartTimeout: ms(1 + random.below(8_000)),
          },
        }),
    },
    { remote: oneIn(random, 4) },
  );
  const next = reply?.ok === true ? reply.value.workflowTask?.taskToken : undefined;
  if (next !== undefined) world.workflowTasks.push({ namespace, token: next });
}

/** What a worker says of the updates that it has; now and then of one that it has not. */
function drawMessages(random: Prng, run: Execution | undefined): readonly ProtocolMessage[] {
  const messages: ProtocolMessage[] = [];
  for (const { id, state } of run?.updates.values() ?? []) {
    const say = (body: ProtocolMessage['body']): void => {
      if (body !== undefined) messages.push({ id: `${id}/${messages.length}`, protocolInstanceId: id, body });
    };
    const isNew = state === 'sent' || oneIn(random, 20);
    if (isNew && oneIn(random, 3)) {
      say({ type: 'temporal.api.update.v1.Rejection', message: { failure: { message: 'rejected' } } });
      continue;
    }
    const acceptance = { acceptedRequestMessageId: `${id}/request`, acceptedRequestSequencingEventId: 1 };
    if (isNew) say({ type: 'temporal.api.update.v1.Acceptance', message: acceptance });
    if ((isNew || state === 'accepted') && oneIn(random, 2)) {
      const outcome = oneIn(random, 3) ? { failure: { message: 'failed' } } : { success: {} };
      say({ type: 'temporal.api.update.v1.Response', message: { meta: { updateId: id }, outcome } });
    }
  }
  return oneIn(random, 6) ? [] : messages;
}

function drawQueryResults(
  world: RandomWorld,
  random: Prng,
  run: Execution | undefined,
): Readonly<Record<string, WorkflowQueryResult>> {
  const asked = run === undefined ? [] : [...world.engine.state.queries.values()];
  const answered = asked.filter((query) => query.run === run?.ref.runId && oneIn(random, 2));
  return Object.fromEntries(answered.map(({ token }) => [token, { resultType: 'ANSWERED' }]));
}

export function answerQuery(world: RandomWorld, random: Prng): void {
  const task = world.take(random, world.queryTasks);
  if (task === undefined) return;
  const { namespace, token: taskToken } = task;
  const completedType = oneIn(random, 3) ? 'FAILED' : 'ANSWERED';
  world.ask('respondQueryTaskCompleted', { namespace, taskToken, completedType });
}

export function failWorkflowTask(world: RandomWorld, random: Prng): void {
  const task = world.take(random, world.workflowTasks);
  if (task === undefined) return;
  const { namespace, token: taskToken } = task;
  world.ask('respondWorkflowTaskFailed', { namespace, taskToken, failure: { message: 'worker failed' } });
}

export function completeActivity(world: RandomWorld, random: Prng): void {
  const task = world.take(random, world.activityTasks);
  if (task === undefined) return;
  const { namespace, token: taskToken } = task;
  world.ask('respondActivityTaskCompleted', { namespace, taskToken });
}

export function failActivity(world: RandomWorld, random: Prng): void {
  const task = world.take(random, world.activityTasks);
  if (task === undefined) return;
  const { namespace, token: taskToken } = task;
  world.ask('respondActivityTaskFailed', { namespace, taskToken, failure: randomFailure(random) });
}

export function cancelActivity(world: RandomWorld, random: Prng): void {
  const task = world.take(random, world.activityTasks);
  if (task === undefined) return;
  const { namespace, token: taskToken } = task;
  world.ask('respondActivityTaskCanceled', { namespace, taskToken });
}

export function heartbeat(world: RandomWorld, random: Prng): void {
  const task = pickAny(random, world.activityTasks);
  if (task === undefined) return;
  const { namespace, token: taskToken } = task;
  world.ask('recordActivityTaskHeartbeat', { namespace, taskToken });
}

/** Somebody who knows the activity's id alone. */
export function answerById(world: RandomWorld, random: Prng): void {
  const named = {
    namespace: pick(random, namespaces),
    workflowId: pick(random, workflowIds),
    activityId: String(random.below(12)),
  };
  switch (random.below(4)) {
    case 0:
      world.ask('respondActivityTaskFailedById', { ...named, failure: randomFailure(random) });
      return;
    case 1:
      world.ask('respondActivityTaskCanceledById', named);
      return;
    case 2:
      world.ask('recordActivityTaskHeartbeatById', named);
      return;
    default:
      world.ask('respondActivityTaskCompletedById', named);
  }
}

export function shutDown(world: RandomWorld, random: Prng): void {
  world.ask('shutdownWorker', {
    namespace: pick(random, namespaces),
    identity: pick(random, workers),
    stickyTaskQueue: pick(random, caches),
  });
}

export function loseCache(world: RandomWorld, random: Prng): void {
  world.ask('resetStickyTaskQueue', {
    namespace: pick(random, namespaces),
    execution: { workflowId: pick(random, workflowIds) },
  });
}

function hold(
  held: { readonly namespace: string; readonly token: string }[],
  { namespace = '' }: PollRequest,
  token: string,
): void {
  held.push({ namespace, token });
}

/** Mostly where something waits to be taken. */
function randomPoll(world: RandomWorld, random: Prng, kind: TaskQueueKind): PollRequest {
  const waiting = [...world.engine.state.queues.values()].filter(
    (queue) => queue.kind === kind && queue.waiting.size > 0,
  );
  const identity = pick(random, workers);
  const queue = oneIn(random, 4) ? undefined : pickAny(random, waiting);
  if (queue !== undefined) return { namespace: queue.namespace, taskQueue: { name: queue.name }, identity };
  const namespace = pick(random, namespaces);
  return { namespace, taskQueue: queueOf(namespace), identity };
}

const randomFailure = (random: Prng): Failure => ({
  message: 'card declined',
  applicationFailureInfo: { type: pick(random, ['Declined', 'Busy']), nonRetryable: oneIn(random, 4) },
});
