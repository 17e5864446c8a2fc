import { afterEach, beforeEach, expect, test } from 'vitest';
import { seconds } from '../../simulator/base/time.ts';
import type { RunId } from '../../simulator/protocol/ids.ts';
import type { Command, CommandAttributes } from '../../simulator/protocol/temporal/command.ts';
import type { HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import { callOnce, eventOf, json, typesOf, World } from '../harness/world.ts';

const queue = { namespace: 'orders', taskQueue: 'orders' };
const order = {
  namespace: 'orders',
  workflowId: 'order-1',
  workflowType: { name: 'Checkout' },
  taskQueue: { name: 'orders' },
};

let world: World;
beforeEach(async () => {
  world = new World();
  await world.namespaces('orders', 'payments');
});
afterEach(() => world.dispose());

const again = (attributes: CommandAttributes['CONTINUE_AS_NEW_WORKFLOW_EXECUTION'] = {}): Command => ({
  commandType: 'CONTINUE_AS_NEW_WORKFLOW_EXECUTION',
  attributes,
});
const complete: Command = {
  commandType: 'COMPLETE_WORKFLOW_EXECUTION',
  attributes: { result: { payloads: [json('last')] } },
};
const isFollower = (history: readonly HistoryEvent[]): boolean =>
  eventOf(history, 'WORKFLOW_EXECUTION_STARTED').attributes.continuedExecutionRunId !== undefined;

const historyOf = async (runId: string): Promise<readonly HistoryEvent[]> => {
  const { history } = await world.ask('getWorkflowExecutionHistory', {
    namespace: 'orders',
    execution: { workflowId: 'order-1', runId },
  });
  return history.events ?? [];
};

test('the run ends and names the one that follows, which takes over what belongs to it', async () => {
  const memo = { fields: { m: json('memo') } };
  const retryPolicy = { initialInterval: seconds(7), maximumAttempts: 3 };
  world.workflow(queue, (history) =>
    isFollower(history) ? [complete] : [again({ input: { payloads: [json(2)] }, retryPolicy })],
  );
  const runId = await world.start({ ...order, memo, workflowRunTimeout: seconds(90) });
  await world.settled();
  const last = eventOf(await historyOf(runId), 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW').attributes;
  expect(last).toMatchObject({
    workflowType: order.workflowType,
    taskQueue: { name: 'orders' },
    workflowRunTimeout: 90_000,
    workflowTaskCompletedEventId: 4,
  });
  // The command did not say it; the run that follows does.
  expect(last).not.toHaveProperty('initiator');
  const next = await historyOf(last.newExecutionRunId);
  expect(eventOf(next, 'WORKFLOW_EXECUTION_STARTED').attributes).toMatchObject({
    continuedExecutionRunId: runId,
    firstExecutionRunId: runId,
    originalExecutionRunId: last.newExecutionRunId,
    initiator: 'WORKFLOW',
    attempt: 1,
    memo,
    input: { payloads: [json(2)] },
    workflowRunTimeout: 90_000,
    retryPolicy,
  });
  expect(next.at(-1)?.eventType).toBe('WORKFLOW_EXECUTION_COMPLETED');
  const described = await world.ask('describeWorkflowExecution', {
    namespace: 'orders',
    execution: { workflowId: 'order-1', runId },
  });
  expect(described.workflowExecutionInfo.status).toBe('CONTINUED_AS_NEW');
});

test('runs that follow one another at once are a second apart', async () => {
  world.workflow(queue, (history) => (isFollower(history) ? [complete] : [again()]));
  const runId = await world.start(order);
  await world.settled();
  const { newExecutionRunId } = eventOf(
    await historyOf(runId),
    'WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
  ).attributes;
  const next = await historyOf(newExecutionRunId);
  expect(eventOf(next, 'WORKFLOW_EXECUTION_STARTED').attributes.firstWorkflowTaskBackoff).toBe(1_000);
  expect(eventOf(next, 'WORKFLOW_TASK_SCHEDULED').eventTime).toBe(1_000);
});

test('one that waits for the close of a run gets its last event, with the id of the next run', async () => {
  const runId = await world.start(order);
  const waiting = world.ask('getWorkflowExecutionHistory', {
    namespace: 'orders',
    execution: { workflowId: 'order-1', runId },
    waitNewEvent: true,
    historyEventFilterType: 'CLOSE_EVENT',
  });
  world.workflow(queue, (history) => (isFollower(history) ? [complete] : [again()]));
  const { history } = await waiting;
  const last = eventOf(history.events ?? [], 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW');
  expect(last.attributes.newExecutionRunId).not.toBe(runId);
});

test('a child that continues as new is still the same child', async () => {
  const child: Command = {
    commandType: 'START_CHILD_WORKFLOW_EXECUTION',
    attributes: { workflowId: 'child', workflowType: { name: 'Child' }, taskQueue: { name: 'children' } },
  };
  world.workflow(queue, (history) => (typesOf(history).includes('WORKFLOW_TASK_COMPLETED') ? [] : [child]));
  world.workflow({ namespace: 'orders', taskQueue: 'children' }, (history) =>
    isFollower(history) ? [complete] : [again()],
  );
  await world.start(order);
  await world.settled();
  const history = await world.history('orders', 'order-1');
  const ended = history.filter(({ eventType }) => eventType === 'CHILD_WORKFLOW_EXECUTION_COMPLETED');
  expect(ended).toHaveLength(1);
  const started = eventOf(history, 'CHILD_WORKFLOW_EXECUTION_STARTED').attributes.workflowExecution;
  const { workflowExecution, result } = eventOf(history, 'CHILD_WORKFLOW_EXECUTION_COMPLETED').attributes;
  expect(workflowExecution.runId).not.toBe(started.runId);
  expect(result?.payloads).toEqual([json('last')]);
});

test('callbacks move to the next run: one completion, from the last one', async () => {
  await world.endpoint('pay', { namespace: 'payments', taskQueue: 'billing' });
  world.workflow(queue, callOnce({ endpoint: 'pay' }));
  world.handler({ namespace: 'payments', taskQueue: 'billing' }, async (request) => {
    const { callback, callbackHeader, requestId } = request.startOperation ?? {};
    await world.start({
      namespace: 'payments',
      workflowId: 'charge',
      workflowType: { name: 'Charge' },
      taskQueue: { name: 'charges' },
      requestId: requestId ?? '',
      completionCallbacks: [{ nexus: { url: callback ?? '', header: callbackHeader ?? {} } }],
    });
    return { response: { asyncSuccess: { operationToken: 'charge' } } };
  });
  world.workflow({ namespace: 'payments', taskQueue: 'charges' }, (history) =>
    isFollower(history) ? [complete] : [again()],
  );
  await world.start(order);
  await world.settled();
  const completed = eventOf(await world.history('orders', 'order-1'), 'NEXUS_OPERATION_COMPLETED');
  expect(completed.attributes.result).toEqual(json('last'));
  const describe = async (runId?: string) => {
    const execution = { workflowId: 'charge', ...(runId !== undefined && { runId }) };
    return world.ask('describeWorkflowExecution', { namespace: 'payments', execution });
  };
  const current = await describe();
  expect(current.callbacks?.map(({ state }) => state)).toEqual(['SUCCEEDED']);
  const first = await describe(current.workflowExecutionInfo.firstRunId);
  expect(first.callbacks?.map(({ state }) => state)).toEqual(['STANDBY']);
});

test('each run has a bar, caused by the one before', async () => {
  world.workflow(queue, (history) => (isFollower(history) ? [complete] : [again()]));
  const runId = await world.start(order);
  await world.settled();
  const bars = world.driver.spans().filter(({ kind }) => kind === 'workflow');
  expect(bars).toHaveLength(2);
  expect(bars[0]).toMatchObject({ outcome: 'succeeded', causes: [] });
  expect(bars[1]).toMatchObject({ outcome: 'succeeded', causes: [`workflow:${runId as RunId}`] });
});

test('a cron schedule is refused by name', async () => {
  world.workflow(queue, () => [again({ cronSchedule: '* * * * *' })]);
  await world.start(order);
  const failed = eventOf(await world.history('orders', 'order-1'), 'WORKFLOW_TASK_FAILED').attributes;
  expect(failed.cause).toBe('BAD_CONTINUE_AS_NEW_ATTRIBUTES');
  expect(failed.failure?.message).toContain('cronSchedule');
});
