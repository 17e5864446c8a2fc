import type { RequestOf } from '../../protocol/temporal/methods.ts';
import type { Execution } from '../state.ts';
import type { Turn } from '../turn.ts';

/** The worker that completed a workflow task keeps the run in its cache, or does not (any more). */
export function stick(
  turn: Turn,
  execution: Execution,
  attributes: RequestOf<'respondWorkflowTaskCompleted'>['stickyAttributes'],
): void {
  const name = attributes?.workerTaskQueue?.name ?? '';
  execution.sticky =
    name === ''
      ? undefined
      : {
          taskQueue: { name, kind: 'STICKY', normalName: execution.taskQueue.name },
          scheduleToStartTimeout:
            attributes?.scheduleToStartTimeout ?? turn.limits.stickyScheduleToStartTimeout,
        };
}
