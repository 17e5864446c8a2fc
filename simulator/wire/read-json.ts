/**
 * protobuf's JSON form → this project's messages, with the leniency of those who write it: names of fields in lower
 * camel case or as the definitions have them, enum values with or without their prefix or in Pascal case, whole
 * numbers as numbers or texts. What the definitions do not know is left out.
 */
import { err, ok, type Result } from '../base/result.ts';
import { instant, ms } from '../base/time.ts';
import { MessagePlans, type FieldPlan, type MessagePlan, type ValuePlan } from './message-plan.ts';
import { isZero, withAttributes, type Plain } from './read-message.ts';
import { scalars, type Scalar } from './scalar.ts';
import { WireError } from './wire-error.ts';

/** Failures nest one level for each cause. */
const NESTING_MAX = 100;

/** What is wrong in a JSON document, and where in it. */
export interface JsonProblem {
  /** `attributes.retryPolicy.maximumAttempts`; empty for the document itself. */
  readonly path: string;
  /** The predicate of a sentence about what is there: `must be a whole number, but is "x"`. */
  readonly text: string;
}

export interface JsonReader {
  read(json: unknown): Result<unknown, JsonProblem>;
}

/** `type`: the full name of a message; `originMs`: see `createConverter`. */
export function createJsonReader(type: string, originMs: number): JsonReader {
  const plan = new MessagePlans().of(type);
  return {
    read: (json) => {
      try {
        return ok(readPlain(plan, json, { originMs, depth: 0 }));
      } catch (problem) {
        if (!(problem instanceof JsonError)) throw problem;
        return err({ path: problem.path.join('.'), text: problem.message });
      }
    },
  };
}

class JsonError extends Error {
  readonly path: string[] = [];
}

interface Place {
  readonly originMs: number;
  readonly depth: number;
}

function readPlain(plan: MessagePlan, json: unknown, place: Place): unknown {
  if (plan.special === 'timestamp') return instant(timeOf(json) - place.originMs);
  if (plan.special === 'duration') return ms(durationOf(json));
  // The other well-known types have JSON forms of their own, which nothing here looks into.
  if (plan.name.startsWith('google.protobuf.')) return json;
  if (place.depth > NESTING_MAX) throw new JsonError(`nests deeper than ${NESTING_MAX} levels`);
  const fields = fieldsByName(plan);
  const out: Plain = {};
  let attributes: FieldPlan | undefined;
  for (const [key, value] of Object.entries(objectIn(json))) {
    const field = fields.get(key.replace(/_/g, '').toLowerCase());
    if (field === undefined || value === null) continue;
    if (plan.attributes?.members.has(field) === true) attributes = field;
    within(key, () => readField(field, value, { out, place }));
  }
  if (attributes === undefined) return out;
  try {
    return withAttributes(plan, attributes, out);
  } catch (problem) {
    if (problem instanceof WireError) throw new JsonError(`cannot be read: ${problem.message}`);
    throw problem;
  }
}

const names = new WeakMap<MessagePlan, ReadonlyMap<string, FieldPlan>>();

/** Neither case nor underscores tell fields of one message apart. */
function fieldsByName(plan: MessagePlan): ReadonlyMap<string, FieldPlan> {
  const known = names.get(plan) ?? new Map(plan.fields.map((field) => [field.name.toLowerCase(), field]));
  names.set(plan, known);
  return known;
}

function readField(
  field: FieldPlan,
  json: unknown,
  { out, place }: { readonly out: Plain; readonly place: Place },
): void {
  const below = { ...place, depth: place.depth + 1 };
  switch (field.shape) {
    case 'list': {
      if (!Array.isArray(json)) throw mistaken('a list', json);
      const list = json.map((item: unknown, index) =>
        within(String(index), () => readValue(field.value, item, below)),
      );
      if (list.length > 0) out[field.name] = list;
      return;
    }
    case 'map': {
      const entries = Object.entries(objectIn(json)).map(
        ([key, value]) => [key, within(key, () => readValue(field.value, value, below))] as const,
      );
      if (entries.length > 0) out[field.name] = Object.fromEntries(entries);
      return;
    }
    case 'one': {
      const value = readValue(field.value, json, below);
      if (field.presence || !isZero(field.value, value)) out[field.name] = value;
    }
  }
}

