import { afterEach, describe, expect, test } from 'vitest';
import { encodeText } from '../../simulator/base/base64.ts';
import { hours, minutes, ms, seconds } from '../../simulator/base/time.ts';
import {
  callOnce,
  eventOf,
  handlerError,
  json,
  typesOf,
  World,
  type Handler,
  type WorkflowCode,
} from '../harness/world.ts';

const caller = { namespace: 'orders', taskQueue: 'orders' };
const target = { namespace: 'payments', taskQueue: 'billing' };
const started = {
  namespace: 'orders',
  workflowId: 'order-1',
  workflowType: { name: 'Checkout' },
  taskQueue: { name: 'orders' },
};
const sync = (value: unknown) => ({ response: { syncSuccess: { payload: json(value) } } });

let world: World;
afterEach(() => world.dispose());

/** A caller in `orders`, an endpoint, a handler in `payments`; started, and run until nothing is left to do. */
async function play(code: WorkflowCode, handle?: Handler) {
  world = new World();
  await world.namespaces('orders', 'payments');
  await world.endpoint('payments-endpoint', target);
  if (handle !== undefined) world.handler(target, handle);
  world.workflow(caller, code);
  await world.start(started);
  await world.settled();
  return world.history('orders', 'order-1');
}

const call = (options: Omit<Parameters<typeof callOnce>[0], 'endpoint'> = {}) =>
  callOnce({ endpoint: 'payments-endpoint', ...options });

describe('a synchronous operation', () => {
  test('is scheduled and completed, never started', async () => {
    const history = await play(call({ input: json('in') }), () => sync('out'));
    expect(typesOf(history)).toEqual([
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'NEXUS_OPERATION_SCHEDULED',
      'NEXUS_OPERATION_COMPLETED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'WORKFLOW_EXECUTION_COMPLETED',
    ]);
    const scheduled = eventOf(history, 'NEXUS_OPERATION_SCHEDULED');
    const completed = eventOf(history, 'NEXUS_OPERATION_COMPLETED');
    expect(scheduled.attributes.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(scheduled.attributes.endpointId).toMatch(/^[0-9a-f-]{36}$/);
    expect(completed.attributes).toEqual({
      scheduledEventId: scheduled.eventId,
      requestId: scheduled.attributes.requestId,
      result: json('out'),
    });
  });

  test('is retried with 1, 2, 4 s backoff, each shortened by at most a fifth, under one request id', async () => {
    const history = await play(call(), (_request, nth) => (nth <= 3 ? handlerError('INTERNAL') : sync('ok')));
    const total = eventOf(history, 'NEXUS_OPERATION_COMPLETED').eventTime;
    expect(total).toBeGreaterThanOrEqual(0.8 * 7_000);
    expect(total).toBeLessThan(7_000);
    expect(new Set(world.handled.map(({ startOperation }) => startOperation?.requestId)).size).toBe(1);
    expect(world.handled).toHaveLength(4);
  });

  test('backs off for an hour at the most, however often it fails', async () => {
    const attempts = 16;
    const history = await play(call(), (_request, nth) =>
      nth < attempts ? handlerError('UNAVAILABLE') : sync('ok'),
    );
    const bases = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600, 3_600];
    const longest = bases.reduce((sum, base) => sum + base, 0) * 1_000;
    const total = eventOf(history, 'NEXUS_OPERATION_COMPLETED').eventTime;
    expect(total).toBeGreaterThanOrEqual(0.8 * longest);
    expect(total).toBeLessThan(longest);
  });
});

