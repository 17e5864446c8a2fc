import { childrenOf, type SyntaxNode } from '../../syntax-tree.ts';

/** The value of a `string` node, escapes resolved. */
export function textOfString(node: SyntaxNode): string {
  return childrenOf(node)
    .map((part) => (part.type === 'escape_sequence' ? unescape(part.text) : part.text))
    .join('');
}

/** The character that an escape sequence such as `\n` or `\u{1F600}` stands for. */
export function unescape(sequence: string): string {
  const body = sequence.slice(1);
  const hex = /^(?:u\{([0-9a-f]+)\}|[ux]([0-9a-f]+))$/i.exec(body);
  const digits = hex?.[1] ?? hex?.[2];
  if (digits !== undefined) {
    const code = Number.parseInt(digits, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  }
  if (/^[\r\n]/.test(body)) return '';
  return simpleEscapes.get(body) ?? body;
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['0', '\0'],
]);
