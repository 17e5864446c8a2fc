import { describe, expect, test } from 'vitest';
import { encodeText } from '../../../../../simulator/base/base64.ts';
import { waitLimit } from '../../../../../simulator/frontends/temporal/long-poll.ts';

describe('how long a call may wait', () => {
  test.each([
    [2_000, 1_000],
    [10_000, 9_000],
    [61_000, 60_000],
    [70_000, 60_000],
  ])('a poll with %i ms left waits %i ms', (remaining, limit) => {
    expect(waitLimit('pollNexusTaskQueue', {}, remaining)).toEqual({ ok: true, value: limit });
  });

  test('a poll without a deadline, or with too near a one, is refused', () => {
    expect(waitLimit('pollWorkflowTaskQueue', {}, Infinity)).toEqual({
      ok: false,
      error: { code: 'INVALID_ARGUMENT', message: 'Context timeout is not set.' },
    });
    expect(waitLimit('pollActivityTaskQueue', {}, 1_999)).toEqual({
      ok: false,
      error: { code: 'FAILED_PRECONDITION', message: 'Context timeout is too short.' },
    });
  });

  test.each([
    [Infinity, 20_000],
    [10_000, 9_000],
    [500, 0],
  ])('a wait for new events with %d ms left waits %i ms', (remaining, limit) => {
    const request = { waitNewEvent: true };
    expect(waitLimit('getWorkflowExecutionHistory', request, remaining)).toEqual({ ok: true, value: limit });
  });

  test('other calls do not wait', () => {
    expect(waitLimit('getWorkflowExecutionHistory', {}, 10)).toEqual({ ok: true, value: undefined });
    expect(waitLimit('describeNamespace', {}, Infinity)).toEqual({ ok: true, value: undefined });
    expect(waitLimit('describeNexusOperationExecution', {}, 10)).toEqual({ ok: true, value: undefined });
  });

  test.each([
    [Infinity, 60_000],
    [5_000, 4_000],
    [400, 0],
  ])('a look at a standalone operation with %d ms left waits %i ms', (remaining, value) => {
    const longPollToken = encodeText('token');
    expect(waitLimit('pollNexusOperationExecution', {}, remaining)).toEqual({ ok: true, value });
    expect(waitLimit('describeNexusOperationExecution', { longPollToken }, remaining)).toEqual({
      ok: true,
      value,
    });
  });

  test.each([
    [Infinity, 30_000],
    [60_000, 59_000],
    [500, 0],
  ])('a query waits for its client: %i ms left, %i ms', (remaining, limit) => {
    expect(waitLimit('queryWorkflow', {}, remaining)).toEqual({ ok: true, value: limit });
  });

  test.each(['updateWorkflowExecution', 'pollWorkflowExecutionUpdate', 'executeMultiOperation'] as const)(
    '%s waits as long as for history',
    (method) => {
      expect(waitLimit(method, {}, 60_000)).toEqual({ ok: true, value: 20_000 });
      expect(waitLimit(method, {}, 5_000)).toEqual({ ok: true, value: 4_000 });
    },
  );
});
