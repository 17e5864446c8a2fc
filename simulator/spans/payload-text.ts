import { byteLength, decodeText } from '../base/base64.ts';
import type { Payload, Payloads } from '../protocol/temporal/common.ts';

/** Longest text that a bar carries. */
const TEXT_MAX = 200;

/** What is in payloads, for people: JSON as it is, and of everything else what it is and how long. */
export const payloadsText = ({ payloads = [] }: Payloads): string =>
  shortened(payloads.map(payloadText).join(', '));

/** A text of a length that an attribute may have. */
export const shortened = (text: string): string =>
  text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text;

function payloadText({ metadata = {}, data }: Payload): string {
  const encoding = decodeText(metadata['encoding'] ?? '') ?? '';
  if (encoding === 'binary/null') return 'null';
  const text = encoding.startsWith('json/') && data !== undefined ? decodeText(data) : undefined;
  return (
    text ??
    `(${encoding === '' ? 'unknown encoding' : encoding}, ${data === undefined ? 0 : byteLength(data)} bytes)`
  );
}
