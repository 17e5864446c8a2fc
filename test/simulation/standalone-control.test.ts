import { describe, expect, test, vi } from 'vitest';
import { encodeText } from '../../simulator/base/base64.ts';
import { seconds } from '../../simulator/base/time.ts';
import { running, sync, target } from './checklist/stage.ts';
import {
  named,
  open,
  start,
  describeIt,
  information,
  moment,
  workflowHandler,
  signalCharge,
} from './standalone-stage.ts';

describe('cancelling a standalone operation', () => {
  test('sends the request to the handler, whose workflow then ends it; asking twice is asking once', async () => {
    const world = await open();
    workflowHandler(world);
    await start(world, { nexusHeader: { Tenant: 'a' } });
    await world.driver.sleep(moment);
    const asked = { ...named, requestId: 'c-1', reason: 'changed my mind' };
    await world.ask('requestCancelNexusOperationExecution', asked);
    await world.settled();
    expect(world.handled[1]).toMatchObject({
      header: { tenant: 'a' },
      cancelOperation: { operationToken: 'charge-1' },
    });
    expect(await describeIt(world)).toMatchObject({
      info: {
        status: 'CANCELED',
        cancellationInfo: { requestedTime: 10, state: 'SUCCEEDED', attempt: 1, reason: 'changed my mind' },
      },
      failure: { canceledFailureInfo: {} },
    });
    expect(await world.ask('requestCancelNexusOperationExecution', asked)).toEqual({});
    expect(
      await world.refused('requestCancelNexusOperationExecution', { ...named, requestId: 'c-2' }),
    ).toEqual({
      code: 'FAILED_PRECONDITION',
      message: 'operation already completed',
    });
  });

  test('another request id is refused while it runs', async () => {
    const world = await open({ clock: { mode: 'paused' } });
    await start(world);
    await world.ask('requestCancelNexusOperationExecution', { ...named, requestId: 'c-1' });
    expect(await world.ask('requestCancelNexusOperationExecution', { ...named, requestId: 'c-1' })).toEqual(
      {},
    );
    expect(
      await world.refused('requestCancelNexusOperationExecution', { ...named, requestId: 'c-2' }),
    ).toEqual({
      code: 'FAILED_PRECONDITION',
      message: 'cancellation already requested with request ID c-1',
    });
    const { cancellationInfo } = await information(world);
    expect(cancellationInfo).toEqual({ requestedTime: 0 });
  });

  test('before the start waits for it, and start-to-close runs all the same', async () => {
    const world = await open();
    await start(world, { startToCloseTimeout: seconds(20) });
    await world.ask('requestCancelNexusOperationExecution', named);
    world.handler(target, ({ cancelOperation }) =>
      cancelOperation === undefined ? running('t') : { cancelled: true },
    );
    await world.settled();
    expect(world.handled.map(({ cancelOperation }) => cancelOperation !== undefined)).toEqual([false, true]);
    expect(await describeIt(world)).toMatchObject({
      info: { status: 'TIMED_OUT', cancellationInfo: { state: 'SUCCEEDED', attempt: 1 } },
      failure: { timeoutFailureInfo: { timeoutType: 'START_TO_CLOSE' } },
    });
  });

  test('with too little time left is told as a time-out of the delivery', async () => {
    const world = await open();
    world.handler(target, () => running('t'));
    await start(world, { startToCloseTimeout: seconds(10) });
    await world.driver.sleep(seconds(9));
    await world.ask('requestCancelNexusOperationExecution', named);
    expect((await information(world)).cancellationInfo).toEqual({
      requestedTime: 9_000,
      state: 'FAILED',
      attempt: 1,
      lastAttemptCompleteTime: 9_000,
      lastAttemptFailure: {
        message: 'operation timed out before cancellation could be delivered',
        timeoutFailureInfo: { timeoutType: 'START_TO_CLOSE' },
      },
    });
  });

  test.each([
    [
      'requestCancelNexusOperationExecution',
      { reason: 'x'.repeat(1_001) },
      'reason exceeds length limit. Length=1001 Limit=1000',
    ],
    [
      'terminateNexusOperationExecution',
      { reason: 'x'.repeat(1_001) },
      'reason exceeds length limit. Length=1001 Limit=1000',
    ],
    [
      'terminateNexusOperationExecution',
      { requestId: 'x'.repeat(1_001) },
      'request_id exceeds length limit. Length=1001 Limit=1000',
    ],
    ['describeNexusOperationExecution', { runId: 'x' }, 'invalid run id: must be a valid UUID'],
    ['pollNexusOperationExecution', { operationId: '' }, 'operation_id is required'],
    ['deleteNexusOperationExecution', { operationId: '' }, 'operation_id is required'],
    [
      'describeNexusOperationExecution',
      { longPollToken: encodeText('x') },
      'run_id is required when long_poll_token is provided',
    ],
    ['pollNexusOperationExecution', { waitStage: 7 as never }, 'unsupported wait_stage: 7'],
  ] as const)('%s is checked: %o', async (method, request, message) => {
    const world = await open({ clock: { mode: 'paused' } });
    await start(world);
    expect(await world.refused(method, { ...named, ...request })).toEqual({
      code: 'INVALID_ARGUMENT',
      message,
    });
  });
});

