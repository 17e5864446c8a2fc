import { afterEach, describe, expect, test } from 'vitest';
import { CancellationSource } from '../../simulator/base/cancellation.ts';
import { seconds, type DurationMs } from '../../simulator/base/time.ts';
import { firstBroken } from '../../simulator/engine/invariants.ts';
import { notReady } from '../../simulator/engine/query.ts';
import { queryWorkflow } from '../../simulator/engine/query/methods.ts';
import { methodHandlers } from '../../simulator/engine/methods.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { RequestOf, WorkflowTask } from '../../simulator/protocol/temporal/methods.ts';
import { json, typesOf, World } from '../harness/world.ts';

const namespace = 'orders';
const start = {
  namespace,
  workflowId: 'order-1',
  workflowType: { name: 'Checkout' },
  taskQueue: { name: 'orders' },
};
const execution = { workflowId: 'order-1' };
const normal = { namespace, taskQueue: { name: 'orders' }, identity: 'worker-1' };
const cache = { name: 'worker-1-cache', kind: 'STICKY' } as const;
const sticky = { namespace, taskQueue: cache, identity: 'worker-1' };
const stickyAttributes = { workerTaskQueue: cache, scheduleToStartTimeout: seconds(5) };
const answered = { payloads: [json('paid')] };
const close: Command = { commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: {} };

let world: World;
afterEach(() => {
  expect(firstBroken(world.driver.state, world.driver.now())).toBeUndefined();
  world.dispose();
});

const request: RequestOf<'queryWorkflow'> = { namespace, execution, query: { queryType: 'status' } };
const ask = (more: Partial<RequestOf<'queryWorkflow'>> = {}) =>
  world.driver.call('queryWorkflow', { ...request, ...more });
const refusal = async (more: Partial<RequestOf<'queryWorkflow'>> = {}) =>
  world.refused('queryWorkflow', { ...request, ...more });
const poll = () => world.ask('pollWorkflowTaskQueue', normal);
const complete = (task: WorkflowTask, more: Partial<RequestOf<'respondWorkflowTaskCompleted'>> = {}) =>
  world.ask('respondWorkflowTaskCompleted', { namespace, taskToken: task.taskToken ?? '', ...more });
const respond = (task: WorkflowTask, more: Partial<RequestOf<'respondQueryTaskCompleted'>> = {}) =>
  world.ask('respondQueryTaskCompleted', {
    namespace,
    taskToken: task.taskToken ?? '',
    completedType: 'ANSWERED',
    queryResult: answered,
    ...more,
  });
const history = () => world.history(namespace, 'order-1');

/** A call whose client gives it up at once. */
function cancelled(): { readonly signal: CancellationSource['signal'] } {
  const source = new CancellationSource();
  source.cancel();
  return source;
}

/** A workflow that nobody has worked on yet. */
async function begun(more: { readonly workflowStartDelay?: DurationMs } = {}): Promise<void> {
  world = new World({ clock: { mode: 'paused' } });
  await world.namespaces(namespace);
  await world.start({ ...start, ...more });
}

/** A workflow whose first task is done. */
async function resting(more: Partial<RequestOf<'respondWorkflowTaskCompleted'>> = {}): Promise<void> {
  await begun();
  await complete(await poll(), more);
}

