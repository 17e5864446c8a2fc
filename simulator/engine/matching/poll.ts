import type { RunId } from '../../protocol/ids.ts';
import type { PollRequest } from '../../protocol/temporal/methods.ts';
import { startActivity } from '../execution/activity.ts';
import { startWorkflowTask } from '../execution/workflow-task.ts';
import type { ActivityRef } from '../fact.ts';
import { dispatchNexusTask } from '../nexus/task.ts';
import { startQuery } from '../query.ts';
import { namespaceNotFound } from '../registry/namespaces.ts';
import type { Poll, TaskQueue, TaskQueueKind } from '../state.ts';
import { refuse, replyTo, type CallContext, type MethodHandler, type Turn } from '../turn.ts';
import { setRate, takeSlot } from './rate.ts';
import { notePoller } from './pollers.ts';
import { taskQueueProblem } from './queue-name.ts';
import { takePoll, takeWaiting, taskQueue } from './task-queue.ts';

export const pollWorkflowTaskQueue: MethodHandler<'pollWorkflowTaskQueue'> = (turn, request, context) =>
  poll(turn, 'workflow', request, context);

export const pollActivityTaskQueue: MethodHandler<'pollActivityTaskQueue'> = (turn, request, context) => {
  const { namespace = '', taskQueue: { name = '' } = {}, taskQueueMetadata } = request;
  const perSecond = taskQueueMetadata?.maxTasksPerSecond?.value;
  if (perSecond !== undefined && turn.state.namespaces.has(namespace) && name !== '') {
    setRate(turn, taskQueue(turn.state, namespace, 'activity', name), perSecond);
  }
  return poll(turn, 'activity', request, context);
};

export const pollNexusTaskQueue: MethodHandler<'pollNexusTaskQueue'> = (turn, request, context) =>
  poll(turn, 'nexus', request, context);

/** Takes the task that has waited longest, or waits for one behind the polls that are there already. */
function poll(
  turn: Turn,
  kind: TaskQueueKind,
  request: PollRequest,
  { call, remote }: CallContext,
): ReturnType<typeof refuse> | undefined {
  const namespace = request.namespace ?? '';
  if (!turn.state.namespaces.has(namespace)) return namespaceNotFound(namespace);
  const problem = taskQueueProblem(request.taskQueue);
  if (problem !== undefined) return refuse('INVALID_ARGUMENT', problem);
  const name = request.taskQueue?.name ?? '';
  const queue = taskQueue(turn.state, namespace, kind, name);
  const identity = request.identity ?? '';
  if (remote) queue.attendants.add(identity);
  queue.lastPolledAt = turn.now;
  notePoller(queue, identity, turn.now);
  const arrived: Poll = { call, queue, identity, remote };
  turn.state.waitingCalls.set(call, { kind: 'poll', poll: arrived });
  queue.polls.set(call, arrived);
  handOutWaiting(turn, queue);
  return undefined;
}

/** Brings tasks and polls that wait together, the longest-waiting first. */
export function handOutWaiting(turn: Turn, queue: TaskQueue): void {
  while (queue.waiting.size > 0 && queue.polls.size > 0 && takeSlot(turn, queue)) {
    const task = takeWaiting(queue);
    const poll = takePoll(queue);
    if (task !== undefined && poll !== undefined) handOver(turn, task, poll);
  }
}

function handOver(turn: Turn, task: string, arrived: Poll): void {
  const execution = turn.state.executions.get(task as RunId);
  if (execution !== undefined) {
    replyTo(turn, arrived.call, startWorkflowTask(turn, execution, arrived));
    return;
  }
  const query = turn.state.queries.get(task);
  if (query !== undefined) {
    startQuery(turn, query, arrived);
    return;
  }
  const activity = turn.state.activityTasks.get(task);
  if (activity !== undefined) {
    startWaitingActivity(turn, activity, arrived);
    return;
  }
  const nexusTask = turn.state.nexusTasks.get(task);
  if (nexusTask !== undefined) dispatchNexusTask(turn, nexusTask, arrived);
}

function startWaitingActivity(turn: Turn, ref: ActivityRef, arrived: Poll): void {
  const execution = turn.state.executions.get(ref.run.runId);
  const activity = execution?.activities.get(ref.scheduledEventId);
  if (execution !== undefined && activity !== undefined) startActivity(turn, execution, activity, arrived);
}