describe('terminating and deleting', () => {
  test('ends it at once, without a word to the handler; asking twice is asking once', async () => {
    const world = await open({ clock: { mode: 'paused' } });
    world.handler(target, () => running('t'));
    await start(world);
    await vi.waitFor(async () => expect((await information(world)).state).toBe('STARTED'));
    const asked = { ...named, requestId: 't-1', reason: 'enough', identity: 'me' };
    await world.ask('terminateNexusOperationExecution', asked);
    expect(await describeIt(world)).toMatchObject({
      info: { status: 'TERMINATED', closeTime: 0 },
      failure: { message: 'enough', terminatedFailureInfo: { identity: 'me' } },
    });
    expect(await world.ask('terminateNexusOperationExecution', asked)).toEqual({});
    expect(await world.refused('terminateNexusOperationExecution', { ...named, requestId: 't-2' })).toEqual({
      code: 'FAILED_PRECONDITION',
      message: 'already terminated with request ID t-1',
    });
    expect(await world.refused('requestCancelNexusOperationExecution', named)).toMatchObject({
      message: 'operation already completed',
    });
    expect(world.handled).toHaveLength(1);
    expect(world.driver.spans().find(({ kind }) => kind === 'operation')).toMatchObject({
      outcome: 'terminated',
    });
  });

  test('one that is over otherwise cannot be terminated', async () => {
    const world = await open();
    world.handler(target, () => sync(1));
    await start(world);
    await world.settled();
    expect(await world.refused('terminateNexusOperationExecution', named)).toEqual({
      code: 'FAILED_PRECONDITION',
      message: 'operation already completed',
    });
  });

  test('the callback of a terminated one is refused like that of one that never was', async () => {
    const world = await open();
    workflowHandler(world);
    await start(world);
    await world.driver.sleep(moment);
    await world.ask('terminateNexusOperationExecution', named);
    await signalCharge(world);
    await world.settled();
    const { callbacks } = await world.ask('describeWorkflowExecution', {
      namespace: 'payments',
      execution: { workflowId: 'charge-1' },
    });
    expect(callbacks).toMatchObject([
      { state: 'FAILED', lastAttemptFailure: { nexusHandlerFailureInfo: { type: 'NOT_FOUND' } } },
    ]);
  });

  test('deletes it, terminating it first; those that wait hear of that, and later nobody finds it', async () => {
    const world = await open({ clock: { mode: 'paused' } });
    const { runId } = await start(world);
    const { longPollToken } = await describeIt(world);
    const polled = world.ask('pollNexusOperationExecution', named);
    await world.ask('deleteNexusOperationExecution', named);
    expect(await polled).toMatchObject({
      runId,
      waitStage: 'CLOSED',
      failure: { message: 'Delete nexus operation execution', terminatedFailureInfo: {} },
    });
    const notFound = { code: 'NOT_FOUND', message: 'operation not found for ID: op-1' };
    expect(await world.refused('deleteNexusOperationExecution', named)).toEqual(notFound);
    expect(await world.refused('describeNexusOperationExecution', { ...named, runId })).toEqual(notFound);
    expect(
      await world.refused('describeNexusOperationExecution', {
        ...named,
        runId,
        ...(longPollToken !== undefined && { longPollToken }),
      }),
    ).toEqual(notFound);
    expect((await start(world)).started).toBe(true);
  });

  test('a wait for changes of a closed one ends when it is deleted', async () => {
    const world = await open();
    world.handler(target, () => sync(1));
    const { runId } = await start(world);
    await world.settled();
    const { longPollToken = encodeText('') } = await describeIt(world);
    const waiting = world.refused('describeNexusOperationExecution', { ...named, runId, longPollToken });
    await world.ask('deleteNexusOperationExecution', { ...named, runId });
    expect(await waiting).toMatchObject({ code: 'NOT_FOUND' });
  });
});
