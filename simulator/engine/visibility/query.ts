import { err, ok, type Result } from '../../base/result.ts';
import { parseDuration } from '../../base/time.ts';
import { dateValue } from './date.ts';
import { queryTokens, type QueryKeyword, type QueryToken } from '../../protocol/temporal/query-token.ts';

/*
 * Visibility queries: what people type to list and to count executions. Total: every text is a query or a problem
 * in one sentence. Times in it are numbers, milliseconds since the origin, like all times inside; the frontend
 * that knows the wall clock turns dates into them.
 */

/** What values an attribute has, or which ones. A `time` is an instant here, a `date` one of the wall clock. */
export type AttributeType =
  | 'keyword'
  | 'text'
  | 'keyword-list'
  | 'number'
  | 'boolean'
  | 'time'
  | 'date'
  | 'duration'
  | readonly string[];
export type Attributes = Readonly<Record<string, AttributeType>>;
export type QueryValue = string | number | boolean;

const comparisons = ['=', '!=', '<', '>', '<=', '>='] as const;
export type Comparison = (typeof comparisons)[number];

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | {
      readonly kind: 'compare';
      readonly attribute: string;
      readonly by: Comparison;
      readonly value: QueryValue;
    }
  | {
      readonly kind: 'between';
      readonly attribute: string;
      readonly from: QueryValue;
      readonly to: QueryValue;
    }
  /** Of a text: it has one of these words. */
  | { readonly kind: 'words'; readonly attribute: string; readonly words: readonly string[] }
  | { readonly kind: 'in'; readonly attribute: string; readonly values: readonly QueryValue[] }
  | { readonly kind: 'starts-with'; readonly attribute: string; readonly prefix: string }
  | { readonly kind: 'is-null'; readonly attribute: string };

export interface Query {
  /** Absent in an empty query: all. */
  readonly where?: Condition;
  /** The attribute whose values are counted one by one. */
  readonly groupBy?: string;
}

/** How deep parentheses and NOT may nest. */
const DEPTH_MAX = 100;

/** Reads a query over these attributes; a problem is one sentence. */
export const parseQuery = (text: string, attributes: Attributes): Result<Query, string> =>
  new QueryReader(queryTokens(text), attributes).read();

/** Stops at the first problem: from there on there is nothing more to read. */
class QueryReader {
  readonly #tokens: readonly QueryToken[];
  readonly #attributes: ReadonlyMap<string, AttributeType>;
  #at = 0;
  #depth = 0;
  #problem: string | undefined;

  constructor(tokens: readonly QueryToken[], attributes: Attributes) {
    this.#tokens = tokens;
    this.#attributes = new Map(Object.entries(attributes));
  }

