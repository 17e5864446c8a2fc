import { afterEach, describe, expect, test } from 'vitest';
import type { Limits } from '../../simulator/protocol/limits.ts';
import { callbackCount } from '../../simulator/engine/update/update-callbacks.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import type { CallbackInfo } from '../../simulator/protocol/temporal/methods.ts';
import type { UpdateRequest } from '../../simulator/protocol/temporal/update.ts';
import { FakeNexusClient } from '../harness/fake-nexus-client.ts';
import { callOnce, eventOf, json, typesOf } from '../harness/world.ts';
import {
  accept,
  begun,
  close,
  complete,
  execution,
  finish,
  history,
  leave,
  namespace,
  paid,
  poll,
  refused,
  reject,
  untilAccepted,
  update,
  world,
} from './update-stage.ts';

afterEach(leave);

let outside: FakeNexusClient;

/** A workflow whose updates may bring callbacks. */
async function open(limits: Partial<Limits> = {}): Promise<void> {
  outside = new FakeNexusClient(() => ({ response: {} }));
  await begun({ limits: { updateCallbacks: true, ...limits }, nexusClient: outside });
}

const callbackOf = (name: string) => ({
  nexus: { url: `http://127.0.0.1:8080/${name}`, header: { 'nexus-operation-token': name } },
});

/** What somebody of that name sends who wants to be called. */
const calling = (id: string, name: string, more: UpdateRequest = {}) => ({
  ...untilAccepted,
  request: {
    meta: { updateId: id },
    input: { name: 'pay' },
    requestId: name,
    completionCallbacks: [callbackOf(name)],
    ...more,
  },
});

/** Where among the commands an update is accepted. */
const accepting: Command = { commandType: 'PROTOCOL_MESSAGE', attributes: { messageId: 'u1/accept' } };

const callbacks = async (runId?: string): Promise<readonly CallbackInfo[]> => {
  const named = { ...execution, ...(runId !== undefined && { runId }) };
  const { callbacks: found = [] } = await world.ask('describeWorkflowExecution', {
    namespace,
    execution: named,
  });
  return found;
};

/** Who was called, and with what. */
const called = () =>
  outside.calls.map((call) => {
    const { state, result, failure } = call.kind === 'complete' ? call.completion : {};
    return [call.url.split('/').at(-1), state, result ?? failure?.message];
  });

const attachments = async () =>
  (await history()).flatMap((event: HistoryEvent) =>
    event.eventType === 'WORKFLOW_EXECUTION_OPTIONS_UPDATED'
      ? (event.attributes.workflowUpdateOptions ?? [])
      : [],
  );

