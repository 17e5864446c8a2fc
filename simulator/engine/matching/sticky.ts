import { ok } from '../../base/result.ts';
import type { RunId } from '../../protocol/ids.ts';
import { findRunning, isRefusal } from '../execution/lookup.ts';
import { releaseStickyTask } from '../execution/workflow-task.ts';
import { leaveStickyQuery } from '../query.ts';
import { namespaceNotFound } from '../registry/namespaces.ts';
import { queueKey, type TaskQueue } from '../state.ts';
import { replyTo, type MethodHandler, type Turn } from '../turn.ts';
import { leave } from './task-queue.ts';

/** A worker that shuts down is not waited for any more. Its sticky queue is dissolved: nobody else polls it. */
export const shutdownWorker: MethodHandler<'shutdownWorker'> = (turn, request) => {
  const { namespace = '' } = request;
  if (!turn.state.namespaces.has(namespace)) return namespaceNotFound(namespace);
  for (const queue of turn.state.queues.values()) {
    if (queue.namespace !== namespace) continue;
    // Other workers of its process may have the same identity. Not every SDK says which queue this one served.
    const isServed = (request.taskQueue ?? '') === '' || request.taskQueue === queue.name;
    if (request.identity !== undefined && isServed) queue.attendants.delete(request.identity);
  }
  const key = queueKey(namespace, 'workflow', request.stickyTaskQueue ?? '');
  const sticky = turn.state.queues.get(key);
  if (sticky !== undefined) dissolve(turn, sticky);
  return ok({});
};

/** Workers tell how they are; nothing here asks, and the namespace does not promise it. */
export const recordWorkerHeartbeat: MethodHandler<'recordWorkerHeartbeat'> = (turn, { namespace = '' }) =>
  turn.state.namespaces.has(namespace) ? ok({}) : namespaceNotFound(namespace);

/** The worker has lost the run from its cache. */
export const resetStickyTaskQueue: MethodHandler<'resetStickyTaskQueue'> = (turn, request) => {
  const execution = findRunning(turn, request);
  if (isRefusal(execution)) return execution;
  execution.sticky = undefined;
  releaseStickyTask(turn, execution);
  return ok({});
};

function dissolve(turn: Turn, queue: TaskQueue): void {
  queue.attendants.clear();
  queue.lastPolledAt = undefined;
  for (const call of [...queue.polls.keys()]) {
    leave(queue, call);
    replyTo(turn, call, {});
  }
  for (const task of [...queue.waiting]) {
    const query = turn.state.queries.get(task);
    if (query !== undefined) leaveStickyQuery(turn, query);
    const execution = turn.state.executions.get(task as RunId);
    // Run ids of normal queues never wait in a sticky one and the other way round.
    if (execution?.sticky?.taskQueue.name === queue.name) releaseStickyTask(turn, execution);
  }
}
