import { jsonPayload } from '../../../../simulator/protocol/temporal/payload.ts';
import { describe, expect, test } from 'vitest';
import { decodeText } from '../../../../simulator/base/base64.ts';
import { CancellationSource } from '../../../../simulator/base/cancellation.ts';
import { err, ok } from '../../../../simulator/base/result.ts';
import { instant, type DurationMs } from '../../../../simulator/base/time.ts';
import type { NexusTask } from '../../../../simulator/protocol/temporal/methods.ts';
import type { NexusRequest } from '../../../../simulator/protocol/temporal/nexus.ts';
import { writeOperationToken } from '../../../../simulator/world/operation-token.ts';
import { parseWorld } from '../../../../simulator/world/parse.ts';
import { runScriptedWorker } from '../../../../simulator/world/scripted-worker.ts';
import { FakeTemporalPort, type Answers } from '../../../harness/fake-temporal-port.ts';

const { value: world } = parseWorld(`
nexus: 1
namespaces: [bank]
workers:
  teller:
    namespace: bank
    taskQueue: charges
    operations:
      Pay.echo: { reply: { said: "\${input.say}" }, after: 80ms }
      Pay.slow: { reply: 1, after: 20s }
      Pay.charge: { workflow: Charge }
      Pay.named: { workflow: Charge, id: "charge-\${input.order}" }
      Pay.down: { fail: { type: UNAVAILABLE, message: closed } }
      Pay.final: { fail: { type: UNAVAILABLE, retryable: false } }
      Pay.declined: { error: { state: failed, message: no money } }
      Pay.withdrawn: { error: { state: canceled } }
workflows:
  Charge: [{ sleep: 1s }]
`);

/** Lets a worker handle one request; returns what it asked of the port besides polling, and how long it slept. */
async function handle(
  request: NexusRequest,
  answers: Answers = {},
): Promise<{ calls: unknown[]; slept: number[] }> {
  const cancellation = new CancellationSource();
  const tasks: NexusTask[] = [{ taskToken: 't', request }];
  const slept: number[] = [];
  const port = new FakeTemporalPort({
    pollNexusTaskQueue: () => {
      const task = tasks.shift();
      return task === undefined ? err({ code: 'UNAVAILABLE', message: 'the world has ended' }) : ok(task);
    },
    respondNexusTaskCompleted: () => ok({}),
    respondNexusTaskFailed: () => ok({}),
    startWorkflowExecution: () =>
      ok({
        runId: 'run',
        started: true,
        status: 'RUNNING',
        link: {
          workflowEvent: {
            namespace: 'bank',
            workflowId: 'w',
            runId: 'run',
            eventRef: { eventId: 1, eventType: 'WORKFLOW_EXECUTION_STARTED' },
          },
        },
      }),
    requestCancelWorkflowExecution: () => ok({}),
    ...answers,
  });
  const sleeper = {
    now: () => instant(0),
    sleep: (duration: DurationMs) => {
      slept.push(duration);
      return Promise.resolve();
    },
  };
  const worker = world.workers[0]?.value;
  if (worker === undefined) throw new Error('the world of this test has no worker');
  const troubles: string[] = [];
  await runScriptedWorker(
    { worker, identity: 'teller-1' },
    { port, sleeper, signal: cancellation.signal, onTrouble: (message) => troubles.push(message) },
  );
  await new Promise(setImmediate);
  expect(troubles).toEqual([]);
  return { calls: port.calls.filter(({ method }) => !method.startsWith('poll')), slept };
}

const start = (operation: string, more: Partial<NexusRequest['startOperation']> = {}): NexusRequest => ({
  capabilities: { temporalFailureResponses: true },
  header: { 'request-timeout': '9.5s' },
  startOperation: {
    service: 'Pay',
    operation,
    requestId: 'r-1',
    payload: jsonPayload({ say: 'hi', order: 7 }),
    ...more,
  },
});
const envelope = { namespace: 'bank', identity: 'teller-1', taskToken: 't' };
const completed = (response: object): object => ({
  method: 'respondNexusTaskCompleted',
  request: { ...envelope, response },
});
const failed = (body: object): object => ({
  method: 'respondNexusTaskFailed',
  request: { ...envelope, ...body },
});

describe('synchronous operations', () => {
  test('the reply is filled in and sent when its time has come', async () => {
    expect(await handle(start('echo'))).toEqual({
      calls: [completed({ startOperation: { syncSuccess: { payload: jsonPayload({ said: 'hi' }) } } })],
      slept: [80],
    });
  });

  test('a handler that outlives its request is not answered for at all', async () => {
    expect(await handle(start('slow'))).toEqual({ calls: [], slept: [9_500] });
  });
});

