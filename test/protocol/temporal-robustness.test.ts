// Whatever clients and workers send over gRPC: an answer as the server's, and nothing left behind.
import { connect, constants, type ClientHttp2Session } from 'node:http2';
import { Client, credentials, status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeText } from '../../simulator/base/base64.ts';
import { seconds } from '../../simulator/base/time.ts';
import { createDriver, type Driver } from '../../simulator/driver/driver.ts';
import {
  MESSAGE_BYTES_MAX,
  startTemporalServer,
  type TemporalServer,
} from '../../simulator/frontends/temporal/server.ts';
import type { RequestOf, ResponseOf, TemporalMethod } from '../../simulator/protocol/temporal/methods.ts';
import { createConverter } from '../../simulator/wire/convert.ts';
import { GrpcClient, type GrpcAnswer } from '../harness/grpc-client.ts';
import { untilSome } from '../harness/until.ts';

const workflowService = 'temporal.api.workflowservice.v1.WorkflowService';
const converter = createConverter(0);
const namespace = 'orders';
const queue = { name: 'orders' };
const order = {
  namespace,
  workflowId: 'order-1',
  workflowType: { name: 'Checkout' },
  taskQueue: queue,
  requestId: 'request-1',
};

let driver: Driver;
let server: TemporalServer;
let client: GrpcClient;
let failures: string[];
let gone: string[];

beforeEach(async () => {
  failures = [];
  gone = [];
  driver = createDriver({ seed: 1, profile: 'server', originMs: 0, clock: { mode: 'paused' } });
  const started = await startTemporalServer({
    port: driver.remote,
    originMs: 0,
    onWorkerGone: (identity) => {
      gone.push(identity);
      driver.instruct({ kind: 'worker-gone', identity });
    },
    onFailure: (method, problem) => failures.push(`${method}: ${String(problem)}`),
  });
  if (!started.ok) throw new Error(started.error);
  server = started.value;
  client = new GrpcClient(server.address, 0);
  await ask('registerNamespace', { namespace });
});

afterEach(() => {
  client.dispose();
  server.dispose();
  driver.dispose();
  expect(failures).toEqual([]);
});

async function ask<M extends TemporalMethod>(method: M, request: RequestOf<M>): Promise<ResponseOf<M>> {
  const reply = await driver.call(method, request);
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value;
}

const send = (method: string, request: unknown, deadlineMs = 10_000): Promise<GrpcAnswer> =>
  client.call(`${workflowService}/${method}`, request, { deadlineMs });

async function refusal(method: string, request: unknown): Promise<readonly [number, string]> {
  const answer = await send(method, request);
  if (answer.ok) throw new Error(`${method} was not refused`);
  return [answer.code, answer.message];
}

/** Polls with a deadline that leaves the driver's own time alone. */
const poll = async <T>(method: string, deadlineMs = 10_000): Promise<T> => {
  const answer = await send(method, { namespace, taskQueue: queue, identity: 'worker' }, deadlineMs);
  if (!answer.ok) throw new Error(answer.message);
  return answer.value as T;
};

const [junk, unknown] = ['hello', 'workflow-task/99'].map(encodeText);

const answering = [
  ['RespondWorkflowTaskCompleted', {}, 'Workflow task not found.'],
  ['RespondWorkflowTaskFailed', {}, 'Workflow task not found.'],
  ['RespondActivityTaskCompleted', {}, /^invalid activityID or activity already timed out/],
  ['RespondActivityTaskFailed', {}, /^invalid activityID or activity already timed out/],
  ['RespondActivityTaskCanceled', {}, /^invalid activityID or activity already timed out/],
  ['RecordActivityTaskHeartbeat', {}, /^invalid activityID or activity already timed out/],
  ['RespondQueryTaskCompleted', { completedType: 'ANSWERED' }, /^query task not found/],
  [
    'RespondNexusTaskCompleted',
    { response: { startOperation: { syncSuccess: {} } } },
    /^Nexus task not found/,
  ],
  ['RespondNexusTaskFailed', { error: { errorType: 'INTERNAL' } }, /^Nexus task not found/],
] as const;

