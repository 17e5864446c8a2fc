import { expect, test } from 'vitest';
import { failureOf, faultFor } from '../../../../../simulator/engine/faults/plan.ts';
import type { AttemptFault } from '../../../../../simulator/protocol/fault.ts';

const rule: AttemptFault = {
  kind: 'attempt',
  service: 'S',
  operation: 'o',
  attempts: { from: 2, to: 3 },
  fail: { type: 'UNAVAILABLE' },
};

test.each([
  [{ service: 'S', operation: 'o', attempt: 1 }, false],
  [{ service: 'S', operation: 'o', attempt: 2 }, true],
  [{ service: 'S', operation: 'o', attempt: 3 }, true],
  [{ service: 'S', operation: 'o', attempt: 4 }, false],
  [{ service: 'S', operation: 'p', attempt: 2 }, false],
  [{ service: 'T', operation: 'o', attempt: 2 }, false],
])('%o is hit: %s', (called, hit) => {
  expect(faultFor([rule], { endpoint: 'e', ...called })).toBe(hit ? rule : undefined);
});

test('a rule for one endpoint leaves calls through others alone', () => {
  const narrow: AttemptFault = { ...rule, endpoint: 'e' };
  const called = { service: 'S', operation: 'o', attempt: 2 };
  expect(faultFor([narrow], { endpoint: 'e', ...called })).toBe(narrow);
  expect(faultFor([narrow], { endpoint: 'f', ...called })).toBeUndefined();
});

test('the failure looks like a handler’s own', () => {
  expect(failureOf(rule.fail)).toEqual({
    message: 'injected fault: UNAVAILABLE',
    nexusHandlerFailureInfo: { type: 'UNAVAILABLE' },
  });
  const told: AttemptFault = {
    ...rule,
    fail: { type: 'INTERNAL', message: 'boom', retryBehavior: 'NON_RETRYABLE' },
  };
  expect(failureOf(told.fail)).toEqual({
    message: 'boom',
    nexusHandlerFailureInfo: { type: 'INTERNAL', retryBehavior: 'NON_RETRYABLE' },
  });
});
