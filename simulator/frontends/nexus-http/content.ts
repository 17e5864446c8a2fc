import { Buffer } from 'node:buffer';
import { err, ok, type Result } from '../../base/result.ts';
import type { Base64 } from '../../base/base64.ts';
import type { Payload } from '../../protocol/temporal/common.ts';
import { mediaType, type MediaType } from './media-type.ts';

/** A body and what `Content-*` headers say of it; names in lower case, without `content-`. */
export interface Content {
  readonly header: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** `temporal.api.common.v1.Payload` as protobuf writes it. */
export interface PayloadCodec {
  encode(payload: Payload): Uint8Array;
  /** The error is one sentence. */
  decode(bytes: Uint8Array): Result<Payload, string>;
}

/*
 * Body ⇄ payload (semantics §7.5). A payload that would not come back as it is goes as a whole.
 */

const TEMPORAL_PAYLOAD = 'application/x-temporal-payload';
const UNKNOWN = 'unknown/nexus-content';

export function toContent(payload: Payload | undefined, codec: PayloadCodec): Content {
  if (payload === undefined) return { header: {}, body: Buffer.alloc(0) };
  const header = headerOf(payload);
  if (header !== undefined) {
    const content = { header, body: bytesOf(payload.data) };
    const back = fromContent(content, codec);
    if (isSendable(header) && back.ok && isSame(back.value, payload)) return content;
  }
  return { header: { type: TEMPORAL_PAYLOAD }, body: Buffer.from(codec.encode(payload)) };
}

/** The error is one sentence. */
export function fromContent({ header, body }: Content, codec: PayloadCodec): Result<Payload, string> {
  // The length says nothing more, and a body is decoded when it comes here.
  const { length: _length, encoding: _encoding, ...rest } = header;
  const data = body.toString('base64') as Base64;
  const { type, ...others } = rest;
  if (type === undefined && Object.keys(others).length === 0 && body.length === 0) {
    return ok({ metadata: metadataOf({ encoding: 'binary/null' }) });
  }
  const known = Object.keys(others).length === 0 && type !== undefined ? mediaType(type) : undefined;
  if (known?.type === TEMPORAL_PAYLOAD) {
    const decoded = codec.decode(body);
    return decoded.ok ? decoded : err(decoded.error);
  }
  const metadata = (known && knownMetadata(known)) ?? { ...rest, encoding: UNKNOWN };
  return ok({ metadata: metadataOf(metadata), ...(data !== '' && { data }) });
}

function knownMetadata({ type, parameters }: MediaType): Record<string, string> | undefined {
  const { format, 'message-type': messageType = '', ...others } = parameters;
  const plain = Object.keys(parameters).length === 0;
  if (Object.keys(others).length > 0) return undefined;
  switch (type) {
    case 'application/json':
      if (plain) return { encoding: 'json/plain' };
      return format === 'protobuf' && messageType !== ''
        ? { encoding: 'json/protobuf', messageType }
        : undefined;
    case 'application/x-protobuf':
      return format === undefined && messageType !== ''
        ? { encoding: 'binary/protobuf', messageType }
        : undefined;
    case 'application/octet-stream':
      return plain ? { encoding: 'binary/plain' } : undefined;
    default:
      return undefined;
  }
}

/** What the headers would say; `undefined` when there are no words for it. */
function headerOf({ metadata = {} }: Payload): Record<string, string> | undefined {
  const texts = Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, bytesOf(value).toString('utf8')]),
  );
  const { encoding, messageType = '', ...rest } = texts;
  const quoted = JSON.stringify(messageType);
  switch (encoding) {
    case 'json/plain':
      return { type: 'application/json' };
    case 'json/protobuf':
      return { type: `application/json; format=protobuf; message-type=${quoted}` };
    case 'binary/protobuf':
      return { type: `application/x-protobuf; message-type=${quoted}` };
    case 'binary/plain':
      return { type: 'application/octet-stream' };
    case 'binary/null':
      return {};
    case UNKNOWN:
      return rest;
    default:
      return undefined;
  }
}

const isSendable = (header: Readonly<Record<string, string>>): boolean =>
  Object.entries(header).every(
    ([name, value]) => /^[a-z0-9-]+$/.test(name) && /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value),
  );

function isSame(a: Payload, b: Payload): boolean {
  const metadata = (payload: Payload): string =>
    JSON.stringify(Object.entries(payload.metadata ?? {}).sort(([x], [y]) => (x < y ? -1 : 1)));
  const others = Object.keys(b).filter((key) => key !== 'metadata' && key !== 'data');
  return metadata(a) === metadata(b) && (a.data ?? '') === (b.data ?? '') && others.length === 0;
}

const metadataOf = (texts: Readonly<Record<string, string>>): Record<string, Base64> =>
  Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text, 'utf8').toString('base64') as Base64]),
  );

const bytesOf = (data: string | undefined): Buffer => Buffer.from(data ?? '', 'base64');
