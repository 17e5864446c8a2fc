import { expect, test } from 'vitest';
import { instant } from '../../../../../simulator/base/time.ts';
import type { RunRef } from '../../../../../simulator/engine/fact.ts';
import { SpanStore } from '../../../../../simulator/spans/span-store.ts';
import { traceUpdate } from '../../../../../simulator/engine/trace/update-spans.ts';
import { acceptedUpdate } from '../../../../../simulator/spans/update-bar.ts';
import type { HistoryEvent } from '../../../../../simulator/protocol/temporal/history.ts';

const run = { namespace: 'orders', workflowId: 'order-1', runId: 'r' } as unknown as RunRef;

type Accepted = HistoryEvent & { readonly eventType: 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED' };

const accepted = {
  eventType: 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
  eventId: 5,
  eventTime: instant(2),
  attributes: { protocolInstanceId: 'u', acceptedRequest: { input: { name: 'pay' } } },
} as unknown as Accepted;

test('an update is one bar under its run, from its arrival to its end', () => {
  const store = new SpanStore();
  traceUpdate(store, { kind: 'update-admitted', run, update: 'u', name: 'pay', at: instant(1) });
  acceptedUpdate(store, run, accepted);
  traceUpdate(store, { kind: 'update-ended', run, update: 'u', outcome: 'failed', at: instant(3) });
  expect(store.all()).toMatchObject([
    { kind: 'update', name: 'pay', start: 1, end: 3, attributes: { updateId: 'u', acceptedAt: 2 } },
  ]);
});

test('a history that was read tells of an update when it was accepted', () => {
  const store = new SpanStore();
  acceptedUpdate(store, run, accepted);
  expect(store.all()).toMatchObject([{ kind: 'update', name: 'pay', start: 2 }]);
});
