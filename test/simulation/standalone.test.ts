import { describe, expect, test, vi } from 'vitest';
import { encodeText } from '../../simulator/base/base64.ts';
import { hours, ms, seconds } from '../../simulator/base/time.ts';
import { BREAKER_OPEN } from '../../simulator/engine/nexus/describe.ts';
import { explainRun } from '../../simulator/engine/explain/waiting.ts';
import type { RunId } from '../../simulator/protocol/ids.ts';
import { handlerError, json } from '../harness/world.ts';
import { running, sync, target } from './checklist/stage.ts';
import {
  named,
  base,
  open,
  start,
  describeIt,
  information,
  moment,
  workflowHandler,
  signalCharge,
  infoOf,
} from './standalone-stage.ts';

describe('starting a standalone operation', () => {
  test.each([
    ['no operation id', { operationId: '' }, 'operation_id is required'],
    [
      'a long operation id',
      { operationId: 'x'.repeat(1_001) },
      'operation_id exceeds length limit. Length=1001 Limit=1000',
    ],
    [
      'a long request id',
      { requestId: 'x'.repeat(1_001) },
      'request_id exceeds length limit. Length=1001 Limit=1000',
    ],
    [
      'a long identity',
      { identity: 'x'.repeat(1_001) },
      'identity exceeds length limit. Length=1001 Limit=1000',
    ],
    ['no endpoint', { endpoint: '' }, 'endpoint is required'],
    ['no service', { service: '' }, 'service is required'],
    ['a long service', { service: 'é'.repeat(501) }, 'service exceeds length limit. Length=1002 Limit=1000'],
    ['no operation', { operation: '' }, 'operation is required'],
    [
      'a long operation',
      { operation: 'x'.repeat(1_001) },
      'operation exceeds length limit. Length=1001 Limit=1000',
    ],
    [
      'a negative time-out',
      { startToCloseTimeout: ms(-1) },
      'start_to_close_timeout is invalid: negative duration',
    ],
    [
      'a header of the server',
      { nexusHeader: { 'Request-Timeout': '1s' } },
      'nexus_header contains a disallowed key: "Request-Timeout"',
    ],
    ['a large header', { nexusHeader: { a: 'x'.repeat(8_192) } }, 'nexus_header exceeds size limit'],
    [
      'a large input',
      { input: { data: encodeText('x'.repeat(101)) } },
      'input exceeds size limit. Length=101 Limit=100',
    ],
    [
      'a large summary',
      { userMetadata: { summary: { data: encodeText('x'.repeat(401)) } } },
      'user_metadata.summary exceeds size limit. Length=401 Limit=400',
    ],
    [
      'large details',
      { userMetadata: { details: { data: encodeText('x'.repeat(20_001)) } } },
      'user_metadata.details exceeds size limit. Length=20001 Limit=20000',
    ],
  ])('with %s is refused', async (_name, request, message) => {
    const world = await open({ limits: { payloadBytesMax: 100 } });
    const refusal = await world.refused('startNexusOperationExecution', { ...base, ...request });
    expect(refusal).toEqual({ code: 'INVALID_ARGUMENT', message });
    expect(await world.ask('countNexusOperationExecutions', { namespace: 'orders' })).toEqual({ count: 0 });
  });

  test('needs a known endpoint that the caller may use, and a known namespace', async () => {
    const world = await open();
    world.driver.allowCallers('payments-endpoint', ['payments']);
    expect(await world.refused('startNexusOperationExecution', { ...base, endpoint: 'nowhere' })).toEqual({
      code: 'NOT_FOUND',
      message: 'could not find Nexus endpoint by name: nowhere',
    });
    expect(await world.refused('startNexusOperationExecution', base)).toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    expect(await world.refused('startNexusOperationExecution', { ...base, namespace: 'gone' })).toMatchObject(
      {
        code: 'NOT_FOUND',
        detail: { type: 'NamespaceNotFoundFailure' },
      },
    );
  });

  test('defaults: a request id of its own, the namespace’s longest schedule-to-close, the others within it', async () => {
    const world = await open({ profile: 'cloud' });
    await start(world, { startToCloseTimeout: hours(24 * 90) });
    const info = await information(world);
    expect(info).toMatchObject({
      scheduleToCloseTimeout: hours(24 * 60),
      startToCloseTimeout: hours(24 * 60),
      expirationTime: hours(24 * 60),
    });
    expect(info).not.toHaveProperty('scheduleToStartTimeout');
    const other = await open();
    await start(other, { scheduleToCloseTimeout: ms(0) });
    expect(await information(other)).not.toHaveProperty('expirationTime');
  });

  test.each([
    ['ALLOW_DUPLICATE', 'COMPLETED', true],
    [undefined, 'COMPLETED', true],
    ['ALLOW_DUPLICATE_FAILED_ONLY', 'COMPLETED', false],
    ['ALLOW_DUPLICATE_FAILED_ONLY', 'TERMINATED', true],
    ['REJECT_DUPLICATE', 'TERMINATED', false],
  ] as const)('with reuse policy %s after one that is %s: %s', async (idReusePolicy, status, allowed) => {
    const world = await open();
    if (status === 'COMPLETED') world.handler(target, () => sync('done'));
    const first = await start(world, { requestId: 'first' });
    await world.driver.sleep(moment);
    if (status === 'TERMINATED') await world.ask('terminateNexusOperationExecution', named);
    expect((await information(world)).status).toBe(status);
    const again = { ...base, ...(idReusePolicy !== undefined && { idReusePolicy }) };
    if (allowed) {
      const second = await start(world, again);
      expect(second).toEqual({ runId: expect.any(String) as string, started: true });
      expect(second.runId).not.toBe(first.runId);
      expect((await describeIt(world)).runId).toBe(second.runId);
      expect((await describeIt(world, { runId: first.runId })).info?.status).toBe(status);
    } else {
      expect(await world.refused('startNexusOperationExecution', again)).toMatchObject({
        code: 'ALREADY_EXISTS',
        detail: {
          type: 'NexusOperationExecutionAlreadyStartedFailure',
          value: { startRequestId: 'first', runId: first.runId },
        },
      });
    }
  });
});

