import { utf8Length } from '../../base/base64.ts';
import type { Limits } from '../../protocol/limits.ts';

/** Header keys that belong to the server (`disallowedHeaders`, semantics §2.3). */
const disallowedHeaders: ReadonlySet<string> = new Set([
  'request-timeout',
  'xdc-redirection',
  'xdc-redirection-api',
  'xdc-redirection-source-cell',
  'caller-name',
  'caller-type',
  'call-initiation',
  'temporal-principal-type',
  'temporal-principal-name',
]);

/** What is wrong with a caller's Nexus header: a key that it may not set, or its size. */
export function headerFault(
  header: Readonly<Record<string, string>>,
  limits: Limits,
): { readonly disallowed: string } | 'too-large' | undefined {
  let bytes = 0;
  for (const [key, value] of Object.entries(header)) {
    const lower = key.toLowerCase();
    if (disallowedHeaders.has(lower)) return { disallowed: key };
    bytes += utf8Length(lower) + utf8Length(value);
  }
  return bytes > limits.headerBytesMax ? 'too-large' : undefined;
}