describe('an update with a callback', () => {
  test('calls with its result when it is completed, while the workflow goes on', async () => {
    await open();
    const accepted = update('u1', calling('u1', 'ann'));
    await complete(await poll(), { messages: [accept('u1')] });
    expect(await accepted).toMatchObject({
      stage: 'ACCEPTED',
      link: {
        workflowEvent: {
          requestIdRef: { requestId: 'ann', eventType: 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED' },
        },
      },
    });
    expect(await callbacks()).toMatchObject([
      { state: 'STANDBY', trigger: { updateWorkflowExecutionCompleted: { updateId: 'u1' } } },
    ]);
    await world.ask('signalWorkflowExecution', { namespace, workflowExecution: execution, signalName: 'go' });
    await complete(await poll(), { messages: [finish('u1')] });
    expect(called()).toEqual([['ann', 'succeeded', paid.success.payloads[0]]]);
    const [call] = outside.calls;
    expect(call?.kind === 'complete' && call.completion.links?.[0]?.url).toContain(
      'eventType=WorkflowExecutionUpdateAccepted&referenceType=RequestIdReference&requestID=ann',
    );
    expect(await callbacks()).toMatchObject([{ state: 'SUCCEEDED', attempt: 1 }]);
    const bars = world.driver.spans();
    const bar = bars.find(({ kind }) => kind === 'update');
    expect(bars.find(({ kind }) => kind === 'callback')).toMatchObject({ causes: [bar?.id] });
  });

  test('calls with its failure', async () => {
    await open();
    void update('u1', calling('u1', 'ann'));
    const failed = finish('u1', { failure: { message: 'no money' } });
    await complete(await poll(), { messages: [accept('u1'), failed] });
    expect(called()).toEqual([['ann', 'failed', 'no money']]);
  });

  test('calls nobody when it is rejected, and says so with a link to the workflow', async () => {
    await open();
    const updated = update('u1', calling('u1', 'ann'));
    await complete(await poll(), { messages: [reject('u1')] });
    expect(await updated).toMatchObject({
      stage: 'COMPLETED',
      link: { workflow: { reason: 'Update rejected' } },
    });
    expect([await callbacks(), called()]).toEqual([[], []]);
  });

  test('calls with a failure when its workflow closes first', async () => {
    await open();
    void update('u1', calling('u1', 'ann'));
    await complete(await poll(), { messages: [accept('u1')], commands: [accepting, close] });
    expect(called()).toEqual([['ann', 'failed', expect.stringContaining('before the Update completed')]]);
  });

  test('calls when its workflow continues as new, and nothing is carried over', async () => {
    await open();
    const { runId } = await world.ask('startWorkflowExecution', {
      namespace,
      ...execution,
      workflowType: { name: 'Checkout' },
      taskQueue: { name: 'orders' },
      requestId: 'bob',
      workflowIdConflictPolicy: 'USE_EXISTING',
      completionCallbacks: [callbackOf('bob')],
      onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true },
    });
    void update('u1', calling('u1', 'ann'));
    await complete(await poll(), {
      messages: [accept('u1')],
      commands: [accepting, { commandType: 'CONTINUE_AS_NEW_WORKFLOW_EXECUTION', attributes: {} }],
    });
    expect(called()).toEqual([['ann', 'failed', expect.any(String)]]);
    expect((await callbacks(runId)).map(({ state }) => state)).toEqual(['STANDBY', 'SUCCEEDED']);
    expect(await callbacks()).toMatchObject([{ trigger: { workflowClosed: {} } }]);
  });

  test('backs a Nexus operation', async () => {
    await open();
    await world.namespaces('shop');
    await world.endpoint('orders-endpoint', { namespace, taskQueue: 'orders' });
    world.workflow({ namespace: 'shop', taskQueue: 'shop' }, callOnce({ endpoint: 'orders-endpoint' }));
    await world.start({
      namespace: 'shop',
      workflowId: 'caller',
      workflowType: { name: 'Caller' },
      taskQueue: { name: 'shop' },
    });
    const { taskToken, request = {} } = await world.ask('pollNexusTaskQueue', {
      namespace,
      taskQueue: { name: 'orders' },
    });
    const { requestId = '', callback = '', callbackHeader = {} } = request.startOperation ?? {};
    const header = { ...callbackHeader, 'nexus-operation-token': 'token' };
    const completionCallbacks = [{ nexus: { url: callback, header } }];
    const accepted = update('u1', calling('u1', requestId, { completionCallbacks }));
    await complete(await poll(), { messages: [accept('u1')] });
    await accepted;
    const response = { startOperation: { asyncSuccess: { operationToken: 'token' } } };
    await world.ask('respondNexusTaskCompleted', { namespace, taskToken: taskToken ?? '', response });
    await world.ask('signalWorkflowExecution', { namespace, workflowExecution: execution, signalName: 'go' });
    await complete(await poll(), { messages: [finish('u1')] });
    const told = await world.history('shop', 'caller');
    expect(eventOf(told, 'NEXUS_OPERATION_COMPLETED').attributes.result).toEqual(json('paid'));
    expect(typesOf(told).at(-1)).toBe('WORKFLOW_EXECUTION_COMPLETED');
  });
});

