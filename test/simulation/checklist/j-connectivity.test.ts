import { describe, expect, test } from 'vitest';
import { decodeText, encodeText } from '../../../simulator/base/base64.ts';
import { CancellationSource } from '../../../simulator/base/cancellation.ts';
import type { Limits } from '../../../simulator/protocol/limits.ts';
import type { ScheduleNexusOperationAttributes } from '../../../simulator/protocol/temporal/command.ts';
import type { Payload } from '../../../simulator/protocol/temporal/common.ts';
import { callOnce, eventOf, json, typesOf, type World } from '../../harness/world.ts';
import { caller, order, paused, play, refusedTask, schedule, stage, sync, target } from './stage.ts';

const standaloneMethods = [
  'startNexusOperationExecution',
  'describeNexusOperationExecution',
  'pollNexusOperationExecution',
  'listNexusOperationExecutions',
  'countNexusOperationExecutions',
  'requestCancelNexusOperationExecution',
  'terminateNexusOperationExecution',
  'deleteNexusOperationExecution',
] as const;

const on: Partial<Limits> = { signalWithStartFromWorkflow: true };

const systemInput = (message: object, encoding = 'json/protobuf'): Payload => ({
  metadata: { encoding: encodeText(encoding), __temporal_system_payload: encodeText('true') },
  data: encodeText(JSON.stringify(message)),
});

const reminder = {
  workflowId: 'reminder-1',
  workflowType: { name: 'Reminder' },
  taskQueue: { name: 'reminders' },
  signalName: 'remind',
};

const systemCall = (message: object, others: ScheduleNexusOperationAttributes = {}) => ({
  endpoint: '__temporal_system',
  service: 'temporal.api.workflowservice.v1.WorkflowService',
  operation: 'SignalWithStartWorkflowExecution',
  input: systemInput(message),
  ...others,
});

/** A caller in a world in which there is no endpoint at all. */
async function playSystem(world: World, message: object) {
  return play(world, callOnce(systemCall(message)));
}

const refusals: readonly [string, ScheduleNexusOperationAttributes, string][] = [
  [
    'headers',
    systemCall(reminder, { nexusHeader: { tenant: 'blue' } }),
    'ScheduleNexusOperationCommandAttributes.NexusHeader must be empty when using __temporal_system endpoint',
  ],
  ['another service', systemCall(reminder, { service: 'Other' }), 'service "Other" not found'],
  ['another operation', systemCall(reminder, { operation: 'Other' }), 'operation "Other" not found'],
  ['unmarked input', systemCall(reminder, { input: json(reminder) }), 'not marked'],
  [
    'binary input',
    systemCall(reminder, { input: systemInput(reminder, 'binary/protobuf') }),
    'not "binary/protobuf"',
  ],
  ['an unknown field', systemCall({ ...reminder, colour: 'red' }), 'colour'],
  ['a duration without unit', systemCall({ ...reminder, workflowRunTimeout: '5' }), 'workflowRunTimeout'],
  ['another namespace', systemCall({ ...reminder, namespace: 'payments' }), 'does not match'],
  ['a request id', systemCall({ ...reminder, requestId: 'mine' }), 'RequestID should not be set'],
  ['links', systemCall({ ...reminder, links: [{ workflowEvent: {} }] }), 'Links should not be set'],
  ['no signal', systemCall({ ...reminder, signalName: '' }), 'SignalName is not set'],
  ['no task queue', systemCall({ ...reminder, taskQueue: {} }), 'missing task queue name'],
];