describe.each(answering)('%s', (method, more, notFound) => {
  test.each([
    [{ namespace }, status.INVALID_ARGUMENT, 'Task token not set on request.'],
    [{ namespace, taskToken: junk }, status.INVALID_ARGUMENT, 'Error deserializing task token.'],
    [{ taskToken: junk }, status.INVALID_ARGUMENT, 'Error deserializing task token.'],
    [{ namespace: 'nowhere', taskToken: junk }, status.NOT_FOUND, 'Namespace nowhere is not found.'],
    [{ namespace, taskToken: unknown }, status.NOT_FOUND, notFound],
  ])('with %j is refused', async (request, code, message) => {
    expect(await refusal(method, { ...more, ...request })).toEqual([
      code,
      typeof message === 'string' ? message : expect.stringMatching(message),
    ]);
  });
});

const execution = { workflowId: 'order-1' };

describe.each([
  ['StartWorkflowExecution', order],
  ['SignalWorkflowExecution', { workflowExecution: execution, signalName: 's' }],
  ['SignalWithStartWorkflowExecution', { ...order, signalName: 's' }],
  ['RequestCancelWorkflowExecution', { workflowExecution: execution }],
  ['TerminateWorkflowExecution', { workflowExecution: execution }],
  ['ResetWorkflowExecution', { workflowExecution: execution, workflowTaskFinishEventId: 3, requestId: 'r' }],
  ['DeleteWorkflowExecution', { workflowExecution: execution }],
  ['DescribeWorkflowExecution', { execution }],
  ['GetWorkflowExecutionHistory', { execution }],
  ['GetWorkflowExecutionHistoryReverse', { execution }],
  ['QueryWorkflow', { execution, query: { queryType: 'q' } }],
  ['ListWorkflowExecutions', {}],
  ['ScanWorkflowExecutions', {}],
  ['CountWorkflowExecutions', {}],
  ['DescribeTaskQueue', { taskQueue: queue, taskQueueType: 'WORKFLOW' }],
  ['ResetStickyTaskQueue', { execution }],
  ['RecordWorkerHeartbeat', {}],
  ['ShutdownWorker', { stickyTaskQueue: 's' }],
  ['RespondActivityTaskCompletedById', { workflowId: 'w', activityId: '1' }],
  ['RespondActivityTaskFailedById', { workflowId: 'w', activityId: '1' }],
  ['RespondActivityTaskCanceledById', { workflowId: 'w', activityId: '1' }],
  ['RecordActivityTaskHeartbeatById', { workflowId: 'w', activityId: '1' }],
  ['PollWorkflowTaskQueue', { taskQueue: queue }],
  ['PollActivityTaskQueue', { taskQueue: queue }],
  ['PollNexusTaskQueue', { taskQueue: queue }],
] as const)('%s', (method, request) => {
  test.each([
    ['nowhere', status.NOT_FOUND, 'Namespace nowhere is not found.'],
    ['', status.INVALID_ARGUMENT, 'Namespace is empty.'],
  ])('in the namespace %j is refused', async (elsewhere, code, message) => {
    expect(await refusal(method, { ...request, namespace: elsewhere })).toEqual([code, message]);
  });
});

test.each([
  ['absent', undefined, 'taskQueue is not set'],
  ['without a name', {}, 'missing task queue name'],
  ['with a name too long', { name: 'q'.repeat(1_001) }, 'taskQueue length exceeds limit'],
])('a task queue %s is refused', async (_, taskQueue, message) => {
  const requests = [
    ['StartWorkflowExecution', { ...order, taskQueue }],
    ['PollWorkflowTaskQueue', { namespace, taskQueue }],
    ['PollActivityTaskQueue', { namespace, taskQueue }],
    ['PollNexusTaskQueue', { namespace, taskQueue }],
  ] as const;
  for (const [method, request] of requests) {
    expect(await refusal(method, request), method).toEqual([status.INVALID_ARGUMENT, message]);
  }
});

describe('bytes', () => {
  test.each([
    ['a length beyond the end', [0x0a, 0x05, 0x61]],
    ['a tag that does not end', [0xff, 0xff]],
    ['text that is no UTF-8', [0x0a, 0x02, 0xff, 0xfe]],
    ['a number for a text', [0x08, 0x01]],
    ['a group that does not end', [0x0b]],
    ['the field number 0', [0x00, 0x00]],
  ])('with %s are refused', async (_, bytes) => {
    expect(await refusal('StartWorkflowExecution', Buffer.from(bytes))).toEqual([
      status.INVALID_ARGUMENT,
      expect.stringContaining('StartWorkflowExecutionRequest'),
    ]);
  });

  test('of a request that is too large are refused, and the connection goes on', async () => {
    const [code] = await refusal('StartWorkflowExecution', Buffer.alloc(MESSAGE_BYTES_MAX + 1));
    expect(code).toBe(status.RESOURCE_EXHAUSTED);
    expect(await send('GetSystemInfo', {})).toMatchObject({ ok: true });
  });
});

