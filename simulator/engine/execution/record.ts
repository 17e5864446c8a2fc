import type { EventBody } from '../../protocol/temporal/history.ts';
import type { Execution } from '../state.ts';
import { replyTo, type Turn } from '../turn.ts';
import { appendOrBuffer, eventTraits } from './history.ts';
import { historyAnswer } from './history-wait.ts';
import { scheduleWorkflowTask } from './workflow-task.ts';

/** Something happened to a run: writes or buffers it, and schedules a workflow task where the event calls for one. */
export function recordEvent(turn: Turn, execution: Execution, body: EventBody): void {
  if (appendOrBuffer(turn, execution, body) && eventTraits[body.eventType].wakes) {
    scheduleWorkflowTask(turn, execution);
  }
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