describe('worker connectivity', () => {
  test('[98] GetSystemInfo reports nexus, and DescribeNamespace works', async () => {
    const world = await stage();
    const { capabilities } = await world.ask('getSystemInfo', {});
    expect(capabilities).toHaveProperty('nexus', true);
    const { namespaceInfo } = await world.ask('describeNamespace', { namespace: 'payments' });
    expect(namespaceInfo).toMatchObject({ name: 'payments', state: 'REGISTERED' });
  });

  test('[99] standalone operations: all of it refused while off; one run per request id; a poll waits', async () => {
    const off = await stage();
    const named = { namespace: 'orders', operationId: 'op' };
    for (const method of standaloneMethods) {
      expect(await off.refused(method, named)).toEqual({
        code: 'UNIMPLEMENTED',
        message: 'Standalone Nexus operation is disabled',
      });
    }
    const { namespaceInfo } = await off.ask('describeNamespace', { namespace: 'orders' });
    expect(namespaceInfo.capabilities).not.toHaveProperty('standaloneNexusOperation');

    const world = await stage({ limits: { standaloneOperations: true } });
    expect(
      (await world.ask('describeNamespace', { namespace: 'orders' })).namespaceInfo.capabilities,
    ).toMatchObject({
      standaloneNexusOperation: true,
    });
    const request = {
      ...named,
      requestId: 'first',
      endpoint: 'payments-endpoint',
      service: 'Service',
      operation: 'operation',
    };
    const { runId, started } = await world.ask('startNexusOperationExecution', request);
    expect(started).toBe(true);
    const again = { runId, started: false };
    expect(await world.ask('startNexusOperationExecution', request)).toEqual(again);
    expect(await world.refused('startNexusOperationExecution', { ...request, requestId: 'second' })).toEqual({
      code: 'ALREADY_EXISTS',
      message: `nexus operation execution already started: request_id=first, run_id=${runId}`,
      detail: {
        type: 'NexusOperationExecutionAlreadyStartedFailure',
        value: { startRequestId: 'first', runId },
      },
    });
    const joining = { ...request, requestId: 'second', idConflictPolicy: 'USE_EXISTING' } as const;
    expect(await world.ask('startNexusOperationExecution', joining)).toEqual(again);

    const expiry = new CancellationSource();
    const expired = world.driver.call('pollNexusOperationExecution', named, { signal: expiry.signal });
    expiry.cancel();
    expect(await expired).toEqual({ ok: true, value: {} });
    const polled = world.ask('pollNexusOperationExecution', { ...named, waitStage: 'CLOSED' });
    world.handler(target, () => sync('paid'));
    expect(await polled).toEqual({ runId, waitStage: 'CLOSED', result: json('paid') });
    const { info } = await world.ask('describeNexusOperationExecution', named);
    expect(info).toMatchObject({ status: 'COMPLETED', attempt: 1, runId });
    await world.ask('deleteNexusOperationExecution', named);
    expect(await world.ask('countNexusOperationExecutions', { namespace: 'orders' })).toEqual({ count: 0 });
  });
});

