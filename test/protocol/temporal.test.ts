// Real SDK workers and clients against the simulator, over gRPC. They know nothing but its address.
// Numbers in the titles are those of the list "a faithful simulator must".
import { status } from '@grpc/grpc-js';
import {
  WorkflowExecutionAlreadyStartedError,
  NamespaceNotFoundError,
  WorkflowFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import { CancelledFailure, NexusOperationFailure, WorkflowNotFoundError } from '@temporalio/common';
import * as nexus from 'nexus-rpc';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  greetingService,
  type EchoInput,
  type EchoOutput,
  type GreetInput,
  type GreetOutput,
} from '../../examples/hello/api.ts';
import { greetingServiceHandler } from '../../examples/hello/handler.ts';
import type { EventAttributes, EventType, HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import type { DescribeWorkflowExecutionResponse } from '../../simulator/protocol/temporal/methods.ts';
import { bundleTestWorkflows, quietRuntime, SdkWorld, type WorkflowCode } from '../harness/sdk-world.ts';

const workflowService = 'temporal.api.workflowservice.v1.WorkflowService';
const operatorService = 'temporal.api.operatorservice.v1.OperatorService';

type Echo = (ctx: nexus.StartOperationContext, input: EchoInput) => Promise<EchoOutput>;
const politeEcho: Echo = (_, { message }) => Promise.resolve({ message });

/** What the handler of `echo` does in the test at hand. */
let echo = politeEcho;
// The type allows a plain function, too; the example's is an object that can also cancel.
const greetByWorkflow = greetingServiceHandler.handlers.greet as nexus.OperationHandler<
  GreetInput,
  GreetOutput
>;
/** And of `greet`. */
let greet = greetByWorkflow;
/** Begins and takes cancel requests, and never ends. */
const deaf: typeof greet = {
  start: () => Promise.resolve(nexus.HandlerStartOperationResult.async('deaf')),
  cancel: () => Promise.resolve(),
};
const handler = nexus.serviceHandler(greetingService, {
  echo: (ctx, input) => echo(ctx, input),
  greet: {
    start: (ctx, input) => greet.start(ctx, input),
    cancel: (ctx, token) => greet.cancel(ctx, token),
  },
});

let code: WorkflowCode;
let world: SdkWorld;

beforeAll(async () => {
  quietRuntime();
  code = await bundleTestWorkflows();
  world = await SdkWorld.open();
  await world.work('storefront', code);
  await world.work('greetings', code, [handler]);
}, 60_000);

afterAll(() => world.close());

beforeEach(() => {
  echo = politeEcho;
  greet = greetByWorkflow;
  world.driver.setClock({ mode: 'run' });
});

function start(workflow: string, workflowId: string, args: unknown[]): Promise<WorkflowHandle> {
  return world.client('storefront').workflow.start(workflow, { taskQueue: 'storefront', workflowId, args });
}

/** How long a workflow ran on the virtual clock; prints how long it took on the wall. */
async function runs(workflow: string, workflowId: string, args: unknown[]) {
  const wallStart = performance.now();
  const result: unknown = await (await start(workflow, workflowId, args)).result();
  const wallMs = Math.ceil(performance.now() - wallStart);
  const history = await world.history('storefront', workflowId);
  const virtualMs = (history.at(-1)?.eventTime ?? 0) - (history[0]?.eventTime ?? 0);
  console.info(`${workflowId}: ${virtualMs} ms of virtual time in ${wallMs} ms`);
  return { result, history, virtualMs, wallMs };
}

const of = <T extends EventType>(
  history: readonly HistoryEvent[],
  eventType: T,
): readonly EventAttributes[T][] =>
  history
    .filter((event) => event.eventType === eventType)
    .map((event) => event.attributes as EventAttributes[T]);

const nexusTypes = (history: readonly HistoryEvent[]): readonly EventType[] =>
  history.map(({ eventType }) => eventType).filter((eventType) => eventType.startsWith('NEXUS_'));

describe('the example', () => {
  test('runs from end to end: 1, 2, 3', async () => {
    const { result, history, virtualMs } = await runs('welcomeCustomer', 'example', ['Ada']);
    expect(result).toBe('Hello, Ada!');
    // A minute in the caller, five seconds in the handler; none of it was waited for.
    expect(virtualMs).toBeGreaterThanOrEqual(65_000);
    expect(virtualMs).toBeLessThan(75_000);
    expect(nexusTypes(history)).toEqual([
      'NEXUS_OPERATION_SCHEDULED',
      'NEXUS_OPERATION_COMPLETED',
      'NEXUS_OPERATION_SCHEDULED',
      'NEXUS_OPERATION_STARTED',
      'NEXUS_OPERATION_COMPLETED',
    ]);
    const [echoed, greeted] = of(history, 'NEXUS_OPERATION_SCHEDULED');
    const [echoDone, greetDone] = of(history, 'NEXUS_OPERATION_COMPLETED');
    const [started] = of(history, 'NEXUS_OPERATION_STARTED');
    expect(echoed).toMatchObject({
      endpoint: 'greetings-endpoint',
      endpointId: world.endpointId,
      operation: 'echo',
    });
    expect(echoed?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(greeted?.requestId).not.toBe(echoed?.requestId);
    expect(echoDone?.requestId).toBe(echoed?.requestId);
    expect(greetDone?.requestId).toBe(greeted?.requestId);
    expect(started?.requestId).toBe(greeted?.requestId);
    expect(started?.operationId).toBe(started?.operationToken);
    expect(JSON.parse(Buffer.from(started?.operationToken ?? '', 'base64url').toString())).toEqual({
      t: 1,
      ns: 'greetings',
      wid: `greet-${greeted?.requestId ?? ''}`,
    });
  });

  test('the two workflows refer to each other: 92', async () => {
    world.driver.setClock({ mode: 'paused' });
    const handle = await start('awaitGreeting', 'linked', ['Ada']);
    const history = await world.until('storefront', 'linked', 'NEXUS_OPERATION_STARTED');
    const scheduled = history.find(({ eventType }) => eventType === 'NEXUS_OPERATION_SCHEDULED');
    const [{ requestId } = { requestId: '' }] = of(history, 'NEXUS_OPERATION_SCHEDULED');
    const handlerId = `greet-${requestId}`;
    const describeHandler = async (): Promise<DescribeWorkflowExecutionResponse> => {
      const answer = await world.grpc.call(`${workflowService}/DescribeWorkflowExecution`, {
        namespace: 'greetings',
        execution: { workflowId: handlerId },
      });
      if (!answer.ok) throw new Error(answer.message);
      return answer.value as DescribeWorkflowExecutionResponse;
    };
    expect((await describeHandler()).callbacks).toMatchObject([{ state: 'STANDBY' }]);
    const [attributes] = of(await world.history('greetings', handlerId), 'WORKFLOW_EXECUTION_STARTED');
    const [callback] = attributes?.completionCallbacks ?? [];
    const [started] = of(history, 'NEXUS_OPERATION_STARTED');
    expect(callback?.nexus?.header?.['nexus-operation-token']).toBe(started?.operationToken);
    expect(callback?.links).toMatchObject([
      {
        workflowEvent: {
          namespace: 'storefront',
          workflowId: 'linked',
          eventRef: { eventId: scheduled?.eventId },
        },
      },
    ]);
    expect(history.find(({ eventType }) => eventType === 'NEXUS_OPERATION_STARTED')?.links).toMatchObject([
      { workflowEvent: { namespace: 'greetings', workflowId: handlerId } },
    ]);
    world.driver.setClock({ mode: 'run' });
    expect(await handle.result()).toBe('Hello, Ada!');
    expect((await describeHandler()).callbacks).toMatchObject([{ state: 'SUCCEEDED' }]);
  });

  test('cancelling the caller cancels the handler’s workflow: 20, 21', async () => {
    world.driver.setClock({ mode: 'paused' });
    const handle = await start('awaitGreeting', 'cancelled', ['Ada']);
    await world.until('storefront', 'cancelled', 'NEXUS_OPERATION_STARTED');
    await handle.cancel();
    const failure: unknown = await handle.result().catch((problem: unknown) => problem);
    expect((failure as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    const history = await world.history('storefront', 'cancelled');
    expect(nexusTypes(history)).toEqual([
      'NEXUS_OPERATION_SCHEDULED',
      'NEXUS_OPERATION_STARTED',
      'NEXUS_OPERATION_CANCEL_REQUESTED',
      'NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED',
      'NEXUS_OPERATION_CANCELED',
    ]);
  });
});

describe('what a cancellation means to its caller', () => {
  test.each([
    ['ABANDON', deaf, []],
    ['WAIT_CANCELLATION_REQUESTED', deaf, ['CANCEL_REQUESTED', 'CANCEL_REQUEST_COMPLETED']],
    [
      'WAIT_CANCELLATION_COMPLETED',
      greetByWorkflow,
      ['CANCEL_REQUESTED', 'CANCEL_REQUEST_COMPLETED', 'CANCELED'],
    ],
  ] as const)('[29] %s ends the call when it says', async (type, handling, events) => {
    greet = handling;
    world.driver.setClock({ mode: 'paused' });
    const handle = await start('awaitGreetingWith', type, [type]);
    await world.until('storefront', type, 'NEXUS_OPERATION_STARTED');
    await handle.cancel();
    const failure: unknown = await handle.result().catch((problem: unknown) => problem);
    expect((failure as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    const happened = nexusTypes(await world.history('storefront', type)).slice(2);
    expect(happened.map((event) => event.replace('NEXUS_OPERATION_', ''))).toEqual(events);
  });
});

describe('time', () => {
  test('an hour passes in a moment', async () => {
    const { result, virtualMs } = await runs('callTomorrow', 'an-hour', ['later']);
    expect(result).toBe('later');
    expect(virtualMs).toBeGreaterThanOrEqual(3_600_000);
    expect(virtualMs).toBeLessThan(3_610_000);
  });

  test('while the clock is paused nothing comes due, and advancing it makes it so', async () => {
    world.driver.setClock({ mode: 'paused' });
    const handle = await start('callTomorrow', 'by-hand', ['later']);
    await world.until('storefront', 'by-hand', 'TIMER_STARTED');
    const before = world.driver.now();
    await world.driver.advance(3_599_999 as never);
    expect(of(await world.history('storefront', 'by-hand'), 'TIMER_FIRED')).toEqual([]);
    await world.driver.advance(1 as never);
    expect(await handle.result()).toBe('later');
    expect(world.driver.now() - before).toBe(3_600_000);
  });

  test('a workflow outlives the worker that began it', async () => {
    world.driver.setClock({ mode: 'paused' });
    const handle = await start('callTomorrow', 'survivor', ['still here']);
    await world.until('storefront', 'survivor', 'TIMER_STARTED');
    await world.stopWork('storefront');
    await world.work('storefront', code);
    world.driver.setClock({ mode: 'run' });
    expect(await handle.result()).toBe('still here');
  });
});

describe('errors of the handler', () => {
  test('retryable ones are tried again, with growing pauses: 42', async () => {
    const attempts: { readonly at: number; readonly requestId: string }[] = [];
    echo = (ctx, input) => {
      attempts.push({ at: world.driver.now(), requestId: ctx.requestId });
      if (attempts.length <= 2) throw new nexus.HandlerError('INTERNAL', 'not yet');
      return politeEcho(ctx, input);
    };
    const { result, history, wallMs } = await runs('callEcho', 'flaky', ['at last']);
    expect(result).toBe('at last');
    expect(nexusTypes(history)).toEqual(['NEXUS_OPERATION_SCHEDULED', 'NEXUS_OPERATION_COMPLETED']);
    expect(attempts).toHaveLength(3);
    expect(new Set(attempts.map(({ requestId }) => requestId)).size).toBe(1);
    // While a worker is at work, virtual time flows like real time; the rest of each gap is the backoff.
    const [first = 0, second = 0] = attempts.slice(1).map(({ at }, index) => at - (attempts[index]?.at ?? 0));
    expect(first).toBeGreaterThanOrEqual(800);
    expect(first).toBeLessThan(1_000 + wallMs);
    expect(second).toBeGreaterThanOrEqual(1_600);
    expect(second).toBeLessThan(2_000 + wallMs);
  });

  test('with a handler that is down for hours, pauses grow to an hour: 42', async () => {
    const attempts: number[] = [];
    echo = (ctx, input) => {
      attempts.push(world.driver.now());
      if (attempts.length <= 14) throw new nexus.HandlerError('INTERNAL', 'down');
      return politeEcho(ctx, input);
    };
    const { result, wallMs } = await runs('callEcho', 'long-outage', ['back again']);
    expect(result).toBe('back again');
    const lastPause = (attempts[14] ?? 0) - (attempts[13] ?? 0);
    expect(lastPause).toBeGreaterThanOrEqual(0.8 * 3_600_000);
    expect(lastPause).toBeLessThan(3_600_000 + wallMs);
  });

  test('others fail the operation after one attempt: 43', async () => {
    let attempts = 0;
    echo = () => {
      attempts += 1;
      throw new nexus.HandlerError('BAD_REQUEST', 'say something else');
    };
    const handle = await start('callEcho', 'refused', ['x']);
    const failure: unknown = await handle.result().catch((problem: unknown) => problem);
    expect((failure as WorkflowFailedError).cause).toBeInstanceOf(NexusOperationFailure);
    expect(attempts).toBe(1);
    const [failed] = of(await world.history('storefront', 'refused'), 'NEXUS_OPERATION_FAILED');
    expect(failed?.failure).toMatchObject({
      nexusOperationExecutionFailureInfo: {
        endpoint: 'greetings-endpoint',
        service: 'GreetingService',
        operation: 'echo',
      },
      cause: { nexusHandlerFailureInfo: { type: 'BAD_REQUEST' } },
    });
  });

  test('an operation that ends unsuccessfully says why: 8', async () => {
    echo = () => {
      throw new nexus.OperationError('failed', 'no echo in here');
    };
    const handle = await start('callEcho', 'unsuccessful', ['x']);
    await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
    const [failed] = of(await world.history('storefront', 'unsuccessful'), 'NEXUS_OPERATION_FAILED');
    expect(failed?.failure).toMatchObject({
      message: 'nexus operation completed unsuccessfully',
      nexusOperationExecutionFailureInfo: { service: 'GreetingService', operation: 'echo' },
      cause: { message: 'no echo in here', applicationFailureInfo: {} },
    });
  });

  test('the handler is told how long it may take: 38', async () => {
    let header: string | undefined;
    echo = (ctx, input) => {
      header = ctx.headers['request-timeout'];
      return politeEcho(ctx, input);
    };
    await runs('callEcho', 'in-time', ['x']);
    expect(header).toMatch(/^\d+(\.\d+)?s$/);
    expect(Number.parseFloat(header ?? '')).toBeLessThanOrEqual(9);
    expect(Number.parseFloat(header ?? '')).toBeGreaterThan(8);
  });
});

describe('starting', () => {
  const request = {
    namespace: 'greetings',
    workflowId: 'twice',
    workflowType: { name: 'composeGreeting' },
    // Nobody works on this queue, so that the workflow stays as it is.
    taskQueue: { name: 'nobody' },
    requestId: 'one',
  };
  const startRaw = (changes: object) =>
    world.grpc.call(`${workflowService}/StartWorkflowExecution`, { ...request, ...changes });

  test('twice with one request id is starting once: 93', async () => {
    const [first, second] = [await startRaw({}), await startRaw({})];
    if (!first.ok || !second.ok) throw new Error('both must succeed');
    expect((second.value as { runId: string }).runId).toBe((first.value as { runId: string }).runId);
    expect(of(await world.history('greetings', 'twice'), 'WORKFLOW_EXECUTION_STARTED')).toHaveLength(1);
  });

  test('a workflow that runs already is an error that the client knows', async () => {
    await startRaw({ workflowId: 'running' });
    const again = world
      .client('greetings')
      .workflow.start('composeGreeting', { workflowId: 'running', taskQueue: 'nobody' });
    await expect(again).rejects.toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
  });

  test('a missing namespace and a missing workflow are errors that the client tells apart', async () => {
    const nowhere = world.client('nowhere').workflow;
    await expect(nowhere.start('x', { workflowId: 'x', taskQueue: 'x' })).rejects.toBeInstanceOf(
      NamespaceNotFoundError,
    );
    const missing = world.client('greetings').workflow.getHandle('missing');
    await expect(missing.signal('x')).rejects.toBeInstanceOf(WorkflowNotFoundError);
  });

  test.each([
    ['an unknown namespace', { namespace: 'nowhere' }, status.NOT_FOUND, /nowhere/],
    ['no task queue', { taskQueue: {} }, status.INVALID_ARGUMENT, /task ?queue/i],
    ['no workflow type', { workflowType: {} }, status.INVALID_ARGUMENT, /workflow ?type/i],
  ] as const)('with %s is refused', async (...[, changes, expected, message]) => {
    const answer = await startRaw({ workflowId: 'bad', ...changes });
    expect(answer).toMatchObject({ ok: false, code: expected });
    expect(answer.ok ? '' : answer.message).toMatch(message);
  });
});

describe('the registry', () => {
  const target = { worker: { namespace: 'greetings', taskQueue: 'greetings' } };
  const create = (name: string, changes: object = {}) =>
    world.grpc.call(`${operatorService}/CreateNexusEndpoint`, { spec: { name, target, ...changes } });

  test.each(['a_b', 'a', '-a', 'a-', `a${'b'.repeat(200)}`])('refuses the name %s: 77', async (name) => {
    expect(await create(name)).toMatchObject({ ok: false, code: status.INVALID_ARGUMENT });
  });

  test('refuses a name that is taken and a target that is not there: 78', async () => {
    expect(await create('greetings-endpoint')).toMatchObject({ ok: false, code: status.ALREADY_EXISTS });
    const nowhere = { target: { worker: { namespace: 'nowhere', taskQueue: 'q' } } };
    expect(await create('new-endpoint', nowhere)).toMatchObject({
      ok: false,
      code: status.FAILED_PRECONDITION,
    });
  });

  test('does not delete a namespace into which an endpoint calls, but one that nobody needs: 83', async () => {
    const remove = (namespace: string) =>
      world.grpc.call(`${operatorService}/DeleteNamespace`, { namespace });
    expect(await remove('greetings')).toMatchObject({
      ok: false,
      code: status.FAILED_PRECONDITION,
      message: 'cannot delete a namespace that is a target of a Nexus endpoint greetings-endpoint',
    });
    await world.grpc.call(`${workflowService}/RegisterNamespace`, { namespace: 'unneeded' });
    expect(await remove('unneeded')).toMatchObject({
      ok: true,
      value: { deletedNamespace: expect.stringMatching(/^unneeded-deleted-[0-9a-f]{5}$/) as string },
    });
    expect(await remove('unneeded')).toMatchObject({ ok: false, code: status.NOT_FOUND });
  });

  test('a workflow that calls an unknown endpoint goes on when there is one: 74', async () => {
    world.driver.setClock({ mode: 'paused' });
    const handle = await start('callEcho', 'early', ['patience', 'late-endpoint']);
    const history = await world.until('storefront', 'early', 'WORKFLOW_TASK_FAILED');
    const [failed] = of(history, 'WORKFLOW_TASK_FAILED');
    expect(failed).toMatchObject({
      cause: 'BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES',
      failure: { message: expect.stringContaining('endpoint "late-endpoint" not found') as string },
    });
    expect(await create('late-endpoint')).toMatchObject({
      ok: true,
      value: {
        endpoint: {
          version: 1,
          urlPrefix: expect.stringMatching(/^\/nexus\/endpoints\/.+\/services$/) as string,
        },
      },
    });
    world.driver.setClock({ mode: 'run' });
    expect(await handle.result()).toBe('patience');
  });
});
