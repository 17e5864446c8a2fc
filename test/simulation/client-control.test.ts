// What clients do to runs, and what they are told of them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seconds } from '../../simulator/base/time.ts';
import type { DescribeWorkflowExecutionResponse } from '../../simulator/protocol/temporal/methods.ts';
import { World } from '../harness/world.ts';

const queue = { namespace: 'orders', taskQueue: 'orders' };
const order = {
  namespace: 'orders',
  workflowId: 'order-1',
  workflowType: { name: 'Checkout' },
  taskQueue: { name: 'orders' },
};
const workflowExecution = { workflowId: 'order-1' };
const onOrder = { namespace: 'orders', workflowExecution };

let world: World;
beforeEach(async () => {
  world = new World();
  await world.namespaces('orders');
});
afterEach(() => world.dispose());

const described = (): Promise<DescribeWorkflowExecutionResponse> =>
  world.ask('describeWorkflowExecution', { namespace: 'orders', execution: workflowExecution });

/** Starts a workflow whose first run is followed by one that goes on. */
async function startChain(): Promise<{ readonly first: string; readonly latest: string }> {
  world.workflow(queue, (history) =>
    history[0]?.eventType === 'WORKFLOW_EXECUTION_STARTED' &&
    history[0].attributes.continuedExecutionRunId === undefined
      ? [
          {
            commandType: 'CONTINUE_AS_NEW_WORKFLOW_EXECUTION',
            attributes: { workflowType: order.workflowType, taskQueue: order.taskQueue },
          },
        ]
      : [],
  );
  const first = await world.start(order);
  await world.settled();
  const { workflowExecutionInfo } = await described();
  return { first, latest: workflowExecutionInfo.execution.runId ?? '' };
}

describe('a client that knows the first run of a chain', () => {
  test('cancels and terminates the latest one', async () => {
    const { first, latest } = await startChain();
    expect(latest).not.toBe(first);
    const firstExecutionRunId = first;
    await world.ask('requestCancelWorkflowExecution', { ...onOrder, firstExecutionRunId });
    // The run id is that of another run of the chain, and does not count.
    await world.ask('terminateWorkflowExecution', {
      namespace: 'orders',
      workflowExecution: { workflowId: 'order-1', runId: first },
      firstExecutionRunId,
    });
    const { workflowExecutionInfo, workflowExtendedInfo } = await described();
    expect(workflowExecutionInfo).toMatchObject({ execution: { runId: latest }, status: 'TERMINATED' });
    expect(workflowExtendedInfo.cancelRequested).toBe(true);
  });

  test('does not reach another chain', async () => {
    await startChain();
    const other = { ...onOrder, firstExecutionRunId: 'another' };
    for (const method of ['requestCancelWorkflowExecution', 'terminateWorkflowExecution'] as const) {
      expect(await world.refused(method, other)).toEqual({
        code: 'NOT_FOUND',
        message: 'workflow execution not found',
      });
    }
    expect((await described()).workflowExecutionInfo.status).toBe('RUNNING');
  });
});

test('a closed run is cancelled without effect, and not terminated', async () => {
  await world.start(order);
  await world.ask('terminateWorkflowExecution', onOrder);
  const before = await world.history('orders', 'order-1');
  await world.ask('requestCancelWorkflowExecution', onOrder);
  expect(await world.history('orders', 'order-1')).toEqual(before);
  expect(await world.refused('terminateWorkflowExecution', onOrder)).toEqual({
    code: 'NOT_FOUND',
    message: 'workflow execution already completed',
  });
});

test('a description tells the deadlines of a run, who asked for it, and its workflow task', async () => {
  await world.start({
    ...order,
    requestId: 'first-request',
    workflowExecutionTimeout: seconds(600),
    workflowRunTimeout: seconds(60),
  });
  await world.start({
    ...order,
    requestId: 'second-request',
    workflowIdConflictPolicy: 'USE_EXISTING',
    onConflictOptions: { attachRequestId: true },
  });
  expect(await described()).toMatchObject({
    workflowExtendedInfo: {
      originalStartTime: 0,
      executionExpirationTime: 600_000,
      runExpirationTime: 60_000,
      cancelRequested: false,
      requestIdInfos: {
        'first-request': { eventType: 'WORKFLOW_EXECUTION_STARTED', eventId: 1 },
        'second-request': { eventType: 'WORKFLOW_EXECUTION_OPTIONS_UPDATED', eventId: 3 },
      },
    },
    pendingWorkflowTask: { state: 'SCHEDULED', scheduledTime: 0, attempt: 1 },
  });
  await world.ask('terminateWorkflowExecution', onOrder);
  expect(await described()).not.toHaveProperty('pendingWorkflowTask');
});
