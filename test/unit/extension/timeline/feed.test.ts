import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientError } from '../../../../extension/clients/client-error.ts';
import { SimulatorClient, type Notification } from '../../../../extension/clients/simulator-client.ts';
import { SPANS_PER_MESSAGE, TimelineFeed } from '../../../../extension/timeline/feed.ts';
import type { Connection, ToPage } from '../../../../extension/timeline/messages.ts';
import { Emitter } from '../../../../simulator/base/emitter.ts';
import { described, fakeSimulator, type FakeSimulator } from '../../../harness/fake-simulator.ts';
import { span } from '../../../harness/spans.ts';
import { until } from '../../../harness/until.ts';

const verdict = { passed: true, expectations: [], endedAt: 9 };
let simulator: FakeSimulator;
let client: SimulatorClient;
let connections: Emitter<Connection>;
let connection: Connection;
let feed: TimelineFeed;
let errors: ClientError[];

beforeEach(async () => {
  simulator = await fakeSimulator();
  const opened = await SimulatorClient.connect({ ...simulator, log: () => undefined });
  if (!opened.ok) throw new Error(opened.error);
  client = opened.value;
  connections = new Emitter();
  errors = [];
  connection = { kind: 'stopped' };
  const notified = new Emitter<Notification>();
  client.onNotification((notification) => notified.fire(notification));
  const source = {
    client,
    get connection() {
      return connection;
    },
    onConnectionChanged: connections.event,
    onNotification: notified.event,
  };
  feed = new TimelineFeed(source, (error) => errors.push(error));
});

afterEach(async () => {
  feed.dispose();
  client.close();
  await simulator.close();
});

function become(next: Connection): void {
  connection = next;
  connections.fire(next);
}
const heard = (type: ToPage['type']): Promise<ToPage> =>
  until(feed.onMessage, (message) => message.type === type);
const subscribed = async (run: number, ...spans: readonly ReturnType<typeof span>[]): Promise<void> => {
  simulator.replies.set('timeline/subscribe', { result: { run, spans, now: 7 } });
  const clock = heard('clock');
  become({ kind: 'connected' });
  await clock;
};
const changed = async (run: number, ...spans: readonly ReturnType<typeof span>[]): Promise<ToPage> => {
  const message = heard('spans');
  simulator.notify('timeline/changed', { run, spans, now: 8 });
  return message;
};

test('a page that is opened later hears everything', async () => {
  await subscribed(1, span('a', [0]));
  await changed(1, span('a', [0, 5]), span('b', [2]));
  const finished = heard('finished');
  simulator.notify('world/finished', { run: 1, name: 'w', verdict });
  await finished;
  expect(feed.snapshot()).toEqual([
    { type: 'connection', connection: { kind: 'connected' } },
    { type: 'spans', run: 1, first: true, spans: [span('a', [0, 5]), span('b', [2])], now: 8 },
    { type: 'clock', clock: described.clock },
    { type: 'finished', run: 1, name: 'w', verdict },
  ]);
});

test('changes go on as they are, and a new run begins afresh', async () => {
  await subscribed(1, span('a', [0]));
  expect(await changed(1, span('b', [2]))).toMatchObject({ first: false, spans: [{ id: 'b' }] });
  expect(await changed(2, span('c', [0]))).toMatchObject({ first: true, run: 2 });
  expect(feed.snapshot()).toContainEqual(
    expect.objectContaining({ type: 'spans', run: 2, spans: [span('c', [0])] }),
  );
});

test('a change that overtakes the reply to the subscription is not lost', async () => {
  simulator.replies.delete('timeline/subscribe');
  become({ kind: 'connected' });
  const change = { run: 1, spans: [span('a', [0, 5])], now: 8 };
  // Both frames are sent in one go: the client may see them within one turn. The first request has the id 0.
  simulator.raw(
    JSON.stringify({ jsonrpc: '2.0', id: 0, result: { run: 1, spans: [span('a', [0])], now: 0 } }),
  );
  const clock = heard('clock');
  simulator.notify('timeline/changed', change);
  await clock;
  expect(feed.snapshot()).toContainEqual(
    expect.objectContaining({ type: 'spans', spans: change.spans, now: 8 }),
  );
});

test('a restored connection subscribes again', async () => {
  await subscribed(1, span('a', [0]));
  become({ kind: 'reconnecting' });
  const spans = heard('spans');
  simulator.replies.set('timeline/subscribe', { result: { run: 1, spans: [span('a', [0, 3])], now: 9 } });
  become({ kind: 'connected' });
  expect(await spans).toMatchObject({ first: true, run: 1, spans: [{ id: 'a', end: 3 }], now: 9 });
});

test('another process starts from nothing', async () => {
  await subscribed(4, span('a', [0]));
  become({ kind: 'starting' });
  expect(feed.snapshot()).toEqual([{ type: 'connection', connection: { kind: 'starting' } }]);
  expect(feed.clock).toBeUndefined();
});

test('a large run is sent in pieces', async () => {
  const many = Array.from({ length: SPANS_PER_MESSAGE + 1 }, (_, index) => span(`s${index}`, [index]));
  await subscribed(1, ...many);
  const pieces = feed.snapshot().flatMap((message) => (message.type === 'spans' ? [message] : []));
  expect(pieces.map((piece) => [piece.first, piece.spans.length])).toEqual([
    [true, SPANS_PER_MESSAGE],
    [false, 1],
  ]);
});

test('a refused subscription is reported', async () => {
  simulator.replies.set('timeline/subscribe', { error: { code: -32000, message: 'No.' } });
  become({ kind: 'connected' });
  await client.request('simulator/describe', {});
  expect(errors).toEqual([{ kind: 'refused', message: 'No.' }]);
});

test('what the simulator dropped is taken away, and its number is told', async () => {
  await subscribed(1, span('a', [0]), span('b', [1]));
  const message = heard('spans');
  simulator.notify('timeline/changed', { run: 1, spans: [], now: 8, removed: ['a'], dropped: 5 });
  expect(await message).toMatchObject({ spans: [], removed: ['a'], dropped: 5 });
  expect(feed.snapshot()).toContainEqual(
    expect.objectContaining({ type: 'spans', first: true, spans: [span('b', [1])], dropped: 5 }),
  );
});
