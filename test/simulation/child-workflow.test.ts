import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ms, seconds } from '../../simulator/base/time.ts';
import type { Command, CommandAttributes } from '../../simulator/protocol/temporal/command.ts';
import type { HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import type { WorkflowTask } from '../../simulator/protocol/temporal/methods.ts';
import { eventOf, json, typesOf, World, type WorkflowCode } from '../harness/world.ts';

type ChildAttributes = CommandAttributes['START_CHILD_WORKFLOW_EXECUTION'];

const parents = { namespace: 'orders', taskQueue: 'parents' };
const children = { namespace: 'orders', taskQueue: 'children' };

let world: World;
beforeEach(async () => {
  world = new World();
  await world.namespaces('orders', 'payments');
});
afterEach(() => world.dispose());

const startParent = (): Promise<string> =>
  world.start({
    namespace: 'orders',
    workflowId: 'parent',
    workflowType: { name: 'Parent' },
    taskQueue: { name: 'parents' },
  });

const child = (attributes: ChildAttributes = {}): Command => ({
  commandType: 'START_CHILD_WORKFLOW_EXECUTION',
  attributes: {
    workflowId: 'child',
    workflowType: { name: 'Child' },
    taskQueue: { name: 'children' },
    ...attributes,
  },
});

const complete: Command = { commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: {} };

/** Does this in its first task, and nothing in later ones. */
const firstly =
  (...commands: Command[]): WorkflowCode =>
  (history) =>
    typesOf(history).includes('WORKFLOW_TASK_COMPLETED') ? [] : commands;

const childEvents = (history: readonly HistoryEvent[]): readonly HistoryEvent[] =>
  history.filter(({ eventType }) => eventType.includes('CHILD'));

describe('a child that ends', () => {
  const failure = { message: 'no', applicationFailureInfo: { type: 'No' } };
  test.each([
    [complete, 'CHILD_WORKFLOW_EXECUTION_COMPLETED', {}],
    [
      { commandType: 'FAIL_WORKFLOW_EXECUTION', attributes: { failure } },
      'CHILD_WORKFLOW_EXECUTION_FAILED',
      { failure, retryState: 'RETRY_POLICY_NOT_SET' },
    ],
    [{ commandType: 'CANCEL_WORKFLOW_EXECUTION' }, 'CHILD_WORKFLOW_EXECUTION_CANCELED', {}],
  ] as const)('%j → %s', async (ending, eventType, attributes) => {
    world.workflow(parents, firstly(child()));
    world.workflow(children, () => [ending]);
    await startParent();
    await world.settled();
    const events = childEvents(await world.history('orders', 'parent'));
    expect(typesOf(events)).toEqual([
      'START_CHILD_WORKFLOW_EXECUTION_INITIATED',
      'CHILD_WORKFLOW_EXECUTION_STARTED',
      eventType,
    ]);
    const [initiated, started, ended] = events;
    expect(started?.attributes).toMatchObject({ initiatedEventId: initiated?.eventId });
    expect(ended?.attributes).toMatchObject({
      ...attributes,
      initiatedEventId: initiated?.eventId,
      startedEventId: started?.eventId,
      workflowExecution: { workflowId: 'child' },
    });
  });

  test('with a result', async () => {
    world.workflow(parents, firstly(child()));
    const attributes = { result: { payloads: [json('done')] } };
    world.workflow(children, () => [{ commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes }]);
    await startParent();
    await world.settled();
    const ended = eventOf(await world.history('orders', 'parent'), 'CHILD_WORKFLOW_EXECUTION_COMPLETED');
    expect(ended.attributes.result?.payloads).toEqual([json('done')]);
  });

  test('by its timeout', async () => {
    world.workflow(parents, firstly(child({ workflowRunTimeout: seconds(5) })));
    world.workflow(children, () => []);
    await startParent();
    await world.settled();
    const ended = eventOf(await world.history('orders', 'parent'), 'CHILD_WORKFLOW_EXECUTION_TIMED_OUT');
    expect(ended.attributes.retryState).toBe('RETRY_POLICY_NOT_SET');
    expect(ended.eventTime).toBe(5_000);
  });

  test('by termination', async () => {
    world.workflow(parents, firstly(child()));
    world.workflow(children, () => []);
    await startParent();
    await world.settled();
    await world.ask('terminateWorkflowExecution', {
      namespace: 'orders',
      workflowExecution: { workflowId: 'child' },
    });
    eventOf(await world.history('orders', 'parent'), 'CHILD_WORKFLOW_EXECUTION_TERMINATED');
  });
});

test('the child knows its parent and its root', async () => {
  world.workflow(parents, firstly(child()));
  const runId = await startParent();
  await world.settled();
  const started = eventOf(await world.history('orders', 'child'), 'WORKFLOW_EXECUTION_STARTED').attributes;
  expect(started).toMatchObject({
    parentWorkflowNamespace: 'orders',
    parentWorkflowExecution: { workflowId: 'parent', runId },
    parentInitiatedEventId: 5,
    rootWorkflowExecution: { workflowId: 'parent', runId },
  });
});

test('a child may live in another namespace', async () => {
  world.workflow(parents, firstly(child({ namespace: 'payments' })));
  world.workflow({ namespace: 'payments', taskQueue: 'children' }, () => [complete]);
  await startParent();
  await world.settled();
  const ended = eventOf(await world.history('orders', 'parent'), 'CHILD_WORKFLOW_EXECUTION_COMPLETED');
  expect(ended.attributes.namespace).toBe('payments');
});

describe('a child that cannot be started', () => {
  test.each([
    ['its id is taken', {}, 'WORKFLOW_ALREADY_EXISTS'],
    ['there is no such namespace', { namespace: 'nowhere' }, 'NAMESPACE_NOT_FOUND'],
  ])('%s', async (_name, attributes, cause) => {
    await world.start({
      namespace: 'orders',
      workflowId: 'child',
      workflowType: { name: 'Other' },
      taskQueue: { name: 'others' },
    });
    world.workflow(parents, firstly(child(attributes)));
    await startParent();
    await world.settled();
    const failed = eventOf(await world.history('orders', 'parent'), 'START_CHILD_WORKFLOW_EXECUTION_FAILED');
    expect(failed.attributes).toMatchObject({ cause, initiatedEventId: 5, workflowTaskCompletedEventId: 4 });
  });

  test.each([
    [{ workflowId: '' }, 'WorkflowId is not set'],
    [{ workflowType: {} }, 'WorkflowType is not set'],
  ])('a bad command %j fails the workflow task', async (attributes, message) => {
    world.workflow(parents, firstly(child(attributes)));
    await startParent();
    const failed = eventOf(await world.history('orders', 'parent'), 'WORKFLOW_TASK_FAILED').attributes;
    expect(failed.cause).toBe('BAD_START_CHILD_EXECUTION_ATTRIBUTES');
    expect(failed.failure?.message).toContain(message);
  });
});

test('a child whose first run was deleted is still the same child', async () => {
  world.workflow(parents, firstly(child()));
  world.workflow(children, (history) =>
    'continuedExecutionRunId' in (history[0]?.attributes ?? {})
      ? []
      : [{ commandType: 'CONTINUE_AS_NEW_WORKFLOW_EXECUTION' }],
  );
  await startParent();
  await world.settled();
  const history = await world.history('orders', 'parent');
  const { runId } = eventOf(history, 'CHILD_WORKFLOW_EXECUTION_STARTED').attributes.workflowExecution;
  const workflowExecution = { workflowId: 'child', ...(runId !== undefined && { runId }) };
  await world.ask('deleteWorkflowExecution', { namespace: 'orders', workflowExecution });
  const current = { workflowId: 'child' };
  await world.ask('terminateWorkflowExecution', { namespace: 'orders', workflowExecution: current });
  expect(typesOf(await world.history('orders', 'parent'))).toContain('CHILD_WORKFLOW_EXECUTION_TERMINATED');
});

describe('when the parent closes', () => {
  async function childAfter(attributes: ChildAttributes): Promise<readonly HistoryEvent[]> {
    world.workflow(parents, (history) =>
      typesOf(history).includes('CHILD_WORKFLOW_EXECUTION_STARTED')
        ? [complete]
        : firstly(child(attributes))(history, {}),
    );
    await startParent();
    await world.settled();
    return world.history('orders', 'child');
  }

  test.each([
    ['by default', {}],
    ['with TERMINATE', { parentClosePolicy: 'TERMINATE' }],
  ] as const)('%s the child is terminated', async (_name, attributes) => {
    const last = (await childAfter(attributes)).at(-1);
    expect(last).toMatchObject({
      eventType: 'WORKFLOW_EXECUTION_TERMINATED',
      attributes: { reason: 'by parent close policy' },
    });
  });

  test('with REQUEST_CANCEL the child is asked to cancel', async () => {
    const history = await childAfter({ parentClosePolicy: 'REQUEST_CANCEL' });
    const asked = eventOf(history, 'WORKFLOW_EXECUTION_CANCEL_REQUESTED').attributes;
    expect(asked).toMatchObject({
      externalInitiatedEventId: 5,
      externalWorkflowExecution: { workflowId: 'parent' },
    });
  });

  test('with ABANDON the child goes on', async () => {
    const history = await childAfter({ parentClosePolicy: 'ABANDON' });
    expect(typesOf(history)).toEqual(['WORKFLOW_EXECUTION_STARTED', 'WORKFLOW_TASK_SCHEDULED']);
  });

  test('in the task that starts the child, only an abandoned one is started', async () => {
    const ids = ['kept', 'dropped'] as const;
    const [kept, dropped] = ids;
    const start = [
      child({ workflowId: kept, parentClosePolicy: 'ABANDON' }),
      child({ workflowId: dropped, parentClosePolicy: 'TERMINATE' }),
      complete,
    ];
    world.workflow(parents, firstly(...start));
    await startParent();
    await world.settled();
    expect(await world.history('orders', kept)).toHaveLength(2);
    const refusal = await world.refused('describeWorkflowExecution', {
      namespace: 'orders',
      execution: { workflowId: dropped },
    });
    expect(refusal.code).toBe('NOT_FOUND');
  });
});

test('describe lists the children that have not closed', async () => {
  world.workflow(parents, firstly(child(), child({ workflowId: 'other', parentClosePolicy: 'ABANDON' })));
  await startParent();
  await world.settled();
  const describe = () =>
    world.ask('describeWorkflowExecution', { namespace: 'orders', execution: { workflowId: 'parent' } });
  expect((await describe()).pendingChildren).toMatchObject([
    { workflowId: 'child', workflowTypeName: 'Child', initiatedId: 5, parentClosePolicy: 'TERMINATE' },
    { workflowId: 'other', workflowTypeName: 'Child', initiatedId: 6, parentClosePolicy: 'ABANDON' },
  ]);
  world.workflow(children, () => [complete]);
  await world.settled();
  expect((await describe()).pendingChildren).toEqual([]);
});

test('what a child tells comes last in a flush, with the started event it belongs to', async () => {
  world.dispose();
  world = new World({ clock: { mode: 'paused' } });
  const namespace = 'orders';
  await world.namespaces(namespace);
  const poll = (name: string) => world.ask('pollWorkflowTaskQueue', { namespace, taskQueue: { name } });
  const answer = (task: WorkflowTask, commands: readonly Command[], forceCreateNewWorkflowTask = false) =>
    world.ask('respondWorkflowTaskCompleted', {
      namespace,
      taskToken: task.taskToken ?? '',
      commands,
      forceCreateNewWorkflowTask,
    });
  await startParent();
  const first = await poll('parents');
  // This poll gets the second task at once, so it is in a worker's hands before the child starts.
  const second = poll('parents');
  await answer(first, [child()], true);
  await answer(await poll('children'), [complete]);
  await world.ask('signalWorkflowExecution', {
    namespace,
    workflowExecution: { workflowId: 'parent' },
    signalName: 'hello',
  });
  await answer(await second, []);
  const history = await world.history(namespace, 'parent');
  const started = eventOf(history, 'CHILD_WORKFLOW_EXECUTION_STARTED');
  const ended = eventOf(history, 'CHILD_WORKFLOW_EXECUTION_COMPLETED');
  expect(started.eventId).toBeGreaterThan((await second).startedEventId ?? 0);
  expect(ended.attributes.startedEventId).toBe(started.eventId);
  expect(ended.eventId).toBeGreaterThan(eventOf(history, 'WORKFLOW_EXECUTION_SIGNALED').eventId);
});

test('a child has a bar of its own, caused by that of its parent', async () => {
  world.workflow(parents, firstly(child()));
  world.workflow(children, () => [complete]);
  const runId = await startParent();
  await world.settled();
  const bar = world.driver.spans().find(({ kind, name }) => kind === 'workflow' && name === 'Child');
  expect(bar).toMatchObject({ causes: [`workflow:${runId}`], outcome: 'succeeded' });
  expect(bar?.start).toBe(ms(0));
});
