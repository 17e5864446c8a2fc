import { describe, expect, onTestFinished, test } from 'vitest';
import { ms, seconds } from '../../simulator/base/time.ts';
import { replay } from '../../simulator/driver/replay.ts';
import { firstBroken } from '../../simulator/engine/invariants.ts';
import type { Limits } from '../../simulator/protocol/limits.ts';
import { callError, type ExternalAnswer, type ExternalCall } from '../../simulator/protocol/nexus-client.ts';
import type { StartOperationResponse } from '../../simulator/protocol/temporal/nexus.ts';
import { expectDefined } from '../../simulator/base/assert.ts';
import { FakeNexusClient } from '../harness/fake-nexus-client.ts';
import { callOnce, eventOf, handlerError, json, World } from '../harness/world.ts';
import { nexusTypes, pending, startThenCancel } from './checklist/stage.ts';

/** Calls to endpoints with an external URL, and callbacks to other processes, as far as the engine decides them. */

const url = 'http://127.0.0.1:9999/nexus';
const caller = { namespace: 'orders', taskQueue: 'orders' };
const order = {
  namespace: 'orders',
  workflowId: 'order-1',
  workflowType: { name: 'Order' },
  taskQueue: { name: 'orders' },
};

const started = (startOperation: StartOperationResponse): ExternalAnswer => ({
  response: { startOperation },
});
const sync = (value: unknown) => started({ syncSuccess: { payload: json(value) } });
const running = started({ asyncSuccess: { operationToken: 'a token' } });
const unavailable: ExternalAnswer = handlerError('UNAVAILABLE');

/** A world whose one endpoint leads outside, on a clock that stands still. */
async function outside(
  answer: (call: ExternalCall, nth: number) => ExternalAnswer | 'silence',
  limits: Partial<Limits> = {},
) {
  const client = new FakeNexusClient(answer);
  const world = new World({ clock: { mode: 'paused' }, nexusClient: client, limits });
  onTestFinished(() => world.dispose());
  await world.namespaces('orders', 'payments');
  await world.ask('createNexusEndpoint', { spec: { name: 'away', target: { external: { url } } } });
  return { world, client };
}

/** Plays one operation of a workflow. */
async function play(
  answer: (call: ExternalCall, nth: number) => ExternalAnswer | 'silence',
  operation: Partial<Parameters<typeof callOnce>[0]> = {},
) {
  const { world, client } = await outside(answer);
  world.workflow(caller, callOnce({ endpoint: 'away', input: json('in'), ...operation }));
  await world.start(order);
  await world.driver.advance(ms(0));
  return { world, client };
}

const historyOf = (world: World) => world.history('orders', 'order-1');

describe('the registry', () => {
  const create = (world: World, target: string) =>
    world.refused('createNexusEndpoint', { spec: { name: 'other', target: { external: { url: target } } } });

  test.each([
    ['', 'empty target URL'],
    ['ftp://example.com', 'invalid target URL scheme: "ftp", expected http or https'],
    ['example.com/x', 'invalid target URL scheme: "", expected http or https'],
    ['http://', 'invalid target URL: no host'],
    [`http://example.com/${'x'.repeat(4_096)}`, 'target URL length exceeds limit of 4096'],
  ])('refuses the external URL %j', async (target, message) => {
    const { world } = await outside(() => 'silence');
    expect(await create(world, target)).toEqual({ code: 'INVALID_ARGUMENT', message });
  });

  test('an update turns a worker target into an external one', async () => {
    const { world, client } = await outside(() => sync('out'));
    const worker = { namespace: 'payments', taskQueue: 'billing' };
    const { endpoint } = await world.ask('createNexusEndpoint', {
      spec: { name: 'near', target: { worker } },
    });
    world.workflow(caller, callOnce({ endpoint: 'near' }));
    await world.start(order);
    await world.driver.advance(ms(0));
    expect(client.calls).toEqual([]);
    const { id, version } = endpoint;
    await world.ask('updateNexusEndpoint', {
      id,
      version,
      spec: { name: 'near', target: { external: { url } } },
    });
    await world.driver.advance(seconds(11));
    expect(client.calls).toHaveLength(1);
    expect(nexusTypes(await historyOf(world))).toEqual(['SCHEDULED', 'COMPLETED']);
  });
});

