import { afterEach, describe, expect, test } from 'vitest';
import { ms, seconds } from '../../simulator/base/time.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import type { NexusRequest } from '../../simulator/protocol/temporal/nexus.ts';
import {
  callOnce,
  eventOf,
  handlerError,
  json,
  typesOf,
  World,
  type HandlerAnswer,
  type WorkflowCode,
} from '../harness/world.ts';

const caller = { namespace: 'orders', taskQueue: 'orders' };
const target = { namespace: 'payments', taskQueue: 'billing' };
const order = {
  namespace: 'orders',
  workflowId: 'order-1',
  workflowType: { name: 'Checkout' },
  taskQueue: { name: 'orders' },
};

let world: World;
afterEach(() => world.dispose());

/** What an SDK sends for a workflow-run operation (semantics §8.6). */
async function startBacking(
  request: NexusRequest,
  options: { workflowId?: string; attach?: true; requestId?: string } = {},
): Promise<HandlerAnswer> {
  const { requestId = '', callback = '', callbackHeader = {} } = request.startOperation ?? {};
  const token = `token of ${options.workflowId ?? 'charge-1'}`;
  const reply = await world.driver.call('startWorkflowExecution', {
    namespace: 'payments',
    workflowId: options.workflowId ?? 'charge-1',
    workflowType: { name: 'Charge' },
    taskQueue: { name: 'billing' },
    requestId: options.requestId ?? requestId,
    completionCallbacks: [
      { nexus: { url: callback, header: { ...callbackHeader, 'nexus-operation-token': token } } },
    ],
    ...(options.attach === true && {
      workflowIdConflictPolicy: 'USE_EXISTING',
      onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true, attachLinks: true },
    }),
  });
  if (!reply.ok) return handlerError('INTERNAL', 'NON_RETRYABLE');
  return { response: { asyncSuccess: { operationToken: token } } };
}

const complete = (value: unknown): Command => ({
  commandType: 'COMPLETE_WORKFLOW_EXECUTION',
  attributes: { result: { payloads: [json(value)] } },
});

const sleepThen =
  (delay: number, ...commands: Command[]): WorkflowCode =>
  (history) => {
    if (history.some(({ eventType }) => eventType === 'TIMER_FIRED')) return commands;
    if (history.some(({ eventType }) => eventType === 'TIMER_STARTED')) return [];
    return [{ commandType: 'START_TIMER', attributes: { timerId: '1', startToFireTimeout: ms(delay) } }];
  };

async function setUp(
  backing: WorkflowCode,
  code: WorkflowCode = callOnce({ endpoint: 'payments-endpoint' }),
) {
  world = new World();
  await world.namespaces('orders', 'payments');
  await world.endpoint('payments-endpoint', target);
  world.workflow(caller, code).workflow(target, backing);
}

async function play(backing: WorkflowCode, code?: WorkflowCode): Promise<readonly HistoryEvent[]> {
  await setUp(backing, code);
  world.handler(target, (request) =>
    request.cancelOperation === undefined ? startBacking(request) : { cancelled: true },
  );
  await world.start(order);
  await world.settled();
  return world.history('orders', 'order-1');
}

