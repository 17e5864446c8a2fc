import { describe, expect, test } from 'vitest';
import { ms, seconds } from '../../../simulator/base/time.ts';
import { eventOf, handlerError, typesOf, type World } from '../../harness/world.ts';
import {
  answerNexusTask,
  answerTask,
  backed,
  callbacksOf,
  cancel,
  completeBacking,
  nexusTypes,
  order,
  paused,
  pending,
  refusedTask,
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

/** One started operation on a standing clock; its caller has the workflow task in which it may cancel. */
async function started(world: World): Promise<void> {
  await world.start(order);
  const nexusHeader = { 'Team-Name': 'orders' };
  await answerTask(world, await takeTask(world), [schedule({ nexusHeader })]);
  await answerNexusTask(world, await takeNexusTask(world), running('T'));
}

/** …and the cancel request is on its way. */
async function cancelling(world: World) {
  await started(world);
  await answerTask(world, await takeTask(world), [cancel(5)]);
  return takeNexusTask(world);
}

const historyOf = (world: World) => world.history('orders', 'order-1');

describe('cancellation', () => {
  test('[20] a started operation: 54, the request with token and headers, 56, and it goes on', async () => {
    const world = await stage(paused);
    const task = await cancelling(world);
    expect(nexusTypes(await historyOf(world))).toEqual(['SCHEDULED', 'STARTED', 'CANCEL_REQUESTED']);
    expect(task.request).toMatchObject({
      header: { 'team-name': 'orders' },
      cancelOperation: {
        service: 'Service',
        operation: 'operation',
        operationToken: 'T',
        operationId: 'T',
      },
    });
    await answerNexusTask(world, task, { cancelled: true });
    expect(nexusTypes(await historyOf(world)).at(-1)).toBe('CANCEL_REQUEST_COMPLETED');
    expect(await pending(world)).toMatchObject([
      { state: 'STARTED', cancellationInfo: { state: 'SUCCEEDED', attempt: 1 } },
    ]);
  });

  test('[21] the handler’s workflow closes as cancelled: 52', async () => {
    const world = await stage(paused);
    world.handler(target, backed(world));
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    await answerTask(world, await takeTask(world), [cancel(5)]);
    const { taskToken = '' } = await takeTask(world, target);
    await world.ask('respondWorkflowTaskCompleted', {
      namespace: 'payments',
      taskToken,
      commands: [{ commandType: 'CANCEL_WORKFLOW_EXECUTION' }],
    });
    const history = await historyOf(world);
    const { cause } = eventOf(history, 'NEXUS_OPERATION_CANCELED').attributes.failure;
    expect(cause).toHaveProperty('canceledFailureInfo');
    expect(await callbacksOf(world)).toMatchObject([{ state: 'SUCCEEDED' }]);
  });

  test('[22] before the start: 54 at once, the request goes out after 49 by itself', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule(), cancel(5)]);
    const task = await takeNexusTask(world);
    expect(nexusTypes(await historyOf(world))).toEqual(['SCHEDULED', 'CANCEL_REQUESTED']);
    const [waiting] = await pending(world);
    // UNSPECIFIED is the default of the field and therefore absent on the wire.
    expect(waiting?.cancellationInfo?.state ?? 'UNSPECIFIED').toBe('UNSPECIFIED');
    await answerNexusTask(world, task, running('T'));
    expect((await takeNexusTask(world)).request?.cancelOperation?.operationToken).toBe('T');
  });

  test('[23] before the start of an operation that ends synchronously: no request', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule(), cancel(5)]);
    await answerNexusTask(world, await takeNexusTask(world), sync('ok'));
    world.handler(target, () => ({ cancelled: true }));
    await world.driver.advance(seconds(60));
    expect(world.handled).toEqual([]);
    expect(nexusTypes(await historyOf(world))).toEqual(['SCHEDULED', 'CANCEL_REQUESTED', 'COMPLETED']);
  });

  test('[24] a handler that cannot cancel: 57, not wrapped, and the operation stays started', async () => {
    const world = await stage(paused);
    await answerNexusTask(world, await cancelling(world), handlerError('NOT_IMPLEMENTED'));
    const { failure } = eventOf(await historyOf(world), 'NEXUS_OPERATION_CANCEL_REQUEST_FAILED').attributes;
    expect(failure).toMatchObject({
      message: 'handler said NOT_IMPLEMENTED',
      nexusHandlerFailureInfo: { type: 'NOT_IMPLEMENTED' },
    });
    expect(failure).not.toHaveProperty('nexusOperationExecutionFailureInfo');
    expect(await pending(world)).toMatchObject([{ state: 'STARTED' }]);
  });

  test('[25] a retryable refusal: BACKING_OFF with a count of its own, then 56', async () => {
    const world = await stage(paused);
    await answerNexusTask(world, await cancelling(world), handlerError('UNAVAILABLE'));
    const [waiting] = await pending(world);
    expect(waiting).toMatchObject({
      attempt: 1,
      cancellationInfo: {
        state: 'BACKING_OFF',
        attempt: 1,
        lastAttemptFailure: { nexusHandlerFailureInfo: { type: 'UNAVAILABLE' } },
      },
    });
    expect(waiting?.cancellationInfo?.nextAttemptScheduleTime).toBeGreaterThanOrEqual(800);
    await world.driver.advance(seconds(1));
    await answerNexusTask(world, await takeNexusTask(world), { cancelled: true });
    expect(nexusTypes(await historyOf(world)).at(-1)).toBe('CANCEL_REQUEST_COMPLETED');
    expect(await pending(world)).toMatchObject([
      { attempt: 1, cancellationInfo: { state: 'SUCCEEDED', attempt: 2 } },
    ]);
  });

  test.each([
    ['a second request', [schedule(), cancel(5), cancel(5)]],
    ['an unknown event', [cancel(99)]],
  ])('[26] %s fails the workflow task with cause 34', async (_what, commands) => {
    const world = await stage(paused);
    await refusedTask(world, commands);
    const failed = eventOf(await historyOf(world), 'WORKFLOW_TASK_FAILED');
    expect(failed.attributes.cause).toBe('BAD_REQUEST_CANCEL_NEXUS_OPERATION_ATTRIBUTES');
  });

  test('[27] a request in the task whose flush holds the closing event: 54 first, no request', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    const task = await takeNexusTask(world);
    const answer = await startBacking(world, task.request ?? {});
    await answerNexusTask(world, task, answer);
    const inFlight = await takeTask(world);
    await completeBacking(world, 'receipt');
    await answerTask(world, inFlight, [cancel(5)]);
    expect(nexusTypes(await historyOf(world)).slice(-2)).toEqual(['CANCEL_REQUESTED', 'COMPLETED']);
    world.handler(target, () => ({ cancelled: true }));
    await world.driver.advance(seconds(60));
    expect(world.handled).toEqual([]);
  });

  test('[28] 56 and 57 may be ignored by workers and name their operation; switched off they do not appear', async () => {
    const answers = [{ cancelled: true }, handlerError('NOT_IMPLEMENTED')] as const;
    const ends = ['CANCEL_REQUEST_COMPLETED', 'CANCEL_REQUEST_FAILED'];
    for (const [nth, answer] of answers.entries()) {
      const told = await stage(paused);
      await answerNexusTask(told, await cancelling(told), answer);
      const last = (await historyOf(told)).find(({ eventType }) => eventType.endsWith(ends[nth] ?? ''));
      expect(last).toMatchObject({ workerMayIgnore: true, attributes: { scheduledEventId: 5 } });
      const untold = await stage({ ...paused, limits: { recordCancelRequestCompletionEvents: false } });
      await answerNexusTask(untold, await cancelling(untold), answer);
      expect(nexusTypes(await historyOf(untold))).toEqual(['SCHEDULED', 'STARTED', 'CANCEL_REQUESTED']);
      const state = answer === answers[0] ? 'SUCCEEDED' : 'FAILED';
      expect(await pending(untold)).toMatchObject([{ state: 'STARTED', cancellationInfo: { state } }]);
    }
  });

  test('[30] the request for a retargeted endpoint goes to the new target', async () => {
    const world = await stage(paused);
    await started(world);
    await world.namespaces('refunds');
    const { endpoints } = await world.ask('listNexusEndpoints', {});
    await world.ask('updateNexusEndpoint', {
      id: endpoints[0]?.id ?? '',
      version: 1,
      spec: { name: 'payments-endpoint', target: { worker: { namespace: 'refunds', taskQueue: 'new' } } },
    });
    world.handler(target, () => ({ cancelled: true }));
    await answerTask(world, await takeTask(world), [cancel(5)]);
    await settle(world);
    expect(world.handled).toEqual([]);
    const moved = await world.ask('pollNexusTaskQueue', { namespace: 'refunds', taskQueue: { name: 'new' } });
    expect(moved.request?.cancelOperation?.operationToken).toBe('T');
    expect(typesOf(await historyOf(world))).toContain('NEXUS_OPERATION_CANCEL_REQUESTED');
    await world.driver.advance(ms(1));
  });
});
