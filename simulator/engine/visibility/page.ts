import { decodeText, encodeText, type Base64 } from '../../base/base64.ts';
import { ok } from '../../base/result.ts';
import { refuse, type Turn } from '../turn.ts';

/** Where an execution stands in a list: those that run come first, then the latest. */
export interface Place {
  readonly closed: number;
  readonly started: number;
  readonly run: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken?: Base64;
}

/** One page of a list. A page size that nobody can mean is the largest there is, as at the server. */
export function pageOf<T>(
  { limits }: Turn,
  items: readonly T[],
  placeOf: (item: T) => Place,
  wanted: { readonly pageSize?: number; readonly nextPageToken?: Base64 },
): ReturnType<typeof refuse> | { readonly ok: true; readonly value: Page<T> } {
  const after = wanted.nextPageToken === undefined ? undefined : readPlace(wanted.nextPageToken);
  if (wanted.nextPageToken !== undefined && after === undefined) {
    return refuse('INVALID_ARGUMENT', 'next_page_token is not one that a list call returned');
  }
  const { visibilityPageSizeMax: max } = limits;
  const { pageSize = max } = wanted;
  const sorted = items
    .map((item) => ({ item, place: placeOf(item) }))
    .sort((a, b) => byPlace(a.place, b.place));
  const rest = after === undefined ? sorted : sorted.filter(({ place }) => byPlace(place, after) > 0);
  const page = rest.slice(0, pageSize > 0 && pageSize <= max ? pageSize : max);
  const last = page.at(-1);
  return ok({
    items: page.map(({ item }) => item),
    ...(last !== undefined && rest.length > page.length && { nextPageToken: writePlace(last.place) }),
  });
}

const byPlace = (a: Place, b: Place): number =>
  b.closed - a.closed || b.started - a.started || (a.run < b.run ? -1 : a.run > b.run ? 1 : 0);

const writePlace = ({ closed, started, run }: Place): Base64 =>
  encodeText(JSON.stringify([closed, started, run]));

function readPlace(token: Base64): Place | undefined {
  try {
    const value: unknown = JSON.parse(decodeText(token) ?? '');
    if (!Array.isArray(value)) return undefined;
    const [closed, started, run] = value as readonly unknown[];
    return typeof closed === 'number' && typeof started === 'number' && typeof run === 'string'
      ? { closed, started, run }
      : undefined;
  } catch {
    return undefined;
  }
}
