/**
 * The language inside `${…}`: small, total, and free of effects.
 *
 *   expression = and { "||" and }
 *   and        = compare { "&&" compare }
 *   compare    = unary [ ("==" | "!=" | "<" | "<=" | ">" | ">=") unary ]
 *   unary      = "!" unary | primary
 *   primary    = "(" expression ")" | number | string | "true" | "false" | "null" | path
 *   path       = name { "." name | "[" (whole number | string) "]" }
 *
 * There are no loops, calls or assignments: evaluating takes time linear in the text.
 */
import { err, ok, type Result } from '../base/result.ts';
import { tokenize, type ExpressionError, type Token } from './expression-token.ts';
import { isList, isRecord, sameJson, type Json } from './json.ts';

/** Longest expression, in characters. */
export const EXPRESSION_LENGTH_MAX = 1_000;
const DEPTH_MAX = 32;

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Expression =
  | { readonly kind: 'literal'; readonly value: Json }
  | {
      readonly kind: 'path';
      readonly root: string;
      readonly at: number;
      readonly keys: readonly (string | number)[];
    }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    };

/** Values by the names that an expression may start with; `undefined` counts as `null`. */
export type Scope = (name: string) => Json | undefined;

export function parseExpression(text: string): Result<Expression, ExpressionError> {
  if (text.length > EXPRESSION_LENGTH_MAX) {
    const message = `An expression may have ${EXPRESSION_LENGTH_MAX} characters at most; this one has ${text.length}.`;
    return err({ message, at: 0, length: text.length });
  }
  const tokens = tokenize(text);
  return tokens.ok ? new Parser(tokens.value, text.length).parse() : tokens;
}

/** Never fails: a path that leads nowhere is `null`, and values of different kinds have no order. */
export function evaluate(expression: Expression, scope: Scope): Json {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'path':
      return follow(scope(expression.root) ?? null, expression.keys);
    case 'not':
      return !isTruthy(evaluate(expression.operand, scope));
    case 'and': {
      const left = evaluate(expression.left, scope);
      return isTruthy(left) ? evaluate(expression.right, scope) : left;
    }
    case 'or': {
      const left = evaluate(expression.left, scope);
      return isTruthy(left) ? left : evaluate(expression.right, scope);
    }
    case 'compare':
      return compare(
        expression.operator,
        evaluate(expression.left, scope),
        evaluate(expression.right, scope),
      );
  }
}

/** Only `null` and `false` are untrue; zero and the empty text are values like any other. */
export const isTruthy = (value: Json): boolean => value !== null && value !== false;

/** Every path of the expression, in the order of the text. */
export function pathsOf(expression: Expression): readonly { readonly root: string; readonly at: number }[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'path':
      return [expression];
    case 'not':
      return pathsOf(expression.operand);
    case 'and':
    case 'or':
    case 'compare':
      return [...pathsOf(expression.left), ...pathsOf(expression.right)];
  }
}

function follow(value: Json, keys: readonly (string | number)[]): Json {
  let here: Json = value;
  for (const key of keys) {
    if (typeof key === 'number') here = isList(here) ? (here[key] ?? null) : null;
    else here = isRecord(here) && Object.hasOwn(here, key) ? (here[key] ?? null) : null;
  }
  return here;
}

function compare(operator: Comparison, left: Json, right: Json): boolean {
  if (operator === '==') return sameJson(left, right);
  if (operator === '!=') return !sameJson(left, right);
  const ordered =
    (typeof left === 'number' && typeof right === 'number') ||
    (typeof left === 'string' && typeof right === 'string');
  if (!ordered) return false;
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #length: number;
  #next = 0;
  #error: ExpressionError | undefined;

  constructor(tokens: readonly Token[], length: number) {
    this.#tokens = tokens;
    this.#length = length;
  }

  parse(): Result<Expression, ExpressionError> {
    const expression = this.#or(0);
    const extra = this.#tokens[this.#next];
    if (this.#error === undefined && extra !== undefined) {
      this.#fail(`Expected an operator or the end of the expression; found "${extra.text}".`);
    }
    return this.#error === undefined ? ok(expression) : err(this.#error);
  }

  #or(depth: number): Expression {
    let left = this.#and(depth);
    while (this.#take('||')) left = { kind: 'or', left, right: this.#and(depth) };
    return left;
  }

  #and(depth: number): Expression {
    let left = this.#compare(depth);
    while (this.#take('&&')) left = { kind: 'and', left, right: this.#compare(depth) };
    return left;
  }

  #compare(depth: number): Expression {
    const left = this.#unary(depth);
    const operator = comparisons.find((candidate) => this.#take(candidate));
    return operator === undefined ? left : { kind: 'compare', operator, left, right: this.#unary(depth) };
  }

  #unary(depth: number): Expression {
    if (depth > DEPTH_MAX) return this.#fail(`An expression may nest ${DEPTH_MAX} levels deep at most.`);
    return this.#take('!') ? { kind: 'not', operand: this.#unary(depth + 1) } : this.#primary(depth);
  }

  #primary(depth: number): Expression {
    if (this.#take('(')) {
      const inner = this.#or(depth + 1);
      if (!this.#take(')')) this.#fail('Expected ")" here.');
      return inner;
    }
    const token = this.#tokens[this.#next];
    if (token === undefined || token.kind === 'symbol') {
      return this.#fail(
        'Expected a name such as input.orderId, a number, a quoted text, true, false or null here.',
      );
    }
    this.#next++;
    if (token.kind === 'literal') return { kind: 'literal', value: token.value };
    return namedLiterals.get(token.text) ?? this.#path(token);
  }

  #path(root: Token): Expression {
    const keys: (string | number)[] = [];
    for (;;) {
      if (this.#take('.')) {
        const name = this.#tokens[this.#next];
        if (name?.kind !== 'name') return this.#fail('Expected the name of a field after ".".');
        keys.push(name.text);
        this.#next++;
      } else if (this.#take('[')) {
        const key = this.#tokens[this.#next];
        if (key?.kind !== 'literal' || !isKey(key.value)) {
          return this.#fail('Expected a whole number or a quoted text between "[" and "]".');
        }
        keys.push(key.value);
        this.#next++;
        if (!this.#take(']')) return this.#fail('Expected "]" here.');
      } else {
        return { kind: 'path', root: root.text, at: root.at, keys };
      }
    }
  }

  #take(symbol: string): boolean {
    const token = this.#tokens[this.#next];
    if (this.#error !== undefined || token?.kind !== 'symbol' || token.text !== symbol) return false;
    this.#next++;
    return true;
  }

  /** Keeps the first error; what is parsed after it is thrown away. */
  #fail(message: string): Expression {
    const token = this.#tokens[this.#next];
    this.#error ??= {
      message,
      at: token?.at ?? Math.max(0, this.#length - 1),
      length: token === undefined ? 1 : token.text.length,
    };
    return { kind: 'literal', value: null };
  }
}

const isKey = (value: Json): value is string | number =>
  typeof value === 'string' || (Number.isInteger(value) && (value as number) >= 0);

const comparisons: readonly Comparison[] = ['==', '!=', '<=', '>=', '<', '>'];

const namedLiterals: ReadonlyMap<string, Expression> = new Map([
  ['true', { kind: 'literal', value: true }],
  ['false', { kind: 'literal', value: false }],
  ['null', { kind: 'literal', value: null }],
]);
