import { describe, expect, test } from 'vitest';
import { encodeText } from '../../../simulator/base/base64.ts';
import { ms } from '../../../simulator/base/time.ts';
import { eventOf, handlerError, json, type typesOf, type Handler, type World } from '../../harness/world.ts';
import {
  answerTask,
  backed,
  call,
  complete,
  nexusTypes,
  order,
  paused,
  pending,
  play,
  schedule,
  sleepThen,
  stage,
  sync,
  takeNexusTask,
  takeTask,
  target,
} from './stage.ts';

const NEXUS_BACKOFFS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600];

/** Plays one call with this handler. */
const playFrom = async (handle: Handler) => play(await stage(), call(), handle);

const failureOf = (history: Parameters<typeof typesOf>[0]) =>
  eventOf(history, 'NEXUS_OPERATION_FAILED').attributes.failure;

/** Plays a call whose operation is this workflow. */
async function playBacked(code: Parameters<World['workflow']>[1], world?: World) {
  const on = world ?? (await stage());
  on.workflow(target, code);
  return play(on, call(), backed(on));
}

describe('retries and errors', () => {
  test('[42] retries after 1, 2, 4, 8 … s, each shortened by up to a fifth, capped at 1 h', async () => {
    // The breaker would open on the way; it has tests of its own.
    const world = await stage({ limits: { breakerConsecutiveFailures: 1_000 } });
    const at: number[] = [];
    await play(world, call(), (_request, nth) => {
      at.push(world.driver.now());
      return nth <= NEXUS_BACKOFFS.length ? handlerError('INTERNAL') : sync('ok');
    });
    const gaps = at.slice(1).map((instant, index) => instant - (at[index] ?? 0));
    expect(gaps).toHaveLength(NEXUS_BACKOFFS.length);
    for (const [index, base] of NEXUS_BACKOFFS.entries()) {
      expect(gaps[index]).toBeGreaterThanOrEqual(base * 800);
      expect(gaps[index]).toBeLessThan(base * 1_000);
    }
  });

  test.each(['BAD_REQUEST', 'UNAUTHENTICATED', 'UNAUTHORIZED', 'NOT_FOUND', 'CONFLICT', 'NOT_IMPLEMENTED'])(
    '[43] %s: 51 after one attempt',
    async (type) => {
      const world = await stage();
      const history = await play(world, call(), () => handlerError(type));
      expect(failureOf(history).cause?.nexusHandlerFailureInfo?.type).toBe(type);
      expect(world.handled).toHaveLength(1);
    },
  );

  test.each([
    ...['REQUEST_TIMEOUT', 'RESOURCE_EXHAUSTED', 'INTERNAL', 'UNAVAILABLE', 'UPSTREAM_TIMEOUT'],
    'NEVER_HEARD_OF',
  ])('[44] %s is retried', async (type) => {
    const history = await playFrom((_request, nth) => (nth === 1 ? handlerError(type) : sync('ok')));
    expect(nexusTypes(history)).toEqual(['SCHEDULED', 'COMPLETED']);
  });

  test('[45] the handler’s own word on retrying wins over the type', async () => {
    const final = await playFrom(() => handlerError('INTERNAL', 'NON_RETRYABLE'));
    expect(nexusTypes(final)).toEqual(['SCHEDULED', 'FAILED']);
    const again = await playFrom((_request, nth) =>
      nth === 1 ? handlerError('BAD_REQUEST', 'RETRYABLE') : sync('ok'),
    );
    expect(nexusTypes(again)).toEqual(['SCHEDULED', 'COMPLETED']);
  });

  test('[46] the deprecated error fields mean the same as the new ones', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule(), schedule(), schedule()]);
    const tasks = [await takeNexusTask(world), await takeNexusTask(world), await takeNexusTask(world)];
    const [bad = '', busy = '', declined = ''] = tasks.map(({ taskToken }) => taskToken);
    const namespace = 'payments';
    const error = { failure: { message: 'told the old way' } };
    await world.ask('respondNexusTaskFailed', {
      namespace,
      taskToken: bad,
      error: { ...error, errorType: 'BAD_REQUEST' },
    });
    await world.ask('respondNexusTaskFailed', {
      namespace,
      taskToken: busy,
      error: { ...error, errorType: 'UNAVAILABLE' },
    });
    await world.ask('respondNexusTaskCompleted', {
      namespace,
      taskToken: declined,
      response: {
        startOperation: { operationError: { operationState: 'failed', failure: { message: 'declined' } } },
      },
    });
    const history = await world.history('orders', 'order-1');
    const failed = history.flatMap((event) =>
      event.eventType === 'NEXUS_OPERATION_FAILED' ? [event.attributes.failure.cause] : [],
    );
    expect(failed).toMatchObject([
      { message: 'told the old way', nexusHandlerFailureInfo: { type: 'BAD_REQUEST' } },
      { message: 'declined', applicationFailureInfo: {} },
    ]);
    expect(await pending(world)).toMatchObject([
      { state: 'BACKING_OFF', lastAttemptFailure: { nexusHandlerFailureInfo: { type: 'UNAVAILABLE' } } },
    ]);
  });

  test('[47] a non-retryable ApplicationFailure inside a handler error arrives whole', async () => {
    const cause = {
      message: 'card expired',
      applicationFailureInfo: { type: 'CardExpired', nonRetryable: true, details: { payloads: [json(7)] } },
    };
    const history = await playFrom(() => ({
      failure: {
        message: 'handler failed with non-retryable application error',
        nexusHandlerFailureInfo: { type: 'INTERNAL', retryBehavior: 'NON_RETRYABLE' },
        cause,
      },
    }));
    expect(failureOf(history).cause).toMatchObject({
      nexusHandlerFailureInfo: { type: 'INTERNAL', retryBehavior: 'NON_RETRYABLE' },
      cause,
    });
  });

  test('[48] a token of 4097 bytes is InvalidArgument, one of 4096 is taken', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    const { taskToken = '' } = await takeNexusTask(world);
    const answer = (length: number) => ({
      namespace: 'payments',
      taskToken,
      response: { startOperation: { asyncSuccess: { operationToken: 't'.repeat(length) } } },
    });
    const refusal = await world.refused('respondNexusTaskCompleted', answer(4_097));
    expect(refusal.code).toBe('INVALID_ARGUMENT');
    await world.ask('respondNexusTaskCompleted', answer(4_096));
    expect(await pending(world)).toMatchObject([{ state: 'STARTED' }]);
  });

  test('[49] a synchronous result over the limit: 51, not retried', async () => {
    const world = await stage();
    const history = await play(world, call(), () => ({
      response: { syncSuccess: { payload: { data: encodeText('x'.repeat(2 * 1_024 * 1_024 + 1)) } } },
    }));
    expect(failureOf(history).cause).toMatchObject({
      message: 'http: response body too large',
      applicationFailureInfo: { type: 'CallError', nonRetryable: true },
    });
    expect(world.handled).toHaveLength(1);
  });

  test('[51] a cancel response to a start request counts as INTERNAL and is retried', async () => {
    const history = await playFrom((_request, nth) => (nth === 1 ? { cancelled: true } : sync('ok')));
    expect(nexusTypes(history)).toEqual(['SCHEDULED', 'COMPLETED']);
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    const { taskToken = '' } = await takeNexusTask(world);
    await world.ask('respondNexusTaskCompleted', {
      namespace: 'payments',
      taskToken,
      response: { cancelOperation: {} },
    });
    expect(await pending(world)).toMatchObject([
      {
        state: 'BACKING_OFF',
        lastAttemptFailure: { message: 'empty outcome', nexusHandlerFailureInfo: { type: 'INTERNAL' } },
      },
    ]);
  });

  test('[52] a handler workflow that is terminated or times out: what the caller is told', async () => {
    const world = await stage();
    await playBacked(() => [], world);
    await world.ask('terminateWorkflowExecution', {
      namespace: 'payments',
      workflowExecution: { workflowId: 'charge-1' },
      reason: 'nobody’s business',
    });
    await world.settled();
    const terminated = failureOf(await world.history('orders', 'order-1')).cause;
    expect(terminated).toHaveProperty('terminatedFailureInfo');
    expect(terminated?.message).toBe('operation terminated');
    expect(JSON.stringify(terminated)).not.toContain('nobody');
    const timing = await stage();
    timing.workflow(target, () => []);
    const history = await play(timing, call(), async (request) => {
      const { callback = '', callbackHeader = {}, requestId = '' } = request.startOperation ?? {};
      await timing.start({
        namespace: 'payments',
        workflowId: 'charge-1',
        workflowType: { name: 'Charge' },
        taskQueue: { name: 'billing' },
        workflowRunTimeout: ms(30_000),
        requestId,
        completionCallbacks: [{ nexus: { url: callback, header: callbackHeader } }],
      });
      return { response: { asyncSuccess: { operationToken: 'T' } } };
    });
    const timedOut = failureOf(history).cause;
    expect(timedOut).toHaveProperty('timeoutFailureInfo');
    expect(timedOut?.message).toBe('operation exceeded internal timeout');
  });

  test('[53] the first of two results counts; none leaves it unset', async () => {
    const two = await playBacked(sleepThen(ms(10), complete('first', 'second')));
    expect(eventOf(two, 'NEXUS_OPERATION_COMPLETED').attributes.result).toEqual(json('first'));
    const none = await playBacked(sleepThen(ms(10), { commandType: 'COMPLETE_WORKFLOW_EXECUTION' }));
    expect(eventOf(none, 'NEXUS_OPERATION_COMPLETED').attributes).not.toHaveProperty('result');
  });

  test('[54] a handler workflow that continues as new: one completion, from its last run', async () => {
    const world = await stage();
    const history = await playBacked(
      (events) =>
        eventOf(events, 'WORKFLOW_EXECUTION_STARTED').attributes.continuedExecutionRunId === undefined
          ? [{ commandType: 'CONTINUE_AS_NEW_WORKFLOW_EXECUTION', attributes: {} }]
          : [complete('from the last run')],
      world,
    );
    expect(eventOf(history, 'NEXUS_OPERATION_COMPLETED').attributes.result).toEqual(
      json('from the last run'),
    );
    expect(nexusTypes(history)).toEqual(['SCHEDULED', 'STARTED', 'COMPLETED']);
    const { runId = '' } = (await world.history('payments', 'charge-1')).flatMap((event) =>
      event.eventType === 'WORKFLOW_EXECUTION_STARTED'
        ? [{ runId: event.attributes.continuedExecutionRunId }]
        : [],
    )[0] ?? { runId: '' };
    const first = await world.ask('describeWorkflowExecution', {
      namespace: 'payments',
      execution: { workflowId: 'charge-1', runId },
    });
    expect(first.callbacks).toMatchObject([{ state: 'STANDBY', attempt: 0 }]);
    const last = await world.ask('describeWorkflowExecution', {
      namespace: 'payments',
      execution: { workflowId: 'charge-1' },
    });
    expect(last.callbacks).toMatchObject([{ state: 'SUCCEEDED', attempt: 1 }]);
  });
});
