import { describe, expect, test } from 'vitest';
import { minutes, ms, seconds } from '../../simulator/base/time.ts';
import { readExposition, samplesOf } from '../harness/exposition.ts';
import { serve, type Served } from '../harness/served-world.ts';
import { handlerError, type Handler, type WorkflowCode } from '../harness/world.ts';
import {
  answerTask,
  backed,
  call,
  caller,
  complete,
  completeBacking,
  order,
  running,
  schedule,
  startThenCancel,
  sync,
  takeTask,
} from '../simulation/checklist/stage.ts';

/** What Prometheus scrapes from the HTTP port: a story, and the very counters that it leaves (semantics §9.1). */

const scrape = async (served: Served): Promise<string> => {
  const { status, headers, body } = await served.ask({ method: 'GET' }, '/metrics');
  expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  return body.toString('utf8');
};

/** Plays one caller to its end. */
async function played(handle: Handler | undefined, code: WorkflowCode = call()): Promise<Served> {
  const served = await serve(handle);
  served.world.workflow(caller, code);
  await served.world.start(order);
  await served.world.settled();
  return served;
}

const outbound = (method: string, outcome: string, source = '_unknown_'): string =>
  `{namespace="orders",destination="payments-endpoint",method="${method}Operation",outcome="${outcome}",failure_source="${source}"}`;
const inbound = (method: string, outcome: string): string =>
  `{namespace="payments",nexus_endpoint="payments-endpoint",method="${method}NexusOperation",outcome="${outcome}"}`;
const closed = (more = ''): string =>
  `{namespace="orders",nexus_endpoint="payments-endpoint",workflow_type="Checkout"${more}}`;

describe('calls and requests', () => {
  test('that fail twice and then succeed at once', async () => {
    const served = await played((_, nth) => (nth < 3 ? handlerError('UNAVAILABLE') : sync('paid')));
    const text = await scrape(served);
    expect(samplesOf(text, 'nexus_outbound_requests')).toEqual({
      [outbound('Start', 'handler-error:UNAVAILABLE', 'worker')]: 2,
      [outbound('Start', 'successful')]: 1,
    });
    expect(samplesOf(text, 'nexus_requests')).toEqual({
      [inbound('Start', 'handler_error:UNAVAILABLE')]: 2,
      [inbound('Start', 'sync_success')]: 1,
    });
    expect(samplesOf(text, 'nexus_request_errors')).toEqual({
      [inbound('Start', 'handler_error:UNAVAILABLE')]: 2,
    });
    expect(samplesOf(text, 'nexus_operation_success')).toEqual({ [closed()]: 1 });
    const waited = samplesOf(text, 'nexus_operation_schedule_to_close_latency_sum');
    const seconds = waited[closed(',outcome="succeeded"')] ?? 0;
    expect(seconds).toBeGreaterThan(0.8 * 3);
    expect(seconds).toBeLessThan(3);
    expect(samplesOf(text, 'nexus_operation_schedule_to_start_latency_count')).toEqual({ [closed()]: 1 });
    expect(samplesOf(text, 'nexus_operation_start_to_close_latency_count')).toEqual({});
  });

  test.each([
    ['failed', { failure: { message: 'no' } }, 'operation-unsuccessful:failed', 'nexus_operation_fail'],
    [
      'canceled',
      { operationError: { operationState: 'canceled' as const, failure: { message: 'no' } } },
      'operation-unsuccessful:canceled',
      'nexus_operation_cancel',
    ],
  ])('whose operation %s', async (_, response, outcome, counter) => {
    const text = await scrape(await played(() => ({ response })));
    expect(samplesOf(text, 'nexus_outbound_requests')).toEqual({ [outbound('Start', outcome, 'worker')]: 1 });
    expect(samplesOf(text, 'nexus_requests')).toEqual({ [inbound('Start', 'operation_error')]: 1 });
    expect(samplesOf(text, 'nexus_request_errors')).toEqual({});
    expect(samplesOf(text, counter)).toEqual({ [closed()]: 1 });
  });

  test('that nobody answers until the operation is out of time', async () => {
    const text = await scrape(await played(undefined, call({ scheduleToCloseTimeout: seconds(15) })));
    expect(samplesOf(text, 'nexus_outbound_requests')).toEqual({
      [outbound('Start', 'handler-error:UPSTREAM_TIMEOUT', 'worker')]: 2,
    });
    expect(
      samplesOf(text, 'nexus_outbound_latency_bucket')[
        outbound('Start', 'handler-error:UPSTREAM_TIMEOUT', 'worker').replace('}', ',le="10"}')
      ],
    ).toBe(2);
    expect(samplesOf(text, 'nexus_requests')).toEqual({ [inbound('Start', 'handler_timeout')]: 2 });
    expect(samplesOf(text, 'nexus_operation_timeout')).toEqual({
      [closed(',timeout_type="ScheduleToClose"')]: 1,
    });
  });

  test('that start, are cancelled, and complete through a callback', async () => {
    const served = await serve();
    served.world.handler({ namespace: 'payments', taskQueue: 'billing' }, backed(served.world));
    served.world.workflow(caller, startThenCancel('payments-endpoint'));
    await served.world.start(order);
    await served.world.driver.sleep(minutes(1));
    await completeBacking(served.world, 'paid');
    await served.world.settled();
    const text = await scrape(served);
    expect(samplesOf(text, 'nexus_outbound_requests')).toEqual({
      [outbound('Start', 'pending')]: 1,
      [outbound('Cancel', 'successful')]: 1,
    });
    expect(samplesOf(text, 'nexus_requests')).toEqual({
      [inbound('Start', 'async_success')]: 1,
      [inbound('Cancel', 'success')]: 1,
    });
    expect(samplesOf(text, 'callback_outbound_requests')).toEqual({
      '{namespace="payments",destination="temporal://system",outcome="success"}': 1,
    });
    expect(samplesOf(text, 'nexus_completion_requests')).toEqual({
      '{namespace="orders",outcome="success"}': 1,
    });
    expect(samplesOf(text, 'nexus_operation_start_to_close_latency_sum')).toEqual({
      [closed(',outcome="succeeded"')]: 60,
    });
    expect(samplesOf(text, 'nexus_operation_schedule_to_start_latency_sum')).toEqual({ [closed()]: 0 });
  });

  test('of callers outside, and those that nobody can be asked', async () => {
    const served = await serve(() => sync('out'));
    const body = { header: { 'content-type': 'application/json' }, body: '"in"' };
    await served.ask(body);
    await served.ask(body, '/nexus/endpoints/none/services/Service/operation');
    await served.ask(
      {
        ...body,
        header: { ...body.header, 'nexus-operation-state': 'succeeded', 'temporal-callback-token': 'x' },
      },
      '/nexus/callback',
    );
    const text = await scrape(served);
    expect(samplesOf(text, 'nexus_requests')).toEqual({ [inbound('Start', 'sync_success')]: 1 });
    expect(samplesOf(text, 'nexus_request_preprocess_errors')).toEqual({ '': 1 });
    expect(samplesOf(text, 'nexus_completion_request_preprocess_errors')).toEqual({ '': 1 });
    expect(samplesOf(text, 'nexus_outbound_requests')).toEqual({});
  });
});