describe('a start call', () => {
  test('says what is asked, where completions go and how long there is', async () => {
    const { client } = await play(() => sync('out'), {
      nexusHeader: { Tenant: 'a' },
      startToCloseTimeout: seconds(20),
      scheduleToCloseTimeout: seconds(8),
    });
    expect(client.calls).toMatchObject([
      {
        kind: 'start',
        url,
        timeout: 8_000,
        request: {
          header: { tenant: 'a', 'operation-timeout': '8000ms' },
          endpoint: 'away',
          startOperation: {
            service: 'Service',
            operation: 'operation',
            payload: json('in'),
            callback: 'temporal://system',
            callbackHeader: { 'temporal-callback-token': expect.any(String) as string },
            links: [{ type: 'temporal.api.common.v1.Link.WorkflowEvent' }],
          },
        },
      },
    ]);
  });

  test('names another callback URL when there is a template', async () => {
    const template = 'https://nexus.{{.NamespaceName}}.example:7243/{{.NamespaceID}}/nexus/callback';
    const { world, client } = await outside(() => sync('out'), { callbackUrlTemplate: template });
    world.workflow(caller, callOnce({ endpoint: 'away' }));
    await world.start(order);
    await world.driver.advance(ms(0));
    const { namespaceInfo } = await world.ask('describeNamespace', { namespace: 'orders' });
    const callback = `https://nexus.orders.example:7243/${namespaceInfo.id}/nexus/callback`;
    expect(client.calls).toMatchObject([{ request: { startOperation: { callback } } }]);
  });

  test('a result completes the operation, a token starts it', async () => {
    const done = await play(() => sync('out'));
    const { attributes } = eventOf(await historyOf(done.world), 'NEXUS_OPERATION_COMPLETED');
    expect(attributes.result).toEqual(json('out'));
    const begun = await play(() => running);
    expect(await pending(begun.world)).toMatchObject([{ state: 'STARTED', operationToken: 'a token' }]);
  });

  test.each([
    ['failed', 'FAILED'],
    ['canceled', 'CANCELED'],
  ])('the operation error %s ends the operation as %s', async (operationState, type) => {
    const operationError = { operationState, failure: { message: 'declined' } };
    const { world } = await play(() => started({ operationError }));
    const history = await historyOf(world);
    expect(nexusTypes(history)).toEqual(['SCHEDULED', type]);
    const closed = history.find(({ eventType }) => eventType === `NEXUS_OPERATION_${type}`);
    expect(closed?.attributes).toMatchObject({ failure: { cause: { message: 'declined' } } });
  });

  test('a retryable handler error and a failed call are tried again with the same request id', async () => {
    const answers = [unavailable, { failure: callError('connection refused') }, sync('out')];
    const { world, client } = await play((_call, nth) => answers[nth - 1] ?? 'silence');
    expect(await pending(world)).toMatchObject([
      { state: 'BACKING_OFF', lastAttemptFailure: { nexusHandlerFailureInfo: { type: 'UNAVAILABLE' } } },
    ]);
    await world.driver.advance(seconds(1));
    expect(await pending(world)).toMatchObject([
      {
        state: 'BACKING_OFF',
        attempt: 2,
        lastAttemptFailure: { applicationFailureInfo: { type: 'CallError' } },
      },
    ]);
    await world.driver.advance(seconds(2));
    expect(nexusTypes(await historyOf(world))).toEqual(['SCHEDULED', 'COMPLETED']);
    const ids = client.calls.map((call) => call.kind === 'start' && call.request.startOperation?.requestId);
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(3);
  });

  test.each<[string, ExternalAnswer, object]>([
    [
      'a non-retryable handler error',
      handlerError('NOT_FOUND'),
      { nexusHandlerFailureInfo: { type: 'NOT_FOUND' } },
    ],
    [
      'a token of 4097 bytes',
      started({ asyncSuccess: { operationToken: 't'.repeat(4_097) } }),
      {
        message: 'invalid operation token: length exceeds allowed limit (4097/4096)',
        applicationFailureInfo: { type: 'CallError', nonRetryable: true },
      },
    ],
    [
      'a result over the limit',
      sync('x'.repeat(2 * 1_024 * 1_024)),
      {
        message: 'http: response body too large',
        applicationFailureInfo: { type: 'CallError', nonRetryable: true },
      },
    ],
  ])('%s fails the operation at once', async (_what, answer, cause) => {
    const { world, client } = await play(() => answer);
    expect(eventOf(await historyOf(world), 'NEXUS_OPERATION_FAILED').attributes.failure.cause).toMatchObject(
      cause,
    );
    expect(client.calls).toHaveLength(1);
  });

  test('without an answer it ends after 10 s, its caller does not wait any more, and a late answer is dropped', async () => {
    const { world, client } = await play(() => 'silence');
    await world.driver.advance(ms(9_999));
    expect(await pending(world)).toMatchObject([{ state: 'SCHEDULED' }]);
    expect(client.abandoned).toEqual([]);
    await world.driver.advance(ms(1));
    expect(await pending(world)).toMatchObject([
      { state: 'BACKING_OFF', attempt: 1, lastAttemptFailure: callError('request timed out') },
    ]);
    expect(client.abandoned).toHaveLength(1);
  });

  test('six failures open the breaker of its endpoint', async () => {
    const { world } = await play(() => unavailable);
    await world.driver.advance(seconds(60));
    expect(await pending(world)).toMatchObject([{ state: 'BLOCKED', attempt: 6 }]);
  });

  test('too little time: no call is made', async () => {
    const { world, client } = await play(() => sync('out'), { scheduleToCloseTimeout: seconds(1) });
    expect(client.calls).toEqual([]);
    expect(nexusTypes(await historyOf(world))).toEqual(['SCHEDULED', 'TIMED_OUT']);
  });

  test('while it is out, explain says so, the invariants hold and its bar lasts', async () => {
    const { world } = await play(() => 'silence');
    const [run] = [...world.driver.state.executions.keys()];
    expect(firstBroken(world.driver.state, world.driver.now())).toBeUndefined();
    expect(world.driver.state.held.size).toBe(1);
    const { engine } = replay(expectDefined(world.journal.header, 'header'), world.journal.entries);
    const [cause] = engine.explain({ run: expectDefined(run, 'a run') });
    expect(cause?.text).toBe(`attempt 1 of Service.operation is out to ${url}; it ends in 10s`);
    const bar = world.driver.spans().find(({ lane }) => lane.namespace === 'external');
    expect(bar).toMatchObject({
      kind: 'handler',
      lane: { track: 'http://127.0.0.1:9999' },
      attributes: { url },
    });
    expect(bar).not.toHaveProperty('end');
  });
});

