import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { encodeText } from '../../simulator/base/base64.ts';
import { ms } from '../../simulator/base/time.ts';
import { BODY_BYTES_MAX } from '../../simulator/frontends/nexus-http/server.ts';
import type { NexusRequest } from '../../simulator/protocol/temporal/nexus.ts';
import { jsonOf, type RawAnswer, type RawRequest } from '../harness/http-exchange.ts';
import { codec, serve, type Served } from '../harness/served-world.ts';
import { untilSome } from '../harness/until.ts';
import { callOnce, eventOf, handlerError, json, type HandlerAnswer } from '../harness/world.ts';
import { caller, order, pending, running, sync } from '../simulation/checklist/stage.ts';

/** Nexus over HTTP on real sockets: callers outside, and completions from outside. */

const failed = { 'content-type': 'application/json', 'nexus-operation-state': 'failed' };

const body = { header: { 'content-type': 'application/json' }, body: '"in"' };
const seen = ({ world }: Served): NexusRequest => world.handled[0] ?? {};

describe('a start request', () => {
  test('[85] tells the worker who asks for what, and where to report', async () => {
    const served = await serve(() => sync('out'));
    const { status } = await served.ask(
      {
        ...body,
        header: {
          ...body.header,
          'Nexus-Request-Id': 'r1',
          'Nexus-Callback-Temporal-Callback-Token': 'T',
          'Nexus-Link': '<temporal:///namespaces/n>; type="a.B"',
          Tenant: 'acme',
        },
      },
      `${served.path}?callback=${encodeURIComponent('http://127.0.0.1:1/cb?x=y')}`,
    );
    expect(status).toBe(200);
    expect(seen(served)).toMatchObject({
      endpoint: 'payments-endpoint',
      header: { tenant: 'acme' },
      startOperation: {
        service: 'Service',
        operation: 'operation',
        requestId: 'r1',
        callback: 'http://127.0.0.1:1/cb?x=y',
        callbackHeader: { 'temporal-callback-token': 'T' },
        links: [{ url: 'temporal:///namespaces/n', type: 'a.B' }],
        payload: json('in'),
      },
    });
  });

  test('by namespace and task queue there is no endpoint', async () => {
    const served = await serve(() => sync('out'));
    const { status } = await served.ask(
      body,
      '/namespaces/payments/task-queues/billing/nexus-services/Service/operation',
    );
    expect([status, seen(served).endpoint]).toEqual([200, undefined]);
  });

  test('[91] headers that are nobody’s business do not reach the worker', async () => {
    const served = await serve(() => sync('out'));
    await served.ask({
      ...body,
      header: { ...body.header, 'Accept-Encoding': 'gzip', 'X-Forwarded-For': '1', 'nexus-callback-a': 'b' },
    });
    const names = Object.keys(seen(served).header ?? {}).join(' ');
    expect(names).not.toMatch(/accept-encoding|x-forwarded-for|content-|nexus-callback-|host|connection/);
  });

  test('[88] JSON, a whole payload and nothing at all come back as they went in', async () => {
    const served = await serve(({ startOperation }) => ({
      response: { syncSuccess: { ...(startOperation?.payload && { payload: startOperation.payload }) } },
    }));
    const plain = await served.ask(body);
    expect([plain.headers['content-type'], plain.body.toString()]).toEqual(['application/json', '"in"']);
    const secret = { metadata: { encoding: encodeText('binary/encrypted') }, data: encodeText('x') };
    const whole = Buffer.from(codec.encode(secret));
    const type = { 'content-type': 'application/x-temporal-payload' };
    const sealed = await served.ask({ header: type, body: whole });
    expect(served.world.handled[1]?.startOperation?.payload).toEqual(secret);
    expect([sealed.headers['content-type'], sealed.body]).toEqual([type['content-type'], whole]);
    const empty = await served.ask();
    expect(served.world.handled[2]?.startOperation?.payload).toEqual({
      metadata: { encoding: encodeText('binary/null') },
    });
    expect([empty.headers['content-type'], empty.body.length]).toEqual([undefined, 0]);
  });

  test.each<[string, HandlerAnswer, number, object]>([
    ['a result', sync('out'), 200, { 'content-type': 'application/json' }],
    ['a token', running('T'), 201, { 'content-type': 'application/json' }],
    [
      'a failed operation',
      { response: { operationError: { operationState: 'failed', failure: { message: 'no' } } } },
      424,
      { 'nexus-operation-state': 'failed', 'temporal-nexus-failure-source': 'worker' },
    ],
    [
      'a cancelled operation',
      { response: { failure: { message: 'no', canceledFailureInfo: {} } } },
      424,
      { 'nexus-operation-state': 'canceled' },
    ],
    ['a handler error', handlerError('NOT_FOUND'), 404, { 'temporal-nexus-failure-source': 'worker' }],
    ['a conflict', handlerError('CONFLICT', 'RETRYABLE'), 409, { 'nexus-request-retryable': 'true' }],
    ['a type nobody knows', handlerError('TEAPOT'), 500, {}],
    [
      'an answer to another question',
      { cancelled: true },
      500,
      { 'temporal-nexus-failure-source': 'worker' },
    ],
  ])('[87] %s', async (what, answer, status, headers) => {
    const served = await serve(() => answer);
    const found = await served.ask(body);
    expect(found.status).toBe(status);
    expect(found.headers).toMatchObject(headers);
    if (what === 'a token') expect(jsonOf(found)).toEqual({ token: 'T', state: 'running' });
    if (status === 500 && what !== 'a type nobody knows') {
      expect(jsonOf(found)).toMatchObject({ message: 'empty outcome' });
    }
  });

  test('[89] who understands Temporal’s failures gets them; for others the wrapper goes', async () => {
    const failure = { message: 'declined', applicationFailureInfo: { type: 'Declined', nonRetryable: true } };
    const served = await serve(() => ({ response: { failure } }));
    const modern = await served.ask({ header: { 'Temporal-Nexus-Failure-Support': 'true' } });
    const old = await served.ask();
    expect(served.world.handled.map(({ capabilities }) => capabilities)).toEqual([
      { temporalFailureResponses: true },
      { temporalFailureResponses: false },
    ]);
    const inner = {
      message: 'declined',
      metadata: { type: 'temporal.api.failure.v1.Failure' },
      details: { applicationFailureInfo: failure.applicationFailureInfo },
    };
    expect(jsonOf(modern)).toEqual({
      message: 'operation error',
      metadata: { type: 'nexus.OperationError', 'unwrap-error': 'true' },
      details: { state: 'failed' },
      cause: inner,
    });
    expect(jsonOf(old)).toEqual(inner);
  });

  test('[65] nobody takes it: 520, for want of a worker', async () => {
    const served = await serve();
    const found = await served.ask({ header: { 'Request-Timeout': '10s' } });
    expect([found.status, found.headers['temporal-nexus-failure-source']]).toEqual([520, 'worker']);
    expect(jsonOf(found)).toMatchObject({
      message: 'upstream timeout',
      details: { type: 'UPSTREAM_TIMEOUT' },
    });
    expect(served.world.driver.now()).toBe(9_000);
  });

  test('[72] more than a namespace may have at once: 429, and no word on when to come again', async () => {
    const served = await serve(undefined, {
      clock: { mode: 'paused' },
      limits: { namespaceConcurrentDispatches: 1 },
    });
    const waiting = served.ask(body).catch(() => undefined);
    await untilSome(() => [...served.world.driver.state.nexusTasks.values()]);
    const found = await served.ask(body);
    expect([found.status, found.headers['retry-after']]).toEqual([429, undefined]);
    expect(jsonOf(found)).toMatchObject({ details: { type: 'RESOURCE_EXHAUSTED' } });
    await served.world.driver.advance(ms(60_000));
    await waiting;
  });

  test('a caller that goes away takes its request along', async () => {
    const served = await serve(undefined, { clock: { mode: 'paused' } });
    const [host, port] = served.address.split(':');
    const socket = connect(Number(port), host);
    socket.write(`POST ${served.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
    await untilSome(() => [...served.world.driver.state.nexusTasks.values()]);
    socket.destroy();
    await untilSome(() => (served.world.driver.state.nexusTasks.size === 0 ? ['gone'] : []));
    expect(served.world.driver.state.waitingCalls.size).toBe(0);
  });
});

describe('[86] what is wrong with a request is told', () => {
  const long = 'x'.repeat(1_001);
  test.each<[string, (served: Served) => Promise<RawAnswer>, number, string]>([
    [
      'another method',
      (s) => s.ask({ method: 'GET' }),
      400,
      'invalid request method: expected POST, got "GET"',
    ],
    ['an unknown path', (s) => s.ask({}, '/nothing'), 404, 'not found'],
    ['a path that is not encoded', (s) => s.ask({}, '/nexus/endpoints/%zz/services/a/b'), 400, 'invalid URL'],
    [
      'an unknown endpoint',
      (s) => s.ask({}, '/nexus/endpoints/x/services/a/b'),
      404,
      'nexus endpoint not found',
    ],
    [
      'an unknown namespace',
      (s) => s.ask({}, '/namespaces/x/task-queues/q/nexus-services/a/b'),
      404,
      'namespace not found: "x"',
    ],
    [
      'a namespace that is too long',
      (s) => s.ask({}, `/namespaces/${long}/task-queues/q/nexus-services/a/b`),
      400,
      'Namespace length exceeds limit.',
    ],
    [
      'a bad timeout',
      (s) => s.ask({ header: { 'Request-Timeout': '1h' } }),
      400,
      'invalid request timeout header',
    ],
    ['a bad link', (s) => s.ask({ header: { 'Nexus-Link': 'x' } }), 400, 'invalid "nexus-link" header'],
    [
      'a broken payload',
      (s) => s.ask({ header: { 'content-type': 'application/x-temporal-payload' }, body: '\xff\xff' }),
      400,
      'invalid input',
    ],
    [
      'a body that is too large',
      (s) => s.ask({ body: Buffer.alloc(BODY_BYTES_MAX + 1) }),
      400,
      'invalid input',
    ],
    ['a cancel without a token', (s) => s.ask({}, `${s.path}/cancel`), 400, 'missing operation token'],
    ['a web page', (s) => s.ask({ header: { Origin: 'http://evil' } }), 403, 'permission denied'],
    ['a completion without a token', (s) => s.ask({}, '/nexus/callback'), 400, 'invalid callback token'],
  ])('%s', async (_what, ask, status, message) => {
    const served = await serve(() => sync('out'));
    const found = await ask(served);
    expect([found.status, jsonOf(found)]).toEqual([
      status,
      expect.objectContaining({ message: expect.stringContaining(message) as string }),
    ]);
    expect((await served.ask(body)).status).toBe(200);
  });

  test('an endpoint with an external target', async () => {
    const served = await serve();
    const external = { url: 'http://127.0.0.1:1' };
    const spec = { name: 'away', target: { external } };
    const { endpoint } = await served.world.ask('createNexusEndpoint', { spec });
    const found = await served.ask({}, `${endpoint.urlPrefix}/a/b`);
    expect([found.status, jsonOf(found)]).toMatchObject([400, { message: 'invalid endpoint target' }]);
  });
});

test.each([
  ['a header', { header: { 'Nexus-Operation-Token': 'T' } }, '/cancel'],
  ['the query', {}, '/cancel?token=T'],
  ['the path, as it used to be', {}, '/T/cancel'],
])('a cancel request with its token in %s is delivered: 202', async (_where, request, suffix) => {
  const served = await serve(() => ({ cancelled: true }));
  const found = await served.ask(request, served.path + suffix);
  expect([found.status, found.body.length]).toEqual([202, 0]);
  expect(seen(served).cancelOperation).toMatchObject({ operationToken: 'T', operationId: 'T' });
  expect(seen(served).header).not.toHaveProperty('nexus-operation-token');
});

describe('[90] a completion', () => {
  /** An operation that has started, and its callback token. */
  async function started() {
    const served = await serve(() => running('T'));
    served.world.workflow(caller, callOnce({ endpoint: 'payments-endpoint' }));
    await served.world.start(order);
    await untilSome(async () => (await pending(served.world)).filter(({ state }) => state === 'STARTED'));
    const token = seen(served).startOperation?.callbackHeader?.['temporal-callback-token'] ?? '';
    const report = (header: RawRequest['header'] = {}, path = '/nexus/callback', text = '"paid"') =>
      served.ask({ header: { 'temporal-callback-token': token, ...header }, body: text }, path);
    return { ...served, report };
  }
  const succeeded = { 'nexus-operation-state': 'succeeded', 'content-type': 'application/json' };

  test.each(['/nexus/callback', '/namespaces/orders/nexus/callback'])('on %s completes it', async (path) => {
    const { report, world } = await started();
    expect((await report(succeeded, path)).status).toBe(200);
    const history = await world.history('orders', 'order-1');
    expect(eventOf(history, 'NEXUS_OPERATION_COMPLETED').attributes.result).toEqual(json('paid'));
  });

  test('[11] a second one is refused with 404 and changes nothing', async () => {
    const { report, world } = await started();
    await report(succeeded);
    const before = await world.history('orders', 'order-1');
    expect((await report(succeeded)).status).toBe(404);
    expect(await world.history('orders', 'order-1')).toEqual(before);
  });

  test('[12] one for another request is refused with 404, and so is one for nobody', async () => {
    const { report, world } = await started();
    const [token] = world.handled.map(({ startOperation }) => startOperation?.callbackHeader);
    const envelope = JSON.parse(token?.['temporal-callback-token'] ?? '') as { d: string };
    const inner = JSON.parse(Buffer.from(envelope.d, 'base64').toString()) as object;
    const forged = (change: object) =>
      JSON.stringify({ v: 1, d: encodeText(JSON.stringify({ ...inner, ...change })) });
    for (const change of [{ requestId: 'other' }, { run: 'nobody' }]) {
      const found = await report({ ...succeeded, 'temporal-callback-token': forged(change) });
      expect([found.status, jsonOf(found)]).toMatchObject([404, { message: 'operation not found' }]);
    }
    expect(await pending(world)).toMatchObject([{ state: 'STARTED' }]);
  });

  test('of a failure keeps the whole failure', async () => {
    const { report, world } = await started();
    const details = { applicationFailureInfo: { type: 'Declined' } };
    const cause = { message: 'c', metadata: { type: 'temporal.api.failure.v1.Failure' }, details };
    const metadata = { type: 'nexus.OperationError', 'unwrap-error': 'true' };
    const text = JSON.stringify({ metadata, details: { state: 'failed' }, cause });
    expect((await report(failed, '/nexus/callback', text)).status).toBe(200);
    const { failure } = eventOf(
      await world.history('orders', 'order-1'),
      'NEXUS_OPERATION_FAILED',
    ).attributes;
    expect(failure.cause).toEqual({ message: 'c', applicationFailureInfo: { type: 'Declined' } });
  });

  test.each<[string, Record<string, string>, string?]>([
    ['a bad token', { ...succeeded, 'temporal-callback-token': 'x' }],
    ['no state', {}],
    ['a bad start time', { ...succeeded, 'nexus-operation-start-time': 'yesterday' }],
    ['a bad close time', { ...succeeded, 'nexus-operation-close-time': '2026' }],
    ['a bad link', { ...succeeded, 'nexus-link': 'x' }],
    ['a token that is too long', { ...succeeded, 'nexus-operation-token': 't'.repeat(4_097) }],
    ['a failure that is no JSON', { ...failed, 'content-type': 'text/plain' }],
    ['a failure that cannot be read', failed, '{'],
    ['a broken result', { ...succeeded, 'content-type': 'application/x-temporal-payload' }, '\xff'],
    ['another namespace', succeeded],
  ])('with %s is 400', async (what, header, text) => {
    const { report, world } = await started();
    const path = what === 'another namespace' ? '/namespaces/payments/nexus/callback' : '/nexus/callback';
    expect((await report(header, path, text)).status).toBe(400);
    expect(await pending(world)).toMatchObject([{ state: 'STARTED' }]);
  });
});