test.each([`/${workflowService}/Nothing`, '/temporal.api.Nothing/Do', '/x'])(
  '%s is not there',
  async (path) => {
    const raw = new Client(server.address, credentials.createInsecure());
    const same = (bytes: Buffer): Buffer => bytes;
    const code = await new Promise((resolve) => {
      raw.makeUnaryRequest(path, same, same, Buffer.alloc(0), (problem) => resolve(problem?.code));
    });
    raw.close();
    expect(code).toBe(status.UNIMPLEMENTED);
  },
);

interface Task {
  readonly taskToken: string;
}

/** A client whose connection can break. With a window of 0 no message of an answer ever reaches it. */
class RawClient {
  readonly #session: ClientHttp2Session;

  constructor(address: string, initialWindowSize = 65_535) {
    this.#session = connect(`http://${address}`, { settings: { initialWindowSize } });
    this.#session.on('error', () => undefined);
  }

  ask(method: string, request: object): void {
    const message = converter.encode(`temporal.api.workflowservice.v1.${method}Request`, request);
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    const stream = this.#session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: `/${workflowService}/${method}`,
      [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
      te: 'trailers',
      'grpc-timeout': '60S',
    });
    stream.on('error', () => undefined);
    stream.end(Buffer.concat([prefix, message]));
  }

  destroy(): void {
    this.#session.destroy();
  }
}

/** What is in flight or in somebody's hands. */
const leftBehind = (): readonly unknown[] => [
  ...driver.state.held.keys(),
  ...driver.state.waitingCalls.keys(),
  ...[...driver.state.queues.values()].flatMap(({ polls }) => [...polls.keys()]),
];

const completeTask = (taskToken: string, ...commands: readonly object[]): Promise<GrpcAnswer> =>
  send('RespondWorkflowTaskCompleted', { namespace, taskToken, identity: 'worker', commands });

describe('an answer that comes too late is refused, and no task stays in hands', () => {
  test('to a workflow task that timed out, was answered, or whose run has closed', async () => {
    await ask('startWorkflowExecution', order);
    const timedOut = await poll<Task>('PollWorkflowTaskQueue');
    await driver.advance(seconds(11));
    const answered = await poll<Task>('PollWorkflowTaskQueue');
    expect(await completeTask(answered.taskToken)).toMatchObject({ ok: true });
    await ask('signalWorkflowExecution', { namespace, workflowExecution: execution, signalName: 's' });
    const closed = await poll<Task>('PollWorkflowTaskQueue');
    await ask('terminateWorkflowExecution', { namespace, workflowExecution: execution });
    for (const { taskToken } of [timedOut, answered, closed]) {
      expect(await completeTask(taskToken)).toMatchObject({ ok: false, code: status.NOT_FOUND });
    }
    expect(leftBehind()).toEqual([]);
  });

  test('to an activity that timed out, was answered, or whose run has closed', async () => {
    await ask('startWorkflowExecution', order);
    const { taskToken } = await poll<Task>('PollWorkflowTaskQueue');
    const activity = (activityId: string): object => ({
      commandType: 'SCHEDULE_ACTIVITY_TASK',
      attributes: {
        activityId,
        activityType: { name: 'charge' },
        taskQueue: queue,
        startToCloseTimeout: 5_000,
        scheduleToCloseTimeout: 5_000,
      },
    });
    await completeTask(taskToken, activity('1'), activity('2'), activity('3'));
    const timedOut = await poll<Task>('PollActivityTaskQueue');
    const answered = await poll<Task>('PollActivityTaskQueue');
    const respond = (task: Task): Promise<GrpcAnswer> =>
      send('RespondActivityTaskCompleted', { namespace, taskToken: task.taskToken });
    expect(await respond(answered)).toMatchObject({ ok: true });
    await driver.advance(seconds(6));
    await ask('terminateWorkflowExecution', { namespace, workflowExecution: execution });
    for (const task of [timedOut, answered]) {
      expect(await respond(task)).toMatchObject({ ok: false, code: status.NOT_FOUND });
      expect(
        await send('RecordActivityTaskHeartbeat', { namespace, taskToken: task.taskToken }),
      ).toMatchObject({ ok: false, code: status.NOT_FOUND });
    }
    expect(leftBehind()).toEqual([]);
  });

  test('to a Nexus task that has expired', async () => {
    const target = { namespace, taskQueue: queue.name };
    await ask('createNexusEndpoint', { spec: { name: 'orders-endpoint', target: { worker: target } } });
    await ask('startWorkflowExecution', order);
    const { taskToken } = await poll<Task>('PollWorkflowTaskQueue');
    await completeTask(taskToken, {
      commandType: 'SCHEDULE_NEXUS_OPERATION',
      attributes: { endpoint: 'orders-endpoint', service: 's', operation: 'o' },
    });
    const late = await poll<Task>('PollNexusTaskQueue');
    await driver.advance(seconds(11));
    const response = { startOperation: { syncSuccess: {} } };
    expect(
      await send('RespondNexusTaskCompleted', { namespace, taskToken: late.taskToken, response }),
    ).toMatchObject({ code: status.NOT_FOUND, message: 'Nexus task not found or already expired' });
    await ask('terminateWorkflowExecution', { namespace, workflowExecution: execution });
    expect(leftBehind()).toEqual([]);
  });
});

