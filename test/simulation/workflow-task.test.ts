import { afterEach, describe, expect, test } from 'vitest';
import { encodeText } from '../../simulator/base/base64.ts';
import { hours, minutes, ms, seconds } from '../../simulator/base/time.ts';
import type { Command, ScheduleNexusOperationAttributes } from '../../simulator/protocol/temporal/command.ts';
import { callOnce, eventOf, json, typesOf, World, type WorkflowCode } from '../harness/world.ts';

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

async function setUp(): Promise<void> {
  world = new World({ clock: { mode: 'paused' } });
  await world.namespaces('orders', 'payments');
}

/** Starts the workflow and answers its first workflow task with these commands. */
async function firstTask(commands: readonly Command[]) {
  await world.start(order);
  const polled = await world.ask('pollWorkflowTaskQueue', {
    namespace: 'orders',
    taskQueue: { name: 'orders' },
  });
  const answer = { namespace: 'orders', taskToken: polled.taskToken ?? '', commands };
  return world.refused('respondWorkflowTaskCompleted', answer);
}

const schedule = (attributes: ScheduleNexusOperationAttributes): Command => ({
  commandType: 'SCHEDULE_NEXUS_OPERATION',
  attributes: { endpoint: 'payments-endpoint', service: 'S', operation: 'o', ...attributes },
});

describe('a bad command fails the workflow task, not the workflow', () => {
  const bad = 'BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES';
  test.each([
    ['an unknown endpoint', { endpoint: 'nowhere' }, bad, 'endpoint "nowhere" not found'],
    ['a long service', { service: 's'.repeat(1_001) }, bad, 'Service exceeds length limit of 1000'],
    ['a long operation', { operation: 'o'.repeat(1_001) }, bad, 'Operation exceeds length limit of 1000'],
    ['a negative timeout', { scheduleToCloseTimeout: ms(-1) }, bad, 'ScheduleToCloseTimeout is invalid'],
    [
      'a header of the server’s',
      { nexusHeader: { 'Request-Timeout': '1s' } },
      bad,
      'disallowed header key: "Request-Timeout"',
    ],
    [
      'headers of 8193 bytes',
      { nexusHeader: { h: 'x'.repeat(8_192) } },
      bad,
      'NexusHeader exceeds size limit',
    ],
  ])('%s', async (_name, attributes, cause, message) => {
    await setUp();
    await world.endpoint('payments-endpoint', target);
    const refusal = await firstTask([schedule(attributes)]);
    expect(refusal.code).toBe('INVALID_ARGUMENT');
    expect(refusal.message).toContain(message);
    const history = await world.history('orders', 'order-1');
    expect(eventOf(history, 'WORKFLOW_TASK_FAILED').attributes.cause).toBe(cause);
    expect(typesOf(history)).not.toContain('NEXUS_OPERATION_SCHEDULED');
  });

  test('all commands of the task are discarded with it', async () => {
    await setUp();
    const timer: Command = {
      commandType: 'START_TIMER',
      attributes: { timerId: '1', startToFireTimeout: seconds(1) },
    };
    await firstTask([timer, schedule({ endpoint: 'nowhere' })]);
    expect(typesOf(await world.history('orders', 'order-1'))).not.toContain('TIMER_STARTED');
  });

  test('a timer that fires before it is set', async () => {
    await setUp();
    const attributes = { timerId: 't', startToFireTimeout: ms(-1) };
    const refusal = await firstTask([{ commandType: 'START_TIMER', attributes }]);
    expect(refusal.message).toContain('negative duration. TimerId=t');
    const failed = eventOf(await world.history('orders', 'order-1'), 'WORKFLOW_TASK_FAILED');
    expect(failed.attributes.cause).toBe('BAD_START_TIMER_ATTRIBUTES');
  });

  test('the 31st pending operation', async () => {
    await setUp();
    await world.endpoint('payments-endpoint', target);
    const refusal = await firstTask(Array.from({ length: 31 }, () => schedule({})));
    expect(refusal.message).toContain('workflow has reached the pending nexus operation limit of 30');
    const failed = eventOf(await world.history('orders', 'order-1'), 'WORKFLOW_TASK_FAILED');
    expect(failed.attributes.cause).toBe('PENDING_NEXUS_OPERATIONS_LIMIT_EXCEEDED');
  });

  test.each([
    [{ scheduledEventId: 99 }, 'non-existing or already completed operation with scheduled event ID of 99'],
    [{ scheduledEventId: 5 }, 'cancelation was already requested for an operation with scheduled event ID 5'],
  ])('a cancel request that cannot be: %o', async (attributes, message) => {
    await setUp();
    await world.endpoint('payments-endpoint', target);
    const cancel = (scheduledEventId: number): Command => ({
      commandType: 'REQUEST_CANCEL_NEXUS_OPERATION',
      attributes: { scheduledEventId },
    });
    const refusal = await firstTask([schedule({}), cancel(5), cancel(attributes.scheduledEventId)]);
    expect(refusal.message).toContain(message);
    const failed = eventOf(await world.history('orders', 'order-1'), 'WORKFLOW_TASK_FAILED');
    expect(failed.attributes.cause).toBe('BAD_REQUEST_CANCEL_NEXUS_OPERATION_ATTRIBUTES');
  });

  test('input over the limit ends the workflow', async () => {
    await setUp();
    await world.endpoint('payments-endpoint', target);
    const input = { data: encodeText('x'.repeat(2 * 1_024 * 1_024 + 1)) };
    await firstTask([schedule({ input })]);
    expect(eventOf(await world.history('orders', 'order-1'), 'WORKFLOW_EXECUTION_TERMINATED')).toBeDefined();
  });

  test('an unknown endpoint hangs the workflow until it is made', async () => {
    world = new World({ limits: { runHorizon: hours(1) } });
    await world.namespaces('orders', 'payments');
    world.workflow(caller, callOnce({ endpoint: 'late-endpoint' }));
    world.handler(target, () => ({ response: { syncSuccess: { payload: json('at last') } } }));
    await world.start(order);
    expect(await world.settled()).toBe('horizon');
    await world.endpoint('late-endpoint', target);
    world.driver.setClock({ mode: 'run' });
    expect(await world.settled()).toBe('idle');
    const history = await world.history('orders', 'order-1');
    expect(history.at(-1)?.eventType).toBe('WORKFLOW_EXECUTION_COMPLETED');
    const failures = typesOf(history).filter((type) => type === 'WORKFLOW_TASK_FAILED');
    expect(failures).toHaveLength(1);
  });
});

