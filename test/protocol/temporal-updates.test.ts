// Real SDK workers and a real client: updates over gRPC.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { WithStartWorkflowOperation, WorkflowUpdateStage, type WorkflowHandle } from '@temporalio/client';
import { bundleTestWorkflows, quietRuntime, SdkWorld, type WorkflowCode } from '../harness/sdk-world.ts';
import { greetingServiceHandler } from '../../examples/hello/handler.ts';

let world: SdkWorld;
let code: WorkflowCode;

beforeAll(async () => {
  quietRuntime();
  code = await bundleTestWorkflows();
  world = await SdkWorld.open();
  await world.work('storefront', code);
  await world.work('greetings', code, [greetingServiceHandler]);
}, 60_000);

afterAll(() => world.close());

beforeEach(() => {
  world.driver.setClock({ mode: 'run' });
});

const start = (workflowId: string): Promise<WorkflowHandle> =>
  world.client('storefront').workflow.start('counter', { taskQueue: 'storefront', workflowId, args: [1] });

const typesOf = async (workflowId: string) =>
  (await world.history('storefront', workflowId)).map(({ eventType }) => eventType);

test('an update is accepted, completed and returned', async () => {
  const handle = await start('updated');
  expect(await handle.executeUpdate('add', { args: [4] })).toBe(5);
  expect(await handle.query('count')).toBe(5);
  expect((await typesOf('updated')).slice(-5)).toEqual([
    'WORKFLOW_TASK_SCHEDULED',
    'WORKFLOW_TASK_STARTED',
    'WORKFLOW_TASK_COMPLETED',
    'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
    'WORKFLOW_EXECUTION_UPDATE_COMPLETED',
  ]);
});

test('an update that its validator rejects leaves history as it was', async () => {
  const handle = await start('rejecting');
  await handle.query('count');
  const before = await world.history('storefront', 'rejecting');
  await expect(handle.executeUpdate('add', { args: [-1] })).rejects.toMatchObject({
    cause: { message: 'the counter only grows' },
  });
  await expect(handle.executeUpdate('unheard')).rejects.toThrow();
  expect(await world.history('storefront', 'rejecting')).toEqual(before);
  expect(await handle.executeUpdate('add', { args: [1] })).toBe(2);
});

test('an update that fails after it was accepted', async () => {
  const handle = await start('failing');
  await expect(handle.executeUpdate('fail')).rejects.toMatchObject({
    cause: { message: 'cannot do that' },
  });
  expect(await typesOf('failing')).toContain('WORKFLOW_EXECUTION_UPDATE_COMPLETED');
});

test('an update is started now and its result comes an hour later', async () => {
  const handle = await start('updated-later');
  const update = await handle.startUpdate('addLater', {
    args: [2],
    updateId: 'later',
    waitForStage: WorkflowUpdateStage.ACCEPTED,
  });
  expect(await update.result()).toBe(3);
  expect(await handle.getUpdateHandle('later').result()).toBe(3);
});

test('an update calls a Nexus operation', async () => {
  const handle = await start('calling');
  expect(await handle.executeUpdate('echo', { args: ['hello'] })).toBe('hello');
  expect(await typesOf('calling')).toContain('NEXUS_OPERATION_COMPLETED');
});

test('two updates at once', async () => {
  const handle = await start('updated-twice');
  const results = await Promise.all([
    handle.executeUpdate('add', { args: [1] }),
    handle.executeUpdate('addLater', { args: [10] }),
    handle.executeUpdate('add', { args: [2] }),
  ]);
  expect([...results].sort((a, b) => Number(a) - Number(b)).at(-1)).toBe(14);
});

test('an update of a workflow that is started with it, and of the same one again', async () => {
  const client = world.client('storefront').workflow;
  const starting = () =>
    new WithStartWorkflowOperation('counter', {
      taskQueue: 'storefront',
      workflowId: 'started-with-update',
      args: [20],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  const first = starting();
  expect(await client.executeUpdateWithStart('add', { args: [1], startWorkflowOperation: first })).toBe(21);
  const again = starting();
  expect(await client.executeUpdateWithStart('add', { args: [1], startWorkflowOperation: again })).toBe(22);
  expect((await again.workflowHandle()).workflowId).toBe((await first.workflowHandle()).workflowId);
});

test('an update with a start that is refused', async () => {
  await start('not-to-be-started');
  const startWorkflowOperation = new WithStartWorkflowOperation('counter', {
    taskQueue: 'storefront',
    workflowId: 'not-to-be-started',
    args: [0],
    workflowIdConflictPolicy: 'FAIL',
  });
  const client = world.client('storefront').workflow;
  await expect(client.executeUpdateWithStart('add', { args: [1], startWorkflowOperation })).rejects.toThrow(
    /already/,
  );
});

test('an update that comes while signals wake the workflow', async () => {
  const handle = await start('busy');
  const signals = [5, 6, 7].map((value) => handle.signal('set', value));
  const updated = handle.executeUpdate('add', { args: [100] });
  await Promise.all(signals);
  expect(Number(await updated)).toBeGreaterThan(100);
});

test('an update whose workflow ends before it does', async () => {
  const handle = await start('ending');
  world.driver.setClock({ mode: 'paused' });
  const update = await handle.startUpdate('addLater', {
    args: [1],
    waitForStage: WorkflowUpdateStage.ACCEPTED,
  });
  await handle.signal('end');
  await handle.result();
  await expect(update.result()).rejects.toMatchObject({
    cause: { type: 'AcceptedUpdateCompletedWorkflow' },
  });
});

test('the worker restarts between accepting an update and completing it', async () => {
  const handle = await start('outliving');
  world.driver.setClock({ mode: 'paused' });
  const update = await handle.startUpdate('addLater', {
    args: [2],
    waitForStage: WorkflowUpdateStage.ACCEPTED,
  });
  await world.stopWork('storefront');
  world.driver.setClock({ mode: 'run' });
  await world.work('storefront', code);
  expect(await update.result()).toBe(3);
});