describe('a handler error', () => {
  test.each(['BAD_REQUEST', 'UNAUTHENTICATED', 'UNAUTHORIZED', 'NOT_FOUND', 'CONFLICT', 'NOT_IMPLEMENTED'])(
    '%s fails the operation after one attempt',
    async (type) => {
      const history = await play(call(), () => handlerError(type));
      const { failure } = eventOf(history, 'NEXUS_OPERATION_FAILED').attributes;
      expect(failure.message).toBe('nexus operation completed unsuccessfully');
      expect(failure.nexusOperationExecutionFailureInfo).toMatchObject({
        endpoint: 'payments-endpoint',
        service: 'Service',
        operation: 'operation',
      });
      expect(failure.cause?.nexusHandlerFailureInfo).toEqual({ type });
      expect(world.handled).toHaveLength(1);
    },
  );

  test.each([
    'REQUEST_TIMEOUT',
    'RESOURCE_EXHAUSTED',
    'INTERNAL',
    'UNAVAILABLE',
    'UPSTREAM_TIMEOUT',
    'MADE_UP',
  ])('%s is retried', async (type) => {
    const history = await play(call(), (_request, nth) => (nth === 1 ? handlerError(type) : sync('ok')));
    expect(typesOf(history)).toContain('NEXUS_OPERATION_COMPLETED');
    expect(world.handled).toHaveLength(2);
  });

  test('an override wins over the default of its type', async () => {
    const failed = await play(call(), () => handlerError('INTERNAL', 'NON_RETRYABLE'));
    expect(typesOf(failed)).toContain('NEXUS_OPERATION_FAILED');
    world.dispose();
    const retried = await play(call(), (_request, nth) =>
      nth === 1 ? handlerError('BAD_REQUEST', 'RETRYABLE') : sync('ok'),
    );
    expect(typesOf(retried)).toContain('NEXUS_OPERATION_COMPLETED');
  });

  test('the deprecated error field means the same', async () => {
    world = new World();
    await world.namespaces('orders', 'payments');
    await world.endpoint('payments-endpoint', target);
    world.workflow(caller, call());
    await world.start(started);
    const { namespace } = target;
    const { taskToken = '' } = await world.ask('pollNexusTaskQueue', {
      namespace,
      taskQueue: { name: 'billing' },
    });
    const error = { errorType: 'BAD_REQUEST', failure: { message: 'no such card' } };
    await world.ask('respondNexusTaskFailed', { namespace, taskToken, error });
    await world.settled();
    const { failure } = eventOf(
      await world.history('orders', 'order-1'),
      'NEXUS_OPERATION_FAILED',
    ).attributes;
    expect(failure.cause).toMatchObject({
      message: 'no such card',
      nexusHandlerFailureInfo: { type: 'BAD_REQUEST' },
    });
  });
});

describe('an operation error', () => {
  test('failed closes the operation with the handler’s failure as cause', async () => {
    const failure = {
      message: 'declined',
      applicationFailureInfo: { type: 'OperationError', nonRetryable: true },
    };
    const history = await play(call(), () => ({ response: { failure } }));
    expect(eventOf(history, 'NEXUS_OPERATION_FAILED').attributes.failure.cause).toEqual(failure);
  });

  test('canceled closes it as cancelled, even when the worker sent no CanceledFailure', async () => {
    const history = await play(call(), () => ({
      response: { operationError: { operationState: 'canceled', failure: { message: 'never mind' } } },
    }));
    const { cause } = eventOf(history, 'NEXUS_OPERATION_CANCELED').attributes.failure;
    expect(cause?.canceledFailureInfo).toEqual({});
    expect(cause?.message).toBe('never mind');
  });
});

