// Real SDK workers: Nexus operations that are backed by updates of a workflow.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { TemporalOperationHandler } from '@temporalio/nexus';
import * as nexus from 'nexus-rpc';
import { bundleTestWorkflows, quietRuntime, SdkWorld, type WorkflowCode } from '../harness/sdk-world.ts';
import { greetingService, type GreetInput, type GreetOutput } from '../../examples/hello/api.ts';

const backing = 'greeted';

const handler = nexus.serviceHandler(greetingService, {
  echo: (_ctx, input) => Promise.resolve(input),
  greet: new TemporalOperationHandler<GreetInput, GreetOutput>({
    start: (_ctx, client, input) =>
      client.getWorkflowHandle(backing).update<GreetOutput, [GreetInput]>('greet', {
        args: [input],
        // Callers who ask for the same share one update.
        ...(input.language === 'de' && { updateId: `greet-${input.name}` }),
      }),
  }),
});

let world: SdkWorld;

beforeAll(async () => {
  quietRuntime();
  const code: WorkflowCode = await bundleTestWorkflows();
  world = await SdkWorld.open({ updateCallbacks: true });
  await world.work('storefront', code);
  await world.work('greetings', code, [handler]);
  const { workflow } = world.client('greetings');
  await workflow.start('counter', { taskQueue: 'greetings', workflowId: backing, args: [0] });
}, 60_000);

afterAll(() => world.close());

beforeEach(() => {
  world.driver.setClock({ mode: 'run' });
});

const greet = (workflowId: string, input: GreetInput) =>
  world
    .client('storefront')
    .workflow.start('greetOnce', { taskQueue: 'storefront', workflowId, args: [input] });

const typesOf = async (namespace: string, workflowId: string) =>
  (await world.history(namespace, workflowId)).map(({ eventType }) => eventType);

test('an operation ends with its update, an hour after it was accepted', async () => {
  const handle = await greet('asking', { name: 'Ann', language: 'en' });
  expect(await handle.result()).toBe('Ann is number 1');
  const history = await world.history('storefront', 'asking');
  const started = history.find(({ eventType }) => eventType === 'NEXUS_OPERATION_STARTED');
  expect(started?.links).toMatchObject([
    {
      workflowEvent: {
        namespace: 'greetings',
        workflowId: backing,
        requestIdRef: { eventType: 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED' },
      },
    },
  ]);
  const { raw } = await world.client('greetings').workflow.getHandle(backing).describe();
  expect(raw.callbacks?.map(({ trigger }) => trigger?.updateWorkflowExecutionCompleted)).toHaveLength(1);
});

test('two callers of one update both get its result', async () => {
  const handles = [
    await greet('first', { name: 'Bob', language: 'de' }),
    await greet('second', { name: 'Bob', language: 'de' }),
  ];
  const results = await Promise.all(handles.map((handle) => handle.result()));
  expect(results).toEqual(['Bob is number 2', 'Bob is number 2']);
  expect(await typesOf('greetings', backing)).toContain('WORKFLOW_EXECUTION_OPTIONS_UPDATED');
});

test('an update that fails fails its operation', async () => {
  const handle = await greet('failing', { name: '', language: 'en' });
  await expect(handle.result()).rejects.toThrow();
  expect(await typesOf('storefront', 'failing')).toContain('NEXUS_OPERATION_FAILED');
});
