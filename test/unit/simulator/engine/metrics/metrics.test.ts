import { expect, test } from 'vitest';
import { instant } from '../../../../../simulator/base/time.ts';
import type { StampedFact } from '../../../../../simulator/engine/fact.ts';
import { Metrics } from '../../../../../simulator/engine/metrics/metrics.ts';
import { OperationMetrics } from '../../../../../simulator/engine/metrics/operation-metrics.ts';
import { Series } from '../../../../../simulator/engine/metrics/series.ts';
import { emptyState } from '../../../../../simulator/engine/state.ts';
import { samplesOf } from '../../../../harness/exposition.ts';

const run = { namespace: 'orders', workflowId: 'w', runId: 'r' } as never;
const operation = { run, scheduledEventId: 5 };
const at = instant(1_000);

const told = (name: string, ...facts: readonly object[]): Readonly<Record<string, number>> => {
  const metrics = new Metrics();
  for (const fact of facts) metrics.apply({ at, ...fact } as StampedFact, emptyState(1));
  return samplesOf(metrics.text([]), name);
};

const queued = {
  kind: 'nexus-task-queued',
  task: 't',
  purpose: { kind: 'start', operation, attempt: 1 },
  namespace: 'payments',
  taskQueue: 'q',
};

test('a request that is lost with the memory of the server is not counted', () => {
  expect(told('nexus_requests', queued, { kind: 'nexus-task-lost', task: 't' })).toEqual({});
  const late = { kind: 'nexus-task-answered', task: 't', outcome: 'sync_success' };
  expect(told('nexus_requests', queued, { kind: 'server-restarted' }, late)).toEqual({});
});

test('a request to a task queue has no endpoint', () => {
  const answered = { kind: 'nexus-task-answered', task: 't', outcome: 'sync_success' };
  expect(told('nexus_requests', queued, answered)).toEqual({
    '{namespace="payments",nexus_endpoint="_unknown_",method="StartNexusOperation",outcome="sync_success"}': 1,
  });
});

test('a delivery that fails is told with why, and nobody knows where a run that is gone delivers', () => {
  const delivery = { run, index: 0, attempt: 1 };
  const ended = {
    kind: 'callback-attempt-ended',
    ...delivery,
    failure: {},
    outcome: 'handler-error:INTERNAL',
  };
  const begun = { kind: 'callback-attempt-started', ...delivery, at: instant(0) };
  const labels = '{namespace="orders",destination="_unknown_",outcome="handler-error:INTERNAL"}';
  expect(told('callback_outbound_requests', begun, ended)).toEqual({ [labels]: 1 });
  expect(told('callback_outbound_latency_sum', begun, ended)).toEqual({ [labels]: 1 });
});

test('a wait for the rate limit is as long as it was', () => {
  const wait = { kind: 'outbound-wait-started', operation, calls: 'start', attempt: 1, reason: 'rate' };
  const sums = told(
    'rate_limited_task_runnable_wait_time_sum',
    wait,
    { kind: 'outbound-wait-ended', operation, at: instant(3_500) },
    { kind: 'outbound-wait-ended', operation, at: instant(9_000) },
  );
  expect(Object.values(sums)).toEqual([2.5]);
  const buffer = { ...wait, reason: 'buffer' };
  expect(Object.values(told('dynamic_worker_pool_scheduler_rejected_tasks', buffer))).toEqual([1]);
});

test('an operation whose run is gone leaves nothing behind', () => {
  const series = new Series();
  const metrics = new OperationMetrics(series);
  const event = {
    eventType: 'NEXUS_OPERATION_COMPLETED',
    attributes: { scheduledEventId: 5 },
    eventTime: at,
  };
  metrics.apply({ kind: 'event-recorded', run, event, at } as unknown as StampedFact, emptyState(1));
  expect(series.text([])).toBe('');
  expect(metrics.endpointOf(operation, emptyState(1))).toBe('');
});
