import { between, minutes, type Instant } from '../../base/time.ts';
import type { PollerInfo } from '../../protocol/temporal/task-queue-methods.ts';
import type { TaskQueue } from '../state.ts';

/** How long a worker that polls no more is still named among the pollers (matching's poller history). */
const POLLER_KEPT = minutes(5);

/** What a worker that asked for no rate is said to have, as at the server. */
export const DEFAULT_RATE_PER_SECOND = 100_000;

export function notePoller(queue: TaskQueue, identity: string, now: Instant): void {
  // Put at the end, so that those who have not come for long stand first.
  queue.pollers.delete(identity);
  queue.pollers.set(identity, now);
  for (const [other, at] of queue.pollers) {
    if (between(at, now) < POLLER_KEPT) break;
    queue.pollers.delete(other);
  }
}

/** Who polls, or did a moment ago; the latest first. Whoever waits for a task polls now, however long it has waited. */
export function pollersOf(queue: TaskQueue, now: Instant): PollerInfo[] {
  const seen = new Map([...queue.pollers].filter(([, at]) => between(at, now) < POLLER_KEPT));
  for (const { identity } of queue.polls.values()) {
    seen.delete(identity);
    seen.set(identity, now);
  }
  const ratePerSecond = queue.rate?.perSecond ?? DEFAULT_RATE_PER_SECOND;
  return [...seen]
    .reverse()
    .map(([identity, lastAccessTime]) => ({ identity, lastAccessTime, ratePerSecond }));
}
