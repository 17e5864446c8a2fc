/*
 * The words of a visibility query, the text of `ListNexusOperationExecutions` and its likes:
 * `Endpoint = "pay" AND StartTime > '2026-01-31T12:00:00Z'`.
 */

export type QueryToken = {
  /** Where it stands in the text. */
  readonly from: number;
  readonly to: number;
} & (
  | { readonly kind: 'keyword'; readonly word: QueryKeyword }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'sign'; readonly sign: string }
  /** What no query contains: a stray character, or a string without its end. */
  | { readonly kind: 'unreadable'; readonly text: string }
);

const keywords = [
  'AND',
  'OR',
  'NOT',
  'BETWEEN',
  'IN',
  'STARTS_WITH',
  'IS',
  'NULL',
  'GROUP',
  'ORDER',
  'BY',
] as const;
export type QueryKeyword = (typeof keywords)[number];

const isKeyword = (word: string): word is QueryKeyword => (keywords as readonly string[]).includes(word);

const word =
  /\s+|(?<name>[A-Za-z_][\w.-]*)|`(?<quoted>[^`]+)`|(?<number>[-+]?\d+(?:\.\d+)?(?![\w.]))|(?<sign>!=|<>|<=|>=|[=<>(),])|'(?<single>(?:[^'\\]|\\[^]|'')*)'|"(?<double>(?:[^"\\]|\\[^]|"")*)"|(?<rest>[^])/y;

/** Splits a query into its words. Never fails: what cannot be read is a word of its own. */
export function queryTokens(text: string): QueryToken[] {
  const tokens: QueryToken[] = [];
  word.lastIndex = 0;
  for (let match = word.exec(text); match !== null; match = word.exec(text)) {
    const token = tokenOf(match);
    if (token !== undefined) tokens.push(token);
  }
  return tokens;
}

function tokenOf(match: RegExpExecArray): QueryToken | undefined {
  const place = { from: match.index, to: match.index + match[0].length };
  const { name, quoted, number, sign, single, double, rest } = match.groups ?? {};
  if (name !== undefined) {
    const upper = name.toUpperCase();
    return isKeyword(upper) ? { ...place, kind: 'keyword', word: upper } : { ...place, kind: 'name', name };
  }
  if (quoted !== undefined) return { ...place, kind: 'name', name: quoted };
  if (number !== undefined) return { ...place, kind: 'number', value: Number(number) };
  if (sign !== undefined) return { ...place, kind: 'sign', sign: sign === '<>' ? '!=' : sign };
  if (single !== undefined) return { ...place, kind: 'string', value: unescaped(single, "''") };
  if (double !== undefined) return { ...place, kind: 'string', value: unescaped(double, '""') };
  return rest === undefined ? undefined : { ...place, kind: 'unreadable', text: rest };
}

/** A quote inside a string is written twice, or behind a backslash. */
const unescaped = (text: string, quotes: string): string =>
  text.replaceAll(quotes, quotes.charAt(0)).replace(/\\([^])/g, '$1');
