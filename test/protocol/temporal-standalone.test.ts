// Standalone Nexus operations from the SDK's own client, with a real worker behind them. They know nothing but an address.
import { status } from '@grpc/grpc-js';
import {
  NexusOperationAlreadyStartedError,
  NexusOperationFailureError,
  NexusOperationNotFoundError,
  type NexusClient,
  type NexusServiceClient,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import * as nexus from 'nexus-rpc';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { greetingService } from '../../examples/hello/api.ts';
import { greetingServiceHandler } from '../../examples/hello/handler.ts';
import { bundleTestWorkflows, quietRuntime, SdkWorld } from '../harness/sdk-world.ts';

const workflowService = 'temporal.api.workflowservice.v1.WorkflowService';

let world: SdkWorld;
let client: NexusClient;
let greetings: NexusServiceClient<typeof greetingService>;

const handler = nexus.serviceHandler(greetingService, {
  echo: (_ctx, { message }) => {
    if (message !== 'poor') return Promise.resolve({ message });
    throw new nexus.OperationError('failed', 'no money');
  },
  greet: greetingServiceHandler.handlers.greet,
});

beforeAll(async () => {
  quietRuntime();
  const code = await bundleTestWorkflows();
  world = await SdkWorld.open({ standaloneOperations: true });
  await world.work('greetings', code, [handler]);
  client = world.client('storefront').nexus;
  greetings = client.createServiceClient({ endpoint: 'greetings-endpoint', service: greetingService });
}, 60_000);

afterAll(() => world.close());

describe('a standalone operation', () => {
  test('that is answered at once', async () => {
    // The worker may take its time to come; the clock would leap over it.
    world.driver.setClock({ mode: 'paused' });
    expect(await greetings.executeOperation('echo', { message: 'hi' }, { id: 'echo-1' })).toEqual({
      message: 'hi',
    });
    const described = await client.getHandle('echo-1').describe();
    expect(described).toMatchObject({
      operationId: 'echo-1',
      endpoint: 'greetings-endpoint',
      service: 'GreetingService',
      operation: 'echo',
      status: 'COMPLETED',
      attempt: 1,
    });
    expect(described.requestId).toMatch(/-/);
  });

  test('that a workflow of the handler carries out', async () => {
    world.driver.setClock({ mode: 'run' });
    const started = await greetings.startOperation(
      'greet',
      { name: 'Ada', language: 'de' },
      { id: 'greet-1', summary: 'for Ada', scheduleToCloseTimeout: '1 hour' },
    );
    expect(await started.result()).toEqual({ greeting: 'Hallo, Ada!' });
    const described = await started.describe();
    expect(described).toMatchObject({ runId: started.runId, status: 'COMPLETED' });
    expect(described.executionDuration).toBeGreaterThanOrEqual(5_000);
    expect(described.operationToken).toBeDefined();
    expect(await described.staticSummary()).toBe('for Ada');
    expect(described.raw.links).toMatchObject([{ workflowEvent: { namespace: 'greetings' } }]);
  });

  test('that fails gives its client the bare cause', async () => {
    const failed = greetings.executeOperation('echo', { message: 'poor' }, { id: 'poor-1' });
    const problem = await failed.catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(NexusOperationFailureError);
    expect((problem as NexusOperationFailureError).cause).toBeInstanceOf(ApplicationFailure);
    expect((problem as NexusOperationFailureError).cause).toMatchObject({ message: 'no money' });
  });

  test('that is in the way is told with its run', async () => {
    world.driver.setClock({ mode: 'paused' });
    const first = await greetings.startOperation('greet', { name: 'A', language: 'en' }, { id: 'twice' });
    const second = greetings.startOperation('greet', { name: 'B', language: 'en' }, { id: 'twice' });
    const problem = await second.catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(NexusOperationAlreadyStartedError);
    expect(problem).toMatchObject({ operationId: 'twice', runId: first.runId });
    const joined = await greetings.startOperation(
      'greet',
      { name: 'C', language: 'en' },
      { id: 'twice', idConflictPolicy: 'USE_EXISTING' },
    );
    expect(joined.runId).toBe(first.runId);
    world.driver.setClock({ mode: 'run' });
    expect(await joined.result()).toEqual({ greeting: 'Hello, A!' });
  });

  test('that is cancelled, terminated or out of time', async () => {
    world.driver.setClock({ mode: 'paused' });
    const start = (id: string, startToCloseTimeout: '1 hour' | '2 seconds' = '1 hour') =>
      greetings.startOperation('greet', { name: 'X', language: 'fr' }, { id, startToCloseTimeout });
    const [cancelled, terminated, late] = [
      await start('cancelled'),
      await start('terminated'),
      await start('late', '2 seconds'),
    ];
    const ends = [cancelled, terminated, late].map((handle) =>
      handle.result().catch((error: unknown) => error),
    );
    await terminated.terminate('enough');
    await cancelled.cancel('changed my mind');
    expect((await cancelled.describe()).cancellationInfo).toMatchObject({ reason: 'changed my mind' });
    world.driver.setClock({ mode: 'run' });
    const causes = (await Promise.all(ends)).map((end) => (end as NexusOperationFailureError).cause);
    expect(causes.map((cause) => cause.constructor)).toEqual([
      CancelledFailure,
      TerminatedFailure,
      TimeoutFailure,
    ]);
    expect((await cancelled.describe()).status).toBe('CANCELED');
  });

  test('that nobody knows', async () => {
    await expect(client.getHandle('nobody').describe()).rejects.toBeInstanceOf(NexusOperationNotFoundError);
  });
});

describe('queries', () => {
  test('list and count what was started, by dates too', async () => {
    const query = "Operation = 'echo' AND StartTime >= '2030-01-01T00:00:00Z'";
    const listed: string[] = [];
    for await (const { operationId } of client.list({ query, pageSize: 1 })) listed.push(operationId);
    expect(listed.sort()).toEqual(['echo-1', 'poor-1']);
    expect(await client.count("StartTime < '2030-01-01T00:00:00Z'")).toMatchObject({ count: 0 });
    const { count, groups } = await client.count("Operation = 'echo' GROUP BY ExecutionStatus");
    const counts = groups.map((group) => [group.groupValues[0]?.value, group.count]);
    expect({ count, groups: counts.sort() }).toEqual({
      count: 2,
      groups: [
        ['Completed', 1],
        ['Failed', 1],
      ],
    });
  });

  test('that are none are refused with a sentence', async () => {
    const answer = await world.grpc.call(`${workflowService}/ListNexusOperationExecutions`, {
      namespace: 'storefront',
      query: 'Operation ~ 1',
    });
    expect(answer).toMatchObject({
      code: status.INVALID_ARGUMENT,
      message: 'invalid query: a comparison is expected behind Operation, not "~"',
    });
  });
});

test('the namespace says that it can, and a deleted operation is gone', async () => {
  const described = await world.grpc.call(`${workflowService}/DescribeNamespace`, {
    namespace: 'storefront',
  });
  expect(described).toMatchObject({
    value: { namespaceInfo: { capabilities: { standaloneNexusOperation: true } } },
  });
  const named = { namespace: 'storefront', operationId: 'echo-1' };
  expect(await world.grpc.call(`${workflowService}/DeleteNexusOperationExecution`, named)).toEqual({
    ok: true,
    value: {},
  });
  expect(await world.grpc.call(`${workflowService}/DescribeNexusOperationExecution`, named)).toMatchObject({
    code: status.NOT_FOUND,
    message: 'operation not found for ID: echo-1',
  });
});
