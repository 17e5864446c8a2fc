import { fullBucket, nextTokenAt, takeToken } from '../policy/token-bucket.ts';
import { queueKey, type Poll, type TaskQueue } from '../state.ts';
import type { Turn } from '../turn.ts';
import { offer } from './task-queue.ts';

/*
 * How fast a task queue gives its tasks out. A worker says so with its polls (`maxTaskQueueActivitiesPerSecond` of
 * the SDKs), for all workers of the queue; the latest to say so decides. At rate 0 nothing is given out.
 */

export function setRate(turn: Turn, queue: TaskQueue, perSecond: number): void {
  if (queue.rate?.perSecond === perSecond) return;
  turn.state.timers.cancel(queue.rate?.timer);
  queue.rate = { perSecond, bucket: queue.rate?.bucket ?? fullBucket(perSecond, turn.now) };
}

/** Offers a task as fast as the rate allows: the longest-waiting poll takes it and is returned, or it waits in line. */
export function offerAtRate(turn: Turn, queue: TaskQueue, task: string): Poll | undefined {
  if (queue.waiting.size === 0 && (queue.polls.size === 0 || takeSlot(turn, queue)))
    return offer(queue, task);
  queue.waiting.add(task);
  return undefined;
}

/** True when a task may be given out now; otherwise the queue comes back when one may. */
export function takeSlot(turn: Turn, queue: TaskQueue): boolean {
  const { rate } = queue;
  if (rate === undefined) return true;
  if (rate.perSecond <= 0) return false;
  const bucket = takeToken(rate.bucket, rate.perSecond, turn.now);
  if (bucket !== undefined) {
    rate.bucket = bucket;
    return true;
  }
  if (rate.timer?.state !== 'set') {
    const at = nextTokenAt(rate.bucket, rate.perSecond, turn.now);
    const key = queueKey(queue.namespace, queue.kind, queue.name);
    rate.timer = turn.state.timers.set(at, { kind: 'queue-token', queue: key });
  }
  return false;
}
