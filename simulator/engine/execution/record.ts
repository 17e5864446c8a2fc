import type { Instant } from '../../base/time.ts';
import type { EventBody } from '../../protocol/temporal/history.ts';
import type { Execution } from '../state.ts';
import { replyTo, type Turn } from '../turn.ts';
import { appendOrBuffer, eventTraits } from './history.ts';
import { historyAnswer } from './history-wait.ts';
import { endFirstTaskWait } from './start-wait.ts';
import { commitSpeculative, scheduleWorkflowTask } from './workflow-task.ts';

/**
 * Something happened to a run: writes or buffers it, and schedules a workflow task where the event calls for one.
 * `at` differs from now only for what was heard of late.
 */
export function recordEvent(turn: Turn, execution: Execution, body: EventBody, at: Instant = turn.now): void {
  const written = appendOrBuffer(turn, execution, body, at);
  commitSpeculative(turn, execution);
  if (!written || !eventTraits[body.eventType].wakes) return;
  if (execution.firstTaskTimer === undefined) scheduleWorkflowTask(turn, execution);
  // Of what can happen to a run that has not begun, only a wish to end it is not put off until it begins.
  else if (body.eventType === 'WORKFLOW_EXECUTION_CANCEL_REQUESTED') endFirstTaskWait(turn, execution);
}

/** Answers those that wait for news of a run and have some now. Called once at the end of every turn that wrote. */
export function answerHistoryWaits(turn: Turn, execution: Execution): void {
  for (const wait of [...execution.waits.values()]) {
    const answer = historyAnswer(execution, wait);
    if (answer === undefined) continue;
    execution.waits.delete(wait.call);
    replyTo(turn, wait.call, answer);
  }
}
