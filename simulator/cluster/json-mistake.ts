/** What may come next in a JSON text. */
type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

const token = /\s*([{}[\],:]|"(?:[^"\\\p{Cc}]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/uy;

/**
 * Where a text stops being JSON: the place of the first sign that does not fit, or the end. Engines tell it in words
 * that change from version to version, or not at all.
 */
export function jsonMistake(text: string): { readonly line: number; readonly column: number } {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let end = 0;
  for (;;) {
    token.lastIndex = end;
    const sign = token.exec(text)?.[1];
    const next: Expected | undefined = sign === undefined ? undefined : afterSign(sign, expected, open);
    if (next === undefined) break;
    expected = next;
    end = token.lastIndex;
  }
  const offset = end + (/^\s*/.exec(text.slice(end, end + 1_000))?.[0].length ?? 0);
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

/** What may follow a sign; undefined when the sign may not stand there. */
function afterSign(sign: string, expected: Expected, open: ('{' | '[')[]): Expected | undefined {
  const isValue = expected === 'value' || expected === 'value or end';
  switch (sign) {
    case '{':
    case '[':
      if (!isValue) return undefined;
      open.push(sign);
      return sign === '{' ? 'key or end' : 'value or end';
    case '}':
    case ']': {
      const isClosed =
        expected === 'comma or end' || expected === (sign === '}' ? 'key or end' : 'value or end');
      if (!isClosed || open.pop() !== (sign === '}' ? '{' : '[')) return undefined;
      return open.length === 0 ? 'nothing' : 'comma or end';
    }
    case ',':
      if (expected !== 'comma or end') return undefined;
      return open.at(-1) === '{' ? 'key' : 'value';
    case ':':
      return expected === 'colon' ? 'value' : undefined;
    default:
      if ((expected === 'key' || expected === 'key or end') && sign.startsWith('"')) return 'colon';
      if (!isValue) return undefined;
      return open.length === 0 ? 'nothing' : 'comma or end';
  }
}
