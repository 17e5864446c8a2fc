import { afterEach, describe, expect, test } from 'vitest';
import { ms, seconds } from '../../simulator/base/time.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { WorkflowTask } from '../../simulator/protocol/temporal/methods.ts';
import { eventOf, typesOf, World } from '../harness/world.ts';

const namespace = 'orders';
const start = {
  namespace,
  workflowId: 'order-1',
  workflowType: { name: 'Checkout' },
  taskQueue: { name: 'orders' },
  identity: 'client',
};
const execution = { workflowId: 'order-1' };
const normal = { namespace, taskQueue: { name: 'orders' }, identity: 'worker-1' };
const sticky = {
  namespace,
  taskQueue: { name: 'worker-1-cache', kind: 'STICKY' },
  identity: 'worker-1',
} as const;
const stickyAttributes = { workerTaskQueue: sticky.taskQueue, scheduleToStartTimeout: seconds(5) };

let world: World;
afterEach(() => world.dispose());

const signal = () =>
  world.ask('signalWorkflowExecution', { namespace, workflowExecution: execution, signalName: 'go' });
const history = () => world.history(namespace, 'order-1');
const complete = (task: WorkflowTask, more: { readonly commands?: readonly Command[] } = {}) =>
  world.ask('respondWorkflowTaskCompleted', {
    namespace,
    taskToken: task.taskToken ?? '',
    stickyAttributes,
    ...more,
  });
const idsOf = (task: WorkflowTask) => (task.history?.events ?? []).map(({ eventId }) => eventId);

/** A workflow whose first task a worker has completed that keeps it in its cache and polls for more. */
async function cached(): Promise<{ readonly polled: Promise<WorkflowTask> }> {
  world = new World({ clock: { mode: 'paused' } });
  await world.namespaces(namespace);
  await world.start(start);
  await complete(await world.ask('pollWorkflowTaskQueue', normal));
  return { polled: world.ask('pollWorkflowTaskQueue', sticky) };
}

/** Like {@link cached}, but the worker's poll has ended: it polled a moment ago and may come again. */
async function cachedAndBusy(): Promise<void> {
  world = new World({ clock: { mode: 'paused' } });
  await world.namespaces(namespace);
  await world.start(start);
  const first = await world.ask('pollWorkflowTaskQueue', normal);
  await complete(first);
  const polled = world.ask('pollWorkflowTaskQueue', sticky);
  await signal();
  await complete(await polled);
}

