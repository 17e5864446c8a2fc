import { err, ok, type Result } from '../base/result.ts';
import { evaluate, isTruthy, parseExpression, pathsOf, type Expression, type Scope } from './expression.ts';
import type { ExpressionError } from './expression-token.ts';
import { fitsInto, isList, isRecord, VALUE_SIZE_MAX, type Json } from './json.ts';
import type { Located, SourceRange } from './source.ts';

/** A value with `${…}` somewhere in its texts. */
export type Template =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'text'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'record'; readonly entries: readonly (readonly [string, Template])[] };

/** A template, and where its parts are in the file. */
export interface Dynamic {
  readonly template: Template;
  /** The names its expressions start with. */
  readonly references: readonly Located<string>[];
  /** Where each part is written; in a mapping, where its key is. */
  readonly places: ReadonlyMap<Template, TemplatePlace>;
}

export interface TemplatePlace {
  readonly value: SourceRange;
  readonly key?: SourceRange;
}

/** What a text with `${…}` turned out to be; places count from the start of the text. */
export interface ParsedText {
  readonly template: Template;
  readonly references: readonly { readonly name: string; readonly at: number }[];
  readonly errors: readonly ExpressionError[];
}

/** Fills a template in. Refused only when the value would exceed {@link VALUE_SIZE_MAX}. */
export function fill(template: Template, scope: Scope): Result<Json, string> {
  const value = fillUnchecked(template, scope);
  if (value !== undefined && fitsInto(value, VALUE_SIZE_MAX)) return ok(value);
  return err(`The value exceeds ${VALUE_SIZE_MAX} characters or nests too deeply.`);
}

/** Fills a template in and reads the value as text: nothing for `null`, JSON for lists and mappings. */
export function fillText(template: Template, scope: Scope): Result<string, string> {
  const value = fill(template, scope);
  return value.ok ? ok(textOf(value.value)) : value;
}

/** Whether a `when` lets its step happen. */
export function holds(template: Template, scope: Scope): boolean {
  const value = fillUnchecked(template, scope);
  return value !== undefined && isTruthy(value);
}

/** A text that is one `${…}` and nothing else yields the expression's own value; any other yields text. */
export function parseText(text: string): ParsedText {
  const parts: (string | Expression)[] = [];
  const references: { name: string; at: number }[] = [];
  const errors: ExpressionError[] = [];
  let literal = '';
  for (let at = 0; at < text.length;) {
    if (text.startsWith('$${', at)) {
      literal += '${';
      at += 3;
    } else if (text.startsWith('${', at)) {
      const end = endOf(text, at + 2);
      const body = text.slice(at + 2, end ?? text.length);
      const parsed = end === undefined ? unclosed(body) : parseExpression(body);
      if (parsed.ok) {
        if (literal !== '') parts.push(literal);
        literal = '';
        parts.push(parsed.value);
        for (const path of pathsOf(parsed.value)) references.push({ name: path.root, at: at + 2 + path.at });
      } else {
        errors.push({ ...parsed.error, at: at + 2 + parsed.error.at });
      }
      at = (end ?? text.length) + 1;
    } else {
      literal += text.charAt(at);
      at++;
    }
  }
  if (literal !== '') parts.push(literal);
  return { template: templateOf(parts), references, errors };
}

function templateOf(parts: readonly (string | Expression)[]): Template {
  const [only = ''] = parts;
  if (parts.length > 1) return { kind: 'text', parts };
  return typeof only === 'string' ? { kind: 'value', value: only } : { kind: 'expression', expression: only };
}

/** The place of the `}` that ends an expression; quoted texts inside it may contain one. */
function endOf(text: string, from: number): number | undefined {
  let quote: string | undefined;
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== undefined) {
      if (char === '\\') at++;
      else if (char === quote) quote = undefined;
    } else if (char === '}') return at;
    else if (char === '"' || char === "'") quote = char;
  }
  return undefined;
}

const unclosed = (body: string): Result<never, ExpressionError> =>
  err({
    message: 'This "${" is not closed; end the expression with "}", or write "$${" for a plain "${".',
    at: 0,
    length: body.length,
  });

/** `undefined` when a text grows beyond the limit. */
function fillUnchecked(template: Template, scope: Scope): Json | undefined {
  switch (template.kind) {
    case 'value':
      return template.value;
    case 'expression':
      return evaluate(template.expression, scope);
    case 'text':
      return joinParts(template.parts, scope);
    case 'list': {
      const items = template.items.map((item) => fillUnchecked(item, scope));
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    case 'record': {
      const entries = template.entries.map(([key, item]) => [key, fillUnchecked(item, scope)] as const);
      // `fromEntries` defines own properties, so that a key such as `__proto__` is a key like any other.
      return entries.every((entry): entry is readonly [string, Json] => entry[1] !== undefined)
        ? Object.fromEntries(entries)
        : undefined;
    }
  }
}

function joinParts(parts: readonly (string | Expression)[], scope: Scope): string | undefined {
  let text = '';
  for (const part of parts) {
    const piece = typeof part === 'string' ? part : evaluate(part, scope);
    if (!fitsInto(piece, VALUE_SIZE_MAX)) return undefined;
    text += textOf(piece);
    if (text.length > VALUE_SIZE_MAX) return undefined;
  }
  return text;
}

/** How a value reads inside a text: nothing for `null`, JSON for lists and mappings. */
function textOf(value: Json): string {
  if (value === null) return '';
  return isList(value) || isRecord(value) ? JSON.stringify(value) : String(value);
}