describe('time-outs', () => {
  test('nobody polls: the attempt ends after 9 s, and schedule-to-close ends the operation on time', async () => {
    const history = await play(call({ scheduleToCloseTimeout: seconds(30) }));
    const timedOut = eventOf(history, 'NEXUS_OPERATION_TIMED_OUT');
    expect(timedOut.attributes.failure.cause).toEqual({
      message: 'operation timed out',
      timeoutFailureInfo: { timeoutType: 'SCHEDULE_TO_CLOSE' },
    });
    expect(timedOut.eventTime).toBeLessThanOrEqual(30_000);
    expect(timedOut.eventTime).toBeGreaterThanOrEqual(28_500);
    const firstAttempt = world.driver.spans().find(({ kind }) => kind === 'attempt');
    expect(firstAttempt).toMatchObject({
      start: 0,
      end: 9_000,
      failure: ['UPSTREAM_TIMEOUT: upstream timeout'],
    });
  });

  test('with less than 1.5 s to go no call is made', async () => {
    const history = await play(call({ scheduleToCloseTimeout: seconds(1) }), () => sync('never'));
    expect(eventOf(history, 'NEXUS_OPERATION_TIMED_OUT').eventTime).toBe(0);
    expect(world.handled).toHaveLength(0);
  });

  test('schedule-to-start counts until the handler has started, start-to-close from there', async () => {
    const waiting = await play(call({ scheduleToStartTimeout: seconds(5) }));
    const cause = eventOf(waiting, 'NEXUS_OPERATION_TIMED_OUT').attributes.failure.cause;
    expect(cause?.timeoutFailureInfo).toEqual({ timeoutType: 'SCHEDULE_TO_START' });
    world.dispose();
    const async = { response: { asyncSuccess: { operationToken: 'token' } } };
    const running = await play(
      call({ scheduleToStartTimeout: seconds(5), startToCloseTimeout: seconds(7) }),
      () => async,
    );
    const timedOut = eventOf(running, 'NEXUS_OPERATION_TIMED_OUT');
    expect(timedOut.eventTime).toBe(7_000);
    expect(timedOut.attributes.failure.cause?.timeoutFailureInfo).toEqual({ timeoutType: 'START_TO_CLOSE' });
  });

  test('a silent worker: upstream time-out, a new token for the next attempt, the late answer is refused', async () => {
    const history = await play(call({ scheduleToCloseTimeout: minutes(1) }), (_request, nth) =>
      nth === 1 ? 'silence' : sync('ok'),
    );
    const completed = eventOf(history, 'NEXUS_OPERATION_COMPLETED');
    expect(completed.eventTime).toBeGreaterThanOrEqual(9_000 + 800);
    expect(completed.eventTime).toBeLessThan(9_000 + 1_000);
    const late = await world.refused('respondNexusTaskCompleted', {
      namespace: 'payments',
      taskToken: encodeText('nexus-task/1'),
    });
    expect(late).toEqual({ code: 'NOT_FOUND', message: 'Nexus task not found or already expired' });
  });

  test('the worker is told 9 s in both spellings, and how long the operation may take', async () => {
    await play(call({ startToCloseTimeout: seconds(20), nexusHeader: { 'Foo-Bar': 'x' } }), () => sync('ok'));
    expect(world.handled[0]?.header).toEqual({
      'request-timeout': '9s',
      'Request-Timeout': '9s',
      'operation-timeout': '20000ms',
      'foo-bar': 'x',
    });
  });

  test('the caller’s own Operation-Timeout header is left alone', async () => {
    const nexusHeader = { 'Operation-Timeout': '1ms' };
    await play(call({ startToCloseTimeout: seconds(20), nexusHeader }), () => sync('ok'));
    expect(world.handled[0]?.header?.['operation-timeout']).toBe('1ms');
  });

  test('schedule-to-start and start-to-close are trimmed to schedule-to-close', async () => {
    const timeouts = {
      scheduleToCloseTimeout: minutes(1),
      scheduleToStartTimeout: minutes(10),
      startToCloseTimeout: hours(1),
    };
    const { attributes } = eventOf(await play(call(timeouts), () => sync('ok')), 'NEXUS_OPERATION_SCHEDULED');
    expect(attributes.scheduleToStartTimeout).toBe(60_000);
    expect(attributes.startToCloseTimeout).toBe(60_000);
  });
});

describe('a worker that comes late', () => {
  test('gets the request that has waited', async () => {
    const history = await play((events, task) => {
      if (events.length <= 3)
        world.driver.sleep(ms(3_000)).then(() => world.handler(target, () => sync('ok')), Error);
      return call()(events, task);
    });
    expect(eventOf(history, 'NEXUS_OPERATION_COMPLETED').eventTime).toBe(3_000);
    expect(world.handled).toHaveLength(1);
  });
});
