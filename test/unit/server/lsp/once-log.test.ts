import { expect, test } from 'vitest';
import { OnceLog } from '../../../../server/lsp/once-log.ts';

test('a failure is written once, however often it happens', () => {
  const written: string[] = [];
  const log = new OnceLog((message) => written.push(message.split('\n')[0] ?? ''));
  log.failure('Rule a', new Error('out of order'));
  log.failure('Rule a', new Error('out of order'));
  log.failure('Rule b', new Error('out of order'));
  log.failure('Rule b', 'no error at all');
  expect(written).toEqual([
    'Rule a failed: out of order',
    'Rule b failed: out of order',
    'Rule b failed: no error at all',
  ]);
});

test('the number of different failures is bounded', () => {
  let written = 0;
  const log = new OnceLog(() => (written += 1));
  for (let at = 0; at < 5000; at += 1) log.failure(`part ${at}`, 'x');
  expect(written).toBe(1000);
});
