import { queryTokens, type QueryToken } from '../protocol/temporal/query-token.ts';

/** What the server reads as a time: RFC 3339, with a zone. */
const fullTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const NANOS_PER_MS = 1_000_000;

/** Times of the world. Those in search attributes that people add are texts, in payloads and in queries alike. */
const systemTimes: ReadonlySet<string> = new Set(['StartTime', 'ExecutionTime', 'CloseTime']);

/**
 * A visibility query as it is inside: its times, dates or nanoseconds since the Unix epoch on the wire, are
 * milliseconds since the origin. What is no time stays as it is, for the engine to refuse.
 */
export const queryInside = (query: string, originMs: number): string =>
  withTimes(query, (token) => {
    const time = timeOf(token);
    return time === undefined ? undefined : String(time - originMs);
  });

/** A visibility query as it is on the wire: its times, milliseconds since the origin inside, are dates. */
export const queryOutside = (query: string, originMs: number): string =>
  withTimes(query, (token) =>
    token.kind === 'number' ? `'${new Date(token.value + originMs).toISOString()}'` : undefined,
  );

function withTimes(query: string, replaced: (token: QueryToken) => string | undefined): string {
  let written = '';
  let done = 0;
  let attribute = '';
  for (const token of queryTokens(query)) {
    if (token.kind === 'name') attribute = token.name;
    const time = systemTimes.has(attribute) ? replaced(token) : undefined;
    if (time === undefined) continue;
    written += `${query.slice(done, token.from)}${time}`;
    done = token.to;
  }
  return written + query.slice(done);
}

function timeOf(token: QueryToken): number | undefined {
  if (token.kind === 'number') return Math.trunc(token.value / NANOS_PER_MS);
  if (token.kind !== 'string' || !fullTime.test(token.value)) return undefined;
  const time = Date.parse(token.value);
  return Number.isNaN(time) ? undefined : time;
}