describe('a workflow task', () => {
  test.each([[{ startToFireTimeout: ms(0) }], [{}]])('a timer of no time fires at once: %o', async (time) => {
    world = new World();
    await world.namespaces('orders');
    world.workflow(caller, (history) =>
      typesOf(history).includes('TIMER_FIRED')
        ? [{ commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: {} }]
        : [{ commandType: 'START_TIMER', attributes: { timerId: 't', ...time } }],
    );
    await world.start(order);
    expect(await world.settled()).toBe('idle');
    const history = await world.history('orders', 'order-1');
    const [started, fired] = [eventOf(history, 'TIMER_STARTED'), eventOf(history, 'TIMER_FIRED')];
    expect(fired.eventTime).toBe(started.eventTime);
    expect(history.at(-1)?.eventType).toBe('WORKFLOW_EXECUTION_COMPLETED');
  });

  test('what happens while a worker has it is written behind its own events, closing events last', async () => {
    await setUp();
    await world.endpoint('payments-endpoint', target);
    const poll = { namespace: 'orders', taskQueue: { name: 'orders' } };
    await world.start(order);
    const first = await world.ask('pollWorkflowTaskQueue', poll);
    const signal = { namespace: 'orders', workflowExecution: { workflowId: 'order-1' }, signalName: 'go' };
    await world.ask('respondWorkflowTaskCompleted', {
      namespace: 'orders',
      taskToken: first.taskToken ?? '',
      commands: [schedule({})],
      forceCreateNewWorkflowTask: true,
    });
    const second = await world.ask('pollWorkflowTaskQueue', poll);
    world.handler(target, () => ({ response: { syncSuccess: { payload: json('buffered') } } }));
    await world.driver.advance(ms(1));
    await world.ask('signalWorkflowExecution', signal);
    expect(typesOf(await world.history('orders', 'order-1'))).not.toContain('NEXUS_OPERATION_COMPLETED');
    await world.ask('respondWorkflowTaskCompleted', {
      namespace: 'orders',
      taskToken: second.taskToken ?? '',
      commands: [
        { commandType: 'START_TIMER', attributes: { timerId: '1', startToFireTimeout: minutes(1) } },
      ],
    });
    expect(typesOf(await world.history('orders', 'order-1')).slice(-6)).toEqual([
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'TIMER_STARTED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'NEXUS_OPERATION_COMPLETED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
  });

  test('cannot close the workflow over events that it has not seen', async () => {
    await setUp();
    await world.start(order);
    const poll = { namespace: 'orders', taskQueue: { name: 'orders' } };
    const { taskToken = '' } = await world.ask('pollWorkflowTaskQueue', poll);
    await world.ask('signalWorkflowExecution', {
      namespace: 'orders',
      workflowExecution: { workflowId: 'order-1' },
      signalName: 'wait',
    });
    const commands: Command[] = [{ commandType: 'COMPLETE_WORKFLOW_EXECUTION' }];
    await world.refused('respondWorkflowTaskCompleted', { namespace: 'orders', taskToken, commands });
    const again = await world.ask('pollWorkflowTaskQueue', poll);
    await world.ask('respondWorkflowTaskCompleted', {
      namespace: 'orders',
      taskToken: again.taskToken ?? '',
      commands,
    });
    const history = await world.history('orders', 'order-1');
    expect(eventOf(history, 'WORKFLOW_TASK_FAILED').attributes.cause).toBe('UNHANDLED_COMMAND');
    expect(history.at(-1)?.eventType).toBe('WORKFLOW_EXECUTION_COMPLETED');
  });

  test('that is not answered times out, and is tried again with an attempt number', async () => {
    await setUp();
    await world.start(order);
    const poll = { namespace: 'orders', taskQueue: { name: 'orders' } };
    const first = await world.ask('pollWorkflowTaskQueue', poll);
    await world.driver.advance(seconds(10));
    const second = await world.ask('pollWorkflowTaskQueue', poll);
    expect(second.attempt).toBe(2);
    const late = { namespace: 'orders', taskToken: first.taskToken ?? '', commands: [] };
    expect((await world.refused('respondWorkflowTaskCompleted', late)).message).toBe(
      'Workflow task not found.',
    );
    expect(typesOf(second.history?.events ?? [])).toEqual([
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_TIMED_OUT',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
    ]);
    // The second attempt is shown to the worker but not yet part of history.
    expect(await world.history('orders', 'order-1')).toHaveLength(4);
    expect(second.startedEventId).toBe(6);
  });

  test('a timer that fired while the task ran can still be cancelled by it', async () => {
    await setUp();
    const poll = { namespace: 'orders', taskQueue: { name: 'orders' } };
    await world.start(order);
    const first = await world.ask('pollWorkflowTaskQueue', poll);
    await world.ask('respondWorkflowTaskCompleted', {
      namespace: 'orders',
      taskToken: first.taskToken ?? '',
      commands: [
        { commandType: 'START_TIMER', attributes: { timerId: 't', startToFireTimeout: seconds(5) } },
      ],
      forceCreateNewWorkflowTask: true,
    });
    const second = await world.ask('pollWorkflowTaskQueue', poll);
    await world.driver.advance(seconds(6));
    await world.ask('respondWorkflowTaskCompleted', {
      namespace: 'orders',
      taskToken: second.taskToken ?? '',
      commands: [
        { commandType: 'CANCEL_TIMER', attributes: { timerId: 't' } },
        { commandType: 'COMPLETE_WORKFLOW_EXECUTION' },
      ],
    });
    const types = typesOf(await world.history('orders', 'order-1'));
    expect(types).toContain('TIMER_CANCELED');
    expect(types).not.toContain('TIMER_FIRED');
  });

  test('a timer can be cancelled once', async () => {
    await setUp();
    const cancel: Command = { commandType: 'CANCEL_TIMER', attributes: { timerId: 't' } };
    const timer = { timerId: 't', startToFireTimeout: seconds(5) };
    const start: Command = { commandType: 'START_TIMER', attributes: timer };
    const refusal = await firstTask([start, cancel, cancel]);
    expect(refusal.message).toBe('BAD_CANCEL_TIMER_ATTRIBUTES: No timer with the id t is running.');
  });

  test('of an earlier task, too; then the id is free for another', async () => {
    await setUp();
    const poll = { namespace: 'orders', taskQueue: { name: 'orders' } };
    const cancel: Command = { commandType: 'CANCEL_TIMER', attributes: { timerId: 't' } };
    const timer = { timerId: 't', startToFireTimeout: seconds(5) };
    const start: Command = { commandType: 'START_TIMER', attributes: timer };
    await world.start(order);
    const answer = async (commands: readonly Command[]) => {
      const { taskToken = '' } = await world.ask('pollWorkflowTaskQueue', poll);
      const task = { namespace: 'orders', taskToken, commands, forceCreateNewWorkflowTask: true };
      return world.driver.call('respondWorkflowTaskCompleted', task);
    };
    expect((await answer([start])).ok).toBe(true);
    expect((await answer([cancel, cancel])).ok).toBe(false);
    expect((await answer([cancel, start, cancel, start])).ok).toBe(true);
  });

  test('an operation that ends at once does not come between the events of the other commands', async () => {
    await setUp();
    await world.endpoint('payments-endpoint', target);
    const marker: Command = { commandType: 'RECORD_MARKER', attributes: { markerName: 'm' } };
    const first = world.ask('pollWorkflowTaskQueue', { namespace: 'orders', taskQueue: { name: 'orders' } });
    // Somebody else is there to take the next task in the very moment in which it is scheduled.
    void world.driver.call('pollWorkflowTaskQueue', { namespace: 'orders', taskQueue: { name: 'orders' } });
    await world.start(order);
    await world.ask('respondWorkflowTaskCompleted', {
      namespace: 'orders',
      taskToken: (await first).taskToken ?? '',
      commands: [schedule({ scheduleToCloseTimeout: seconds(1) }), marker],
    });
    expect(typesOf(await world.history('orders', 'order-1')).slice(3)).toEqual([
      'WORKFLOW_TASK_COMPLETED',
      'NEXUS_OPERATION_SCHEDULED',
      'MARKER_RECORDED',
      'NEXUS_OPERATION_TIMED_OUT',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
    ]);
  });

  test('goes to the poll that has waited longest', async () => {
    await setUp();
    const poll = (identity: string) =>
      world.ask('pollWorkflowTaskQueue', { namespace: 'orders', taskQueue: { name: 'orders' }, identity });
    const [first, second] = [poll('first'), poll('second')];
    await world.start(order);
    await world.start({ ...order, workflowId: 'order-2' });
    expect((await first).workflowExecution?.workflowId).toBe('order-1');
    expect((await second).workflowExecution?.workflowId).toBe('order-2');
  });

  test('workflow, activity and Nexus queues of one name have nothing to do with one another', async () => {
    await setUp();
    await world.endpoint('payments-endpoint', { namespace: 'orders', taskQueue: 'orders' });
    let taken = 0;
    const queue = { namespace: 'orders', taskQueue: { name: 'orders' } };
    void world.driver.call('pollActivityTaskQueue', queue).then(() => taken++, Error);
    void world.driver.call('pollNexusTaskQueue', queue).then(() => taken++, Error);
    await world.start(order);
    await world.driver.advance(seconds(1));
    expect(taken).toBe(0);
  });
});

describe('the run timeout', () => {
  const sleepForever: WorkflowCode = (history) =>
    history.length > 3
      ? []
      : [{ commandType: 'START_TIMER', attributes: { timerId: '1', startToFireTimeout: hours(99) } }];

  test('ends the run, and is the longest that an operation gets', async () => {
    world = new World();
    await world.namespaces('orders', 'payments');
    await world.endpoint('payments-endpoint', target);
    world.workflow(caller, callOnce({ endpoint: 'payments-endpoint' }));
    await world.start({ ...order, workflowRunTimeout: minutes(1) });
    await world.settled();
    const { attributes } = eventOf(await world.history('orders', 'order-1'), 'NEXUS_OPERATION_SCHEDULED');
    expect(attributes.scheduleToCloseTimeout).toBe(60_000);
    world.dispose();
    world = new World();
    await world.namespaces('orders');
    world.workflow(caller, sleepForever);
    await world.start({ ...order, workflowRunTimeout: minutes(1) });
    await world.settled();
    const last = (await world.history('orders', 'order-1')).at(-1);
    expect(last).toMatchObject({ eventType: 'WORKFLOW_EXECUTION_TIMED_OUT', eventTime: 60_000 });
  });
});
