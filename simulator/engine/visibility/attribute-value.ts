import { decodeText, encodeText } from '../../base/base64.ts';
import type { Payload } from '../../protocol/temporal/common.ts';
import type { IndexedValueType, SearchAttributeTypes } from '../../protocol/temporal/visibility-methods.ts';
import { spelled } from '../registry/search-attributes.ts';
import { dateValue } from './date.ts';
import type { QueryValue } from './query.ts';

/** What a search attribute can hold; `null` where it is taken away. */
export type AttributeValue = QueryValue | readonly string[] | null;

/**
 * Reads the value of a search attribute of this type; `undefined` when the payload holds none. One value in a list
 * stands for itself, and an empty list for no value.
 */
export function readAttribute(payload: Payload, type: IndexedValueType): AttributeValue | undefined {
  const value = jsonOf(payload);
  if (value === null || (Array.isArray(value) && value.length === 0)) return null;
  if (type === 'KEYWORD_LIST') {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.every((item) => typeof item === 'string') ? list : undefined;
  }
  return one(Array.isArray(value) && value.length === 1 ? value[0] : value, type);
}

function one(value: unknown, type: Exclude<IndexedValueType, 'KEYWORD_LIST'>): QueryValue | undefined {
  switch (type) {
    case 'KEYWORD':
    case 'TEXT':
      return typeof value === 'string' ? value : undefined;
    case 'INT':
      return Number.isInteger(value) ? (value as number) : undefined;
    case 'DOUBLE':
      return typeof value === 'number' ? value : undefined;
    case 'BOOL':
      return typeof value === 'boolean' ? value : undefined;
    case 'DATETIME':
      return typeof value === 'string' ? dateValue(value) : undefined;
  }
}

/** `undefined` for what is no JSON. */
export function jsonOf({ metadata, data }: Payload): unknown {
  const encoding = decodeText(metadata?.['encoding'] ?? '');
  if (encoding === 'binary/null') return null;
  if (encoding !== 'json/plain') return undefined;
  try {
    return JSON.parse(decodeText(data ?? '') ?? '');
  } catch {
    return undefined;
  }
}

/** The payloads with their types beside them, where SDKs read them. */
export const typedPayloads = (
  fields: Readonly<Record<string, Payload>>,
  types: SearchAttributeTypes,
): Readonly<Record<string, Payload>> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, payload]) => {
      const type = types[name];
      return [name, type === undefined ? payload : typedPayload(payload, type)];
    }),
  );

export const typedPayload = (payload: Payload, type: IndexedValueType): Payload => ({
  ...payload,
  metadata: { ...payload.metadata, type: encodeText(spelled(type)) },
});
