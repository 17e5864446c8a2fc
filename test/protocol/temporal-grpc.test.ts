// The gRPC frontend alone: a twin stands for the engine.
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { DisposableStore, type Disposable } from '../../simulator/base/disposable.ts';
import { createConverter } from '../../simulator/wire/convert.ts';
import { MESSAGE_BYTES_MAX, startTemporalServer } from '../../simulator/frontends/temporal/server.ts';
import type { WallTimer } from '../../simulator/frontends/wall-timer.ts';
import { FakeTemporalPort, untilCancelled, type Answers } from '../harness/fake-temporal-port.ts';
import { GrpcClient } from '../harness/grpc-client.ts';
import { HandTimer } from '../harness/hand-timer.ts';

const originMs = Date.UTC(2030, 0, 1);
const workflow = 'temporal.api.workflowservice.v1.WorkflowService';
const operator = 'temporal.api.operatorservice.v1.OperatorService';

let owned = new DisposableStore();
afterEach(() => {
  owned.dispose();
  owned = new DisposableStore();
});

async function serve(answers: Answers, timer?: WallTimer) {
  const port = new FakeTemporalPort(answers);
  const failures: unknown[] = [];
  const started = await startTemporalServer({
    port,
    originMs,
    onFailure: (_, problem) => failures.push(problem),
    ...(timer === undefined ? {} : { timer }),
  });
  if (!started.ok) throw new Error(started.error);
  const server = owned.add(started.value);
  const client = owned.add(new GrpcClient(server.address, originMs));
  return { port, client, failures, address: server.address };
}

describe('calls', () => {
  test('a request reaches the port in its own conventions and the answer returns as protobuf', async () => {
    const { client, port } = await serve({
      describeWorkflowExecution: () => ({
        ok: true,
        value: {
          executionConfig: {
            taskQueue: { name: 'q', kind: 'NORMAL' },
            defaultWorkflowTaskTimeout: 10_000 as never,
          },
          workflowExecutionInfo: {
            execution: { workflowId: 'w', runId: 'r' },
            type: { name: 't' },
            startTime: 1_250 as never,
            executionTime: 1_250 as never,
            status: 'RUNNING',
            historyLength: 3,
            taskQueue: 'q',
            firstRunId: 'r',
          },
          workflowExtendedInfo: {
            originalStartTime: 1_250 as never,
            cancelRequested: false,
            requestIdInfos: {},
          },
        },
      }),
    });
    const answer = await client.call(`${workflow}/DescribeWorkflowExecution`, {
      namespace: 'storefront',
      execution: { workflowId: 'w' },
    });
    expect(port.calls).toEqual([
      {
        method: 'describeWorkflowExecution',
        request: { namespace: 'storefront', execution: { workflowId: 'w' } },
      },
    ]);
    expect(answer).toMatchObject({
      ok: true,
      value: { workflowExecutionInfo: { startTime: 1_250, status: 'RUNNING', historyLength: 3 } },
    });
  });

  test('dates in a query reach the port as times of the world', async () => {
    const { client, port } = await serve({
      countNexusOperationExecutions: () => ({ ok: true, value: { count: 2 } }),
    });
    const query = "StartTime > '2030-01-01T00:01:00Z' AND Endpoint = 'pay'";
    expect(await client.call(`${workflow}/CountNexusOperationExecutions`, { namespace: 'n', query })).toEqual(
      {
        ok: true,
        value: { count: 2 },
      },
    );
    expect(port.calls).toMatchObject([
      { request: { namespace: 'n', query: "StartTime > 60000 AND Endpoint = 'pay'" } },
    ]);
  });

  test('a refusal keeps its code and message, and its detail lies in the trailer', async () => {
    const { client } = await serve({
      startWorkflowExecution: () => ({
        ok: false,
        error: {
          code: 'ALREADY_EXISTS',
          message: 'Workflow execution is already running.',
          detail: {
            type: 'WorkflowExecutionAlreadyStartedFailure',
            value: { runId: 'r-1', startRequestId: 'q' },
          },
        },
      }),
    });
    const answer = await client.call(`${workflow}/StartWorkflowExecution`, {});
    if (answer.ok) throw new Error('expected a refusal');
    expect([answer.code, answer.message]).toEqual([
      status.ALREADY_EXISTS,
      'Workflow execution is already running.',
    ]);
    const converter = createConverter(originMs);
    const [trailer] = answer.metadata.get('grpc-status-details-bin');
    const whole = converter.decode('google.rpc.Status', trailer as Buffer);
    const type = 'temporal.api.errordetails.v1.WorkflowExecutionAlreadyStartedFailure';
    const message = { runId: 'r-1', startRequestId: 'q' };
    expect(whole).toMatchObject({
      ok: true,
      value: { code: status.ALREADY_EXISTS, details: [{ type, message }] },
    });
  });

  test('a failure of the program is answered and reported', async () => {
    const { client, failures } = await serve({
      listNamespaces: () => {
        throw new Error('boom');
      },
      getClusterInfo: () => ({ ok: true, value: { serverVersion: 7 } as never }),
    });
    expect(await client.call(`${workflow}/ListNamespaces`, {})).toMatchObject({
      code: status.INTERNAL,
      message: 'The simulator failed to answer listNamespaces: Error: boom',
    });
    expect(await client.call(`${workflow}/GetClusterInfo`, {})).toMatchObject({
      code: status.INTERNAL,
      message: expect.stringContaining('serverVersion: expected text, found number') as string,
    });
    expect(failures).toHaveLength(2);
  });
});

