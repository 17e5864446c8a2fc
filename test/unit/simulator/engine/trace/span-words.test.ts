import { expect, test } from 'vitest';
import { isUndrawn, targetAttributes } from '../../../../../simulator/engine/trace/span-words.ts';

test('an attempt says where it goes: to a task queue or to a URL', () => {
  expect(targetAttributes({ namespace: 'n', taskQueue: 'q' })).toEqual({
    targetNamespace: 'n',
    targetTaskQueue: 'q',
  });
  expect(targetAttributes({ url: 'http://x' })).toEqual({ targetUrl: 'http://x' });
});

test('calls to other processes are drawn, changes of the machine are not', () => {
  const at = 0 as never;
  expect(isUndrawn({ kind: 'external-call-ended', token: 't', at })).toBe(false);
  expect(isUndrawn({ kind: 'server-restarted', at })).toBe(true);
});
