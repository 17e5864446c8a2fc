import { decodeText } from '../base/base64.ts';
import type { Payload } from '../protocol/temporal/common.ts';

/** What a payload can hold and an expression can yield. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Largest value a script may build, in characters of its JSON text. */
export const VALUE_SIZE_MAX = 1_048_576;

/** Largest nesting of lists and mappings in a value. */
const VALUE_DEPTH_MAX = 64;

export const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

export const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !isList(value);

/** Reads what the SDKs' default converters write. Bytes and other encodings, and what is absent, are `null`. */
export function decodePayload(payload: Payload | undefined): Json {
  const encoding = decodeText(payload?.metadata?.['encoding'] ?? '');
  if (encoding !== 'json/plain' && encoding !== 'json/protobuf') return null;
  try {
    return JSON.parse(decodeText(payload?.data ?? '') ?? 'null') as Json;
  } catch {
    return null;
  }
}

/** Whether the value's JSON text stays within `limit` characters; looks at no more than it must to know. */
export function fitsInto(value: Json, limit: number): boolean {
  return measure(value, limit, 0) <= limit;
}

function measure(value: Json, limit: number, depth: number): number {
  if (depth > VALUE_DEPTH_MAX) return Infinity;
  if (value === null || typeof value !== 'object') return JSON.stringify(value).length;
  let size = 2;
  for (const [key, item] of isList(value) ? value.entries() : Object.entries(value)) {
    size += (typeof key === 'string' ? JSON.stringify(key).length + 1 : 0) + 1;
    size += measure(item, limit - size, depth + 1);
    if (size > limit) return Infinity;
  }
  return size;
}

/** Same kind and same contents; the order of a mapping's keys does not matter. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isList(a)) {
    return isList(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index] ?? null));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key] ?? null, b[key] ?? null));
}
