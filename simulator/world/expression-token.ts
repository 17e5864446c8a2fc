import { err, ok, type Result } from '../base/result.ts';
import type { Json } from './json.ts';

/** What is wrong in an expression, with its place in the expression's text. */
export interface ExpressionError {
  readonly message: string;
  readonly at: number;
  readonly length: number;
}

/** A piece of an expression; `at` is its place in the expression's text, `text` is how it is written there. */
export type Token =
  | { readonly kind: 'name' | 'symbol'; readonly at: number; readonly text: string }
  | { readonly kind: 'literal'; readonly at: number; readonly text: string; readonly value: Json };

const blank = /\s+/y;
const name = /[\p{L}_$][\p{L}\p{N}_$-]*/uy;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const quoted = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/sy;
const symbol = /\|\||&&|==|!=|<=|>=|[!<>().[\]]/y;

/** Cuts an expression into tokens; blanks separate and are dropped. */
export function tokenize(text: string): Result<readonly Token[], ExpressionError> {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const found = tokenAt(text, at);
    if (found === undefined) return err(unexpected(text, at));
    if (found.token !== undefined) tokens.push(found.token);
    at = found.end;
  }
  return ok(tokens);
}

function tokenAt(text: string, at: number): { token?: Token; end: number } | undefined {
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const space = match(blank);
  if (space !== undefined) return { end: at + space.length };
  const word = match(name);
  if (word !== undefined) return { token: { kind: 'name', at, text: word }, end: at + word.length };
  const digits = match(number);
  if (digits !== undefined && Number.isFinite(Number(digits))) {
    return { token: { kind: 'literal', at, text: digits, value: Number(digits) }, end: at + digits.length };
  }
  const string = match(quoted);
  if (string !== undefined) {
    const value = string
      .slice(1, -1)
      .replace(/\\(.)/gsu, (_, escaped: string) => escapes.get(escaped) ?? escaped);
    return { token: { kind: 'literal', at, text: string, value }, end: at + string.length };
  }
  const sign = match(symbol);
  return sign === undefined
    ? undefined
    : { token: { kind: 'symbol', at, text: sign }, end: at + sign.length };
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
]);

function unexpected(text: string, at: number): ExpressionError {
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (char === '"' || char === "'") {
    return { message: `This text is not closed; end it with ${char}.`, at, length: text.length - at };
  }
  const hint =
    char === '=' ? ' Write "==" to compare.' : char === '&' || char === '|' ? ` Write "${char}${char}".` : '';
  const message = `"${char}" is not part of the expression language.${hint}`;
  return { message, at, length: char.length };
}