describe('a sticky workflow task', () => {
  test('goes to its worker’s own queue and brings only what is new', async () => {
    world = new World({ clock: { mode: 'paused' } });
    await world.namespaces(namespace);
    await world.start(start);
    await complete(await world.ask('pollWorkflowTaskQueue', normal));
    const polled = world.ask('pollWorkflowTaskQueue', sticky);
    await signal();
    const task = await polled;
    expect(task).toMatchObject({ previousStartedEventId: 3, startedEventId: 7, attempt: 1 });
    expect(idsOf(task)).toEqual([4, 5, 6, 7]);
    const scheduled = (await history())[5];
    expect(scheduled).toMatchObject({
      eventType: 'WORKFLOW_TASK_SCHEDULED',
      attributes: { taskQueue: { name: 'worker-1-cache', kind: 'STICKY', normalName: 'orders' } },
    });
    // A worker that has lost the run reads it from the start.
    expect((await history()).map(({ eventId }) => eventId)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('left lying for 5 s, times out and goes to any worker with the whole history', async () => {
    await cachedAndBusy();
    await world.driver.advance(seconds(1));
    await signal();
    await world.driver.advance(ms(4_999));
    expect(typesOf(await history()).at(-1)).toBe('WORKFLOW_TASK_SCHEDULED');
    await world.driver.advance(ms(1));
    const events = await history();
    const timedOut = eventOf(events, 'WORKFLOW_TASK_TIMED_OUT');
    expect(timedOut).toMatchObject({
      eventTime: 6_000,
      attributes: { scheduledEventId: 10, startedEventId: 0, timeoutType: 'SCHEDULE_TO_START' },
    });
    expect(events.at(-1)).toMatchObject({
      eventType: 'WORKFLOW_TASK_SCHEDULED',
      attributes: { taskQueue: { name: 'orders', kind: 'NORMAL' }, attempt: 1 },
    });
    const task = await world.ask('pollWorkflowTaskQueue', normal);
    expect(idsOf(task)[0]).toBe(1);
    expect(task.attempt).toBe(1);
  });

  test('whose worker has not polled for 10 s waits in the normal queue at once', async () => {
    await cachedAndBusy();
    await world.driver.advance(seconds(10));
    await signal();
    const task = await world.ask('pollWorkflowTaskQueue', normal);
    expect(idsOf(task)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const scheduled = task.history?.events?.[9];
    expect(scheduled).toMatchObject({ attributes: { taskQueue: { kind: 'STICKY' } } });
    // It was taken from there, so that the stickiness is gone.
    await world.ask('respondWorkflowTaskCompleted', { namespace, taskToken: task.taskToken ?? '' });
    await signal();
    expect((await history()).at(-1)).toMatchObject({ attributes: { taskQueue: { kind: 'NORMAL' } } });
  });

  test.each(['fails', 'times out'] as const)(
    'that %s is given to the others as a first attempt',
    async (how) => {
      await cachedAndBusy();
      await signal();
      const { taskToken = '' } = await world.ask('pollWorkflowTaskQueue', sticky);
      if (how === 'fails') {
        const cause = 'WORKFLOW_WORKER_UNHANDLED_FAILURE';
        await world.ask('respondWorkflowTaskFailed', { namespace, taskToken, cause });
      } else await world.driver.advance(seconds(10));
      expect((await history()).at(-1)).toMatchObject({
        eventType: 'WORKFLOW_TASK_SCHEDULED',
        attributes: { taskQueue: { name: 'orders', kind: 'NORMAL' }, attempt: 1 },
      });
      expect(idsOf(await world.ask('pollWorkflowTaskQueue', normal))[0]).toBe(1);
    },
  );

  test('is released to the normal queue when its worker shuts down, and its polls end', async () => {
    await cachedAndBusy();
    await signal();
    await world.ask('shutdownWorker', {
      namespace,
      stickyTaskQueue: 'worker-1-cache',
      identity: 'worker-1',
    });
    const task = await world.ask('pollWorkflowTaskQueue', normal);
    expect(idsOf(task)[0]).toBe(1);
    await complete(task);
    const polled = world.ask('pollWorkflowTaskQueue', sticky);
    await world.ask('shutdownWorker', { namespace, stickyTaskQueue: 'worker-1-cache' });
    expect(await polled).toEqual({});
  });

  test('comes with the whole history once the worker has said that it lost the run', async () => {
    await cachedAndBusy();
    await world.ask('resetStickyTaskQueue', { namespace, execution });
    await signal();
    expect(idsOf(await world.ask('pollWorkflowTaskQueue', normal))[0]).toBe(1);
  });

  test('a worker that completes a task without sticky attributes keeps nothing', async () => {
    const { polled } = await cached();
    await signal();
    const { taskToken = '' } = await polled;
    await world.ask('respondWorkflowTaskCompleted', { namespace, taskToken });
    await signal();
    expect((await history()).at(-1)).toMatchObject({ attributes: { taskQueue: { kind: 'NORMAL' } } });
  });
});

describe('a task without a poll', () => {
  test('comes with the answer to an eager start', async () => {
    world = new World({ clock: { mode: 'paused' } });
    await world.namespaces(namespace);
    const answer = await world.ask('startWorkflowExecution', { ...start, requestEagerExecution: true });
    expect(answer.eagerWorkflowTask).toMatchObject({
      workflowExecution: { workflowId: 'order-1', runId: answer.runId },
      startedEventId: 3,
      attempt: 1,
    });
    const events = await history();
    expect(eventOf(events, 'WORKFLOW_EXECUTION_STARTED').attributes.eagerExecutionAccepted).toBe(true);
    expect(eventOf(events, 'WORKFLOW_TASK_STARTED').attributes.identity).toBe('client');
    await complete(answer.eagerWorkflowTask ?? {});
    expect(typesOf(await history()).at(-1)).toBe('WORKFLOW_TASK_COMPLETED');
  });

  test('is not given out before its time: a start with a delay is not eager', async () => {
    world = new World({ clock: { mode: 'paused' } });
    await world.namespaces(namespace);
    const answer = await world.ask('startWorkflowExecution', {
      ...start,
      requestEagerExecution: true,
      workflowStartDelay: seconds(10),
    });
    expect(answer.eagerWorkflowTask).toBeUndefined();
  });

  test('comes with the answer to the one before, when the worker asks for that', async () => {
    world = new World({ clock: { mode: 'paused' } });
    await world.namespaces(namespace);
    await world.start(start);
    const first = await world.ask('pollWorkflowTaskQueue', normal);
    await signal();
    const { workflowTask = {} } = await world.ask('respondWorkflowTaskCompleted', {
      namespace,
      taskToken: first.taskToken ?? '',
      stickyAttributes,
      returnNewWorkflowTask: true,
    });
    expect(workflowTask).toMatchObject({ previousStartedEventId: 3, startedEventId: 7 });
    expect(idsOf(workflowTask)).toEqual([4, 5, 6, 7]);
    await complete(workflowTask);
    expect(typesOf(await history()).at(-1)).toBe('WORKFLOW_TASK_COMPLETED');
  });

  test('is not made when there is nothing to do', async () => {
    world = new World({ clock: { mode: 'paused' } });
    await world.namespaces(namespace);
    await world.start(start);
    const { taskToken = '' } = await world.ask('pollWorkflowTaskQueue', normal);
    const answer = await world.ask('respondWorkflowTaskCompleted', {
      namespace,
      taskToken,
      returnNewWorkflowTask: true,
    });
    expect(answer).toEqual({});
  });
});
