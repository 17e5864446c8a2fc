import { between } from '../../base/time.ts';
import { TransientMap } from '../../base/transient-map.ts';
import type { CallId } from '../../protocol/ids.ts';
import { queueKey, type EngineState, type Poll, type TaskQueue, type TaskQueueKind } from '../state.ts';
import type { Turn } from '../turn.ts';

/** The queue of that name and kind; queues come into being when first spoken of. */
export function taskQueue(
  state: EngineState,
  namespace: string,
  kind: TaskQueueKind,
  name: string,
): TaskQueue {
  const key = queueKey(namespace, kind, name);
  const existing = state.queues.get(key);
  if (existing !== undefined) return existing;
  const queue: TaskQueue = {
    namespace,
    kind,
    name,
    waiting: new Set(),
    polls: new TransientMap(),
    attendants: new Set(),
    pollers: new Map(),
  };
  state.queues.set(key, queue);
  return queue;
}

/** Offers a task: the longest-waiting poll takes it and is returned, or else the task waits. */
export function offer(queue: TaskQueue, task: string): Poll | undefined {
  const poll = takePoll(queue);
  if (poll === undefined) queue.waiting.add(task);
  return poll;
}

/** Takes the poll that has waited longest. */
export function takePoll(queue: TaskQueue): Poll | undefined {
  const poll = first(queue.polls.values());
  if (poll !== undefined) queue.polls.delete(poll.call);
  return poll;
}

/** Takes the task that has waited longest. */
export function takeWaiting(queue: TaskQueue): string | undefined {
  const task = first(queue.waiting);
  if (task !== undefined) queue.waiting.delete(task);
  return task;
}

/** True while a worker can be expected to come for tasks: it polls, has promised to, or did a moment ago. */
export const isServed = (turn: Pick<Turn, 'limits' | 'now'>, queue: TaskQueue): boolean =>
  queue.polls.size > 0 ||
  queue.attendants.size > 0 ||
  (queue.lastPolledAt !== undefined &&
    between(queue.lastPolledAt, turn.now) < turn.limits.stickyPollerWindow);

export const withdraw = (queue: TaskQueue, task: string): boolean => queue.waiting.delete(task);

export const leave = (queue: TaskQueue, call: CallId): boolean => queue.polls.delete(call);

const first = <T>(items: Iterable<T>): T | undefined => {
  for (const item of items) return item;
  return undefined;
};
