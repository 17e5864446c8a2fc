import type { Execution } from '../state.ts';
import type { Turn } from '../turn.ts';
import { scheduleWorkflowTask } from './workflow-task.ts';

/** The wait for the first workflow task is over, or was cut short. */
export function endFirstTaskWait(turn: Turn, execution: Execution): void {
  turn.state.timers.cancel(execution.firstTaskTimer);
  execution.firstTaskTimer = undefined;
  scheduleWorkflowTask(turn, execution);
}
