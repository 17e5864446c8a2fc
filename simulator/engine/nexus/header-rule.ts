import { disallowedHeaders } from '../../protocol/nexus.ts';
import { utf8Length } from '../../base/base64.ts';
import type { Limits } from '../../protocol/limits.ts';

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
