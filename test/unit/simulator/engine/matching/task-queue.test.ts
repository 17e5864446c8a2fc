import { expect, test } from 'vitest';
import {
  leave,
  offer,
  takeWaiting,
  taskQueue,
  withdraw,
} from '../../../../../simulator/engine/matching/task-queue.ts';
import { emptyState, type Poll } from '../../../../../simulator/engine/state.ts';
import type { CallId } from '../../../../../simulator/protocol/ids.ts';

test('a queue comes into being once per namespace, kind and name', () => {
  const state = emptyState(1);
  const queue = taskQueue(state, 'n', 'nexus', 'q');
  expect(taskQueue(state, 'n', 'nexus', 'q')).toBe(queue);
  for (const other of [
    taskQueue(state, 'm', 'nexus', 'q'),
    taskQueue(state, 'n', 'workflow', 'q'),
    taskQueue(state, 'n', 'nexus', 'r'),
  ]) {
    expect(other).not.toBe(queue);
  }
});

test('tasks and polls meet in the order they came', () => {
  const queue = taskQueue(emptyState(1), 'n', 'nexus', 'q');
  const poll = (call: number): Poll => ({ call: call as CallId, queue, identity: '', remote: false });
  expect(offer(queue, 'first')).toBeUndefined();
  expect(offer(queue, 'second')).toBeUndefined();
  expect(takeWaiting(queue)).toBe('first');
  expect(withdraw(queue, 'second')).toBe(true);
  expect(takeWaiting(queue)).toBeUndefined();
  for (const call of [1, 2, 3]) queue.polls.set(call as CallId, poll(call));
  expect(leave(queue, 2 as CallId)).toBe(true);
  expect(offer(queue, 'third')?.call).toBe(1);
  expect(offer(queue, 'fourth')?.call).toBe(3);
  expect(offer(queue, 'fifth')).toBeUndefined();
});