function readValue(plan: ValuePlan, json: unknown, place: Place): unknown {
  switch (plan.kind) {
    case 'message':
      return readPlain(plan.plan, json, place);
    case 'enum': {
      if (typeof json === 'number') return plan.names.nameOf.get(json) ?? String(json);
      const { numberOf, prefix } = plan.names;
      const text = textIn(json);
      const plain = text.startsWith(prefix) ? text.slice(prefix.length) : text;
      return numberOf.has(plain) ? plain : screaming(plain);
    }
    case 'scalar':
      return readScalar(plan.scalar, json);
  }
}

function readScalar(scalar: Scalar, json: unknown): unknown {
  switch (scalar) {
    case scalars['string']:
      return textIn(json);
    case scalars['bytes']:
      return bytesIn(json);
    case scalars['bool']:
      if (typeof json === 'boolean') return json;
      throw mistaken('true or false', json);
    case scalars['double']:
    case scalars['float']:
      return numberIn(json);
    default: {
      const value = numberIn(json);
      if (Number.isSafeInteger(value)) return value;
      throw mistaken('a whole number of at most 2^53 - 1', json);
    }
  }
}

/** Adds to what is wrong in a part where that part is. */
function within<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (problem) {
    if (problem instanceof JsonError) problem.path.unshift(key);
    throw problem;
  }
}

function objectIn(json: unknown): object {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw mistaken('an object', json);
}

function textIn(json: unknown): string {
  if (typeof json === 'string') return json;
  throw mistaken('a text', json);
}

/** JSON has no infinity, and no whole numbers beyond 2^53; those are written as texts. */
function numberIn(json: unknown): number {
  if (typeof json === 'number') return json;
  if (typeof json === 'string' && /^(-?\d+(\.\d+)?(e[+-]?\d+)?|NaN|-?Infinity)$/i.test(json))
    return Number(json);
  throw mistaken('a number', json);
}

/** Both alphabets, with or without padding. */
function bytesIn(json: unknown): string {
  const text = textIn(json);
  if (/^[\w+/-]*={0,2}$/.test(text)) return Buffer.from(text, 'base64').toString('base64');
  throw mistaken('bytes in base64', json);
}

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i;

/** What is finer than a millisecond is cut off, as in the binary form. */
function timeOf(json: unknown): number {
  const text = textIn(json);
  const value = timestamp.test(text) ? Date.parse(text.replace(/(\.\d{3})\d+/, '$1')) : NaN;
  if (Number.isSafeInteger(value)) return value;
  throw mistaken('a time such as 2026-01-31T12:00:00.5Z', json);
}

/** A part of a millisecond counts as a whole one, as in the binary form. */
function durationOf(json: unknown): number {
  const match = /^(-?\d+(?:\.\d{1,9})?)s$/.exec(textIn(json));
  const value = match === null ? NaN : Math.ceil(Math.round(Number(match[1]) * 1e9) / 1e6);
  if (Number.isSafeInteger(value)) return value;
  throw mistaken('a duration in seconds such as 1.5s', json);
}

/** NexusOperationScheduled → NEXUS_OPERATION_SCHEDULED */
const screaming = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();

/** Longest piece of a document that is repeated in a complaint about it. */
const SHOWN_MAX = 40;

function mistaken(expected: string, json: unknown): JsonError {
  const found = JSON.stringify(json);
  const shown = found.length > SHOWN_MAX ? `${found.slice(0, SHOWN_MAX)}…` : found;
  return new JsonError(`must be ${expected}, but is ${shown}`);
}
