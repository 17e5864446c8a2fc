import { ID_LENGTH_MAX } from '../../protocol/ids.ts';
import type { TaskQueue } from '../../protocol/temporal/common.ts';

/** What is wrong with the task queue that a request names; `undefined` when nothing is. */
export function taskQueueProblem(taskQueue: TaskQueue | undefined): string | undefined {
  if (taskQueue === undefined) return 'taskQueue is not set';
  const { name = '' } = taskQueue;
  if (name === '') return 'missing task queue name';
  return name.length > ID_LENGTH_MAX ? 'taskQueue length exceeds limit' : undefined;
}