describe('the system endpoint', () => {
  test.each(refusals)('[100] %s fails the workflow task with cause 32', async (_what, attributes, text) => {
    const world = await stage({ ...paused, limits: on });
    expect(await refusedTask(world, [schedule(attributes)])).toContain(text);
    const failed = eventOf(await world.history('orders', 'order-1'), 'WORKFLOW_TASK_FAILED');
    expect(failed.attributes.cause).toBe('BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES');
  });

  test('it is refused while it is off, and nobody can take its name', async () => {
    const world = await stage(paused);
    expect(await refusedTask(world, [schedule(systemCall(reminder))])).toContain(
      'SignalWithStart operation is disabled',
    );
    const spec = { name: '__temporal_system', target: { worker: target } };
    expect((await world.refused('createNexusEndpoint', { spec })).code).toBe('INVALID_ARGUMENT');
  });

  test('without asking the registry it starts the workflow with the signal, and links both', async () => {
    const world = await stage({ limits: on });
    const message = { ...reminder, namespace: 'orders', signalInput: { payloads: [json('buy milk')] } };
    const history = await playSystem(world, { ...message, workflowRunTimeout: '90s', requestId: '' });
    const scheduled = eventOf(history, 'NEXUS_OPERATION_SCHEDULED');
    const { requestId } = scheduled.attributes;
    expect(scheduled.attributes.endpointId).toBe('');
    const completed = eventOf(history, 'NEXUS_OPERATION_COMPLETED');
    const started = await world.history('orders', 'reminder-1');
    expect(typesOf(started).slice(0, 3)).toEqual([
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
    expect(eventOf(started, 'WORKFLOW_EXECUTION_STARTED').attributes.workflowRunTimeout).toBe(90_000);
    const signaled = eventOf(started, 'WORKFLOW_EXECUTION_SIGNALED');
    expect(signaled.attributes).toEqual({
      signalName: 'remind',
      input: { payloads: [json('buy milk')] },
      requestId,
    });
    const callerLink = { eventId: scheduled.eventId, eventType: 'NEXUS_OPERATION_SCHEDULED' };
    expect(signaled.links?.[0]?.workflowEvent).toMatchObject({ workflowId: 'order-1', eventRef: callerLink });
    const { runId } = (
      await world.ask('describeWorkflowExecution', {
        namespace: 'orders',
        execution: { workflowId: 'reminder-1' },
      })
    ).workflowExecutionInfo.execution;
    expect(completed.links?.[0]?.workflowEvent).toEqual({
      namespace: 'orders',
      workflowId: 'reminder-1',
      runId,
      requestIdRef: { requestId, eventType: 'WORKFLOW_EXECUTION_SIGNALED' },
    });
    const { metadata, data } = completed.attributes.result ?? {};
    expect(decodeText(metadata?.['__temporal_system_payload'] ?? '')).toBe('true');
    expect(JSON.parse(decodeText(data ?? '') ?? '')).toMatchObject({
      runId,
      started: true,
      signalLink: {
        workflowEvent: { requestIdRef: { eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED' } },
      },
    });
  });

  test('what cannot succeed fails for good with a server failure; no breaker hears of it', async () => {
    const world = await stage({ limits: on });
    await world.start({ ...order, workflowId: 'reminder-1' });
    await world.ask('terminateWorkflowExecution', {
      namespace: 'orders',
      workflowExecution: { workflowId: 'reminder-1' },
    });
    const workflowIdReusePolicy = 'WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE';
    const history = await playSystem(world, { ...reminder, workflowIdReusePolicy });
    const { cause } = eventOf(history, 'NEXUS_OPERATION_FAILED').attributes.failure;
    expect(cause?.message).toMatch(/^WorkflowExecutionAlreadyStarted: /);
    expect(cause?.serverFailureInfo).toEqual({ nonRetryable: true });
    expect(world.driver.state.outbound.size).toBe(0);
  });

  test('a failure on the way is tried again, under one request id', async () => {
    const world = await stage({ limits: on });
    world.driver.injectFaults([
      {
        kind: 'attempt',
        service: 'temporal.api.workflowservice.v1.WorkflowService',
        operation: 'SignalWithStartWorkflowExecution',
        attempts: { from: 1, to: 2 },
        fail: { type: 'UNAVAILABLE', message: 'history is away' },
      },
    ]);
    const history = await playSystem(world, reminder);
    const completed = eventOf(history, 'NEXUS_OPERATION_COMPLETED');
    expect(completed.eventTime).toBeGreaterThan(2_000);
    expect(typesOf(await world.history('orders', 'reminder-1'))).toContain('WORKFLOW_EXECUTION_SIGNALED');
  });

  test('one that ends its own caller is dropped with it', async () => {
    const world = await stage({ limits: on });
    const workflowIdConflictPolicy = 'WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING';
    const runId = await world.start(order);
    world.workflow(
      caller,
      callOnce(systemCall({ ...reminder, workflowId: 'order-1', workflowIdConflictPolicy })),
    );
    await world.settled();
    const { history } = await world.ask('getWorkflowExecutionHistory', {
      namespace: 'orders',
      execution: { workflowId: 'order-1', runId },
    });
    expect(history.events?.at(-1)?.eventType).toBe('WORKFLOW_EXECUTION_TERMINATED');
    expect(typesOf(await world.history('orders', 'order-1'))).toContain('WORKFLOW_EXECUTION_SIGNALED');
  });
});
