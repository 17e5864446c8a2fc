// Real SDK workers and a real client: children, signals, continue-as-new, retries and reset, over gRPC.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { bundleTestWorkflows, quietRuntime, SdkWorld } from '../harness/sdk-world.ts';

let world: SdkWorld;

beforeAll(async () => {
  quietRuntime();
  const code = await bundleTestWorkflows();
  world = await SdkWorld.open();
  await world.work('storefront', code);
}, 60_000);

afterAll(() => world.close());

beforeEach(() => {
  world.driver.setClock({ mode: 'run' });
});

const start = (
  workflow: string,
  options: { readonly args?: unknown[]; readonly retry?: { readonly initialInterval: string } } = {},
): Promise<WorkflowHandle> =>
  world.client('storefront').workflow.start(workflow, {
    taskQueue: 'storefront',
    workflowId: workflow,
    args: options.args ?? [],
    ...(options.retry !== undefined && { retry: { initialInterval: '1 hour' } }),
  });

test('a parent signals its child and gets its result', async () => {
  const handle = await start('sumInChild', { args: [3, 4] });
  expect(await handle.result()).toBe(7);
});

test('a child that is cancelled with its scope', async () => {
  const handle = await start('cancelChild');
  expect(await handle.result()).toBe('child cancelled');
});

test('the client follows a workflow that continues as new', async () => {
  const handle = await start('countDown', { args: [3] });
  expect(await handle.result()).toBe(4);
});

test('the client follows a workflow that is retried', async () => {
  const handle = await start('succeedAtThird', { retry: { initialInterval: '1 hour' } });
  expect(await handle.result()).toBe(3);
});

test('signal with start, then the same workflow again', async () => {
  const options = { taskQueue: 'storefront', workflowId: 'sum', args: [2], signal: 'add' };
  const client = world.client('storefront').workflow;
  await client.signalWithStart('sum', { ...options, signalArgs: [1] });
  const handle = await client.signalWithStart('sum', { ...options, signalArgs: [2] });
  expect(await handle.result()).toBe(3);
});

test('a reset workflow runs again and ends once more, with the signals it had', async () => {
  const client = world.client('storefront');
  const options = { taskQueue: 'storefront', workflowId: 'reset-sum', args: [2] };
  const handle = await client.workflow.start('sum', options);
  await handle.signal('add', 20);
  await handle.signal('add', 22);
  expect(await handle.result()).toBe(42);
  const reset = await world.grpc.call(
    'temporal.api.workflowservice.v1.WorkflowService/ResetWorkflowExecution',
    {
      namespace: 'storefront',
      workflowExecution: { workflowId: 'reset-sum' },
      workflowTaskFinishEventId: 4,
      reason: 'again',
      requestId: 'again',
    },
  );
  expect(reset.ok).toBe(true);
  expect(await client.workflow.getHandle('reset-sum').result()).toBe(42);
});
