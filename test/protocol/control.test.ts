// The control frontend over real sockets; a twin stands for the simulation.
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { DisposableStore } from '../../simulator/base/disposable.ts';
import { ok } from '../../simulator/base/result.ts';
import { instant } from '../../simulator/base/time.ts';
import {
  PAYLOAD_BYTES_MAX,
  startControlServer,
  type ControlServerOptions,
} from '../../simulator/frontends/control/server.ts';
import { mintToken } from '../../simulator/frontends/control/token.ts';
import { protocolVersion, subprotocolOf } from '../../simulator/protocol/contract.ts';
import { ControlClient } from '../harness/control-client.ts';
import { FakeControlPort, span } from '../harness/fake-control-port.ts';

let owned = new DisposableStore();
afterEach(() => {
  owned.dispose();
  owned = new DisposableStore();
});

const token = mintToken();

async function serve(options: Partial<ControlServerOptions> = {}) {
  const port = new FakeControlPort();
  const started = await startControlServer({ port, token, ...options });
  if (!started.ok) throw new Error(started.error);
  const { url } = owned.add(started.value);
  const connect = async (...[withToken, headers]: [string?, Record<string, string>?]) =>
    owned.add(await ControlClient.connect(url, withToken ?? token, headers));
  return { port, url, connect };
}

describe('who may connect', () => {
  test('the token opens, as header or in the address', async () => {
    const { connect, url } = await serve();
    await connect();
    const inAddress = await ControlClient.connect(`${url}?token=${token}`, '', { authorization: '' });
    owned.add(inAddress);
    expect(await inAddress.request('timeline/unsubscribe', {})).toEqual({});
  });

  test('without it, or with another, nobody comes in', async () => {
    const { connect, url } = await serve();
    const remedy = 'send the one the simulator printed as "Authorization: Bearer …" or "?token=…".';
    await expect(connect(mintToken())).rejects.toThrow(`401: The token is wrong; ${remedy}`);
    await expect(connect(token.slice(1))).rejects.toThrow('401');
    await expect(ControlClient.connect(url, '', { authorization: '' })).rejects.toThrow(
      `401: The token is missing; ${remedy}`,
    );
  });

  test('pages are kept out even with the token, unless their origin is allowed', async () => {
    const { connect } = await serve({ allowedOrigins: ['http://127.0.0.1:8080'] });
    await expect(connect(token, { origin: 'https://example.com' })).rejects.toThrow(
      '403: Pages of https://example.com may not connect to the simulator.',
    );
    await expect(connect(token, { origin: 'null' })).rejects.toThrow('403');
    await connect(token, { origin: 'http://127.0.0.1:8080' });
  });

  test('the sessions have a limit, and a place is free again when one ends', async () => {
    const { connect } = await serve({ sessionsMax: 1 });
    const first = await connect();
    await expect(connect()).rejects.toThrow('503: There are 1 sessions already, which is the limit');
    first.socket.close();
    await once(first.socket, 'close');
    await connect();
  });

  test('the newest version that both sides speak is chosen; who offers none speaks the first', async () => {
    const { connect, url } = await serve();
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(url, [subprotocolOf(99), subprotocolOf(protocolVersion)], { headers });
    owned.add({ dispose: () => socket.terminate() });
    await once(socket, 'open');
    expect(socket.protocol).toBe(subprotocolOf(protocolVersion));
    expect((await connect()).socket.protocol).toBe('');
  });

  test('a client that is too new or too old is told what is spoken here', async () => {
    const { connect } = await serve();
    await expect(connect(token, { 'sec-websocket-protocol': subprotocolOf(99) })).rejects.toThrow(
      '400: This simulator speaks nexus-control.v1, and the client offers nexus-control.v99; update the older of the two.',
    );
  });

  test('another path is not found', async () => {
    const { url } = await serve();
    await expect(ControlClient.connect(`${url}admin`, token)).rejects.toThrow(
      '404: There is nothing at /admin',
    );
    await expect(ControlClient.connect(url.replace(/\/$/, '//'), token)).rejects.toThrow('404');
  });

  test('plain HTTP is told what this is', async () => {
    const { url } = await serve();
    const request = httpRequest(url.replace('ws:', 'http:'));
    request.end();
    const [response] = (await once(request, 'response')) as [{ statusCode: number; resume: () => void }];
    response.resume();
    expect(response.statusCode).toBe(426);
  });

  test('a port that is taken', async () => {
    const { url } = await serve();
    const listenOn = Number(new URL(url).port);
    expect(await startControlServer({ port: new FakeControlPort(), token, listenOn })).toMatchObject({
      ok: false,
      error: expect.stringMatching(
        /^Cannot listen on 127\.0\.0\.1:\d+ \(.*EADDRINUSE.*\)\. Choose another port/,
      ) as string,
    });
  });
});

