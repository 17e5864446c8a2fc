import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ms } from '../../simulator/base/time.ts';
import { BODY_BYTES_MAX } from '../../simulator/frontends/nexus-http/server.ts';
import { serve, type Served } from '../harness/served-world.ts';
import { untilSome } from '../harness/until.ts';
import { callOnce, eventOf, json, typesOf } from '../harness/world.ts';
import {
  caller,
  complete,
  order,
  pending,
  schedule,
  startBacking,
  target,
} from '../simulation/checklist/stage.ts';

/** Calls of endpoints with an external URL, on real sockets. */

describe('a handler outside', () => {
  type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

  /** A Nexus handler of another program, and a world whose workflow calls it. */
  async function outside(answer: Answer, listening = true) {
    let nth = 0;
    const http = createServer((request, response) => {
      request.resume();
      request.on('end', () => answer(request, response, ++nth));
    });
    const port = await new Promise<number>((resolve) => {
      http.listen(0, '127.0.0.1', () => resolve((http.address() as AddressInfo).port));
    });
    const close = () => {
      http.close();
      http.closeAllConnections();
    };
    onTestFinished(close);
    if (!listening) close();
    const served = await serve(undefined, { clock: { mode: 'paused' } });
    const spec = { name: 'away', target: { external: { url: `http://127.0.0.1:${port}/base/` } } };
    await served.world.ask('createNexusEndpoint', { spec });
    served.world.workflow(caller, (history) =>
      typesOf(history).includes('NEXUS_OPERATION_SCHEDULED')
        ? []
        : [schedule({ endpoint: 'away', input: json('in'), nexusHeader: { Tenant: 'acme' } })],
    );
    await served.world.start(order);
    const settled = () =>
      untilSome(() => (served.world.driver.state.externalCalls.size === 0 ? ['idle'] : []));
    await served.world.driver.advance(ms(0));
    await settled();
    return { ...served, calls: () => nth };
  }

  const cause = async ({ world }: Served) =>
    eventOf(await world.history('orders', 'order-1'), 'NEXUS_OPERATION_FAILED').attributes.failure.cause;

  test('is asked as the protocol says', async () => {
    let asked: IncomingMessage | undefined;
    const served = await outside((request, response) => {
      asked = request;
      response.writeHead(200, { 'content-type': 'application/json' }).end('"out"');
    });
    expect(asked?.url).toBe(
      `/base/Service/operation?callback=${encodeURIComponent(`http://${served.address}/nexus/callback`)}`,
    );
    expect(asked?.headers).toMatchObject({
      'content-type': 'application/json',
      'request-timeout': '10000ms',
      'temporal-nexus-failure-support': 'true',
      'user-agent': 'temporalio/server',
      tenant: 'acme',
      'nexus-callback-temporal-callback-token': expect.any(String) as string,
      'nexus-request-id': expect.any(String) as string,
      'nexus-link': expect.stringContaining('type="temporal.api.common.v1.Link.WorkflowEvent"') as string,
    });
    const history = await served.world.history('orders', 'order-1');
    expect(eventOf(history, 'NEXUS_OPERATION_COMPLETED').attributes.result).toEqual(json('out'));
  });

  test.each<[string, Answer, boolean?]>([
    ['refuses connections', () => undefined, false],
    [
      'answers 404 in HTML',
      (_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<p>'),
    ],
    ['answers 418', (_, response) => response.writeHead(418).end()],
    ['redirects', (_, response) => response.writeHead(307, { location: '/elsewhere' }).end()],
    ['hangs up', (request) => request.socket.destroy()],
    ['breaks off', (request, response) => response.write('x', () => request.socket.destroy())],
    ['answers 201 without JSON', (_, response) => response.writeHead(201).end('T')],
    [
      'answers 201 with an empty token',
      (_, response) =>
        response.writeHead(201, { 'content-type': 'application/json' }).end('{"token":"","state":"running"}'),
    ],
  ])('[50] that %s: BACKING_OFF, CallError', async (_what, answer, listening) => {
    const served = await outside(answer, listening);
    expect(await pending(served.world)).toMatchObject([
      { state: 'BACKING_OFF', lastAttemptFailure: { applicationFailureInfo: { type: 'CallError' } } },
    ]);
    expect(served.calls()).toBeLessThanOrEqual(1);
  });

  test('[48] that answers with a token of 4097 bytes fails the operation for good', async () => {
    const served = await outside((_request, response) => {
      const token = 't'.repeat(4_097);
      response
        .writeHead(201, { 'content-type': 'application/json' })
        .end(JSON.stringify({ token, state: 'running' }));
    });
    expect(await cause(served)).toMatchObject({
      applicationFailureInfo: { type: 'CallError', nonRetryable: true },
    });
  });

  test('that answers with too large a body fails the operation for good', async () => {
    const served = await outside((_request, response) => response.end(Buffer.alloc(BODY_BYTES_MAX + 1)));
    expect(await cause(served)).toMatchObject({ message: 'http: response body too large' });
  });

  test('that refuses is believed, in the new form and in the old', async () => {
    const old = await outside((_request, response) =>
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"message":"bad"}'),
    );
    expect(await cause(old)).toMatchObject({ nexusHandlerFailureInfo: { type: 'BAD_REQUEST' } });
    const modern = await outside((_request, response) =>
      response
        .writeHead(500, { 'content-type': 'application/json' })
        .end('{"message":"no","metadata":{"type":"nexus.HandlerError"},"details":{"type":"CONFLICT"}}'),
    );
    expect(await cause(modern)).toMatchObject({
      message: 'no',
      nexusHandlerFailureInfo: { type: 'CONFLICT' },
    });
  });

  test('that is a simulator too: there a workflow runs, and its completion comes back', async () => {
    const there = await serve((request) => startBacking(there.world, request), {
      clock: { mode: 'paced', rate: 1 },
    });
    there.world.workflow(target, () => [complete('receipt')]);
    const here = await serve(undefined, { clock: { mode: 'paced', rate: 1 } });
    const url = `http://${there.address}${there.path.replace('/Service/operation', '')}`;
    await here.world.ask('createNexusEndpoint', { spec: { name: 'away', target: { external: { url } } } });
    here.world.workflow(caller, callOnce({ endpoint: 'away', input: json('in') }));
    await here.world.start(order);
    const history = await untilSome(async () => {
      const events = await here.world.history('orders', 'order-1');
      return typesOf(events).includes('WORKFLOW_EXECUTION_COMPLETED') ? events : [];
    });
    expect(eventOf(history, 'NEXUS_OPERATION_STARTED').attributes.operationToken).toBe('token of charge-1');
    expect(eventOf(history, 'NEXUS_OPERATION_COMPLETED').attributes.result).toEqual(json('receipt'));
    expect(there.world.handled[0]?.startOperation?.payload).toEqual(json('in'));
  });
});
