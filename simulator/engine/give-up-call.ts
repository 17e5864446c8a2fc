import type { CallId } from '../protocol/ids.ts';
import { emptyHistoryAnswer } from './execution/history-wait.ts';
import { abandonDispatch } from './nexus/dispatch.ts';
import { leave } from './matching/task-queue.ts';
import { giveUpQuery } from './query.ts';
import { replyTo, type Turn } from './turn.ts';
import { giveUpUpdateWait } from './update/wait.ts';

/** The answer to a caller that waits no longer; nothing is lost by it. */
export function giveUpCall(turn: Turn, call: CallId): void {
  const waiting = turn.state.waitingCalls.get(call);
  switch (waiting?.kind) {
    case 'poll':
      leave(waiting.poll.queue, call);
      replyTo(turn, call, {});
      return;
    case 'history':
      turn.state.executions.get(waiting.wait.run)?.waits.delete(call);
      replyTo(turn, call, emptyHistoryAnswer(waiting.wait));
      return;
    case 'standalone':
      turn.state.standalone.get(waiting.wait.run)?.waits.delete(call);
      replyTo(turn, call, {});
      return;
    case 'query':
      giveUpQuery(turn, waiting.query);
      return;
    case 'dispatch':
      abandonDispatch(turn, call);
      return;
    case 'update':
      giveUpUpdateWait(turn, waiting.wait);
      return;
    case 'sleep':
      turn.state.timers.cancel(waiting.timer);
      replyTo(turn, call, undefined);
      return;
    case undefined:
      return;
  }
}