describe('the journal', () => {
  test('holds the answers: a replay asks nobody and gives the same facts', async () => {
    const { world, client } = await play((_call, nth) => (nth === 1 ? unavailable : sync('out')));
    await world.driver.advance(seconds(1));
    const asked = client.calls.length;
    const header = expectDefined(world.journal.header, 'header');
    const { engine } = replay(header, world.journal.entries);
    const [execution] = [...engine.state.executions.values()];
    expect(execution?.events).toEqual(await historyOf(world));
    expect(client.calls).toHaveLength(asked);
  });

  test('a world that goes on after its process was killed tries the call again', async () => {
    const { world } = await play(() => 'silence');
    const client = new FakeNexusClient(() => sync('again'));
    const past = [...world.journal.entries];
    const again = new World({ clock: { mode: 'paused' }, nexusClient: client, past });
    onTestFinished(() => again.dispose());
    again.workflow(caller, callOnce({ endpoint: 'away' }));
    await again.driver.advance(ms(0));
    expect(client.calls).toHaveLength(1);
    expect(nexusTypes(await historyOf(again))).toEqual(['SCHEDULED', 'COMPLETED']);
  });

  test('a simulation without a way out fails such calls, and says so', async () => {
    const world = new World({ clock: { mode: 'paused' } });
    onTestFinished(() => world.dispose());
    await world.namespaces('orders');
    await world.ask('createNexusEndpoint', { spec: { name: 'away', target: { external: { url } } } });
    world.workflow(caller, callOnce({ endpoint: 'away' }));
    await world.start(order);
    await world.driver.advance(ms(0));
    expect(await pending(world)).toMatchObject([
      { lastAttemptFailure: callError('this simulation makes no calls to other processes') },
    ]);
  });
});

