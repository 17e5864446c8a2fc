import type { Payload } from '../../protocol/temporal/common.ts';
import { jsonPayload } from '../../protocol/temporal/payload.ts';
import { typedPayload } from './attribute-value.ts';

/** How many items have each name, the names as values of a search attribute. */
export function countedBy<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
): readonly { readonly groupValues: readonly Payload[]; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({
    groupValues: [typedPayload(jsonPayload(name), 'KEYWORD')],
    count,
  }));
}
