// What becomes of each way to refuse (semantics §12, statements 8, 9 and 42 to 47).
import { expect } from 'vitest';
import { seconds } from '../../simulator/base/time.ts';
import type { Scenario } from './scenario.ts';
import type { CallFailure } from './typescript/contract.ts';

/** The handler errors that end the operation at once. */
const final = ['BAD_REQUEST', 'UNAUTHENTICATED', 'UNAUTHORIZED', 'NOT_FOUND', 'CONFLICT', 'NOT_IMPLEMENTED'];

/** Those after which the desk is asked again, and the plain error of a bug. */
const passing = [
  'plain',
  'INTERNAL',
  'RESOURCE_EXHAUSTED',
  'UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'REQUEST_TIMEOUT',
];

const forGood = 1_000;

function refused(
  refusal: string,
  failure: Pick<CallFailure, 'kind' | 'type'>,
  end: 'Failed' | 'Canceled',
): Scenario {
  return {
    name: `a refusal: ${refusal}`,
    across: 'pairs',
    play: async (cell) => {
      const { outcome, events } = await cell.call({
        operation: 'refuse',
        job: { refusal, times: forGood },
      });
      expect(outcome.failure).toMatchObject({ ...failure, service: 'JobDesk', operation: 'refuse' });
      expect(outcome.failure?.message).toContain('refused');
      expect(events).toEqual(['Scheduled', end]);
    },
  };
}

const retried = (refusal: string): Scenario => ({
  name: `a refusal that passes: ${refusal}`,
  across: 'pairs',
  play: async (cell) => {
    const { outcome, events } = await cell.call({ operation: 'refuse', job: { refusal, times: 2 } });
    expect(outcome.answer).toEqual({ text: 'accepted', language: cell.desk, attempt: 3 });
    // The first two pauses, each a fifth shorter at most.
    expect(outcome.waited).toBeGreaterThanOrEqual(0.8 * seconds(1 + 2));
    expect(events).toEqual(['Scheduled', 'Completed']);
  },
});

export const failures: readonly Scenario[] = [
  ...final.map((type) => refused(type, { kind: 'handler', type }, 'Failed')),
  refused('application', { kind: 'handler', type: 'INTERNAL' }, 'Failed'),
  refused('failed', { kind: 'application', type: 'OperationError' }, 'Failed'),
  refused('canceled', { kind: 'canceled', type: '' }, 'Canceled'),
  ...passing.map(retried),
];
