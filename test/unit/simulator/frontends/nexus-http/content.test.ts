import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Base64 } from '../../../../../simulator/base/base64.ts';
import { fromContent, toContent } from '../../../../../simulator/frontends/nexus-http/content.ts';
import { createPayloadCodec } from '../../../../../simulator/wire/payload-codec.ts';
import type { Payload } from '../../../../../simulator/protocol/temporal/common.ts';

const codec = createPayloadCodec();
const base64 = (text: string) => Buffer.from(text).toString('base64') as Base64;
const payload = (metadata: Record<string, string>, data = ''): Payload => ({
  metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, base64(value)])),
  ...(data !== '' && { data: base64(data) }),
});

const known: [string, Payload, Record<string, string>, string][] = [
  ['json/plain', payload({ encoding: 'json/plain' }, '{"a":1}'), { type: 'application/json' }, '{"a":1}'],
  [
    'json/protobuf',
    payload({ encoding: 'json/protobuf', messageType: 'a.B' }, '{}'),
    { type: 'application/json; format=protobuf; message-type="a.B"' },
    '{}',
  ],
  [
    'binary/protobuf',
    payload({ encoding: 'binary/protobuf', messageType: 'a.B' }, 'x'),
    { type: 'application/x-protobuf; message-type="a.B"' },
    'x',
  ],
  ['binary/plain', payload({ encoding: 'binary/plain' }, 'x'), { type: 'application/octet-stream' }, 'x'],
  ['binary/null', payload({ encoding: 'binary/null' }), {}, ''],
  [
    'unknown/nexus-content',
    payload({ encoding: 'unknown/nexus-content', type: 'text/plain', language: 'en' }, 'hi'),
    { type: 'text/plain', language: 'en' },
    'hi',
  ],
];

describe('a payload with a form of its own', () => {
  test.each(known)('%s', (_encoding, value, header, body) => {
    const content = toContent(value, codec);
    expect(content.header).toEqual(header);
    expect(content.body.toString()).toBe(body);
    expect(fromContent(content, codec)).toEqual({ ok: true, value });
  });

  test('no payload is an empty body without a type', () => {
    expect(toContent(undefined, codec)).toEqual({ header: {}, body: Buffer.alloc(0) });
  });
});

describe('a payload that would not come back goes whole', () => {
  test.each([
    ['an encoding of its own', payload({ encoding: 'binary/encrypted', 'encryption-key-id': 'k' }, 'x')],
    ['more metadata', payload({ encoding: 'json/plain', extra: 'x' }, '1')],
    ['no message type', payload({ encoding: 'json/protobuf' }, '{}')],
    ['a message type over two lines', payload({ encoding: 'binary/protobuf', messageType: 'a\nb' }, 'x')],
    ['null with data', payload({ encoding: 'binary/null' }, 'x')],
    ['no metadata', { data: base64('x') }],
    [
      'content that has a name',
      payload({ encoding: 'unknown/nexus-content', type: 'application/json' }, '1'),
    ],
    ['an upper-case key', payload({ encoding: 'unknown/nexus-content', Type: 'text/plain' }, '1')],
    ['a length of its own', payload({ encoding: 'unknown/nexus-content', length: '7', type: 'a/b' }, '1')],
    ['metadata that is no text', { metadata: { encoding: base64('json/plain'), k: '/w==' as Base64 } }],
  ])('%s', (_what, value) => {
    const content = toContent(value, codec);
    expect(content.header).toEqual({ type: 'application/x-temporal-payload' });
    expect(fromContent(content, codec)).toEqual({ ok: true, value });
  });

  test('any payload comes back as it was, byte for byte', () => {
    const text = fc.oneof(
      fc.constantFrom('json/plain', 'binary/null', 'unknown/nexus-content', 'json/protobuf', 'text/plain'),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const key = fc.oneof(
      fc.constantFrom('encoding', 'messageType', 'type', 'length', 'encoding', 'language'),
      fc.string({ maxLength: 10 }).filter((name) => name !== '__proto__'),
    );
    const bytes = fc
      .uint8Array({ maxLength: 40 })
      .map((data) => Buffer.from(data).toString('base64') as Base64);
    const metadata = fc.dictionary(key, fc.oneof(text.map(base64), bytes), {
      maxKeys: 4,
      noNullPrototype: true,
    });
    const bytesOf = (value: Payload) => Buffer.from(codec.encode(value)).toString('base64');
    const sorted = ({ metadata: entries = {}, data }: Payload): Payload => ({
      metadata: Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1))),
      ...(data !== undefined && { data }),
    });
    fc.assert(
      fc.property(metadata, bytes, (entries, data) => {
        const value: Payload = { metadata: entries, ...(data !== '' && { data }) };
        const back = fromContent(toContent(value, codec), codec);
        expect(back.ok && bytesOf(sorted(back.value))).toBe(bytesOf(sorted(value)));
      }),
    );
  });
});

describe('a body from outside', () => {
  const read = (header: Record<string, string>, body = 'x') =>
    fromContent({ header, body: Buffer.from(body) }, codec);

  test.each([
    [{ type: 'application/json; charset=utf-8' }],
    [{ type: 'application/json; format=protobuf' }],
    [{ type: 'application/x-protobuf' }],
    [{ type: 'application/octet-stream; a=b' }],
    [{ type: 'no type' }],
    [{ type: 'application/json', language: 'en' }],
    [{}],
  ])('%j without a form of its own keeps its headers', (header) => {
    const { type, language } = header as { type?: string; language?: string };
    const expected = payload(
      {
        encoding: 'unknown/nexus-content',
        ...(type !== undefined && { type }),
        ...(language !== undefined && { language }),
      },
      'x',
    );
    expect(read(header)).toEqual({ ok: true, value: expected });
  });

  test('length and transport encoding say nothing about the payload', () => {
    const header = { type: 'application/json', length: '1', encoding: 'gzip' };
    expect(read(header, '1')).toEqual({ ok: true, value: payload({ encoding: 'json/plain' }, '1') });
  });

  test('a whole payload that is none is refused', () => {
    expect(read({ type: 'application/x-temporal-payload' }, '\xff\xff').ok).toBe(false);
  });
});