describe('bad input', () => {
  test('bytes that are no such message', async () => {
    const { client, port } = await serve({});
    const answer = await client.call(`${workflow}/DescribeNamespace`, Buffer.from([0x08, 0x01]));
    expect(answer).toMatchObject({
      code: status.INVALID_ARGUMENT,
      message:
        'The bytes are not a temporal.api.workflowservice.v1.DescribeNamespaceRequest: field namespace (number 1) ' +
        'must be length-delimited on the wire. Send one as the API defines it.',
    });
    expect(port.calls).toEqual([]);
  });

  test.each([
    [`${workflow}/CreateSchedule`, 'WorkflowService.CreateSchedule'],
    [`${operator}/AddOrUpdateRemoteCluster`, 'OperatorService.AddOrUpdateRemoteCluster'],
  ])('%s is not served and says so', async (method, name) => {
    const { client } = await serve({});
    expect(await client.call(method, {})).toMatchObject({
      code: status.UNIMPLEMENTED,
      message: `${name} is not part of this simulator, which serves what Nexus needs. Use a Temporal server for it.`,
    });
  });

  test('a request over the size limit is refused', async () => {
    const { client, port } = await serve({});
    const answer = await client.call(`${workflow}/DescribeNamespace`, {
      namespace: 'n'.repeat(MESSAGE_BYTES_MAX),
    });
    expect(answer).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    expect(port.calls).toEqual([]);
  });

  test('a port that is taken', async () => {
    const { address } = await serve({});
    const listenOn = Number(address.split(':')[1]);
    const second = await startTemporalServer({ port: new FakeTemporalPort({}), originMs, listenOn });
    expect(second).toEqual({
      ok: false,
      error: expect.stringMatching(
        new RegExp(
          `^Cannot listen on ${address} \\(.*EADDRINUSE.*\\)\\. Choose another port, or 0 for a free one\\.$`,
        ),
      ) as string,
    });
  });
});

