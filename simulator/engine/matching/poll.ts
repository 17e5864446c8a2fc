import { ok } from '../../base/result.ts';
import type { RunId } from '../../protocol/ids.ts';
import type { PollRequest } from '../../protocol/temporal/methods.ts';
import { startWorkflowTask } from '../execution/workflow-task.ts';
import { dispatchNexusTask } from '../nexus/task.ts';
import { namespaceNotFound } from '../registry/namespaces.ts';
import type { Poll, TaskQueueKind } from '../state.ts';
import { refuse, type CallContext, type MethodHandler, type Turn } from '../turn.ts';
import { takeWaiting, taskQueue } from './task-queue.ts';

export const pollWorkflowTaskQueue: MethodHandler<'pollWorkflowTaskQueue'> = (turn, request, context) =>
  poll(turn, 'workflow', request, context);

export const pollActivityTaskQueue: MethodHandler<'pollActivityTaskQueue'> = (turn, request, context) =>
  poll(turn, 'activity', request, context);

export const pollNexusTaskQueue: MethodHandler<'pollNexusTaskQueue'> = (turn, request, context) =>
  poll(turn, 'nexus', request, context);

/** A worker that shuts down is not waited for any more. Its polls end when it closes them. */
export const shutdownWorker: MethodHandler<'shutdownWorker'> = (turn, request) => {
  for (const queue of turn.state.queues.values()) {
    if (request.identity !== undefined) queue.attendants.delete(request.identity);
  }
  return ok({});
};

/** Takes the task that has waited longest, or waits for one behind the polls that are there already. */
function poll(
  turn: Turn,
  kind: TaskQueueKind,
  request: PollRequest,
  { call, remote }: CallContext,
): ReturnType<typeof refuse> | undefined {
  const namespace = request.namespace ?? '';
  if (!turn.state.namespaces.has(namespace)) return namespaceNotFound(namespace);
  const name = request.taskQueue?.name ?? '';
  if (name === '') return refuse('INVALID_ARGUMENT', 'TaskQueue is not set on request.');
  const queue = taskQueue(turn.state, namespace, kind, name);
  const identity = request.identity ?? '';
  if (remote) queue.attendants.add(identity);
  const arrived: Poll = { call, queue, identity, remote };
  turn.state.waitingCalls.set(call, { kind: 'poll', poll: arrived });
  const task = takeWaiting(queue);
  if (task === undefined) queue.polls.set(call, arrived);
  else handOver(turn, task, arrived);
  return undefined;
}

function handOver(turn: Turn, task: string, arrived: Poll): void {
  const execution = turn.state.executions.get(task as RunId);
  if (execution !== undefined) {
    startWorkflowTask(turn, execution, arrived);
    return;
  }
  const nexusTask = turn.state.nexusTasks.get(task);
  if (nexusTask !== undefined) dispatchNexusTask(turn, nexusTask, arrived);
}