describe('a query', () => {
  test('is a task of its own when nothing else is due, and leaves history as it was', async () => {
    await resting();
    const before = await history();
    const answer = ask();
    const task = await poll();
    expect(task).toMatchObject({ query: { queryType: 'status' }, workflowExecution: execution });
    expect(task.history?.events).toEqual(before);
    await respond(task);
    expect(await answer).toEqual({ ok: true, value: { queryResult: answered } });
    expect(await history()).toEqual(before);
  });

  test('of an answer without a value is answered without one', async () => {
    await resting();
    const answer = ask();
    const { taskToken = '' } = await poll();
    await world.ask('respondQueryTaskCompleted', { taskToken, completedType: 'ANSWERED' });
    expect(await answer).toEqual({ ok: true, value: {} });
  });

  test('that the worker fails is refused with the failure', async () => {
    await resting();
    const answer = refusal();
    const failure = { message: 'no such query' };
    await respond(await poll(), { completedType: 'FAILED', errorMessage: 'no such query', failure });
    expect(await answer).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'no such query',
      detail: { type: 'QueryFailedFailure', value: { failure } },
    });
  });

  test('goes to the worker that has the run in its cache, without history', async () => {
    await resting({ stickyAttributes });
    const polled = world.ask('pollWorkflowTaskQueue', sticky);
    const answer = ask();
    const task = await polled;
    expect(task).toMatchObject({ query: { queryType: 'status' }, history: { events: [] } });
    await respond(task);
    expect(await answer).toEqual({ ok: true, value: { queryResult: answered } });
  });

  test('goes to any worker with the whole history when the cache does not answer in time', async () => {
    await resting({ stickyAttributes });
    const polled = world.ask('pollWorkflowTaskQueue', sticky);
    const answer = ask();
    const late = await polled;
    world.driver.setClock({ mode: 'run' });
    await world.settled();
    const task = await poll();
    expect(task.history?.events).toHaveLength(4);
    expect((await world.refused('respondQueryTaskCompleted', { taskToken: late.taskToken ?? '' })).code).toBe(
      'NOT_FOUND',
    );
    await respond(task);
    expect(await answer).toMatchObject({ ok: true });
  });

  test('goes to any worker at once when the one with the cache has shut down', async () => {
    await resting({ stickyAttributes });
    await world.driver.call('pollWorkflowTaskQueue', sticky, cancelled());
    const answer = ask();
    await world.ask('shutdownWorker', { namespace, stickyTaskQueue: cache.name, identity: 'worker-1' });
    const task = await poll();
    expect(task.history?.events).toHaveLength(4);
    await respond(task);
    expect(await answer).toMatchObject({ ok: true });
  });

  test('waits while a workflow task does, goes with it and is answered with it', async () => {
    await begun();
    const answer = ask();
    const task = await poll();
    const [id = ''] = Object.keys(task.queries ?? {});
    expect(task.queries).toEqual({ [id]: { queryType: 'status' } });
    expect(task.history?.events).toHaveLength(3);
    await complete(task, { queryResults: { [id]: { resultType: 'ANSWERED', answer: answered } } });
    expect(await answer).toEqual({ ok: true, value: { queryResult: answered } });
  });

  test('that comes while a task is in a worker’s hands sees the events that were buffered', async () => {
    await begun();
    const first = await poll();
    await world.ask('signalWorkflowExecution', { namespace, workflowExecution: execution, signalName: 'go' });
    const answer = ask();
    await complete(first);
    const next = await poll();
    expect(typesOf(next.history?.events ?? [])).toContain('WORKFLOW_EXECUTION_SIGNALED');
    const [id = ''] = Object.keys(next.queries ?? {});
    await complete(next, {
      queryResults: { [id]: { resultType: 'FAILED', errorMessage: 'no', failure: { message: 'no' } } },
    });
    expect(await answer).toMatchObject({ ok: false, error: { code: 'INVALID_ARGUMENT', message: 'no' } });
  });

  test('that no task answered is asked on its own once nothing more is due', async () => {
    await begun();
    const first = await poll();
    const answer = ask();
    await complete(first);
    const task = await poll();
    expect(task.query).toEqual({ queryType: 'status' });
    await respond(task);
    expect(await answer).toMatchObject({ ok: true });
  });

  test('beyond those that may wait for a workflow task is refused', async () => {
    await begun();
    void ask();
    expect(await refusal()).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      detail: { type: 'ResourceExhaustedFailure', value: { cause: 'BUSY_WORKFLOW' } },
    });
  });

  test('is answered by a closed workflow, from its whole history, or rejected where its client says so', async () => {
    await resting({ commands: [close], stickyAttributes });
    const answer = ask({ queryRejectCondition: 'NOT_COMPLETED_CLEANLY' });
    const task = await poll();
    expect(typesOf(task.history?.events ?? []).at(-1)).toBe('WORKFLOW_EXECUTION_COMPLETED');
    await respond(task);
    expect(await answer).toEqual({ ok: true, value: { queryResult: answered } });
    expect(await ask({ queryRejectCondition: 'NOT_OPEN' })).toEqual({
      ok: true,
      value: { queryRejected: { status: 'COMPLETED' } },
    });
  });

  test('of a workflow that did not complete cleanly may be rejected, too', async () => {
    await resting();
    await world.ask('terminateWorkflowExecution', { namespace, workflowExecution: execution });
    expect(await ask({ queryRejectCondition: 'NOT_COMPLETED_CLEANLY' })).toEqual({
      ok: true,
      value: { queryRejected: { status: 'TERMINATED' } },
    });
  });

  test('waits through the close of its run and asks the closed one', async () => {
    await begun();
    const first = await poll();
    const answer = ask();
    await complete(first, { commands: [close] });
    await respond(await poll());
    expect(await answer).toMatchObject({ ok: true });
  });

  test('of a run that closed before its first task is refused', async () => {
    await begun();
    const answer = refusal();
    await world.ask('terminateWorkflowExecution', { namespace, workflowExecution: execution });
    const { error } = notReady('Workflow execution closed before WorkflowTaskStarted event');
    expect(await answer).toEqual(error);
    expect(await refusal()).toEqual(error);
  });

  test('of a run that begins much later is refused', async () => {
    await begun({ workflowStartDelay: seconds(60) });
    expect(await refusal()).toEqual(notReady('Workflow task is not scheduled yet.').error);
  });

  test('of a run whose workflow task keeps failing is refused', async () => {
    await begun();
    for (const _ of [1, 2]) {
      const { taskToken = '' } = await poll();
      await world.ask('respondWorkflowTaskFailed', { taskToken, cause: 'UNSPECIFIED' });
    }
    expect((await refusal()).message).toBe('Unable to query workflow due to Workflow Task in failed state.');
  });

  test('that nobody answers ends with its client’s patience; without any worker it says so', async () => {
    await resting();
    expect(await world.driver.call('queryWorkflow', request, cancelled())).toMatchObject({
      error: { code: 'DEADLINE_EXCEEDED' },
    });
    world.driver.setClock({ mode: 'run' });
    await world.driver.sleep(seconds(20));
    expect(await world.driver.call('queryWorkflow', request, cancelled())).toMatchObject({
      error: {
        code: 'FAILED_PRECONDITION',
        message: 'no poller seen for task queue recently, worker may be down',
      },
    });
  });

  test('is lost when the server restarts, and may be asked again', async () => {
    await resting();
    const answer = refusal();
    world.driver.instruct({ kind: 'server-restarted', workers: 'stay' });
    expect((await answer).code).toBe('UNAVAILABLE');
  });

  test('ends with the run that is deleted', async () => {
    await resting();
    const answer = refusal();
    await world.ask('deleteWorkflowExecution', { namespace, workflowExecution: execution });
    expect((await answer).code).toBe('NOT_FOUND');
  });

  test('without a query, without a type or of no workflow is refused', async () => {
    await resting();
    expect((await world.refused('queryWorkflow', { namespace, execution })).message).toBe(
      'WorkflowQuery is not set on request.',
    );
    expect((await refusal({ query: {} })).message).toBe('QueryType is not set on request.');
    expect((await refusal({ execution: { workflowId: 'nobody' } })).code).toBe('NOT_FOUND');
    expect(methodHandlers.queryWorkflow).toBe(queryWorkflow);
  });
});