describe('a session', () => {
  test('asks, is refused and is told', async () => {
    const { connect, port } = await serve();
    const client = await connect();
    port.answer = () => Promise.resolve(ok({ now: 7, mode: { mode: 'paused' } }));
    expect(await client.request('clock/set', { mode: 'paused' })).toEqual({
      now: 7,
      mode: { mode: 'paused' },
    });
    port.answer = () => Promise.resolve({ ok: false, error: { message: 'Not now.' } });
    await expect(client.request('endpoints/list', {})).rejects.toThrow('Not now.');
    const told = client.next(({ method }) => method === 'clock/changed');
    port.notify({ method: 'clock/changed', params: { now: instant(9), mode: { mode: 'run' } } });
    expect(await told).toEqual({ method: 'clock/changed', params: { now: 9, mode: { mode: 'run' } } });
  });

  test('follows the timeline', async () => {
    const { connect, port } = await serve();
    const client = await connect();
    port.spans = [span('a')];
    expect(await client.request('timeline/subscribe', {})).toEqual({ run: 1, now: 0, spans: [span('a')] });
    const changed = client.next(({ method }) => method === 'timeline/changed');
    port.change('b', { attempt: 2 });
    expect(await changed).toEqual({
      method: 'timeline/changed',
      params: { run: 1, now: 0, spans: [span('b', { attempt: 2 })] },
    });
  });

  test('two sessions have subscriptions of their own', async () => {
    const { connect, port } = await serve();
    const [first, second] = [await connect(), await connect()];
    await first.request('timeline/subscribe', {});
    const heard: string[] = [];
    second.onNotification(({ method }) => heard.push(method));
    const changed = first.next(({ method }) => method === 'timeline/changed');
    port.change('a');
    await changed;
    await second.request('timeline/unsubscribe', {});
    expect(heard).toEqual([]);
  });

  test('that sends nonsense is told so each time, and hurts nobody else', async () => {
    const { connect, port } = await serve();
    const [bad, good] = [await connect(), await connect()];
    const heard: unknown[] = [];
    const answers = new Promise<void>((resolve) => {
      bad.socket.on('message', (data: Buffer) => {
        heard.push(JSON.parse(data.toString('utf8')));
        if (heard.length === 4) resolve();
      });
    });
    for (const text of ['{', '[]', '{"jsonrpc":"2.0","id":"x","method":"y"}', '{"jsonrpc":"2.0","id":7}'])
      bad.socket.send(text);
    await answers;
    expect(heard).toMatchObject([
      { id: null, error: { code: -32700 } },
      { id: null, error: { code: -32600 } },
      { id: 'x', error: { code: -32601 } },
      { id: 7, error: { code: -32600 } },
    ]);
    port.answer = () => Promise.resolve(ok({ endpoints: [] }));
    expect(await good.request('endpoints/list', {})).toEqual({ endpoints: [] });
    expect(await bad.request('endpoints/list', {})).toEqual({ endpoints: [] });
  });

  test('that sends too much or sends bytes is closed', async () => {
    const { connect } = await serve();
    const large = await connect();
    large.socket.send('x'.repeat(PAYLOAD_BYTES_MAX + 1));
    expect((await once(large.socket, 'close'))[0]).toBe(1009);
    const bytes = await connect();
    bytes.socket.send(Buffer.from([1]));
    expect((await once(bytes.socket, 'close'))[0]).toBe(1003);
  });
});