test('operations that clients call are counted under the server’s own workflow type', async () => {
  const served = await serve(() => running('t'), { limits: { standaloneOperations: true } });
  const named = { namespace: 'orders', operationId: 'op-1' };
  const asked = { ...named, endpoint: 'payments-endpoint', service: 'Service', operation: 'operation' };
  await served.world.ask('startNexusOperationExecution', asked);
  await served.world.driver.sleep(seconds(5));
  await served.world.ask('terminateNexusOperationExecution', named);
  const text = await scrape(served);
  const labels =
    '{namespace="orders",nexus_endpoint="payments-endpoint",workflow_type="__temporal_standalone_nexus_operation__"';
  expect(samplesOf(text, 'nexus_operation_terminate')).toEqual({ [`${labels}}`]: 1 });
  expect(samplesOf(text, 'nexus_operation_start_to_close_latency_sum')).toEqual({
    [`${labels},outcome="terminated"}`]: 5,
  });
});

test('calls that a breaker holds back', async () => {
  const limits = { breakerConsecutiveFailures: 1, outboundConcurrency: 1 };
  const served = await serve(undefined, { limits, clock: { mode: 'paused' } });
  await served.world.start(order);
  await answerTask(served.world, await takeTask(served.world), [schedule(), schedule()]);
  await served.world.driver.advance(ms(9_000));
  const text = await scrape(served);
  const labels = '{namespace="orders",destination="payments-endpoint"}';
  expect(samplesOf(text, 'circuit_breaker_executable_blocked')).toEqual({ [labels]: 1 });
  expect(samplesOf(text, 'dynamic_worker_pool_scheduler_active_workers')).toEqual({
    '{namespace="orders",destination="payments-endpoint",task_group="start"}': 0,
  });
});

test('what there is now is told beside what was counted, and pages may not ask', async () => {
  const served = await played(
    () => sync('paid'),
    (history) => (history.length > 3 ? [] : [complete()]),
  );
  const samples = readExposition(await scrape(served));
  for (const [name, value] of [
    ['nexus_sim_runs_closed', 1],
    ['nexus_sim_runs_running', 0],
    ['nexus_sim_timers', 0],
    ['nexus_sim_held_tasks', 0],
  ] as const) {
    expect([name, samples.get(name)]).toEqual([name, value]);
  }
  expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  expect((await served.ask({ method: 'POST' }, '/metrics')).status).toBe(400);
  expect((await served.ask({ method: 'GET', header: { origin: 'http://evil' } }, '/metrics')).status).toBe(
    403,
  );
});
