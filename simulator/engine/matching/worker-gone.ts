import { replyTo, type Turn } from '../turn.ts';
import { leave } from './task-queue.ts';

/**
 * A worker whose process has ended is not waited for: it polls no more, and the tasks in its hands no longer hold
 * the clock. They end by their own timeouts, as at the server, which does not learn of it at all.
 */
export function loseWorker(turn: Turn, identity: string): void {
  for (const queue of turn.state.queues.values()) {
    queue.attendants.delete(identity);
    for (const poll of [...queue.polls.values()]) {
      if (!poll.remote || poll.identity !== identity) continue;
      leave(queue, poll.call);
      replyTo(turn, poll.call, {});
    }
  }
  for (const [token, holder] of turn.state.held) {
    if (holder === identity) turn.state.held.delete(token);
  }
}
