import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeText } from '../../simulator/base/base64.ts';
import { seconds } from '../../simulator/base/time.ts';
import { callOnce, eventOf, handlerError, json, World } from '../harness/world.ts';

const worker = { namespace: 'payments', taskQueue: 'billing' };
const spec = (name: string, target: object = { worker }) => ({ spec: { name, target } });

let world: World;
beforeEach(async () => {
  world = new World();
  await world.namespaces('orders', 'payments');
});
afterEach(() => world.dispose());

describe('creating an endpoint', () => {
  test('gives version 1, a URL prefix and no modification time', async () => {
    const { endpoint } = await world.ask('createNexusEndpoint', spec('my-endpoint1'));
    expect(endpoint).toMatchObject({ version: 1, urlPrefix: `/nexus/endpoints/${endpoint.id}/services` });
    expect(endpoint.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(endpoint).not.toHaveProperty('lastModifiedTime');
  });

  test.each(['a_b', 'a', '-a', 'a-', '1a', `a${'b'.repeat(200)}`])('refuses the name %s', async (name) => {
    expect((await world.refused('createNexusEndpoint', spec(name))).code).toBe('INVALID_ARGUMENT');
  });

  test.each([
    ['no name', { spec: { target: { worker } } }, 'INVALID_ARGUMENT', 'endpoint name not set'],
    ['no target', { spec: { name: 'abc' } }, 'INVALID_ARGUMENT', 'empty target variant'],
    [
      'no queue',
      spec('abc', { worker: { namespace: 'payments' } }),
      'INVALID_ARGUMENT',
      'taskQueue is not set',
    ],
    [
      'an unknown namespace',
      spec('abc', { worker: { namespace: 'nowhere', taskQueue: 'q' } }),
      'FAILED_PRECONDITION',
      'could not verify namespace referenced by target exists',
    ],
    [
      'an external target that is no web address',
      spec('abc', { external: { url: 'ftp://127.0.0.1:1' } }),
      'INVALID_ARGUMENT',
      'invalid target URL scheme: "ftp", expected http or https',
    ],
    [
      'a long description',
      { spec: { name: 'abc', target: { worker }, description: { data: encodeText('x'.repeat(20_001)) } } },
      'INVALID_ARGUMENT',
      'description size exceeds limit of 20000',
    ],
  ])('refuses %s', async (_what, request, code, message) => {
    const refusal = await world.refused('createNexusEndpoint', request);
    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(message);
  });

  test('refuses a name that is taken', async () => {
    await world.ask('createNexusEndpoint', spec('taken'));
    expect((await world.refused('createNexusEndpoint', spec('taken'))).code).toBe('ALREADY_EXISTS');
  });
});

describe('an endpoint', () => {
  test('is updated only at its present version', async () => {
    const { endpoint } = await world.ask('createNexusEndpoint', spec('first'));
    const update = { id: endpoint.id, version: 1, ...spec('second') };
    const updated = await world.ask('updateNexusEndpoint', update);
    expect(updated.endpoint).toMatchObject({ version: 2, spec: { name: 'second' }, lastModifiedTime: 0 });
    const stale = await world.refused('updateNexusEndpoint', update);
    expect(stale.code).toBe('FAILED_PRECONDITION');
    expect(stale.message).toBe('nexus endpoint version mismatch. received: 1 expected 2');
  });

  test('is found, listed in order of id with paging, and deleted', async () => {
    for (let index = 10; index < 35; index++)
      await world.ask('createNexusEndpoint', spec(`endpoint-${index}`));
    const ids: string[] = [];
    let nextPageToken: string | undefined;
    do {
      const page = await world.ask('listNexusEndpoints', {
        pageSize: 10,
        ...(nextPageToken !== undefined && { nextPageToken }),
      });
      ids.push(...page.endpoints.map(({ id }) => id));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken !== undefined);
    expect(ids).toHaveLength(25);
    expect(ids).toEqual([...ids].sort());
    const { endpoints } = await world.ask('listNexusEndpoints', { name: 'endpoint-12' });
    expect(endpoints).toHaveLength(1);
    const id = endpoints[0]?.id ?? '';
    await world.ask('deleteNexusEndpoint', { id, version: 1 });
    expect((await world.refused('getNexusEndpoint', { id })).code).toBe('NOT_FOUND');
    expect((await world.refused('getNexusEndpoint', { id: 'no uuid' })).code).toBe('INVALID_ARGUMENT');
    expect((await world.refused('listNexusEndpoints', { pageSize: 1_001 })).code).toBe('INVALID_ARGUMENT');
  });

  test('that is renamed while an operation is retried does not disturb it; deleted, it fails it', async () => {
    const { endpoint } = await world.ask('createNexusEndpoint', spec('payments-endpoint'));
    world.workflow({ namespace: 'orders', taskQueue: 'orders' }, callOnce({ endpoint: 'payments-endpoint' }));
    world.handler(worker, async (_request, nth) => {
      const { id } = endpoint;
      if (nth === 1) await world.ask('updateNexusEndpoint', { id, version: 1, ...spec('renamed') });
      else await world.ask('deleteNexusEndpoint', { id, version: 2 });
      return handlerError('UNAVAILABLE');
    });
    await world.start({
      namespace: 'orders',
      workflowId: 'order-1',
      workflowType: { name: 'Checkout' },
      taskQueue: { name: 'orders' },
    });
    await world.settled();
    expect(world.handled).toHaveLength(2);
    const { failure } = eventOf(
      await world.history('orders', 'order-1'),
      'NEXUS_OPERATION_FAILED',
    ).attributes;
    expect(failure.cause).toEqual({
      message: 'endpoint not registered',
      nexusHandlerFailureInfo: { type: 'NOT_FOUND' },
    });
  });
});

describe('namespaces', () => {
  test('are registered once, described by name or id, and listed', async () => {
    const { namespaceInfo } = await world.ask('describeNamespace', { namespace: 'orders' });
    expect((await world.ask('describeNamespace', { id: namespaceInfo.id })).namespaceInfo.name).toBe(
      'orders',
    );
    expect((await world.ask('listNamespaces', {})).namespaces).toHaveLength(2);
    expect((await world.refused('registerNamespace', { namespace: 'orders' })).code).toBe('ALREADY_EXISTS');
    expect((await world.refused('registerNamespace', {})).code).toBe('INVALID_ARGUMENT');
    const unknown = await world.refused('describeNamespace', { namespace: 'nowhere' });
    expect(unknown).toMatchObject({ code: 'NOT_FOUND', detail: { type: 'NamespaceNotFoundFailure' } });
  });

  test('that do not exist refuse everything', async () => {
    const request = {
      namespace: 'nowhere',
      workflowId: 'w',
      workflowType: { name: 'W' },
      taskQueue: { name: 'q' },
      input: { payloads: [json(1)] },
    };
    expect((await world.refused('startWorkflowExecution', request)).code).toBe('NOT_FOUND');
    const poll = { namespace: 'nowhere', taskQueue: { name: 'q' } };
    expect((await world.refused('pollNexusTaskQueue', poll)).code).toBe('NOT_FOUND');
  });
});

describe('starting a workflow', () => {
  const request = {
    namespace: 'orders',
    workflowId: 'order-1',
    workflowType: { name: 'Checkout' },
    taskQueue: { name: 'orders' },
    requestId: 'request-1',
  };

  test.each([
    ['no id', { ...request, workflowId: '' }, 'WorkflowId is not set on request.'],
    ['no type', { ...request, workflowType: {} }, 'WorkflowType is not set on request.'],
    ['no queue', { ...request, taskQueue: {} }, 'missing task queue name'],
    ['a cron schedule', { ...request, cronSchedule: '* * * * *' }, 'does not run cron schedules yet'],
    [
      'a foreign callback',
      { ...request, completionCallbacks: [{ nexus: { url: 'http://x' } }] },
      'url does not match any configured callback address',
    ],
    [
      'callbacks to attach without a request id',
      { ...request, onConflictOptions: { attachCompletionCallbacks: true } },
      'attaching request ID is required for attaching completion callbacks',
    ],
  ])('refuses %s', async (_what, bad, message) => {
    const refusal = await world.refused('startWorkflowExecution', bad);
    expect(refusal.code).toBe('INVALID_ARGUMENT');
    expect(refusal.message).toContain(message);
  });

  test('a running workflow id is taken, and the refusal names the run', async () => {
    const { runId } = await world.ask('startWorkflowExecution', request);
    const refusal = await world.refused('startWorkflowExecution', { ...request, requestId: 'request-2' });
    expect(refusal).toMatchObject({
      code: 'ALREADY_EXISTS',
      detail: {
        type: 'WorkflowExecutionAlreadyStartedFailure',
        value: { runId, startRequestId: 'request-1' },
      },
    });
  });

  test('TERMINATE_EXISTING ends the running one first', async () => {
    const { runId } = await world.ask('startWorkflowExecution', request);
    const second = await world.ask('startWorkflowExecution', {
      ...request,
      requestId: 'request-2',
      workflowIdConflictPolicy: 'TERMINATE_EXISTING',
    });
    expect(second.runId).not.toBe(runId);
    const { workflowExecutionInfo } = await world.ask('describeWorkflowExecution', {
      namespace: 'orders',
      execution: { workflowId: 'order-1', runId },
    });
    expect(workflowExecutionInfo.status).toBe('TERMINATED');
  });

  test.each([
    ['REJECT_DUPLICATE', 'ALREADY_EXISTS'],
    ['ALLOW_DUPLICATE', undefined],
    ['ALLOW_DUPLICATE_FAILED_ONLY', undefined],
  ] as const)('after a failed run, %s', async (workflowIdReusePolicy, code) => {
    await world.ask('startWorkflowExecution', request);
    await world.ask('terminateWorkflowExecution', {
      namespace: 'orders',
      workflowExecution: { workflowId: 'order-1' },
    });
    const again = { ...request, requestId: 'request-2', workflowIdReusePolicy };
    const reply = await world.driver.call('startWorkflowExecution', again);
    expect(reply.ok ? undefined : reply.error.code).toBe(code);
  });
});

describe('who may call an endpoint', () => {
  const caller = (namespace: string) => ({
    namespace,
    workflowId: `${namespace}-1`,
    workflowType: { name: 'W' },
    taskQueue: { name: 'callers' },
  });

  beforeEach(async () => {
    await world.endpoint('payments-endpoint', worker);
    world.handler(worker, () => ({ response: { syncSuccess: { payload: json('ok') } } }));
    for (const namespace of ['orders', 'payments']) {
      world.workflow({ namespace, taskQueue: 'callers' }, callOnce({ endpoint: 'payments-endpoint' }));
    }
    world.driver.setClock({ mode: 'paused' });
  });

  test('only those that are listed, not even the target itself', async () => {
    world.driver.allowCallers('payments-endpoint', ['orders']);
    await world.start(caller('orders'));
    await world.start(caller('payments'));
    await world.driver.advance(seconds(1));
    expect((await world.history('orders', 'orders-1')).at(-1)?.eventType).toBe(
      'WORKFLOW_EXECUTION_COMPLETED',
    );
    const { attributes } = eventOf(await world.history('payments', 'payments-1'), 'WORKFLOW_TASK_FAILED');
    expect(attributes.cause).toBe('BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES');
    expect(attributes.failure?.message).toBe(
      'caller namespace "payments" unauthorized for "payments-endpoint"',
    );
  });

  test('everyone, where nobody is listed', async () => {
    await world.start(caller('payments'));
    await world.driver.advance(seconds(1));
    expect((await world.history('payments', 'payments-1')).at(-1)?.eventType).toBe(
      'WORKFLOW_EXECUTION_COMPLETED',
    );
  });
});
