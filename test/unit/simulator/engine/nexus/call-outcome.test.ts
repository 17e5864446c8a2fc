import { expect, test } from 'vitest';
import { instant } from '../../../../../simulator/base/time.ts';
import { noteCallEnd } from '../../../../../simulator/engine/nexus/call-end.ts';
import {
  answerOutcome,
  failureOutcome,
  INVALID_TOKEN,
  startOutcome,
} from '../../../../../simulator/engine/nexus/call-outcome.ts';
import { handlerFailure } from '../../../../../simulator/engine/nexus/failure.ts';
import { emptyState } from '../../../../../simulator/engine/state.ts';
import type { Turn } from '../../../../../simulator/engine/turn.ts';
import { callError, callTimedOut } from '../../../../../simulator/protocol/nexus-client.ts';

test.each([
  [{ state: 'STARTED' }, 'pending'],
  [{ state: 'SUCCEEDED' }, 'successful'],
  [{ state: 'FAILED' }, 'operation-unsuccessful:failed'],
  [{ state: 'CANCELED' }, 'operation-unsuccessful:canceled'],
  [{ state: 'TIMED_OUT' }, 'operation-timeout'],
  [{ state: 'ERROR', failure: handlerFailure('NOT_FOUND', 'no') }, 'handler-error:NOT_FOUND'],
] as const)('a start that ends as %j is %s', (end, outcome) => {
  expect(startOutcome(end)).toBe(outcome);
});

test.each([
  [handlerFailure('INTERNAL', 'no'), 'handler-error:INTERNAL'],
  [callTimedOut, 'request-timeout'],
  [callError(`${INVALID_TOKEN}: length exceeds allowed limit (2/1)`, true), 'invalid-operation-token'],
  [callError('no connection'), 'unknown-error'],
  [{}, 'unknown-error'],
])('the failure %j is %s', (failure, outcome) => {
  expect(failureOutcome(failure)).toBe(outcome);
});

test.each([
  ['cancel', {}, 'success'],
  ['start', { startOperation: { syncSuccess: {} } }, 'sync_success'],
  ['start', { startOperation: { asyncSuccess: {} } }, 'async_success'],
  ['start', { startOperation: { operationError: {} } }, 'operation_error'],
  ['start', { startOperation: { failure: {} } }, 'operation_error'],
  ['start', { startOperation: {} }, 'handler_error:EMPTY_OUTCOME'],
  ['start', { cancelOperation: {} }, 'handler_error:EMPTY_OUTCOME'],
] as const)('%s that is answered with %j is %s', (asks, response, outcome) => {
  expect(answerOutcome(asks, response)).toBe(outcome);
});

test('only an error is told to come from the worker', () => {
  const turn = { state: emptyState(1), now: instant(7), facts: [] as unknown[] } as unknown as Turn;
  const operation = { run: { runId: 'r' }, scheduledEventId: 5 } as never;
  const call = {
    purpose: { kind: 'start', operation, attempt: 2 },
    ticket: undefined,
    fromWorker: true,
  } as const;
  noteCallEnd(turn, call, 'pending');
  noteCallEnd(turn, call, 'handler-error:INTERNAL');
  expect(turn.facts).toEqual([
    { kind: 'call-ended', operation, calls: 'start', attempt: 2, endpoint: '', outcome: 'pending', at: 7 },
    expect.objectContaining({ outcome: 'handler-error:INTERNAL', fromWorker: true }),
  ]);
});
