import { assertNever } from '../../base/assert.ts';
import { wordsOf, type Comparison, type Condition, type QueryValue } from './query.ts';

/** The value of an attribute, or its values; `undefined` where an execution has none. */
export type ValueOf = (attribute: string) => QueryValue | readonly string[] | undefined;

/** Whether an execution is what a query asks for. Of a value that is not there only IS NULL holds. */
export function matches(condition: Condition, valueOf: ValueOf): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.of.every((part) => matches(part, valueOf));
    case 'or':
      return condition.of.some((part) => matches(part, valueOf));
    case 'not':
      return !matches(condition.of, valueOf);
    default: {
      const value = valueOf(condition.attribute);
      if (value === undefined) return condition.kind === 'is-null';
      return typeof value === 'object' ? holdsOfList(condition, value) : holds(condition, value);
    }
  }
}

type Predicate = Exclude<Condition, { readonly kind: 'and' | 'or' | 'not' }>;

function holds(predicate: Predicate, value: QueryValue): boolean {
  switch (predicate.kind) {
    case 'compare':
      return compared[predicate.by](value, predicate.value);
    case 'between':
      return value >= predicate.from && value <= predicate.to;
    case 'in':
      return predicate.values.includes(value);
    case 'starts-with':
      return String(value).startsWith(predicate.prefix);
    case 'words': {
      const present = new Set(wordsOf(String(value)));
      return predicate.words.some((word) => present.has(word));
    }
    case 'is-null':
      return false;
    default:
      return assertNever(predicate);
  }
}

/** A list is what each of its items is, and is not what none of them is. */
const holdsOfList = (predicate: Predicate, values: readonly string[]): boolean =>
  predicate.kind === 'compare' && predicate.by === '!='
    ? values.every((value) => value !== predicate.value)
    : values.some((value) => holds(predicate, value));

const compared: Readonly<Record<Comparison, (a: QueryValue, b: QueryValue) => boolean>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};