describe('failures, in the form the caller can read', () => {
  const old = (operation: string): NexusRequest => ({ ...start(operation), capabilities: {} });

  test('a handler error', async () => {
    const info = { type: 'UNAVAILABLE' };
    expect((await handle(start('down'))).calls).toEqual([
      failed({ failure: { message: 'closed', nexusHandlerFailureInfo: info } }),
    ]);
    expect((await handle(old('down'))).calls).toEqual([
      failed({ error: { errorType: 'UNAVAILABLE', failure: { message: 'closed' } } }),
    ]);
  });

  test('a handler error whose retrying is overridden', async () => {
    expect((await handle(start('final'))).calls).toMatchObject([
      failed({
        failure: { nexusHandlerFailureInfo: { type: 'UNAVAILABLE', retryBehavior: 'NON_RETRYABLE' } },
      }),
    ]);
    expect((await handle(old('final'))).calls).toMatchObject([
      failed({ error: { retryBehavior: 'NON_RETRYABLE' } }),
    ]);
  });

  test('an operation error', async () => {
    expect((await handle(start('declined'))).calls).toEqual([
      completed({
        startOperation: {
          failure: {
            message: 'no money',
            applicationFailureInfo: { type: 'OperationError', nonRetryable: true },
          },
        },
      }),
    ]);
    expect((await handle(start('withdrawn'))).calls).toEqual([
      completed({ startOperation: { failure: { message: 'operation canceled', canceledFailureInfo: {} } } }),
    ]);
    expect((await handle(old('declined'))).calls).toEqual([
      completed({
        startOperation: { operationError: { operationState: 'failed', failure: { message: 'no money' } } },
      }),
    ]);
  });

  test('an operation that nobody handles', async () => {
    expect((await handle(start('gone'))).calls).toEqual([
      failed({
        failure: {
          message: 'no handler for operation "gone" of service "Pay"',
          nexusHandlerFailureInfo: { type: 'NOT_FOUND' },
        },
      }),
    ]);
  });
});

describe('operations that a workflow backs', () => {
  const callback = {
    callback: 'temporal://system',
    callbackHeader: { 'temporal-callback-token': 'c' },
    links: [
      {
        url: 'temporal:///namespaces/shop/workflows/buy/run-1/history?eventID=5&eventType=NexusOperationScheduled&referenceType=EventReference',
        type: 'temporal.api.common.v1.Link.WorkflowEvent',
      },
    ],
  };

  test('the workflow is started as an SDK starts it', async () => {
    const token = writeOperationToken('bank', 'Charge-r-1');
    const links = [
      {
        workflowEvent: {
          namespace: 'shop',
          workflowId: 'buy',
          runId: 'run-1',
          eventRef: { eventId: 5, eventType: 'NEXUS_OPERATION_SCHEDULED' },
        },
      },
    ];
    const header = {
      'temporal-callback-token': 'c',
      'nexus-operation-id': token,
      'nexus-operation-token': token,
    };
    expect((await handle(start('charge', callback))).calls).toEqual([
      {
        method: 'startWorkflowExecution',
        request: {
          namespace: 'bank',
          workflowId: 'Charge-r-1',
          workflowType: { name: 'Charge' },
          taskQueue: { name: 'charges', kind: 'NORMAL' },
          input: { payloads: [jsonPayload({ say: 'hi', order: 7 })] },
          identity: 'teller-1',
          requestId: 'r-1',
          completionCallbacks: [{ nexus: { url: 'temporal://system', header }, links }],
          links,
        },
      },
      completed({
        startOperation: {
          asyncSuccess: {
            operationId: token,
            operationToken: token,
            links: [
              {
                url: 'temporal:///namespaces/bank/workflows/w/run/history?eventID=1&eventType=WorkflowExecutionStarted&referenceType=EventReference',
                type: 'temporal.api.common.v1.Link.WorkflowEvent',
              },
            ],
          },
        },
      }),
    ]);
  });

  test('the token is base64url without padding of what SDKs write', () => {
    const token = writeOperationToken('bank', 'ü?>~');
    expect(token).not.toMatch(/[+/=]/);
    expect(decodeText(token)).toBe('{"t":1,"ns":"bank","wid":"ü?>~"}');
  });

  test('the id may come from the input', async () => {
    expect((await handle(start('named'))).calls[0]).toMatchObject({ request: { workflowId: 'charge-7' } });
  });

  test.each([
    ['ALREADY_EXISTS', 'INTERNAL', 'NON_RETRYABLE'],
    ['INVALID_ARGUMENT', 'BAD_REQUEST', undefined],
    ['NOT_FOUND', 'NOT_FOUND', undefined],
    ['DEADLINE_EXCEEDED', 'UPSTREAM_TIMEOUT', undefined],
  ] as const)(
    'a start that Temporal refuses with %s is a handler error %s',
    async (code, type, retryBehavior) => {
      const refused = { startWorkflowExecution: () => err({ code, message: 'no' }) };
      expect((await handle(start('charge'), refused)).calls.at(-1)).toEqual(
        failed({
          failure: {
            message: 'no',
            nexusHandlerFailureInfo: { type, ...(retryBehavior && { retryBehavior }) },
          },
        }),
      );
    },
  );
});

describe('cancel requests', () => {
  const cancel = (operation: string, operationToken: string): NexusRequest => ({
    capabilities: { temporalFailureResponses: true },
    cancelOperation: { service: 'Pay', operation, operationToken },
  });

  test('reach the workflow behind the token', async () => {
    expect((await handle(cancel('charge', writeOperationToken('bank', 'w-1')))).calls).toEqual([
      {
        method: 'requestCancelWorkflowExecution',
        request: { namespace: 'bank', workflowExecution: { workflowId: 'w-1' }, identity: 'teller-1' },
      },
      completed({ cancelOperation: {} }),
    ]);
  });

  test.each([
    ['a synchronous operation', 'declined', 'x', 'NOT_IMPLEMENTED'],
    ['a token of another namespace', 'charge', writeOperationToken('shop', 'w-1'), 'BAD_REQUEST'],
    ['a token that is none', 'charge', '%%%', 'BAD_REQUEST'],
  ])('are refused for %s', async (_, operation, token, type) => {
    expect((await handle(cancel(operation, token))).calls).toMatchObject([
      failed({ failure: { nexusHandlerFailureInfo: { type } } }),
    ]);
  });
});
