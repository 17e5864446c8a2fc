import { describe, expect, test } from 'vitest';
import { ms, seconds } from '../../../simulator/base/time.ts';
import { readCallbackToken, writeCallbackToken } from '../../../simulator/engine/nexus/token.ts';
import { eventOf, handlerError, json, typesOf, type World } from '../../harness/world.ts';
import {
  answerNexusTask,
  answerTask,
  backed,
  call,
  callbacksOf,
  cancel,
  complete,
  completeBacking,
  nexusTypes,
  order,
  paused,
  pending,
  play,
  running,
  schedule,
  settle,
  stage,
  startBacking,
  sync,
  takeNexusTask,
  takeTask,
  target,
} from './stage.ts';

const named = { namespace: 'orders', workflowExecution: { workflowId: 'order-1' } };
const handlerLink = {
  url: 'temporal:///namespaces/payments/workflows/charge-1/run-1/history?eventID=1&eventType=WorkflowExecutionStarted&referenceType=EventReference',
  type: 'temporal.api.common.v1.Link.WorkflowEvent',
};
const started = (history: Parameters<typeof typesOf>[0]): number =>
  typesOf(history).filter((type) => type === 'WORKFLOW_TASK_SCHEDULED').length;

/** A caller on a standing clock with one operation that a workflow runs, both ready for what comes. */
async function startedByWorkflow(world: World): Promise<void> {
  await world.start(order);
  await answerTask(world, await takeTask(world), [schedule()]);
  const task = await takeNexusTask(world);
  await answerNexusTask(world, task, await startBacking(world, task.request ?? {}));
}