describe('long polls', () => {
  const poll = { namespace: 'n', taskQueue: { name: 'q' } };
  const polls = ['PollWorkflowTaskQueue', 'PollActivityTaskQueue', 'PollNexusTaskQueue'] as const;

  test.each(polls)(
    '[67] %s ends empty after a minute at most; its deadline is two seconds away or more',
    async (method) => {
      const { client, port } = await serve({});
      expect(await client.call(`${workflow}/${method}`, poll)).toMatchObject({
        code: status.INVALID_ARGUMENT,
        message: 'Context timeout is not set.',
      });
      expect(await client.call(`${workflow}/${method}`, poll, { deadlineMs: 1_900 })).toMatchObject({
        code: status.FAILED_PRECONDITION,
        message: 'Context timeout is too short.',
      });
      expect(port.calls).toEqual([]);
      const timer = new HandTimer(Date.now());
      const waiting = await serve(
        {
          pollWorkflowTaskQueue: (_, options) => untilCancelled(options, {}),
          pollActivityTaskQueue: (_, options) => untilCancelled(options, {}),
          pollNexusTaskQueue: (_, options) => untilCancelled(options, {}),
        },
        timer,
      );
      const answer = waiting.client.call(`${workflow}/${method}`, poll, { deadlineMs: 90_000 });
      await timer.whenSet();
      expect(timer.delays).toEqual([60_000]);
      timer.advance(60_000);
      expect(await answer).toEqual({ ok: true, value: {} });
    },
  );

  test.each([
    [30_000, 29_000],
    [90_000, 60_000],
  ])('with a deadline in %i ms it ends empty after %i', async (deadlineMs, limitMs) => {
    const timer = new HandTimer(Date.now());
    const { client } = await serve(
      { pollNexusTaskQueue: (_, options) => untilCancelled(options, {}) },
      timer,
    );
    const answer = client.call(`${workflow}/PollNexusTaskQueue`, poll, { deadlineMs });
    await timer.whenSet();
    // The deadline counts from when the call was made, a little after the twin's clock was set.
    const [delay = 0] = timer.delays;
    expect(delay).toBeGreaterThan(limitMs - 1_000);
    expect(delay).toBeLessThanOrEqual(Math.min(60_000, limitMs + Date.now() - timer.now()));
    timer.advance(delay);
    expect(await answer).toEqual({ ok: true, value: {} });
  });

  test('a client that goes away gives its poll up', async () => {
    const abort = new AbortController();
    let asked: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (asked = resolve));
    let gone: () => void = () => undefined;
    const cancelled = new Promise<void>((resolve) => (gone = resolve));
    const { client } = await serve({
      pollWorkflowTaskQueue: (_, options) => {
        options.signal?.onCancelled(gone);
        asked();
        return untilCancelled(options, {});
      },
    });
    const answer = client.call(`${workflow}/PollWorkflowTaskQueue`, poll, {
      deadlineMs: 60_000,
      abort: abort.signal,
    });
    await arrived;
    abort.abort();
    await cancelled;
    expect(await answer).toMatchObject({ code: status.CANCELLED });
  });

  test.each([
    ['PollNexusOperationExecution', {}],
    ['DescribeNexusOperationExecution', { runId: 'r', longPollToken: 'dG9rZW4=' }],
  ])('%s of a standalone operation ends empty, and needs no deadline', async (method, more) => {
    const timer = new HandTimer(Date.now());
    const waiting: Answers = {
      pollNexusOperationExecution: (_, options) => untilCancelled(options, {}),
      describeNexusOperationExecution: (_, options) => untilCancelled(options, {}),
    };
    const { client } = await serve(waiting, timer);
    const answer = client.call(`${workflow}/${method}`, { namespace: 'n', operationId: 'o', ...more });
    await timer.whenSet();
    expect(timer.delays).toEqual([60_000]);
    timer.advance(60_000);
    expect(await answer).toEqual({ ok: true, value: {} });
  });

  test('waiting for new events ends with an empty page at the same place', async () => {
    const timer = new HandTimer(Date.now());
    const nextPageToken = Buffer.from('here').toString('base64');
    const { client } = await serve(
      { getWorkflowExecutionHistory: (_, options) => untilCancelled(options, { history: {} }) },
      timer,
    );
    const answer = client.call(
      `${workflow}/GetWorkflowExecutionHistory`,
      { namespace: 'n', waitNewEvent: true, nextPageToken },
      { deadlineMs: 10_000 },
    );
    await timer.whenSet();
    timer.advance(10_000);
    expect(await answer).toEqual({ ok: true, value: { history: {}, nextPageToken } });
  });
});

describe('health', () => {
  const health = 'grpc.health.v1.Health';

  test('every served service is healthy, others are unknown', async () => {
    const { client } = await serve({});
    for (const service of ['', workflow, operator]) {
      expect(await client.call(`${health}/Check`, { service })).toEqual({
        ok: true,
        value: { status: 'SERVING' },
      });
    }
    expect(await client.call(`${health}/Check`, { service: 'x' })).toMatchObject({ code: status.NOT_FOUND });
  });

  test('watching says so at once', async () => {
    const { address } = await serve({});
    const client = owned.add(new RawStream(address));
    expect(await client.first(`/${health}/Watch`)).toEqual(Buffer.from([0x08, 0x01]));
  });

  test('watching with bytes that are no request is refused', async () => {
    const { address } = await serve({});
    const client = owned.add(new RawStream(address));
    await expect(client.first(`/${health}/Watch`, Buffer.from([0x0a, 0x05]))).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining('HealthCheckRequest') as string,
    });
  });
});

class RawStream implements Disposable {
  readonly #client: Client;

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure());
  }

  first(path: string, request = Buffer.alloc(0)): Promise<Buffer> {
    const same = (bytes: Buffer): Buffer => bytes;
    return new Promise((resolve, reject) => {
      const stream = this.#client.makeServerStreamRequest(path, same, same, request, new Metadata());
      stream.once('data', resolve);
      stream.once('error', reject);
    });
  }

  dispose(): void {
    this.#client.close();
  }
}
