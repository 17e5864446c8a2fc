import { queryTokens, type QueryToken } from '../../protocol/temporal/query-token.ts';

const NANOS_PER_MS = 1_000_000;

/** Times of the world. Those in search attributes that people add are texts, in payloads and in queries alike. */
const systemTimes: ReadonlySet<string> = new Set(['StartTime', 'ExecutionTime', 'CloseTime']);

/**
 * A visibility query as it is inside: its times, dates or nanoseconds since the Unix epoch on the wire, are
 * milliseconds since the origin. What is no time stays as it is, for the engine to refuse.
 */
export function queryInside(query: string, originMs: number): string {
  let inside = '';
  let done = 0;
  let attribute = '';
  for (const token of queryTokens(query)) {
    if (token.kind === 'name') attribute = token.name;
    const time = systemTimes.has(attribute) ? timeOf(token) : undefined;
    if (time === undefined) continue;
    inside += `${query.slice(done, token.from)}${time - originMs}`;
    done = token.to;
  }
  return inside + query.slice(done);
}

function timeOf(token: QueryToken): number | undefined {
  if (token.kind === 'number') return Math.trunc(token.value / NANOS_PER_MS);
  if (token.kind !== 'string') return undefined;
  const time = Date.parse(token.value);
  return Number.isNaN(time) ? undefined : time;
}
