import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SimulatorClient, type Link } from '../../../../extension/clients/simulator-client.ts';
import { ms } from '../../../../simulator/base/time.ts';
import { described, fakeSimulator, type FakeSimulator } from '../../../harness/fake-simulator.ts';
import { span } from '../../../harness/spans.ts';
import { until } from '../../../harness/until.ts';

let simulator: FakeSimulator;
let client: SimulatorClient;
let logged: string[];
let delays: number[];

beforeEach(async () => {
  simulator = await fakeSimulator();
  logged = [];
  delays = [];
  const connected = await SimulatorClient.connect({
    url: simulator.url,
    token: simulator.token,
    log: (line) => logged.push(line),
    schedule: (callback, delay) => {
      delays.push(delay);
      callback();
    },
  });
  if (!connected.ok) throw new Error(connected.error);
  client = connected.value;
});

afterEach(async () => {
  client.close();
  await simulator.close();
});

describe('requests', () => {
  test('carry the token at the handshake, and nothing of it afterwards', async () => {
    await client.request('simulator/describe', {});
    expect(simulator.authorizations).toEqual(['Bearer secret-token']);
    expect(simulator.requests).toEqual([{ method: 'simulator/describe', params: {} }]);
  });

  test('are answered with what the contract says', async () => {
    expect(await client.request('simulator/describe', {})).toEqual({ ok: true, value: described });
  });

  test('a refusal is a value, with the simulator’s sentence', async () => {
    simulator.replies.set('clock/advance', { error: { code: -32000, message: 'Pause the clock first.' } });
    const reply = await client.request('clock/advance', { by: ms(5) });
    expect(reply).toEqual({ ok: false, error: { kind: 'refused', message: 'Pause the clock first.' } });
  });

  test('a reply that breaks the contract is refused, with the place', async () => {
    simulator.replies.set('simulator/describe', { result: { ...described, originMs: 'now' } });
    const reply = await client.request('simulator/describe', {});
    expect(reply).toMatchObject({
      ok: false,
      error: { kind: 'invalid-reply', method: 'simulator/describe' },
    });
    expect(reply.ok || reply.error.kind !== 'invalid-reply' ? '' : reply.error.detail).toContain('originMs');
  });

  test('replies find their requests, whatever their order', async () => {
    const first = client.request('endpoints/list', {});
    const second = await client.request('simulator/describe', {});
    expect(second.ok).toBe(true);
    simulator.raw(JSON.stringify({ jsonrpc: '2.0', id: 0, result: { endpoints: [] } }));
    expect(await first).toEqual({ ok: true, value: { endpoints: [] } });
  });
});

describe('notifications', () => {
  test('arrive parsed', async () => {
    const change = { run: 1, spans: [span('a', [0, 5])], now: 5 };
    const heard = until(client.onNotification);
    simulator.notify('timeline/changed', change);
    expect(await heard).toEqual({ method: 'timeline/changed', params: change });
  });

  test('that are broken are dropped with a line in the log; unknown ones are not our business', async () => {
    const heard = until(client.onNotification);
    simulator.raw('{ not json');
    simulator.notify('timeline/changed', { run: 'one' });
    simulator.notify('weather/changed', {});
    simulator.notify('clock/changed', described.clock);
    expect((await heard).method).toBe('clock/changed');
    expect(logged).toHaveLength(2);
    expect(logged[1]).toContain("Dropped a 'timeline/changed' notification");
  });
});

describe('a lost connection', () => {
  test('ends what is under way, comes back, and says so', async () => {
    const links: Link[] = [];
    client.onLinkChanged((link) => links.push(link));
    const open = client.request('endpoints/list', {});
    await client.request('simulator/describe', {});
    const back = until(client.onLinkChanged, (link) => link === 'connected');
    simulator.cut();
    expect(await open).toEqual({ ok: false, error: { kind: 'disconnected' } });
    await back;
    expect(links).toEqual(['reconnecting', 'connected']);
    expect(await client.request('simulator/describe', {})).toMatchObject({ ok: true });
    expect(simulator.authorizations).toHaveLength(2);
    expect(delays[0]).toBe(100);
  });

  test('is not restored after close', async () => {
    const links: Link[] = [];
    client.onLinkChanged((link) => links.push(link));
    client.close();
    expect(links).toEqual(['closed']);
    expect(await client.request('simulator/describe', {})).toEqual({
      ok: false,
      error: { kind: 'disconnected' },
    });
    expect(delays).toEqual([]);
  });
});

test('a server that is not there is a reason, not an exception', async () => {
  const { url, token } = simulator;
  await simulator.close();
  const refused = await SimulatorClient.connect({ url, token, log: () => undefined });
  expect(refused).toMatchObject({ ok: false, error: expect.stringContaining('ECONNREFUSED') as string });
});
