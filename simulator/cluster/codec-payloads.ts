import { decodeText } from '../base/base64.ts';
import type { Payload } from '../protocol/temporal/common.ts';

/** Encodings that need no codec. */
const plain: ReadonlySet<string> = new Set([
  'json/plain',
  'json/protobuf',
  'binary/null',
  'binary/plain',
  'binary/protobuf',
]);

/** The payloads in a value, at any depth, that only a codec can read. */
export function encodedPayloads(value: unknown): readonly Payload[] {
  const found: Payload[] = [];
  mapPayloads(value, (payload) => {
    if (isEncoded(payload)) found.push(payload);
    return payload;
  });
  return found;
}

/** The same value with what a codec made of its payloads, and with the messages of failures that were hidden in them. */
export const withPayloads = <T>(value: T, decoded: (payload: Payload) => Payload): T =>
  mapPayloads(value, (payload) => (isEncoded(payload) ? decoded(payload) : payload)) as T;

const isEncoded = ({ metadata }: Payload): boolean =>
  !plain.has(decodeText(metadata?.['encoding'] ?? '') ?? '');

function mapPayloads(value: unknown, map: (payload: Payload) => Payload): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => mapPayloads(item, map));
  if (!isRecord(value)) return value;
  if (isPayload(value)) return map(value);
  const entries = Object.entries(value).map(([key, item]) => [key, mapPayloads(item, map)] as const);
  return revealed(Object.fromEntries(entries));
}

/** Failure converters can hide message and stack trace in a payload, which a codec then encrypts. */
function revealed(value: Readonly<Record<string, unknown>>): object {
  const { encodedAttributes } = value;
  if (!isRecord(encodedAttributes) || !isPayload(encodedAttributes)) return value;
  try {
    const hidden: unknown = JSON.parse(decodeText(encodedAttributes.data ?? '') ?? '');
    if (!isRecord(hidden)) return value;
    const { message, stack_trace: stackTrace } = hidden;
    return {
      ...value,
      ...(typeof message === 'string' && { message }),
      ...(typeof stackTrace === 'string' && { stackTrace }),
    };
  } catch {
    return value;
  }
}

const isPayload = (
  value: Readonly<Record<string, unknown>>,
): value is Readonly<Record<string, unknown>> & Payload =>
  isRecord(value['metadata']) && typeof value['metadata']['encoding'] === 'string';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