describe('an operation backed by a workflow', () => {
  test('is started with a token and completed by the callback when the workflow closes', async () => {
    const history = await play(sleepThen(5_000, complete('receipt')));
    const scheduled = eventOf(history, 'NEXUS_OPERATION_SCHEDULED');
    const started = eventOf(history, 'NEXUS_OPERATION_STARTED');
    const completed = eventOf(history, 'NEXUS_OPERATION_COMPLETED');
    expect(started.attributes).toEqual({
      scheduledEventId: scheduled.eventId,
      requestId: scheduled.attributes.requestId,
      operationId: 'token of charge-1',
      operationToken: 'token of charge-1',
    });
    expect(completed.attributes.result).toEqual(json('receipt'));
    expect(completed.eventTime).toBe(5_000);
    expect(history.at(-1)?.eventType).toBe('WORKFLOW_EXECUTION_COMPLETED');
  });

  test('shows its callback as STANDBY, then SUCCEEDED', async () => {
    await setUp(sleepThen(5_000, complete('receipt')));
    world.driver.setClock({ mode: 'paused' });
    world.handler(target, (request) => startBacking(request));
    await world.start(order);
    await world.driver.advance(seconds(1));
    const described = { namespace: 'payments', execution: { workflowId: 'charge-1' } };
    const before = await world.ask('describeWorkflowExecution', described);
    expect(before.callbacks).toMatchObject([{ state: 'STANDBY', attempt: 0 }]);
    const pending = await world.ask('describeWorkflowExecution', {
      namespace: 'orders',
      execution: { workflowId: 'order-1' },
    });
    expect(pending.pendingNexusOperations).toMatchObject([
      { state: 'STARTED', operationToken: 'token of charge-1', attempt: 1 },
    ]);
    await world.driver.advance(seconds(4));
    const after = await world.ask('describeWorkflowExecution', described);
    expect(after.callbacks).toMatchObject([{ state: 'SUCCEEDED', attempt: 1 }]);
  });

  test('fails with the workflow’s failure and its causes', async () => {
    const failure = {
      message: 'card declined',
      applicationFailureInfo: { type: 'Declined' },
      cause: { message: 'limit reached', applicationFailureInfo: { type: 'Limit' } },
    };
    const history = await play(() => [{ commandType: 'FAIL_WORKFLOW_EXECUTION', attributes: { failure } }]);
    expect(eventOf(history, 'NEXUS_OPERATION_FAILED').attributes.failure.cause).toEqual(failure);
  });

  test('a terminated workflow: failed, without the reason', async () => {
    await setUp(() => []);
    world.handler(target, (request) => startBacking(request));
    await world.start(order);
    await world.settled();
    await world.ask('terminateWorkflowExecution', {
      namespace: 'payments',
      workflowExecution: { workflowId: 'charge-1' },
      reason: 'secret',
    });
    await world.settled();
    const { failure } = eventOf(
      await world.history('orders', 'order-1'),
      'NEXUS_OPERATION_FAILED',
    ).attributes;
    expect(failure.cause).toEqual({ message: 'operation terminated', terminatedFailureInfo: {} });
  });

  test('the first of several results is the operation’s; none leaves it unset', async () => {
    const two = await play(() => [
      {
        commandType: 'COMPLETE_WORKFLOW_EXECUTION',
        attributes: { result: { payloads: [json(1), json(2)] } },
      },
    ]);
    expect(eventOf(two, 'NEXUS_OPERATION_COMPLETED').attributes.result).toEqual(json(1));
    world.dispose();
    const none = await play(() => [{ commandType: 'COMPLETE_WORKFLOW_EXECUTION' }]);
    expect(eventOf(none, 'NEXUS_OPERATION_COMPLETED').attributes.result).toBeUndefined();
  });

  test('a completion that overtakes the start response makes the started event up and the response void', async () => {
    await setUp(() => [complete('fast')]);
    world.handler(target, async (request) => {
      const answer = await startBacking(request);
      await world.driver.sleep(seconds(2));
      return answer;
    });
    await world.start(order);
    await world.settled();
    const history = await world.history('orders', 'order-1');
    const nexus = typesOf(history).filter((type) => type.startsWith('NEXUS'));
    expect(nexus).toEqual([
      'NEXUS_OPERATION_SCHEDULED',
      'NEXUS_OPERATION_STARTED',
      'NEXUS_OPERATION_COMPLETED',
    ]);
    expect(eventOf(history, 'NEXUS_OPERATION_STARTED').attributes.operationToken).toBe('token of charge-1');
    expect(eventOf(history, 'NEXUS_OPERATION_COMPLETED').eventTime).toBe(0);
  });

  test('a repeated start with one request id finds the same run', async () => {
    const seen: HandlerAnswer[] = [];
    await setUp(sleepThen(60_000, complete('once')));
    world.handler(target, async (request, nth) => {
      seen.push(await startBacking(request));
      return nth === 1 ? 'silence' : (seen.at(-1) ?? 'silence');
    });
    await world.start(order);
    await world.settled();
    expect(seen).toHaveLength(2);
    expect(seen[0]).toEqual(seen[1]);
    const backing = await world.history('payments', 'charge-1');
    expect(typesOf(backing).filter((type) => type === 'WORKFLOW_EXECUTION_STARTED')).toHaveLength(1);
    expect(eventOf(await world.history('orders', 'order-1'), 'NEXUS_OPERATION_COMPLETED').eventTime).toBe(
      60_000,
    );
  });

  test('a second caller attaches to the running workflow, and both get the result', async () => {
    await setUp(sleepThen(5_000, complete('shared')));
    world.handler(target, (request) => startBacking(request, { attach: true }));
    await world.start(order);
    await world.start({ ...order, workflowId: 'order-2' });
    await world.settled();
    for (const id of ['order-1', 'order-2']) {
      const completed = eventOf(await world.history('orders', id), 'NEXUS_OPERATION_COMPLETED');
      expect(completed.attributes.result).toEqual(json('shared'));
    }
    const updated = eventOf(
      await world.history('payments', 'charge-1'),
      'WORKFLOW_EXECUTION_OPTIONS_UPDATED',
    );
    expect(updated.workerMayIgnore).toBe(true);
    expect(updated.attributes.attachedCompletionCallbacks).toHaveLength(1);
  });

  test('with the conflict policy FAIL the second caller fails', async () => {
    await setUp(sleepThen(5_000, complete('mine')));
    world.handler(target, (request) => startBacking(request));
    await world.start(order);
    await world.start({ ...order, workflowId: 'order-2' });
    await world.settled();
    expect(typesOf(await world.history('orders', 'order-1'))).toContain('NEXUS_OPERATION_COMPLETED');
    const { failure } = eventOf(
      await world.history('orders', 'order-2'),
      'NEXUS_OPERATION_FAILED',
    ).attributes;
    expect(failure.cause?.nexusHandlerFailureInfo).toEqual({
      type: 'INTERNAL',
      retryBehavior: 'NON_RETRYABLE',
    });
  });

  test('a caller that has closed refuses the completion, and the callback fails for good', async () => {
    await setUp(sleepThen(5_000, complete('late')));
    world.driver.setClock({ mode: 'paused' });
    world.handler(target, (request) => startBacking(request));
    await world.start(order);
    await world.driver.advance(seconds(1));
    await world.ask('terminateWorkflowExecution', {
      namespace: 'orders',
      workflowExecution: { workflowId: 'order-1' },
    });
    await world.driver.advance(seconds(10));
    const { callbacks } = await world.ask('describeWorkflowExecution', {
      namespace: 'payments',
      execution: { workflowId: 'charge-1' },
    });
    expect(callbacks).toMatchObject([
      { state: 'FAILED', lastAttemptFailure: { nexusHandlerFailureInfo: { type: 'NOT_FOUND' } } },
    ]);
    expect((await world.history('orders', 'order-1')).at(-1)?.eventType).toBe(
      'WORKFLOW_EXECUTION_TERMINATED',
    );
  });
});

