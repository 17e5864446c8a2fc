import { ms, type DurationMs } from '../../base/time.ts';

/** Headers of a request or an answer in the groups that Nexus gives them; names in lower case, first value only. */
export interface NexusHeaders {
  /** Without `content-`. */
  readonly content: Readonly<Record<string, string>>;
  /** Without `nexus-callback-`. */
  readonly callback: Readonly<Record<string, string>>;
  /** All values, because links may come in several. */
  readonly links: readonly string[];
  /** What is left, also of what the frontend reads itself. */
  readonly others: Readonly<Record<string, string>>;
}

/** About the connection, not about the request. */
const hopByHop = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Never passed on to a worker (`frontend.nexusRequestHeadersBlacklist`). */
const blacklist = new Set([
  'accept-encoding',
  'temporal-nexus-failure-support',
  'x-forwarded-for',
  'xdc-redirection',
  'xdc-redirection-api',
]);

/** Sorts raw headers: name, value, name, value … */
export function sortHeaders(raw: readonly string[]): NexusHeaders {
  const groups = { content: new Map<string, string>(), callback: new Map(), others: new Map() };
  const links: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = raw[index + 1] ?? '';
    if (name === 'nexus-link') links.push(value);
    if (hopByHop.has(name)) continue;
    const [group, key] = name.startsWith('content-')
      ? [groups.content, name.slice('content-'.length)]
      : name.startsWith('nexus-callback-')
        ? [groups.callback, name.slice('nexus-callback-'.length)]
        : [groups.others, name];
    if (!group.has(key)) group.set(key, value);
  }
  return {
    content: plain(groups.content),
    callback: plain(groups.callback),
    links,
    others: plain(groups.others),
  };
}

/** What a worker sees of the headers of its request (semantics §7.2). */
export const workerHeader = ({ others }: NexusHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(others).filter(([name]) => !blacklist.has(name)));

const units = { ms: 1, s: 1_000, m: 60_000 } as const;

/** A number with the unit `ms`, `s` or `m`, to the millisecond; `undefined` for anything else. */
export function readTimeout(text: string): DurationMs | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const timeout = Math.trunc(Number(number) * units[unit as keyof typeof units]);
  return Number.isSafeInteger(timeout) ? ms(timeout) : undefined;
}

/** Whether headers of a peer's choice can go out under these names without changing the message itself. */
export const isOwnHeader = (name: string): boolean => !hopByHop.has(name) && name !== 'content-length';

// Not a plain object while it grows: `__proto__` is a header name like any other.
const plain = (map: ReadonlyMap<string, string>): Record<string, string> => Object.fromEntries(map);
