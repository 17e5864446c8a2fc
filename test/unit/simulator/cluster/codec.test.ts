import { createServer, type IncomingMessage } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { encodeText } from '../../../../simulator/base/base64.ts';
import { instant } from '../../../../simulator/base/time.ts';
import { RemoteCodec } from '../../../../simulator/cluster/codec.ts';
import type { RunRef } from '../../../../simulator/protocol/ids.ts';
import type { Payload } from '../../../../simulator/protocol/temporal/common.ts';
import type { HistoryEvent } from '../../../../simulator/protocol/temporal/history.ts';
import { spansOf } from '../../../../simulator/spans/histories.ts';
import type { RunHistory } from '../../../../simulator/spans/run-history.ts';

const json = (value: unknown): Payload => ({
  metadata: { encoding: encodeText('json/plain') },
  data: encodeText(JSON.stringify(value)),
});
const sealed = (value: unknown): Payload => ({
  metadata: { encoding: encodeText('binary/encrypted') },
  data: encodeText(JSON.stringify(json(value))),
});
const opened = ({ data }: Payload): unknown => JSON.parse(Buffer.from(data ?? '', 'base64').toString());

const history = (...more: readonly Payload[]): RunHistory => ({
  run: { namespace: 'shop', workflowId: 'order-1', runId: 'run-1' } as RunRef,
  events: [
    {
      eventId: 1,
      eventTime: instant(0),
      eventType: 'WORKFLOW_EXECUTION_STARTED',
      attributes: {
        workflowType: { name: 'Order' },
        taskQueue: { name: 'orders' },
        input: { payloads: [json('plain'), sealed({ card: 7 }), ...more] },
      },
    },
    {
      eventId: 2,
      eventTime: instant(5),
      eventType: 'WORKFLOW_EXECUTION_FAILED',
      attributes: {
        failure: {
          message: 'Encoded failure',
          encodedAttributes: sealed({ message: 'no money', stack_trace: '' }),
          cause: { message: 'Encoded failure', encodedAttributes: json({ message: 'none at all' }) },
        },
      },
    },
  ] as unknown as readonly HistoryEvent[],
});

interface Asked {
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly payloads: readonly Payload[];
}

/** A codec on this machine, and what it was asked. */
async function serve(
  answer: (payloads: readonly Payload[]) => {
    readonly status?: number;
    readonly body: string;
    readonly location?: string;
  },
): Promise<{ readonly address: string; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { payloads } = JSON.parse(text) as { payloads: readonly Payload[] };
      asked.push({ url: request.url, headers: request.headers, payloads });
      const { status = 200, body, location } = answer(payloads);
      response.writeHead(status, location === undefined ? {} : { location }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return { address: `http://127.0.0.1:${address.port}`, asked };
}

function codecAt(endpoint: string, auth?: string): RemoteCodec {
  const codec = RemoteCodec.create({ endpoint, ...(auth !== undefined && { auth }) });
  if (!codec.ok) throw new Error(codec.error);
  return codec.value;
}

const decoding = (payloads: readonly Payload[]) => ({
  body: JSON.stringify({ payloads: payloads.map(opened) }),
});

test('payloads and hidden messages are decoded, and only those that need it are sent', async () => {
  const { address, asked } = await serve(decoding);
  const codec = codecAt(`${address}/{namespace}/`, 'Bearer key');
  const [workflow] = spansOf(await codec.decode([history()]));
  expect(workflow?.attributes['input']).toBe('"plain", {"card":7}');
  expect(workflow?.failure).toEqual(['no money', 'none at all']);
  expect(codec.notes).toEqual([]);
  expect(asked).toMatchObject([
    {
      url: '/shop/decode',
      headers: { 'x-namespace': 'shop', authorization: 'Bearer key', 'content-type': 'application/json' },
    },
  ]);
  expect(asked[0]?.payloads).toHaveLength(2);
});

test('nothing is asked twice', async () => {
  const { address, asked } = await serve(decoding);
  const codec = codecAt(address);
  await codec.decode([history()]);
  await codec.decode([history(sealed('new'))]);
  expect(asked.map(({ payloads }) => payloads.map((payload) => opened(payload)))).toEqual([
    [json({ card: 7 }), json({ message: 'no money', stack_trace: '' })],
    [json('new')],
  ]);
});

test('many payloads are sent a hundred at a time', async () => {
  const { address, asked } = await serve(decoding);
  await codecAt(address).decode([history(...Array.from({ length: 150 }, (_, index) => sealed(index)))]);
  expect(asked.map(({ payloads }) => payloads.length)).toEqual([100, 52]);
});

test.each([
  ['refuses', { status: 403, body: '' }, 'it answered with status 403'],
  ['answers nonsense', { body: 'hello' }, 'its answer is no JSON'],
  [
    'answers too few',
    { body: '{"payloads":[]}' },
    'its answer does not hold a payload for each that was sent',
  ],
  [
    'answers something else',
    { body: '{"payloads":[7,{"data":8}]}' },
    'its answer does not hold a payload for each that was sent',
  ],
  [
    'sends elsewhere',
    { status: 307, body: '', location: 'http://127.0.0.1:1/decode' },
    'unexpected redirect',
  ],
])('a codec that %s hides nothing else', async (_, answer, reason) => {
  const { address, asked } = await serve(() => answer);
  const codec = codecAt(address);
  const [workflow] = spansOf(await codec.decode([history()]));
  expect(workflow?.attributes['input']).toMatch(/^"plain", \(binary\/encrypted, \d+ bytes\)$/);
  expect(workflow?.failure).toEqual(['Encoded failure', 'none at all']);
  expect(codec.notes).toEqual([
    `The codec cannot be used for namespace shop: ${reason}; its payloads are shown as they are.`,
  ]);
  await codec.decode([history(sealed('more'))]);
  expect(asked).toHaveLength(1);
});

test('a codec that is not there is told as such', async () => {
  const codec = codecAt('http://127.0.0.1:1');
  await codec.decode([history()]);
  expect(codec.notes).toEqual([
    expect.stringMatching(/^The codec cannot be used for namespace shop: .+; its payloads/),
  ]);
});

test.each([
  ['codec.example.com', '"codec.example.com" is no address of a codec; one is https://codec.example.com.'],
  [
    'ftp://codec.example.com',
    '"ftp://codec.example.com" is no address of a codec; one is https://codec.example.com.',
  ],
  ['http://codec.example.com', 'The codec codec.example.com is not on this machine; name it with https.'],
  [
    'http://127.0.0.1.example.com',
    'The codec 127.0.0.1.example.com is not on this machine; name it with https.',
  ],
])('%s is refused', (endpoint, error) => {
  expect(RemoteCodec.create({ endpoint })).toEqual({ ok: false, error });
});

test.each([
  'https://codec.example.com/{namespace}',
  'http://localhost:8888',
  'http://[::1]:8888',
  'http://127.0.0.1',
])('%s is fine', (endpoint) => {
  expect(RemoteCodec.create({ endpoint }).ok).toBe(true);
});