describe('cancelling', () => {
  const cancelAfterStart: WorkflowCode = (history, task) => {
    const started = history.find(({ eventType }) => eventType === 'NEXUS_OPERATION_STARTED');
    const asked = history.some(({ eventType }) => eventType === 'NEXUS_OPERATION_CANCEL_REQUESTED');
    if (started?.eventType !== 'NEXUS_OPERATION_STARTED' || asked) {
      return callOnce({ endpoint: 'payments-endpoint', nexusHeader: { team: 'orders' } })(history, task);
    }
    const { scheduledEventId } = started.attributes;
    return [{ commandType: 'REQUEST_CANCEL_NEXUS_OPERATION', attributes: { scheduledEventId } }];
  };

  test('reaches the handler with token and headers; the operation ends when its workflow does', async () => {
    const backing: WorkflowCode = (history, task) =>
      history.some(({ eventType }) => eventType === 'WORKFLOW_EXECUTION_CANCEL_REQUESTED')
        ? sleepThen(1_000, { commandType: 'CANCEL_WORKFLOW_EXECUTION' })(history, task)
        : [];
    await setUp(backing, cancelAfterStart);
    world.handler(target, async (request) => {
      if (request.cancelOperation === undefined) return startBacking(request);
      await world.ask('requestCancelWorkflowExecution', {
        namespace: 'payments',
        workflowExecution: { workflowId: 'charge-1' },
      });
      return { cancelled: true };
    });
    await world.start(order);
    await world.settled();
    const history = await world.history('orders', 'order-1');
    expect(typesOf(history).filter((type) => type.startsWith('NEXUS'))).toEqual([
      'NEXUS_OPERATION_SCHEDULED',
      'NEXUS_OPERATION_STARTED',
      'NEXUS_OPERATION_CANCEL_REQUESTED',
      'NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED',
      'NEXUS_OPERATION_CANCELED',
    ]);
    expect(world.handled[1]).toMatchObject({
      header: { team: 'orders' },
      cancelOperation: { operationToken: 'token of charge-1', operationId: 'token of charge-1' },
    });
    expect(eventOf(history, 'NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED').workerMayIgnore).toBe(true);
  });

  test('a handler that cannot cancel: the refusal is told unwrapped and the operation goes on', async () => {
    await setUp(sleepThen(5_000, complete('anyway')), cancelAfterStart);
    world.handler(target, (request) =>
      request.cancelOperation === undefined ? startBacking(request) : handlerError('NOT_IMPLEMENTED'),
    );
    await world.start(order);
    await world.settled();
    const history = await world.history('orders', 'order-1');
    const refused = eventOf(history, 'NEXUS_OPERATION_CANCEL_REQUEST_FAILED');
    expect(refused.attributes.failure.nexusHandlerFailureInfo).toEqual({ type: 'NOT_IMPLEMENTED' });
    expect(typesOf(history)).toContain('NEXUS_OPERATION_COMPLETED');
  });

  test('a request before the start waits for it; a retryable refusal is tried again', async () => {
    const cancelAtOnce: WorkflowCode = (history, task) => {
      const scheduled = history.find(({ eventType }) => eventType === 'NEXUS_OPERATION_SCHEDULED');
      if (scheduled !== undefined) return callOnce({ endpoint: 'payments-endpoint' })(history, task);
      const scheduledEventId = history.length + 2;
      return [
        ...callOnce({ endpoint: 'payments-endpoint' })(history, task),
        { commandType: 'REQUEST_CANCEL_NEXUS_OPERATION', attributes: { scheduledEventId } },
      ];
    };
    let refusals = 0;
    await setUp(sleepThen(60_000, complete('done')), cancelAtOnce);
    world.handler(target, async (request) => {
      if (request.cancelOperation === undefined) {
        await world.driver.sleep(seconds(3));
        return startBacking(request);
      }
      return refusals++ < 2 ? handlerError('UNAVAILABLE') : { cancelled: true };
    });
    await world.start(order);
    await world.settled();
    const history = await world.history('orders', 'order-1');
    const delivered = eventOf(history, 'NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED');
    expect(eventOf(history, 'NEXUS_OPERATION_CANCEL_REQUESTED').eventTime).toBe(0);
    expect(delivered.eventTime).toBeGreaterThanOrEqual(3_000 + 0.8 * 3_000);
    expect(delivered.eventTime).toBeLessThan(3_000 + 3_000);
    expect(refusals).toBe(3);
  });
});