describe('200 polls of one queue', () => {
  const pollers = 200;

  test('get a task each, and none twice', async () => {
    const polls = Array.from({ length: pollers }, () => poll<Task>('PollWorkflowTaskQueue', 60_000));
    for (let nth = 0; nth < pollers; nth++) {
      const workflowId = `order-${nth}`;
      await ask('startWorkflowExecution', { ...order, workflowId, requestId: workflowId });
    }
    const tokens = (await Promise.all(polls)).map(({ taskToken }) => taskToken);
    expect(new Set(tokens).size).toBe(pollers);
    expect(driver.state.held.size).toBe(pollers);
    await Promise.all(tokens.map((token) => completeTask(token)));
    expect(leftBehind()).toEqual([]);
  });

  test('are given up with their connection', async () => {
    const worker = new RawClient(server.address);
    for (let nth = 0; nth < pollers; nth++) {
      worker.ask('PollNexusTaskQueue', { namespace, taskQueue: queue, identity: 'short-lived' });
    }
    await untilSome(() => (driver.state.waitingCalls.size === pollers ? [true] : []));
    worker.destroy();
    await untilSome(() => gone);
    await untilSome(() => (leftBehind().length === 0 ? [true] : []));
    expect(gone).toEqual(['short-lived']);
  });
});

test('a client that never reads holds up nobody else, and leaves nothing when it goes', async () => {
  const deaf = new RawClient(server.address, 0);
  await ask('startWorkflowExecution', order);
  for (let nth = 0; nth < 20; nth++) {
    deaf.ask('GetWorkflowExecutionHistory', { namespace, execution });
    deaf.ask('PollNexusTaskQueue', { namespace, taskQueue: queue, identity: 'deaf' });
  }
  deaf.ask('PollWorkflowTaskQueue', { namespace, taskQueue: queue, identity: 'deaf' });
  await untilSome(() => [...driver.state.held.keys()]);
  expect(await send('DescribeWorkflowExecution', { namespace, execution })).toMatchObject({ ok: true });
  await untilSome(() => (driver.state.waitingCalls.size === 20 ? [true] : []));
  deaf.destroy();
  await untilSome(() => gone);
  await untilSome(() => (leftBehind().length === 0 ? [true] : []));
  expect(gone).toEqual(['deaf']);
  // Its task is lost until it times out, as at the server.
  await driver.advance(seconds(11));
  expect(await poll<Task>('PollWorkflowTaskQueue')).toHaveProperty('taskToken');
});

test('history that is larger than a message may be is read in pages', async () => {
  await ask('startWorkflowExecution', order);
  const input = { payloads: [{ data: encodeText('x'.repeat(1_000_000)) }] };
  for (let nth = 0; nth < 5; nth++) {
    const request = { namespace, workflowExecution: execution, signalName: 's', input };
    expect(await send('SignalWorkflowExecution', request)).toMatchObject({ ok: true });
  }
  const ids: number[] = [];
  let nextPageToken: string | undefined;
  do {
    const answer = await send('GetWorkflowExecutionHistory', {
      namespace,
      execution,
      maximumPageSize: 2,
      nextPageToken,
    });
    if (!answer.ok) throw new Error(answer.message);
    const page = answer.value as ResponseOf<'getWorkflowExecutionHistory'>;
    ids.push(...(page.history.events ?? []).map(({ eventId }) => eventId));
    ({ nextPageToken } = page);
  } while (nextPageToken !== undefined);
  expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
