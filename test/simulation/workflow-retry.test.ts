import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ms, seconds } from '../../simulator/base/time.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { Failure } from '../../simulator/protocol/temporal/failure.ts';
import type { HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import { eventOf, typesOf, World } from '../harness/world.ts';

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
  await world.namespaces('orders');
});
afterEach(() => world.dispose());

const complete: Command = { commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: {} };
const failing = (failure: Failure): Command => ({
  commandType: 'FAIL_WORKFLOW_EXECUTION',
  attributes: { failure },
});
const failure = { message: 'no', applicationFailureInfo: { type: 'No' } };

/** The histories of the whole chain, first run first. */
async function chain(runId: string): Promise<readonly (readonly HistoryEvent[])[]> {
  const { history } = await world.ask('getWorkflowExecutionHistory', {
    namespace: 'orders',
    execution: { workflowId: 'order-1', runId },
  });
  const events = history.events ?? [];
  const last = events.at(-1);
  const next =
    last !== undefined && 'newExecutionRunId' in last.attributes
      ? last.attributes.newExecutionRunId
      : undefined;
  return [events, ...(next === undefined ? [] : await chain(next))];
}

const retryStates = (runs: readonly (readonly HistoryEvent[])[]): unknown[] =>
  runs.map((events) => {
    const { attributes } = events.at(-1) ?? {};
    return attributes !== undefined && 'retryState' in attributes ? attributes.retryState : undefined;
  });

const retryPolicy = { initialInterval: seconds(2), backoffCoefficient: 3, maximumAttempts: 3 };

