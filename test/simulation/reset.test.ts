import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seconds } from '../../simulator/base/time.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import type { RequestOf } from '../../simulator/protocol/temporal/methods.ts';
import { eventOf, json, typesOf, World } from '../harness/world.ts';

const order = {
  namespace: 'orders',
  workflowId: 'order-1',
  workflowType: { name: 'Checkout' },
  taskQueue: { name: 'orders' },
};
const named = { namespace: 'orders', workflowExecution: { workflowId: 'order-1' } };
const complete: Command = { commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: {} };
const schedule: Command = {
  commandType: 'SCHEDULE_NEXUS_OPERATION',
  attributes: { endpoint: 'pay', service: 'S', operation: 'o' },
};
const timer: Command = {
  commandType: 'START_TIMER',
  attributes: { timerId: 't', startToFireTimeout: seconds(60) },
};

let world: World;
/** The workflow behind the asynchronous operation. */
const charge = 'charge';
beforeEach(async () => {
  world = new World();
  await world.namespaces('orders', 'payments');
  await world.endpoint('pay', { namespace: 'payments', taskQueue: 'billing' });
});
afterEach(() => world.dispose());

/** A workflow that does this in its first task, and nothing in later ones. */
function caller(...commands: Command[]): void {
  world.workflow({ namespace: 'orders', taskQueue: 'orders' }, (history) =>
    typesOf(history).includes('WORKFLOW_TASK_COMPLETED') ? [] : commands,
  );
}

/** Starts a workflow that nobody works on; it is completed by hand. */
function asyncHandler(): void {
  world.handler({ namespace: 'payments', taskQueue: 'billing' }, async (request) => {
    const { callback, callbackHeader, requestId } = request.startOperation ?? {};
    await world.start({
      namespace: 'payments',
      workflowId: charge,
      workflowType: { name: 'Charge' },
      taskQueue: { name: 'charges' },
      requestId: requestId ?? '',
      completionCallbacks: [{ nexus: { url: callback ?? '', header: callbackHeader ?? {} } }],
    });
    return { response: { asyncSuccess: { operationToken: charge } } };
  });
}

const completeCharge = (): void => {
  const attributes = { result: { payloads: [json('paid')] } };
  world.workflow({ namespace: 'payments', taskQueue: 'charges' }, () => [
    { commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes },
  ]);
};

const reset = async (
  workflowTaskFinishEventId: number,
  rest: RequestOf<'resetWorkflowExecution'> = {},
): Promise<string> => {
  const request = { ...named, reason: 'try again', workflowTaskFinishEventId, ...rest };
  const { runId } = await world.ask('resetWorkflowExecution', request);
  await world.settled();
  return runId;
};

const history = (): Promise<readonly HistoryEvent[]> => world.history('orders', 'order-1');

const historyOf = async (runId: string): Promise<readonly HistoryEvent[]> => {
  const execution = { workflowId: 'order-1', runId };
  const answer = await world.ask('getWorkflowExecutionHistory', { namespace: 'orders', execution });
  return answer.history.events ?? [];
};

