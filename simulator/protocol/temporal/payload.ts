import { decodeText, encodeText } from '../../base/base64.ts';
import type { Payload } from './common.ts';

/** A value as the SDKs' default converter writes it: `json/plain`. */
export const jsonPayload = (value: unknown): Payload => ({
  metadata: { encoding: encodeText('json/plain') },
  data: encodeText(JSON.stringify(value)),
});

/** No value, as it arrives where somebody sent none over Nexus (semantics §7.5). */
export const noValue: Payload = { metadata: { encoding: encodeText('binary/null') } };

/** The text that a `json/plain` payload holds; `undefined` when it holds anything else. */
export function textOf({ metadata, data }: Payload): string | undefined {
  if (decodeText(metadata?.['encoding'] ?? '') !== 'json/plain') return undefined;
  try {
    const value: unknown = JSON.parse(decodeText(data ?? '') ?? '');
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
