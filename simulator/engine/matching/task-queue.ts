import type { CallId } from '../../protocol/ids.ts';
import { queueKey, type EngineState, type Poll, type TaskQueue, type TaskQueueKind } from '../state.ts';

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
    polls: new Map(),
    attendants: new Set(),
  };
  state.queues.set(key, queue);
  return queue;
}

/** Offers a task: the longest-waiting poll takes it and is returned, or else the task waits. */
export function offer(queue: TaskQueue, task: string): Poll | undefined {
  const poll = first(queue.polls.values());
  if (poll === undefined) queue.waiting.add(task);
  else queue.polls.delete(poll.call);
  return poll;
}

/** Takes the task that has waited longest. */
export function takeWaiting(queue: TaskQueue): string | undefined {
  const task = first(queue.waiting);
  if (task !== undefined) queue.waiting.delete(task);
  return task;
}

export const withdraw = (queue: TaskQueue, task: string): boolean => queue.waiting.delete(task);

export const leave = (queue: TaskQueue, call: CallId): boolean => queue.polls.delete(call);

const first = <T>(items: Iterable<T>): T | undefined => {
  for (const item of items) return item;
  return undefined;
};
