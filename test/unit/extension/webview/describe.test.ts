import { expect, test } from 'vitest';
import { describe as sentence, readableDuration } from '../../../../extension/webview/describe.ts';
import { TimelineModel } from '../../../../extension/webview/timeline-model.ts';
import type { SpanId } from '../../../../simulator/protocol/ids.ts';
import { span } from '../../../harness/spans.ts';

test.each([
  [0, '0 ms'],
  [250, '250 ms'],
  [1_200, '1.2 s'],
  [59_999, '59.999 s'],
  [90_000, '1 min 30 s'],
  [5_400_000, '1 h 30 min'],
  [273_600_000, '3 d 4 h'],
])('%d ms read as %s', (milliseconds, text) => {
  expect(readableDuration(milliseconds)).toBe(text);
});

const code = { kind: 'operation', service: 'GreetingService', operation: 'echo' } as const;
const model = new TimelineModel();
model.apply([
  span('operation', [0, 4_000], { kind: 'operation', name: 'GreetingService.echo', code }),
  span('first', [0, 100], { kind: 'attempt', parent: 'operation', outcome: 'timed-out' }),
  span('wait', [100, 1_100], { kind: 'backoff', parent: 'operation', outcome: 'succeeded' }),
  span('second', [1_100, 2_300], { kind: 'attempt', parent: 'operation', outcome: 'failed' }),
  span('third', [2_300], { kind: 'attempt', parent: 'operation', attributes: { attempt: 7 } }),
  span('timer', [3_000, 3_250], { kind: 'timer', name: 'timer 5' }),
  span('cancel', [3_000, 3_250], { kind: 'handler', name: 'cancel GreetingService.echo', code }),
]);

test.each([
  ['operation', 'operation GreetingService.echo, 4 s'],
  ['first', 'attempt 1 of GreetingService.echo, timed out, 100 ms'],
  ['wait', 'backoff of GreetingService.echo, 1 s'],
  ['second', 'attempt 2 of GreetingService.echo, failed, 1.2 s'],
  ['third', 'attempt 7 of GreetingService.echo, running'],
  ['timer', 'timer 5, 250 ms'],
  ['cancel', 'handler cancel GreetingService.echo, 250 ms'],
])('%s is described', (id, expected) => {
  const bar = model.bar(id as SpanId);
  expect(bar === undefined ? undefined : sentence(bar)).toBe(expected);
});
