import { decodeText, encodeText } from '../../base/base64.ts';
import type { RunId } from '../../protocol/ids.ts';

/** The header in which a callback carries the token of the operation that it completes. */
export const CALLBACK_TOKEN_HEADER = 'temporal-callback-token';

/** The callback URL of operations with a worker target; it never leaves the cluster. */
export const SYSTEM_CALLBACK_URL = 'temporal://system';

/** Which operation a completion is for (semantics §1.5). Opaque to handlers, who send it back unchanged. */
export interface CallbackToken {
  readonly run: RunId;
  readonly scheduledEventId: number;
  readonly requestId: string;
}

export const writeCallbackToken = (token: CallbackToken): string =>
  JSON.stringify({ v: 1, d: encodeText(JSON.stringify(token)) });

export function readCallbackToken(text: string): CallbackToken | undefined {
  const envelope = parsed(text);
  if (envelope?.['v'] !== 1 || typeof envelope['d'] !== 'string') return undefined;
  const token = parsed(decodeText(envelope['d']) ?? '');
  const { run, scheduledEventId, requestId } = token ?? {};
  return typeof run === 'string' && typeof scheduledEventId === 'number' && typeof requestId === 'string'
    ? { run: run as RunId, scheduledEventId, requestId }
    : undefined;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