describe('the run that a reset makes', () => {
  test('shares the history up to the workflow task, which fails there', async () => {
    caller(timer);
    const base = await world.start(order);
    const before = (await historyOf(base)).slice(0, 3);
    const runId = await reset(4);
    const events = await history();
    expect(events.slice(0, 3)).toEqual(before);
    expect(typesOf(events.slice(3, 5))).toEqual(['WORKFLOW_TASK_FAILED', 'WORKFLOW_TASK_SCHEDULED']);
    expect(eventOf(events, 'WORKFLOW_TASK_FAILED').attributes).toMatchObject({
      cause: 'RESET_WORKFLOW',
      failure: { message: 'try again' },
      baseRunId: base,
      newRunId: runId,
    });
    expect((await historyOf(base)).at(-1)).toMatchObject({
      eventType: 'WORKFLOW_EXECUTION_TERMINATED',
      attributes: { reason: 'try again' },
    });
  });

  test('also from a workflow task that nobody has taken', async () => {
    await world.start(order);
    await world.ask('signalWorkflowExecution', { ...named, signalName: 'hello' });
    await reset(3);
    expect(typesOf(await history())).toEqual([
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_FAILED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
  });

  test('is made once per request id', async () => {
    await world.start(order);
    caller(timer);
    await world.settled();
    const first = await reset(4, { requestId: 'r' });
    expect(await reset(4, { requestId: 'r' })).toBe(first);
  });

  test('can follow a run that has closed', async () => {
    caller(complete);
    const base = await world.start(order);
    await world.settled();
    const runId = await reset(4);
    expect(runId).not.toBe(base);
    expect(eventOf(await historyOf(base), 'WORKFLOW_EXECUTION_COMPLETED')).toBeDefined();
    expect(typesOf(await history())).toContain('WORKFLOW_EXECUTION_COMPLETED');
  });

  test('waits for timers that were running, to the same instant', async () => {
    let task = 0;
    world.workflow({ namespace: 'orders', taskQueue: 'orders' }, () => (++task === 1 ? [timer] : []));
    await world.start(order);
    await world.ask('signalWorkflowExecution', { ...named, signalName: 'hello' });
    const scheduled = (await history()).findLast(({ eventType }) => eventType === 'WORKFLOW_TASK_SCHEDULED');
    await reset((scheduled?.eventId ?? 0) + 1);
    expect(eventOf(await history(), 'TIMER_FIRED').eventTime).toBe(60_000);
  });

  test('has a bar, caused by that of the old run', async () => {
    caller(timer);
    const base = await world.start(order);
    const runId = await reset(4);
    const bar = world.driver.spans().find(({ id }) => id === `workflow:${runId}`);
    expect(bar?.causes).toContain(`workflow:${base}`);
  });

  test.each([
    [1, 'must be > 1'],
    [99, 'must be > 1 && <= workflow last event ID'],
    [2, 'in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: 2'],
    [5, 'in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: 5'],
  ])('cannot begin at event %i', async (workflowTaskFinishEventId, message) => {
    caller(timer);
    await world.start(order);
    await world.settled();
    const request = { ...named, workflowTaskFinishEventId };
    const refusal = await world.refused('resetWorkflowExecution', request);
    expect(refusal.code).toBe('INVALID_ARGUMENT');
    expect(refusal.message).toContain(message);
  });
});

describe('signals after the point', () => {
  test.each([
    [{}, true],
    [{ resetReapplyExcludeTypes: ['SIGNAL'] }, false],
    [{ resetReapplyType: 'NONE' }, false],
  ] as const)('%j: come again %s', async (rest, again) => {
    caller(timer);
    await world.start(order);
    await world.ask('signalWorkflowExecution', { ...named, signalName: 'hello' });
    await reset(4, rest);
    expect(typesOf(await history()).includes('WORKFLOW_EXECUTION_SIGNALED')).toBe(again);
  });
});

describe('operations', () => {
  /** Runs until the operation has started, and gives the task that saw that something to be reset to. */
  async function startedOperation(): Promise<string> {
    caller(schedule);
    asyncHandler();
    const runId = await world.start(order);
    await world.settled();
    return runId;
  }

  /** The point after SCHEDULED and before what came next: the task that STARTED woke. */
  const secondTaskEnd = async (): Promise<number> =>
    (await history()).findLast(({ eventType }) => eventType === 'WORKFLOW_TASK_COMPLETED')?.eventId ?? 0;

  test('[14] a completion for the old run finds the operation that the new one kept', async () => {
    const base = await startedOperation();
    const runId = await reset(await secondTaskEnd());
    expect(runId).not.toBe(base);
    completeCharge();
    await world.settled();
    const [scheduled, completed] = [
      eventOf(await history(), 'NEXUS_OPERATION_SCHEDULED'),
      eventOf(await history(), 'NEXUS_OPERATION_COMPLETED'),
    ];
    expect(completed.attributes).toMatchObject({
      result: json('paid'),
      requestId: scheduled.attributes.requestId,
    });
    const { callbacks } = await world.ask('describeWorkflowExecution', {
      namespace: 'payments',
      execution: { workflowId: charge },
    });
    expect(callbacks?.map(({ state }) => state)).toEqual(['SUCCEEDED']);
  });

  test('an operation that was scheduled after the point is gone; its completion is refused', async () => {
    let task = 0;
    world.workflow({ namespace: 'orders', taskQueue: 'orders' }, () => (++task === 1 ? [schedule] : []));
    asyncHandler();
    await world.start(order);
    await world.settled();
    await reset(4);
    completeCharge();
    await world.settled();
    expect(typesOf(await history())).not.toContain('NEXUS_OPERATION_SCHEDULED');
    const { callbacks } = await world.ask('describeWorkflowExecution', {
      namespace: 'payments',
      execution: { workflowId: charge },
    });
    expect(callbacks?.map(({ state }) => state)).toEqual(['FAILED']);
  });

  test.each([
    [{}, ['NEXUS_OPERATION_STARTED', 'NEXUS_OPERATION_COMPLETED']],
    [{ resetReapplyExcludeTypes: ['NEXUS'] }, []],
  ] as const)('[15] %j: what came of the operation comes again: %j', async (rest, expected) => {
    // The first task is still open when the operation is answered, so that a point lies between the two.
    world.dispose();
    world = new World({ clock: { mode: 'paused' } });
    await world.namespaces('orders', 'payments');
    await world.endpoint('pay', { namespace: 'payments', taskQueue: 'billing' });
    asyncHandler();
    const poll = () =>
      world.ask('pollWorkflowTaskQueue', { namespace: 'orders', taskQueue: { name: 'orders' } });
    await world.start(order);
    const first = await poll();
    const second = poll();
    await world.ask('respondWorkflowTaskCompleted', {
      namespace: 'orders',
      taskToken: first.taskToken ?? '',
      commands: [schedule],
      forceCreateNewWorkflowTask: true,
    });
    const { taskToken = '', startedEventId = 0 } = await second;
    await untilCharged();
    completeCharge();
    await untilCompleted();
    await world.ask('respondWorkflowTaskCompleted', { namespace: 'orders', taskToken, commands: [] });
    expect(typesOf(await history())).toContain('NEXUS_OPERATION_COMPLETED');
    const { runId } = await world.ask('resetWorkflowExecution', {
      ...named,
      ...rest,
      workflowTaskFinishEventId: startedEventId + 1,
    });
    const after = (await historyOf(runId)).slice(startedEventId + 1).map(({ eventType }) => eventType);
    const seen = after.filter((type) => type.startsWith('NEXUS_OPERATION'));
    expect(seen.slice(0, expected.length)).toEqual(expected);
    if (expected.length === 0) expect(after).not.toContain('NEXUS_OPERATION_COMPLETED');
  });

  const untilCharged = async (): Promise<void> => {
    for (;;) {
      const asked = { namespace: 'payments', execution: { workflowId: charge } };
      const reply = await world.driver.call('describeWorkflowExecution', asked);
      if (reply.ok) return;
    }
  };

  const untilCompleted = async (): Promise<void> => {
    const asked = { namespace: 'payments', execution: { workflowId: charge }, waitNewEvent: true };
    await world.ask('getWorkflowExecutionHistory', { ...asked, historyEventFilterType: 'CLOSE_EVENT' });
  };
});

test('a child that was started after the point does not come again', async () => {
  caller({
    commandType: 'START_CHILD_WORKFLOW_EXECUTION',
    attributes: { workflowId: 'child', workflowType: { name: 'Child' }, taskQueue: { name: 'children' } },
  });
  await world.start(order);
  await world.settled();
  expect(typesOf(await history())).toContain('CHILD_WORKFLOW_EXECUTION_STARTED');
  const runId = await reset(4);
  expect(typesOf(await historyOf(runId)).filter((type) => type.includes('CHILD'))).toEqual([
    'START_CHILD_WORKFLOW_EXECUTION_INITIATED',
    'CHILD_WORKFLOW_EXECUTION_STARTED',
  ]);
});

test('a deleted run is gone, and its parent hears that it was terminated', async () => {
  caller({
    commandType: 'START_CHILD_WORKFLOW_EXECUTION',
    attributes: { workflowId: 'child', workflowType: { name: 'Child' }, taskQueue: { name: 'children' } },
  });
  await world.start(order);
  await world.settled();
  const execution = { workflowId: 'child' };
  await world.ask('deleteWorkflowExecution', { namespace: 'orders', workflowExecution: execution });
  await world.settled();
  eventOf(await history(), 'CHILD_WORKFLOW_EXECUTION_TERMINATED');
  const refusal = await world.refused('describeWorkflowExecution', { namespace: 'orders', execution });
  expect(refusal.code).toBe('NOT_FOUND');
});