describe('a standalone operation', () => {
  test('that is answered at once is COMPLETED with its result, and its handler saw the caller', async () => {
    const world = await open();
    world.handler(target, () => sync('paid'));
    const { runId } = await start(world, {
      requestId: 'mine',
      input: json({ amount: 3 }),
      nexusHeader: { 'Foo-Bar': 'x' },
      identity: 'somebody',
      userMetadata: { summary: json('pay') },
      searchAttributes: { indexedFields: { Customer: json('c-1') } },
      scheduleToCloseTimeout: seconds(30),
    });
    await world.settled();
    const described = await describeIt(world, { includeInput: true });
    expect(described).toMatchObject({ runId, input: json({ amount: 3 }), result: json('paid') });
    const info = infoOf(described);
    expect(info).toEqual({
      operationId: 'op-1',
      runId,
      endpoint: 'payments-endpoint',
      service: 'Service',
      operation: 'operation',
      status: 'COMPLETED',
      scheduleToCloseTimeout: 30_000,
      attempt: 1,
      scheduleTime: 0,
      expirationTime: 30_000,
      closeTime: 0,
      executionDuration: 0,
      requestId: expect.not.stringMatching(/^mine$/) as string,
      stateTransitionCount: 2,
      searchAttributes: { indexedFields: { Customer: json('c-1') } },
      nexusHeader: { 'foo-bar': 'x' },
      userMetadata: { summary: json('pay') },
      identity: 'somebody',
    });
    expect(world.handled[0]).toMatchObject({
      endpoint: 'payments-endpoint',
      header: { 'foo-bar': 'x', 'operation-timeout': '30000ms' },
      startOperation: {
        requestId: info.requestId,
        payload: json({ amount: 3 }),
        callback: 'temporal://system',
        links: [
          {
            url: `temporal:///namespaces/orders/nexus-operations/op-1/${runId}/details`,
            type: 'temporal.api.common.v1.Link.NexusOperation',
          },
        ],
      },
    });
    const { input: _input, result: _result, ...bare } = described;
    expect(await world.ask('describeNexusOperationExecution', named)).toEqual(bare);
  });

  test('that a workflow stands behind is completed by its callback, and both timelines know each other', async () => {
    const world = await open();
    workflowHandler(world);
    const { runId } = await start(world);
    await world.driver.sleep(moment);
    expect(await information(world)).toMatchObject({
      status: 'RUNNING',
      state: 'STARTED',
      operationToken: 'charge-1',
      attempt: 1,
      lastAttemptCompleteTime: 0,
    });
    expect(explainRun(world.driver.state, runId as RunId, world.driver.now())[0]?.text).toBe(
      'Service.operation has started and waits for its completion callback',
    );
    await signalCharge(world);
    await world.settled();
    expect(await describeIt(world)).toMatchObject({ result: json('charged'), info: { status: 'COMPLETED' } });
    const { callbacks } = await world.ask('describeWorkflowExecution', {
      namespace: 'payments',
      execution: { workflowId: 'charge-1' },
    });
    expect(callbacks).toMatchObject([{ state: 'SUCCEEDED' }]);
    const spans = world.driver.spans();
    const bar = spans.find(({ kind }) => kind === 'operation');
    expect(bar).toMatchObject({
      name: 'Service.operation',
      lane: { namespace: 'orders', track: 'op-1' },
      outcome: 'succeeded',
      attributes: { operationId: 'op-1', runId, operationToken: 'charge-1', attempts: 1 },
    });
    expect(bar?.causes).toHaveLength(1);
    expect(spans.filter(({ parent }) => parent === bar?.id).map(({ kind }) => kind)).toEqual(['attempt']);
  });

  test.each([
    ['FAILED', 'terminateWorkflowExecution', { message: 'operation terminated', terminatedFailureInfo: {} }],
    [
      'CANCELED',
      'requestCancelWorkflowExecution',
      { message: 'operation canceled', canceledFailureInfo: {} },
    ],
  ] as const)('whose workflow ends otherwise is %s, with the bare cause', async (status, method, failure) => {
    const world = await open();
    workflowHandler(world);
    await start(world);
    await world.driver.sleep(moment);
    await world.ask(method, { namespace: 'payments', workflowExecution: { workflowId: 'charge-1' } });
    await world.settled();
    const described = await describeIt(world);
    expect(described.failure).toEqual(failure);
    expect(described.info).toMatchObject({ status });
    expect(described.info).not.toHaveProperty('lastAttemptFailure');
  });

  test('counts the attempt that is under way, backs off and tries again', async () => {
    const world = await open({ clock: { mode: 'paused' } });
    await start(world);
    expect(await information(world)).toMatchObject({
      state: 'SCHEDULED',
      attempt: 1,
      stateTransitionCount: 1,
    });
    let answers = 0;
    world.handler(target, () => (answers++ === 0 ? handlerError('INTERNAL') : sync('at last')));
    await vi.waitFor(async () => expect((await information(world)).state).toBe('BACKING_OFF'));
    const waiting = await information(world);
    expect(waiting).toMatchObject({
      attempt: 1,
      lastAttemptCompleteTime: 0,
      lastAttemptFailure: { nexusHandlerFailureInfo: { type: 'INTERNAL' } },
      stateTransitionCount: 2,
    });
    expect(waiting.nextAttemptScheduleTime).toBeGreaterThan(0);
    world.driver.setClock({ mode: 'run' });
    await world.settled();
    const closed = await information(world);
    expect(closed).toMatchObject({ status: 'COMPLETED', attempt: 2, stateTransitionCount: 4 });
    expect(closed).not.toHaveProperty('nextAttemptScheduleTime');
    expect(new Set(world.handled.map(({ startOperation }) => startOperation?.requestId)).size).toBe(1);
  });

  test.each([
    ['SCHEDULE_TO_CLOSE', { scheduleToCloseTimeout: seconds(30) }, 'silence' as const],
    ['SCHEDULE_TO_START', { scheduleToStartTimeout: seconds(20) }, 'silence' as const],
    ['START_TO_CLOSE', { startToCloseTimeout: seconds(10) }, running('t')],
  ] as const)('times out %s with the bare failure', async (timeoutType, timeouts, answer) => {
    const world = await open();
    world.handler(target, () => answer);
    await start(world, timeouts);
    await world.settled();
    const described = await describeIt(world);
    expect(described.failure).toEqual({
      message: 'operation timed out',
      timeoutFailureInfo: { timeoutType },
    });
    expect(described.info).toMatchObject({ status: 'TIMED_OUT' });
  });

  test('ends with what its handler says, and shows it as the last attempt too', async () => {
    const world = await open();
    const failure = { message: 'no money', applicationFailureInfo: { type: 'Poor' } };
    world.handler(target, () => ({ response: { failure } }));
    await start(world);
    await world.settled();
    const described = await describeIt(world);
    expect(described.failure).toEqual(failure);
    expect(described.info).toMatchObject({
      status: 'FAILED',
      lastAttemptFailure: failure,
      lastAttemptCompleteTime: 0,
    });
    expect(described.info).not.toHaveProperty('state');
  });

  test('whose handler’s result is too large fails with a server failure, and is not tried again', async () => {
    const world = await open({ limits: { payloadBytesMax: 100 } });
    world.handler(target, () => sync('x'.repeat(200)));
    await start(world);
    await world.settled();
    expect((await describeIt(world)).failure).toEqual({
      message: 'http: response body too large',
      serverFailureInfo: { nonRetryable: true },
    });
  });

  test('shares one breaker between its starts and its cancels, and none with workflows', async () => {
    const world = await open({ clock: { mode: 'paused' }, limits: { breakerConsecutiveFailures: 1 } });
    let starts = 0;
    world.handler(target, ({ cancelOperation }) => {
      if (cancelOperation !== undefined) return handlerError('UNAVAILABLE');
      return starts++ === 0 ? running('t') : sync('x');
    });
    await start(world);
    await vi.waitFor(async () => expect((await information(world)).state).toBe('STARTED'));
    await world.ask('requestCancelNexusOperationExecution', named);
    await vi.waitFor(async () =>
      expect((await information(world)).cancellationInfo).toMatchObject({ state: 'BACKING_OFF', attempt: 1 }),
    );
    await start(world, { operationId: 'op-2' });
    expect((await describeIt(world, { operationId: 'op-2' })).info).toMatchObject({
      state: 'BLOCKED',
      blockedReason: BREAKER_OPEN,
      attempt: 1,
    });
    expect([...world.driver.state.outbound.values()].map(({ kind }) => kind)).toEqual(['standalone']);
  });
});
