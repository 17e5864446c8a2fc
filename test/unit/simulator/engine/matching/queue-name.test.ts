import { expect, test } from 'vitest';
import { taskQueueProblem } from '../../../../../simulator/engine/matching/queue-name.ts';

test.each([
  [undefined, 'taskQueue is not set'],
  [{}, 'missing task queue name'],
  [{ name: '' }, 'missing task queue name'],
  [{ name: 'x'.repeat(1_000) }, undefined],
  [{ name: 'x'.repeat(1_001) }, 'taskQueue length exceeds limit'],
])('%#', (taskQueue, problem) => {
  expect(taskQueueProblem(taskQueue)).toBe(problem);
});