describe('lifecycle and history', () => {
  test('[1] a synchronous answer gives 48 and 50, never 49, with result, request id and links', async () => {
    const history = await play(await stage(), call(), () => ({
      response: { syncSuccess: { payload: json('receipt'), links: [handlerLink] } },
    }));
    expect(nexusTypes(history)).toEqual(['SCHEDULED', 'COMPLETED']);
    const { requestId } = eventOf(history, 'NEXUS_OPERATION_SCHEDULED').attributes;
    const completed = eventOf(history, 'NEXUS_OPERATION_COMPLETED');
    expect(completed.attributes).toEqual({ scheduledEventId: 5, requestId, result: json('receipt') });
    expect(completed.links).toMatchObject([
      { workflowEvent: { namespace: 'payments', workflowId: 'charge-1', runId: 'run-1' } },
    ]);
  });

  test('[2] an asynchronous answer gives 49 with the token in both fields, and describe shows it', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    await answerNexusTask(world, await takeNexusTask(world), running('T'));
    const history = await world.history('orders', 'order-1');
    expect(eventOf(history, 'NEXUS_OPERATION_STARTED').attributes).toMatchObject({
      operationToken: 'T',
      operationId: 'T',
    });
    const { eventId } = eventOf(history, 'NEXUS_OPERATION_SCHEDULED');
    expect(await pending(world)).toMatchObject([
      { state: 'STARTED', operationToken: 'T', scheduledEventId: eventId },
    ]);
  });

  test('[3] 48 carries a request id of its own and the registry’s endpoint id', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule(), schedule()]);
    const { endpoints } = await world.ask('listNexusEndpoints', {});
    const scheduled = (await world.history('orders', 'order-1')).flatMap((event) =>
      event.eventType === 'NEXUS_OPERATION_SCHEDULED' ? [event.attributes] : [],
    );
    expect(scheduled.map(({ endpointId }) => endpointId)).toEqual([endpoints[0]?.id, endpoints[0]?.id]);
    const requestIds = scheduled.map(({ requestId }) => requestId);
    expect(new Set(requestIds).size).toBe(2);
    for (const requestId of requestIds) {
      expect(requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
  });

  test('[4] header keys are lower-cased in 48 and for the worker', async () => {
    const world = await stage();
    const history = await play(world, call({ nexusHeader: { 'Foo-Bar': 'x' } }), () => sync('ok'));
    expect(eventOf(history, 'NEXUS_OPERATION_SCHEDULED').attributes.nexusHeader).toEqual({ 'foo-bar': 'x' });
    expect(world.handled[0]?.header).toHaveProperty('foo-bar', 'x');
    expect(world.handled[0]?.header).not.toHaveProperty('Foo-Bar');
  });

  test('[5] 48 and 54 call for no workflow task; 49, 50, 51, 52, 53, 56 and 57 do', async () => {
    const world = await stage(paused);
    await world.start(order);
    const expectTask = async (does: () => Promise<unknown>): Promise<void> => {
      const before = started(await world.history('orders', 'order-1'));
      await does();
      expect(started(await world.history('orders', 'order-1'))).toBe(before + 1);
      await answerTask(world, await takeTask(world), []);
    };
    const first = await takeTask(world);
    const before = started(await world.history('orders', 'order-1'));
    const timeout = { scheduleToCloseTimeout: seconds(8) };
    await answerTask(world, first, [
      ...[schedule(), schedule(), schedule(), schedule(), schedule()],
      ...[schedule(timeout), cancel(5), cancel(6)],
    ]);
    expect(started(await world.history('orders', 'order-1'))).toBe(before);
    const answers = [
      running('a'),
      running('b'),
      sync('ok'),
      handlerError('BAD_REQUEST'),
      { response: { operationError: { operationState: 'canceled', failure: { message: 'no' } } } },
    ] as const;
    for (const answer of answers) {
      const task = await takeNexusTask(world);
      await expectTask(() => answerNexusTask(world, task, answer));
    }
    // The sixth request is never answered; behind it wait the two cancel requests.
    await takeNexusTask(world);
    const [delivered, refused] = [await takeNexusTask(world), await takeNexusTask(world)];
    await expectTask(() => answerNexusTask(world, delivered, { cancelled: true }));
    await expectTask(() => answerNexusTask(world, refused, handlerError('NOT_IMPLEMENTED')));
    await expectTask(() => world.driver.advance(seconds(8)));
    expect(nexusTypes(await world.history('orders', 'order-1')).slice(8)).toEqual([
      ...['STARTED', 'STARTED', 'COMPLETED', 'FAILED', 'CANCELED'],
      ...['CANCEL_REQUEST_COMPLETED', 'CANCEL_REQUEST_FAILED', 'TIMED_OUT'],
    ]);
  });

  test('[6] a completion during a workflow task comes behind its events and calls for another', async () => {
    const world = await stage(paused);
    await startedByWorkflow(world);
    const inFlight = await takeTask(world);
    await completeBacking(world, 'receipt');
    expect(nexusTypes(await world.history('orders', 'order-1'))).not.toContain('COMPLETED');
    await answerTask(world, inFlight, [
      { commandType: 'START_TIMER', attributes: { timerId: '1', startToFireTimeout: seconds(60) } },
    ]);
    expect(typesOf(await world.history('orders', 'order-1')).slice(-4)).toEqual([
      'WORKFLOW_TASK_COMPLETED',
      'TIMER_STARTED',
      'NEXUS_OPERATION_COMPLETED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
  });

  test('[7] of two buffered events the closing one is written last', async () => {
    const world = await stage(paused);
    await startedByWorkflow(world);
    await answerTask(world, await takeTask(world), [schedule(), cancel(5)], true);
    const held = await takeTask(world);
    const [second, request] = [await takeNexusTask(world), await takeNexusTask(world)];
    await answerNexusTask(world, second, sync('first'));
    await answerNexusTask(world, request, { cancelled: true });
    await answerTask(world, held, []);
    expect(nexusTypes(await world.history('orders', 'order-1')).slice(-2)).toEqual([
      'CANCEL_REQUEST_COMPLETED',
      'COMPLETED',
    ]);
  });

  test('[8] operation error failed: 51 with the handler’s failure inside the operation’s', async () => {
    const history = await play(await stage(), call(), () => ({
      response: {
        failure: {
          message: 'declined',
          applicationFailureInfo: { type: 'OperationError', nonRetryable: true },
        },
      },
    }));
    const { failure } = eventOf(history, 'NEXUS_OPERATION_FAILED').attributes;
    expect(failure).toMatchObject({
      message: 'nexus operation completed unsuccessfully',
      nexusOperationExecutionFailureInfo: {
        endpoint: 'payments-endpoint',
        service: 'Service',
        operation: 'operation',
      },
      cause: { message: 'declined', applicationFailureInfo: {} },
    });
  });

  test('[9] operation error canceled: 52 with a CanceledFailure, whatever was sent', async () => {
    const history = await play(await stage(), call(), () => ({
      response: { operationError: { operationState: 'canceled', failure: { message: 'never mind' } } },
    }));
    const { cause } = eventOf(history, 'NEXUS_OPERATION_CANCELED').attributes.failure;
    expect(cause).toHaveProperty('canceledFailureInfo');
    expect(cause).not.toHaveProperty('applicationFailureInfo');
  });

  test('[10] a completion before the start response: 49 is made up from it, the response is void', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    await world.driver.advance(ms(500));
    const task = await takeNexusTask(world);
    const late = await startBacking(world, task.request ?? {});
    await world.driver.advance(ms(700));
    await completeBacking(world, 'fast');
    const before = await world.history('orders', 'order-1');
    const madeUp = eventOf(before, 'NEXUS_OPERATION_STARTED');
    expect(madeUp.attributes.operationToken).toBe('token of charge-1');
    expect(madeUp.eventTime).toBe(500);
    expect(madeUp.links).toMatchObject([
      {
        workflowEvent: {
          namespace: 'payments',
          workflowId: 'charge-1',
          eventRef: { eventId: 1, eventType: 'WORKFLOW_EXECUTION_STARTED' },
        },
      },
    ]);
    expect(nexusTypes(before)).toEqual(['SCHEDULED', 'STARTED', 'COMPLETED']);
    await answerNexusTask(world, task, late);
    await settle(world);
    expect(await world.history('orders', 'order-1')).toEqual(before);
  });

  test('[11] a second completion is refused and changes nothing', async () => {
    const world = await stage(paused);
    await startedByWorkflow(world);
    const scheduled = eventOf(await world.history('orders', 'order-1'), 'NEXUS_OPERATION_SCHEDULED');
    const { runId } = (await takeTask(world)).workflowExecution ?? {};
    const token = writeCallbackToken({
      run: runId as Parameters<typeof writeCallbackToken>[0]['run'],
      scheduledEventId: scheduled.eventId,
      requestId: scheduled.attributes.requestId,
    });
    await startTwin(world, token);
    await completeBacking(world, 'first');
    const before = await world.history('orders', 'order-1');
    await completeBacking(world, 'second', 'twin');
    expect(await callbacksOf(world, 'twin')).toMatchObject([refusedCallback]);
    expect(await world.history('orders', 'order-1')).toEqual(before);
  });

  test('[12] a completion with another request id is refused; the operation goes on', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    const task = await takeNexusTask(world);
    const genuine = task.request?.startOperation?.callbackHeader?.['temporal-callback-token'] ?? '';
    const read = readCallbackToken(genuine);
    if (read === undefined) throw new Error('the callback token cannot be read back');
    await startTwin(world, writeCallbackToken({ ...read, requestId: 'another' }));
    await answerNexusTask(world, task, running('T'));
    await completeBacking(world, 'wrong', 'twin');
    expect(await callbacksOf(world, 'twin')).toMatchObject([refusedCallback]);
    expect(await pending(world)).toMatchObject([{ state: 'STARTED', operationToken: 'T' }]);
  });

  test('[13] a caller that closes abandons its operations without a word', async () => {
    const world = await stage(paused);
    await startedByWorkflow(world);
    await answerTask(world, await takeTask(world), [schedule(), complete('done')]);
    expect(await pending(world)).toEqual([]);
    world.handler(target, backed(world));
    await world.driver.advance(seconds(60));
    // The request of the second operation had been sent before the caller closed; no further one follows it.
    expect(world.handled.filter(({ cancelOperation }) => cancelOperation !== undefined)).toEqual([]);
    expect(world.handled.length).toBeLessThanOrEqual(1);
    await completeBacking(world, 'late');
    expect(await callbacksOf(world)).toMatchObject([refusedCallback]);
  });

  test('[14] a completion for a run that was reset since is applied to the new run', async () => {
    const world = await stage(paused);
    await startedByWorkflow(world);
    await answerTask(world, await takeTask(world), []);
    const { runId } = await world.ask('resetWorkflowExecution', { ...named, workflowTaskFinishEventId: 9 });
    await completeBacking(world, 'receipt');
    expect(await callbacksOf(world)).toMatchObject([{ state: 'SUCCEEDED' }]);
    const { history } = await world.ask('getWorkflowExecutionHistory', {
      namespace: 'orders',
      execution: { workflowId: 'order-1', runId },
    });
    expect(nexusTypes(history.events ?? [])).toEqual(['SCHEDULED', 'STARTED', 'COMPLETED']);
  });

  test.each([
    ['49 and 50 come again', [], ['SCHEDULED', 'STARTED', 'COMPLETED']],
    ['or not, when NEXUS is excluded', ['NEXUS'], ['SCHEDULED']],
  ] as const)('[15] after a reset to before them %s', async (_what, resetReapplyExcludeTypes, expected) => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()], true);
    await answerTask(world, await takeTask(world), []);
    const task = await takeNexusTask(world);
    await answerNexusTask(world, task, await startBacking(world, task.request ?? {}));
    await completeBacking(world, 'receipt');
    expect(nexusTypes(await world.history('orders', 'order-1'))).toHaveLength(3);
    await world.ask('resetWorkflowExecution', {
      ...named,
      workflowTaskFinishEventId: 8,
      resetReapplyExcludeTypes,
    });
    expect(nexusTypes(await world.history('orders', 'order-1'))).toEqual(expected);
  });

  test('[16] an operation between attempts is BACKING_OFF with failure and next time, then SCHEDULED', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    await answerNexusTask(world, await takeNexusTask(world), handlerError('UNAVAILABLE'));
    const [waiting] = await pending(world);
    expect(waiting).toMatchObject({
      state: 'BACKING_OFF',
      attempt: 1,
      lastAttemptFailure: { nexusHandlerFailureInfo: { type: 'UNAVAILABLE' } },
    });
    expect(waiting?.nextAttemptScheduleTime).toBeGreaterThanOrEqual(800);
    expect(waiting?.nextAttemptScheduleTime).toBeLessThan(1_000);
    await world.driver.advance(seconds(1));
    const [again] = await pending(world);
    expect(again?.state).toBe('SCHEDULED');
    expect(again).not.toHaveProperty('nextAttemptScheduleTime');
  });

  test('[17] during the first attempt describe shows attempt 0', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    await takeNexusTask(world);
    expect(await pending(world)).toMatchObject([{ state: 'SCHEDULED', attempt: 0 }]);
  });

  test('[18] an operation that has closed is not pending any more', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule(), schedule()]);
    await answerNexusTask(world, await takeNexusTask(world), sync('ok'));
    expect((await pending(world)).map(({ scheduledEventId }) => scheduledEventId)).toEqual([6]);
  });

  test('[19] user metadata of the command is on event 48', async () => {
    const world = await stage(paused);
    const userMetadata = { summary: json('charge the card'), details: json('once') };
    await world.start(order);
    await answerTask(world, await takeTask(world), [{ ...schedule(), userMetadata }]);
    const history = await world.history('orders', 'order-1');
    expect(eventOf(history, 'NEXUS_OPERATION_SCHEDULED').userMetadata).toEqual(userMetadata);
  });
});

const refusedCallback = {
  state: 'FAILED',
  lastAttemptFailure: { message: 'operation not found', nexusHandlerFailureInfo: { type: 'NOT_FOUND' } },
};

/** A second workflow that will deliver a completion with this callback token. */
const startTwin = (world: World, token: string): Promise<string> =>
  world.start({
    namespace: 'payments',
    workflowId: 'twin',
    workflowType: { name: 'Charge' },
    taskQueue: { name: 'billing' },
    completionCallbacks: [
      {
        nexus: {
          url: 'temporal://system',
          header: { 'temporal-callback-token': token, 'nexus-operation-token': 'twin' },
        },
      },
    ],
  });
