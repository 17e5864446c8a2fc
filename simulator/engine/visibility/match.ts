import { assertNever } from '../../base/assert.ts';
import type { Comparison, Condition, QueryValue } from './query.ts';

/** The value of an attribute; `undefined` where an execution has none. */
export type ValueOf = (attribute: string) => QueryValue | undefined;

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
      return value === undefined ? condition.kind === 'is-null' : holds(condition, value);
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
    case 'is-null':
      return false;
    default:
      return assertNever(predicate);
  }
}

const compared: Readonly<Record<Comparison, (a: QueryValue, b: QueryValue) => boolean>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};
