import { expect, test } from 'vitest';
import { instant } from '../../../../../simulator/base/time.ts';
import { STANDALONE, type OperationRef } from '../../../../../simulator/engine/fact.ts';
import { SpanStore } from '../../../../../simulator/spans/span-store.ts';
import { traceStandalone } from '../../../../../simulator/engine/trace/standalone-spans.ts';

const operation = {
  run: { namespace: 'orders', workflowId: 'op-1', runId: 'r' },
  scheduledEventId: STANDALONE,
} as unknown as OperationRef;

test('a standalone operation is one bar in a track of its own', () => {
  const store = new SpanStore();
  const called = { endpoint: 'pay', service: 'Billing', name: 'charge', requestId: 'q' };
  traceStandalone(store, { kind: 'standalone-scheduled', at: instant(1), operation, ...called });
  traceStandalone(store, {
    kind: 'standalone-started',
    at: instant(3),
    operation,
    token: 't',
    startedAt: instant(2),
  });
  traceStandalone(store, {
    kind: 'standalone-closed',
    at: instant(4),
    operation,
    status: 'TERMINATED',
    failure: { message: 'enough' },
  });
  expect(store.all()).toEqual([
    {
      id: 'operation:r:0',
      kind: 'operation',
      name: 'Billing.charge',
      lane: { namespace: 'orders', track: 'op-1' },
      start: 1,
      end: 4,
      outcome: 'terminated',
      failure: ['enough'],
      attributes: {
        endpoint: 'pay',
        service: 'Billing',
        operation: 'charge',
        requestId: 'q',
        operationId: 'op-1',
        runId: 'r',
        operationToken: 't',
        startedAt: 2,
      },
      causes: [],
      code: { kind: 'operation', service: 'Billing', operation: 'charge', endpoint: 'pay' },
    },
  ]);
});