  read(): Result<Query, string> {
    const begins = this.#next !== undefined && !this.#isWord('GROUP') && !this.#isWord('ORDER');
    const where = begins ? this.#any() : undefined;
    const groupBy = this.#takeWord('GROUP') ? this.#groupBy() : undefined;
    if (this.#isWord('ORDER')) this.#fail('ORDER BY is not supported: the latest come first');
    else if (this.#next !== undefined) this.#fail(`AND or OR is expected before ${this.#here()}`);
    if (this.#problem !== undefined) return err(`invalid query: ${this.#problem}`);
    return ok({ ...(where !== undefined && { where }), ...(groupBy !== undefined && { groupBy }) });
  }

  #groupBy(): string {
    this.#expectWord('BY');
    const name = this.#attribute();
    if (this.#takeSign(',')) this.#fail('GROUP BY takes one search attribute');
    return name;
  }

  #any(): Condition {
    const of = [this.#all()];
    while (this.#takeWord('OR')) of.push(this.#all());
    return joined('or', of);
  }

  #all(): Condition {
    const of = [this.#one()];
    while (this.#takeWord('AND')) of.push(this.#one());
    return joined('and', of);
  }

  #one(): Condition {
    if (++this.#depth > DEPTH_MAX) this.#fail(`it nests deeper than ${DEPTH_MAX} levels`);
    const condition = this.#takeWord('NOT')
      ? ({ kind: 'not', of: this.#one() } as const)
      : this.#takeSign('(')
        ? this.#group()
        : this.#predicate();
    this.#depth--;
    return condition;
  }

  #group(): Condition {
    const inside = this.#any();
    this.#expectSign(')');
    return inside;
  }

  #predicate(): Condition {
    const attribute = this.#attribute();
    if (this.#takeWord('IS')) {
      const negated = this.#takeWord('NOT');
      this.#expectWord('NULL');
      return negatedIf(negated, { kind: 'is-null', attribute });
    }
    const negated = this.#takeWord('NOT');
    if (this.#takeWord('BETWEEN')) {
      this.#allow(attribute, 'BETWEEN', isOrdered);
      const from = this.#value(attribute);
      this.#expectWord('AND');
      return negatedIf(negated, { kind: 'between', attribute, from, to: this.#value(attribute) });
    }
    if (this.#takeWord('IN')) return negatedIf(negated, this.#in(attribute));
    if (this.#takeWord('STARTS_WITH')) return negatedIf(negated, this.#startsWith(attribute));
    const by = negated ? undefined : comparisons.find((sign) => this.#takeSign(sign));
    if (by === undefined) this.#fail(`a comparison is expected behind ${attribute}, not ${this.#here()}`);
    else if (by !== '=' && by !== '!=') this.#allow(attribute, by, isOrdered);
    if (this.#attributes.get(attribute) === 'text') return this.#words(attribute, by ?? '=');
    return { kind: 'compare', attribute, by: by ?? '=', value: this.#value(attribute) };
  }

  #words(attribute: string, by: Comparison): Condition {
    const words = { kind: 'words', attribute, words: wordsOf(String(this.#value(attribute))) } as const;
    const absent = { kind: 'is-null', attribute } as const;
    // Of a text that is not there nothing holds, and so it is not unlike others either.
    return by === '=' ? words : { kind: 'not', of: { kind: 'or', of: [words, absent] } };
  }

  #in(attribute: string): Condition {
    this.#allow(attribute, 'IN', (type) => type !== 'text' && type !== 'boolean');
    this.#expectSign('(');
    const values = [this.#value(attribute)];
    while (this.#takeSign(',')) values.push(this.#value(attribute));
    this.#expectSign(')');
    return { kind: 'in', attribute, values };
  }

  #startsWith(attribute: string): Condition {
    if (this.#attributes.get(attribute) !== 'keyword') {
      this.#fail(`STARTS_WITH is for texts, and ${attribute} is none`);
    }
    return { kind: 'starts-with', attribute, prefix: String(this.#value(attribute)) };
  }

  #allow(attribute: string, operator: string, fits: (type: AttributeType) => boolean): void {
    const type = this.#attributes.get(attribute);
    if (type !== undefined && !fits(type)) this.#fail(`${operator} is not for ${attribute}`);
  }

  #attribute(): string {
    const token = this.#next;
    if (token?.kind !== 'name') {
      this.#fail(`a search attribute is expected, not ${this.#here()}`);
      return '';
    }
    if (!this.#attributes.has(token.name)) {
      const known = [...this.#attributes.keys()].join(', ');
      this.#fail(`there is no search attribute ${token.name}, there are ${known}`);
    }
    this.#at++;
    return token.name;
  }

  #value(attribute: string): QueryValue {
    const token = this.#next;
    const type = this.#attributes.get(attribute) ?? 'keyword';
    const found = token && readValue(type, writtenIn(token));
    if (found === undefined) {
      this.#fail(`${attribute} is compared with ${described(type)}, not ${this.#here()}`);
    }
    this.#at++;
    return found ?? 0;
  }

  get #next(): QueryToken | undefined {
    return this.#tokens[this.#at];
  }

  #isWord(word: QueryKeyword): boolean {
    const token = this.#next;
    return token?.kind === 'keyword' && token.word === word;
  }

  #takeWord(word: QueryKeyword): boolean {
    const taken = this.#isWord(word);
    if (taken) this.#at++;
    return taken;
  }

  #expectWord(word: QueryKeyword): void {
    if (!this.#takeWord(word)) this.#fail(`${word} is expected, not ${this.#here()}`);
  }

  #takeSign(sign: string): boolean {
    const token = this.#next;
    const taken = token?.kind === 'sign' && token.sign === sign;
    if (taken) this.#at++;
    return taken;
  }

  #expectSign(sign: string): void {
    if (!this.#takeSign(sign)) this.#fail(`${sign} is expected, not ${this.#here()}`);
  }

  #fail(problem: string): void {
    this.#problem ??= problem;
    this.#at = this.#tokens.length;
  }

  /** The next word as a problem names it. */
  #here(): string {
    const token = this.#next;
    switch (token?.kind) {
      case undefined:
        return 'the end';
      case 'keyword':
        return token.word;
      case 'name':
        return token.name;
      case 'string':
        return JSON.stringify(token.value);
      case 'number':
        return String(token.value);
      case 'sign':
        return token.sign;
      case 'unreadable':
        return JSON.stringify(token.text);
    }
  }
}

const joined = (kind: 'and' | 'or', of: readonly Condition[]): Condition => {
  const [only, another] = of;
  return only !== undefined && another === undefined ? only : { kind, of };
};

const negatedIf = (negated: boolean, condition: Condition): Condition =>
  negated ? { kind: 'not', of: condition } : condition;

/** Nanoseconds of a duration that is written as a bare number. */
const NANOS_PER_MS = 1_000_000;

/** Values in order, that one can lie between. */
const isOrdered = (type: AttributeType): boolean =>
  type !== 'text' && type !== 'boolean' && type !== 'keyword-list';

/** The words of a text, as a full-text index has them. */
export const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}_]+/u)
    .filter((word) => word !== '');

function writtenIn(token: QueryToken): QueryValue | undefined {
  if (token.kind === 'string' || token.kind === 'number') return token.value;
  const truth = token.kind === 'name' ? token.name.toLowerCase() : undefined;
  return truth === 'true' ? true : truth === 'false' ? false : undefined;
}

function readValue(type: AttributeType, written: QueryValue | undefined): QueryValue | undefined {
  if (typeof written === 'boolean') return type === 'boolean' ? written : undefined;
  if (written === undefined) return undefined;
  switch (type) {
    case 'keyword':
    case 'text':
    case 'keyword-list':
      return typeof written === 'string' ? written : undefined;
    case 'boolean':
      return undefined;
    case 'date':
      return typeof written === 'string' ? dateValue(written) : Math.trunc(written / NANOS_PER_MS);
    case 'number':
    case 'time':
      return typeof written === 'number' ? written : undefined;
    case 'duration':
      return typeof written === 'number' ? written / NANOS_PER_MS : parseDuration(written);
    default:
      return type.find((value) => value === written);
  }
}

function described(type: AttributeType): string {
  switch (type) {
    case 'keyword':
    case 'text':
    case 'keyword-list':
      return 'a text in quotes';
    case 'boolean':
      return 'true or false';
    case 'number':
      return 'a number';
    case 'time':
    case 'date':
      return 'a time such as "2026-01-31T12:00:00Z"';
    case 'duration':
      return 'a duration such as "1m30s"';
    default:
      return `one of ${type.join(', ')}`;
  }
}