describe('a cancel call', () => {
  async function cancelled(answers: readonly ExternalAnswer[]) {
    let cancels = 0;
    const { world, client } = await outside((call) =>
      call.kind === 'start' ? running : (answers[cancels++] ?? 'silence'),
    );
    world.workflow(caller, startThenCancel('away'));
    await world.start(order);
    await world.driver.advance(ms(0));
    return { world, client };
  }

  test('carries token and header; when it was taken, event 56', async () => {
    const { world, client } = await cancelled([{ response: { cancelOperation: {} } }]);
    expect(client.calls.at(-1)).toMatchObject({
      kind: 'cancel',
      url,
      request: { cancelOperation: { service: 'Service', operation: 'operation', operationToken: 'a token' } },
    });
    expect(nexusTypes(await historyOf(world))).toContain('CANCEL_REQUEST_COMPLETED');
  });

  test('a failed call is tried again, a refusal is final', async () => {
    const { world, client } = await cancelled([
      { failure: callError('connection refused') },
      handlerError('NOT_IMPLEMENTED'),
    ]);
    expect(await pending(world)).toMatchObject([{ cancellationInfo: { state: 'BACKING_OFF', attempt: 1 } }]);
    await world.driver.advance(seconds(1));
    expect(client.calls).toHaveLength(3);
    const failed = eventOf(await historyOf(world), 'NEXUS_OPERATION_CANCEL_REQUEST_FAILED');
    expect(failed.attributes.failure).toMatchObject({ nexusHandlerFailureInfo: { type: 'NOT_IMPLEMENTED' } });
  });
});

describe('a completion', () => {
  const backing = (callback: string) => ({
    namespace: 'payments',
    workflowId: 'charge-1',
    workflowType: { name: 'Charge' },
    taskQueue: { name: 'billing' },
    completionCallbacks: [
      { nexus: { url: callback, header: { Token: 'opaque', 'Nexus-Operation-Token': 't' } } },
    ],
  });

  const callbacks = async (world: World) =>
    (
      await world.ask('describeWorkflowExecution', {
        namespace: 'payments',
        execution: { workflowId: 'charge-1' },
      })
    ).callbacks;

  test('goes to the callback’s URL with its headers, and its answer decides', async () => {
    const answers = [{ failure: callError('connection refused') }, { response: {} }];
    const { world, client } = await outside((_call, nth) => answers[nth - 1] ?? 'silence');
    world.workflow({ namespace: 'payments', taskQueue: 'billing' }, () => [
      { commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: { result: { payloads: [json('paid')] } } },
    ]);
    await world.ask('startWorkflowExecution', backing('http://127.0.0.1:8080/cb'));
    await world.driver.advance(ms(0));
    expect(client.calls).toMatchObject([
      {
        kind: 'complete',
        url: 'http://127.0.0.1:8080/cb',
        timeout: 10_000,
        header: { token: 'opaque', 'nexus-operation-token': 't' },
        completion: {
          state: 'succeeded',
          result: json('paid'),
          operationToken: 't',
          startedAt: 0,
          closedAt: 0,
        },
      },
    ]);
    expect(await callbacks(world)).toMatchObject([
      { state: 'BACKING_OFF', attempt: 1, lastAttemptFailure: { message: 'connection refused' } },
    ]);
    await world.driver.advance(seconds(1));
    expect(await callbacks(world)).toMatchObject([{ state: 'SUCCEEDED', attempt: 2 }]);
  });

  test.each<[string, ExternalAnswer | 'silence', string]>([
    ['a refusal is final', handlerError('NOT_FOUND'), 'FAILED'],
    ['silence is a failure after 10 s', 'silence', 'BACKING_OFF'],
  ])('%s', async (_what, answer, state) => {
    const { world } = await outside(() => answer);
    world.workflow({ namespace: 'payments', taskQueue: 'billing' }, () => [
      { commandType: 'FAIL_WORKFLOW_EXECUTION', attributes: { failure: { message: 'no' } } },
    ]);
    await world.ask('startWorkflowExecution', backing('http://127.0.0.1:8080/cb'));
    await world.driver.advance(ms(0));
    if (answer === 'silence') {
      expect(await callbacks(world)).toMatchObject([{ state: 'SCHEDULED', attempt: 0 }]);
    }
    await world.driver.advance(seconds(10));
    expect(await callbacks(world)).toMatchObject([{ state, attempt: 1 }]);
  });

  test('is given up when its workflow is deleted meanwhile', async () => {
    const { world, client } = await outside(() => 'silence');
    await world.ask('startWorkflowExecution', backing('http://127.0.0.1:8080/cb'));
    const workflowExecution = { workflowId: 'charge-1' };
    await world.ask('deleteWorkflowExecution', { namespace: 'payments', workflowExecution });
    expect(client.abandoned).toHaveLength(1);
    expect(world.driver.clockState().nextDeadline).toBeUndefined();
    const [bar] = world.driver.spans().filter(({ kind }) => kind === 'callback');
    expect(bar).toMatchObject({ outcome: 'failed', end: 0 });
  });
});
