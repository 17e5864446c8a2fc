import { between, minutes } from '../../base/time.ts';
import type { TaskQueue } from '../state.ts';
import type { Turn } from '../turn.ts';

/** How many task queues are kept in any case. */
export const QUEUES_KEPT = 128;

/** How long after its last poll a queue is unloaded when nobody uses it (`matching.maxTaskQueueIdleTime`). */
export const IDLE_MAX = minutes(5);

/**
 * Lets go of task queues that hold nothing and that nobody has polled for long: what is left of them is what a new
 * one has. Each worker process leaves a sticky queue behind, and names are the clients' to choose.
 */
export function unloadIdleQueues(turn: Turn): void {
  const { state } = turn;
  if (state.queues.size <= state.queuesKept) return;
  for (const [key, queue] of state.queues) if (isIdle(turn, queue)) state.queues.delete(key);
  state.queuesKept = Math.max(QUEUES_KEPT, 2 * state.queues.size);
}

function isIdle({ limits, now }: Turn, queue: TaskQueue): boolean {
  const { waiting, polls, attendants, rate, lastPolledAt } = queue;
  if (waiting.size + polls.size + attendants.size > 0 || rate?.timer?.state === 'set') return false;
  const kept = Math.max(IDLE_MAX, limits.stickyPollerWindow, limits.queryPollerWindow);
  return lastPolledAt === undefined || between(lastPolledAt, now) >= kept;
}
