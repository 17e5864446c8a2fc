import type { IdlReferenceTarget } from '../../idl-facts.ts';
import { resolvePath, type DocumentUri } from '../../uri.ts';

/** Reads the text of a `$ref`. */
export function referenceTarget(from: DocumentUri, text: string): IdlReferenceTarget {
  if (text.trim() === '') return { kind: 'empty' };
  const hash = text.indexOf('#');
  const path = hash < 0 ? text : text.slice(0, hash);
  const pointer = hash < 0 ? '' : decodePointer(text.slice(hash + 1));
  if (path === '') return { kind: 'local', pointer };
  // A drive letter is one character long; no scheme is.
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) return { kind: 'remote' };
  return { kind: 'file', path, uri: resolvePath(from, path), pointer };
}

/** A JSON pointer's segment for a key, `~` and `/` escaped (RFC 6901). */
export const pointerSegment = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

function decodePointer(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