describe('another one who sends the same update', () => {
  test('is called, too, whether it was accepted before or not; who repeats himself is called once', async () => {
    await open();
    const waiting = [update('u1', calling('u1', 'ann')), update('u1', calling('u1', 'bob'))];
    waiting.push(update('u1', calling('u1', 'bob')));
    await complete(await poll(), { messages: [accept('u1')] });
    await Promise.all(waiting);
    expect(typesOf(await history()).slice(-2)).toEqual([
      'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
      'WORKFLOW_EXECUTION_OPTIONS_UPDATED',
    ]);
    for (const name of ['cid', 'cid', 'ann']) await update('u1', calling('u1', name));
    expect(await attachments()).toEqual([
      { updateId: 'u1', attachedRequestId: 'bob', attachedCompletionCallbacks: [callbackOf('bob')] },
      { updateId: 'u1', attachedRequestId: 'cid', attachedCompletionCallbacks: [callbackOf('cid')] },
    ]);
    await world.ask('signalWorkflowExecution', { namespace, workflowExecution: execution, signalName: 'go' });
    await complete(await poll(), { messages: [finish('u1')] });
    expect(called().map(([name]) => name)).toEqual(['ann', 'bob', 'cid']);
    const { workflowExtendedInfo } = await world.ask('describeWorkflowExecution', { namespace, execution });
    expect(workflowExtendedInfo.requestIdInfos).toMatchObject({
      ann: { eventType: 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED', eventId: 5 },
      bob: { eventType: 'WORKFLOW_EXECUTION_OPTIONS_UPDATED', eventId: 6 },
      cid: { eventType: 'WORKFLOW_EXECUTION_OPTIONS_UPDATED', eventId: 7 },
    });
    // The answer has the result already.
    expect(await update('u1', calling('u1', 'dan'))).toMatchObject({ stage: 'COMPLETED', outcome: paid });
    expect(called()).toHaveLength(3);
  });

  test('moves no event that a command of the same task speaks of', async () => {
    await open();
    await world.endpoint('orders-endpoint', { namespace, taskQueue: 'orders' });
    void update('u1', calling('u1', 'ann'));
    void update('u1', calling('u1', 'bob'));
    const task = await poll();
    const attributes = { endpoint: 'orders-endpoint', service: 'S', operation: 'o' };
    // Behind the accepted event and the one that attaches the second callback.
    const scheduledEventId = 7;
    await complete(task, {
      commands: [
        accepting,
        { commandType: 'SCHEDULE_NEXUS_OPERATION', attributes },
        { commandType: 'REQUEST_CANCEL_NEXUS_OPERATION', attributes: { scheduledEventId } },
      ],
      messages: [accept('u1')],
    });
    expect(eventOf(await history(), 'NEXUS_OPERATION_SCHEDULED').eventId).toBe(scheduledEventId);
  });
});

describe('a reset', () => {
  const reset = () =>
    world.ask('resetWorkflowExecution', {
      namespace,
      workflowExecution: execution,
      workflowTaskFinishEventId: 4,
    });

  test('carries an update over with its callbacks, which are called once it is completed there', async () => {
    await open();
    await complete(await poll());
    void update('u1', calling('u1', 'ann'));
    await complete(await poll(), { messages: [accept('u1')] });
    await update('u1', calling('u1', 'bob'));
    await reset();
    expect(called()).toEqual([]);
    expect(await callbacks()).toMatchObject([{ state: 'STANDBY' }, { state: 'STANDBY' }]);
    await complete(await poll(), { messages: [accept('u1'), finish('u1')] });
    expect(called().map(([name, state]) => [name, state])).toEqual([
      ['ann', 'succeeded'],
      ['bob', 'succeeded'],
    ]);
  });

  test('and a worker that rejects it there is heard by those who wait', async () => {
    await open();
    await complete(await poll());
    void update('u1', calling('u1', 'ann'));
    await complete(await poll(), { messages: [accept('u1')] });
    await reset();
    await complete(await poll(), { messages: [reject('u1', 'not any more')] });
    expect(called()).toEqual([['ann', 'failed', 'not any more']]);
  });

  test('behind its end calls nobody again', async () => {
    await open();
    void update('u1', calling('u1', 'ann'));
    await complete(await poll(), { messages: [accept('u1'), finish('u1')] });
    await world.ask('signalWorkflowExecution', { namespace, workflowExecution: execution, signalName: 'go' });
    await poll();
    await world.ask('resetWorkflowExecution', {
      namespace,
      workflowExecution: execution,
      workflowTaskFinishEventId: 9,
    });
    expect(called()).toHaveLength(1);
    expect(await callbacks()).toEqual([]);
  });
});

describe('the limits', () => {
  test('keep callbacks of updates away unless they are asked for, and the namespace says which', async () => {
    await open({ updateCallbacks: false });
    void update('u1', calling('u1', 'ann'));
    await complete(await poll(), { messages: [accept('u1'), finish('u1')] });
    expect([await callbacks(), called()]).toEqual([[], []]);
    const capabilities = async () =>
      (await world.ask('describeNamespace', { namespace })).namespaceInfo.capabilities;
    expect(await capabilities()).not.toHaveProperty('workflowUpdateCallbacks');
    world.driver.instruct({ kind: 'limits-changed', changes: { updateCallbacks: true } });
    expect(await capabilities()).toMatchObject({ workflowUpdateCallbacks: true });
  });

  test('say how many a workflow and an update may have, with those that are still to be accepted', async () => {
    await open({ callbacksPerUpdateMax: 2, callbacksPerWorkflowMax: 3 });
    void update('u1', calling('u1', 'ann'));
    void update('u1', calling('u1', 'bob'));
    expect(await refused('u1', calling('u1', 'cid'))).toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: 'cannot attach more than 2 callbacks to update "u1" (2 callbacks already attached)',
    });
    void update('u2', calling('u2', 'cid'));
    expect((await refused('u3', calling('u3', 'dan'))).message).toBe(
      'cannot attach more than 3 callbacks to a workflow (3 callbacks already attached)',
    );
    const [run] = [...world.driver.state.executions.values()];
    expect(run && callbackCount(run)).toBe(3);
    await complete(await poll(), { messages: [accept('u1'), accept('u2')] });
    expect((await refused('u1', calling('u1', 'eve'))).code).toBe('FAILED_PRECONDITION');
    expect(run && callbackCount(run)).toBe(3);
  });

  test.each<[string, UpdateRequest, string]>([
    ['without a request id', { requestId: '' }, 'request_id is required'],
    [
      'to an address that is not allowed',
      { completionCallbacks: [{ nexus: { url: 'http://far' } }] },
      'address',
    ],
    ['in too great a number', { completionCallbacks: Array(33).fill(callbackOf('x')) }, 'more than 32'],
  ])('refuse callbacks %s', async (_what, more, reason) => {
    await open();
    const { requestId, ...request } = calling('u1', 'ann', more).request;
    const named = requestId === '' ? request : { ...request, requestId };
    expect(await refused('u1', { request: named })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(reason) as unknown,
    });
  });
});