test('a run that fails is tried again, later and later, until its attempts are used up', async () => {
  world.workflow(queue, () => [failing(failure)]);
  const runs = await (async () => {
    const runId = await world.start({ ...order, retryPolicy });
    await world.settled();
    return chain(runId);
  })();
  expect(retryStates(runs)).toEqual(['IN_PROGRESS', 'IN_PROGRESS', 'MAXIMUM_ATTEMPTS_REACHED']);
  const starts = runs.map((events) => eventOf(events, 'WORKFLOW_EXECUTION_STARTED').attributes);
  expect(starts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  expect(starts.map((start) => start.firstWorkflowTaskBackoff)).toEqual([0, 2_000, 6_000]);
  expect(starts[1]).toMatchObject({ initiator: 'RETRY', continuedFailure: failure });
  expect(runs.map((events) => eventOf(events, 'WORKFLOW_TASK_SCHEDULED').eventTime)).toEqual([
    0, 2_000, 8_000,
  ]);
});

test.each([
  ['a failure that says so', { message: 'no', applicationFailureInfo: { nonRetryable: true } }],
  ['a type that the policy names', { message: 'no', applicationFailureInfo: { type: 'Never' } }],
])('%s is not retried', async (_name, cause) => {
  world.workflow(queue, () => [failing(cause)]);
  const runId = await world.start({
    ...order,
    retryPolicy: { ...retryPolicy, nonRetryableErrorTypes: ['Never'] },
  });
  await world.settled();
  expect(retryStates(await chain(runId))).toEqual(['NON_RETRYABLE_FAILURE']);
});

test('a delay that the failure asks for replaces the policy’s', async () => {
  world.workflow(queue, (history) =>
    eventOf(history, 'WORKFLOW_EXECUTION_STARTED').attributes.attempt > 1
      ? [complete]
      : [failing({ message: 'later', applicationFailureInfo: { nextRetryDelay: seconds(30) } })],
  );
  const runId = await world.start({ ...order, retryPolicy });
  await world.settled();
  const [, second = []] = await chain(runId);
  expect(eventOf(second, 'WORKFLOW_TASK_SCHEDULED').eventTime).toBe(30_000);
});

test('a run that takes too long is retried; time for all of them together is not stretched', async () => {
  world.workflow(queue, () => []);
  const runId = await world.start({
    ...order,
    retryPolicy: { initialInterval: seconds(1), backoffCoefficient: 1 },
    workflowRunTimeout: seconds(10),
    workflowExecutionTimeout: seconds(25),
  });
  await world.settled();
  const runs = await chain(runId);
  // 10 s, 1 s of backoff, 10 s, 1 s of backoff, and the 3 s that are left.
  expect(runs.map((events) => events.at(-1)?.eventTime)).toEqual([10_000, 21_000, 25_000]);
  expect(retryStates(runs)).toEqual(['IN_PROGRESS', 'IN_PROGRESS', 'TIMEOUT']);
});

test('no retry begins after the time of the whole chain', async () => {
  world.workflow(queue, () => [failing(failure)]);
  const runId = await world.start({
    ...order,
    retryPolicy: { initialInterval: seconds(10) },
    workflowExecutionTimeout: seconds(5),
  });
  await world.settled();
  expect(retryStates(await chain(runId))).toEqual(['TIMEOUT']);
});

describe('a delayed start', () => {
  test('puts the first workflow task off', async () => {
    world.workflow(queue, () => [complete]);
    await world.start({ ...order, workflowStartDelay: seconds(30) });
    await world.settled();
    const history = await world.history('orders', 'order-1');
    expect(eventOf(history, 'WORKFLOW_EXECUTION_STARTED').attributes.firstWorkflowTaskBackoff).toBe(30_000);
    expect(eventOf(history, 'WORKFLOW_TASK_SCHEDULED').eventTime).toBe(30_000);
    const { workflowExecutionInfo: info } = await world.ask('describeWorkflowExecution', {
      namespace: 'orders',
      execution: { workflowId: 'order-1' },
    });
    expect([info.startTime, info.executionTime]).toEqual([0, 30_000]);
  });

  test('is not cut short by a signal, but by a cancel request', async () => {
    world.dispose();
    world = new World({ clock: { mode: 'paused' } });
    await world.namespaces('orders');
    await world.start({ ...order, workflowStartDelay: seconds(30) });
    const named = { namespace: 'orders', workflowExecution: { workflowId: 'order-1' } };
    await world.ask('signalWorkflowExecution', { ...named, signalName: 'hello' });
    const types = async () => typesOf(await world.history('orders', 'order-1'));
    expect(await types()).not.toContain('WORKFLOW_TASK_SCHEDULED');
    await world.ask('requestCancelWorkflowExecution', named);
    expect(await types()).toContain('WORKFLOW_TASK_SCHEDULED');
  });

  test('does not count towards the run timeout', async () => {
    world.workflow(queue, () => []);
    await world.start({ ...order, workflowStartDelay: seconds(30), workflowRunTimeout: seconds(10) });
    await world.settled();
    expect((await world.history('orders', 'order-1')).at(-1)?.eventTime).toBe(40_000);
  });
});

describe('signal with start', () => {
  const request = { ...order, signalName: 'hello', requestId: 'r' };

  test('starts a workflow that has the signal already', async () => {
    const { runId, started } = await world.ask('signalWithStartWorkflowExecution', request);
    expect(started).toBe(true);
    const history = await world.history('orders', 'order-1');
    expect(typesOf(history)).toEqual([
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
    expect(eventOf(history, 'WORKFLOW_EXECUTION_STARTED').attributes.firstExecutionRunId).toBe(runId);
  });

  test('signals one that runs', async () => {
    const runId = await world.start(order);
    const answer = await world.ask('signalWithStartWorkflowExecution', request);
    expect(answer).toMatchObject({ runId, started: false });
    expect(typesOf(await world.history('orders', 'order-1'))).toContain('WORKFLOW_EXECUTION_SIGNALED');
  });

  test('is refused without a signal name, and with the conflict policy FAIL', async () => {
    const nameless = await world.refused('signalWithStartWorkflowExecution', order);
    expect(nameless.message).toBe('SignalName is not set on request.');
    const failingPolicy = { ...request, workflowIdConflictPolicy: 'FAIL' } as const;
    const policy = await world.refused('signalWithStartWorkflowExecution', failingPolicy);
    expect(policy.code).toBe('INVALID_ARGUMENT');
  });
});

test('a bad retry policy is refused', async () => {
  const refusal = await world.refused('startWorkflowExecution', {
    ...order,
    retryPolicy: { initialInterval: ms(-1) },
  });
  expect(refusal.message).toContain('InitialInterval cannot be negative');
});
