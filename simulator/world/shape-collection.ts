import { isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import type { Json } from './json.ts';
import { listed, nearest, suggestion } from './nearest.ts';
import { rangeOf, type Place, type Reader } from './reader.ts';
import { capitalized, mismatch, type Definitions, type JsonSchema, type Shape } from './shape.ts';
import type { Named, SourceRange } from './source.ts';

/** A key of a record, with the sentence that editors and the reference show for it. */
export interface Field<T, Required extends boolean> extends FieldNotes {
  readonly shape: Shape<T>;
  readonly doc: string;
  readonly required: Required;
}

export interface FieldNotes {
  /** What counts when the key is absent, where that is a value. */
  readonly default?: Json;
  /** In place of the shape's own. */
  readonly example?: Json;
}

export const required = <T>(shape: Shape<T>, doc: string, notes: FieldNotes = {}): Field<T, true> => ({
  shape,
  doc,
  required: true,
  ...notes,
});
export const optional = <T>(shape: Shape<T>, doc: string, notes: FieldNotes = {}): Field<T, false> => ({
  shape,
  doc,
  required: false,
  ...notes,
});

export type Fields = Readonly<Record<string, Field<unknown, boolean>>>;

/** The value that a record of these fields reads as. */
export type RecordOf<F extends Fields> = {
  readonly [K in keyof F as F[K]['required'] extends true ? K : never]: ValueOf<F[K]>;
} & { readonly [K in keyof F as F[K]['required'] extends true ? never : K]?: ValueOf<F[K]> };
type ValueOf<F> = F extends Field<infer T, boolean> ? T : never;

export interface RecordOptions {
  /** `an endpoint`: how sentences call the record. */
  readonly what: string;
  /** Optional keys of which at least one must be there. */
  readonly oneOf?: readonly string[];
}

/** An entry of a mapping, with its key checked to be text that was not given before. */
interface Entry {
  readonly key: string;
  readonly range: SourceRange;
  readonly keyNode: unknown;
  readonly value: unknown;
}

/** A mapping with known keys. Unknown, repeated and missing ones are problems. */
export function record<F extends Fields>(options: RecordOptions, fields: F): Shape<RecordOf<F>> {
  const shape: Shape<RecordOf<F>> = {
    expected: `${options.what}: a mapping with ${Object.keys(fields).join(', ')}`,
    get example() {
      return exampleOf(fields, options);
    },
    read: (place, reader) => {
      if (!isMap(place.node)) return mismatch(shape, place, reader);
      const entries = entriesOf(place.node, place, reader);
      const values: Record<string, unknown> = {};
      const keys = Object.keys(fields);
      // A key that was misspelt stands in for the one that is missing.
      const excused = new Set<string>();
      let complete = true;
      for (const entry of entries) {
        const field = Object.hasOwn(fields, entry.key) ? fields[entry.key] : undefined;
        if (field === undefined) {
          unknownKey(entry, options, keys, reader);
          excused.add(nearest(entry.key, keys) ?? '');
          continue;
        }
        const inner = reader.enter(entry.value, `"${entry.key}"`, { range: entry.range, depth: place.depth });
        const value = inner && field.shape.read(inner, reader);
        if (value === undefined) complete &&= !field.required;
        else values[entry.key] = value;
      }
      for (const key of missingKeys(fields, entries)) {
        complete = false;
        if (excused.has(key)) continue;
        const message = `${capitalized(options.what)} needs "${key}": ${fields[key]?.shape.expected ?? ''}.`;
        reader.report(entries[0]?.range ?? place.range, message);
      }
      const { oneOf } = options;
      if (oneOf !== undefined && !entries.some(({ key }) => oneOf.includes(key)) && excused.size === 0) {
        reader.report(place.range, `${capitalized(options.what)} needs at least one of ${listed(oneOf)}.`);
      }
      return complete ? (values as RecordOf<F>) : undefined;
    },
    schema: (definitions) => recordSchema(options, fields, definitions),
  };
  return shape;
}

/** What must be there, and the first of those keys of which one must be. */
function exampleOf(fields: Fields, { oneOf: [oneOf] = [] }: RecordOptions): Json {
  const shown = Object.entries(fields).filter(([key, field]) => field.required || key === oneOf);
  return Object.fromEntries(shown.map(([key, field]) => [key, field.example ?? field.shape.example]));
}

const missingKeys = (fields: Fields, entries: readonly Entry[]): readonly string[] =>
  Object.keys(fields).filter((key) => fields[key]?.required && !entries.some((entry) => entry.key === key));

/** Records that are told apart by which key is present. The value has that key's name as its `kind`. */
export function choice<C extends Readonly<Record<string, Shape<object>>>>(
  options: RecordOptions,
  choices: C,
): Shape<ChoiceOf<C>> {
  const names = Object.keys(choices);
  const shape: Shape<ChoiceOf<C>> = {
    expected: `${options.what}: a mapping with one of ${names.join(', ')}`,
    get example() {
      return choices[names[0] ?? '']?.example ?? null;
    },
    read: (place, reader) => {
      if (!isMap(place.node)) return mismatch(shape, place, reader);
      const entries = place.node.items.flatMap((pair) => entryOf(pair, place) ?? []);
      const [first, second] = entries.filter((entry) => Object.hasOwn(choices, entry.key));
      if (first === undefined) {
        reportNoChoice(entries, { options, names, place }, reader);
        return undefined;
      }
      if (second !== undefined && second.key !== first.key) {
        const message = `${capitalized(options.what)} has either "${first.key}" or "${second.key}", not both; remove one.`;
        reader.report(second.range, message);
        return undefined;
      }
      const value = choices[first.key]?.read(place, reader);
      return value === undefined ? undefined : ({ ...value, kind: first.key } as ChoiceOf<C>);
    },
    schema: (definitions) => ({ anyOf: Object.values(choices).map((each) => each.schema(definitions)) }),
  };
  return shape;
}

export type ChoiceOf<C extends Readonly<Record<string, Shape<object>>>> = {
  readonly [K in keyof C]: C[K] extends Shape<infer T> ? T & { readonly kind: K } : never;
}[keyof C];

function reportNoChoice(
  entries: readonly Entry[],
  within: { options: RecordOptions; names: readonly string[]; place: Place },
  reader: Reader,
): void {
  const { options, names, place } = within;
  const slip = entries.find(({ key }) => nearest(key, names) !== undefined);
  if (slip !== undefined) unknownKey(slip, options, names, reader);
  else reader.report(place.range, `${capitalized(options.what)} needs one of the keys ${listed(names)}.`);
}

/** A list of at most `max` items; items that cannot be understood are left out. */
export function list<T>(item: Shape<T>, max: number): Shape<readonly T[]> {
  const shape: Shape<readonly T[]> = {
    get expected() {
      return `a list, each item ${item.expected}`;
    },
    get example() {
      return [item.example];
    },
    read: (place, reader) => {
      if (!isSeq(place.node)) return mismatch(shape, place, reader);
      if (!withinCount(place, reader, place.node.items.length, max)) return undefined;
      const values: T[] = [];
      for (const node of place.node.items) {
        const inner = reader.enter(node, `an item of ${place.label}`, place);
        const value = inner && item.read(inner, reader);
        if (value !== undefined) values.push(value);
      }
      return values;
    },
    schema: (definitions) => ({ type: 'array', items: item.schema(definitions), maxItems: max }),
  };
  return shape;
}

export interface NamedOptions {
  /** What a key is: `the name of an endpoint`. */
  readonly key: Shape<string>;
  readonly max: number;
}

/** A mapping whose keys are names that the file gives. Entries with a broken value keep their name. */
export function namedValues<T>(value: Shape<T>, options: NamedOptions): Shape<readonly Named<T>[]> {
  const shape: Shape<readonly Named<T>[]> = {
    expected: `a mapping from ${options.key.expected} to ${value.expected}`,
    get example() {
      const key = options.key.example;
      return typeof key === 'string' ? { [key]: value.example } : {};
    },
    read: (place, reader) => {
      if (!isMap(place.node)) return mismatch(shape, place, reader);
      const entries = entriesOf(place.node, place, reader);
      if (!withinCount(place, reader, entries.length, options.max)) return undefined;
      return entries.map((entry) => readNamed(entry, { value, options, place }, reader));
    },
    schema: (definitions) => ({
      type: 'object',
      propertyNames: options.key.schema(definitions),
      additionalProperties: value.schema(definitions),
      maxProperties: options.max,
    }),
  };
  return shape;
}

function readNamed<T>(
  entry: Entry,
  within: { value: Shape<T>; options: NamedOptions; place: Place },
  reader: Reader,
): Named<T> {
  const name = { value: entry.key, range: entry.range };
  const place = { node: entry.keyNode, range: entry.range, label: `the key "${entry.key}"`, depth: 0 };
  within.options.key.read(place, reader);
  const inner = reader.enter(entry.value, `"${entry.key}"`, {
    range: entry.range,
    depth: within.place.depth,
  });
  const value = inner && within.value.read(inner, reader);
  return value === undefined ? { name } : { name, value };
}

/** The entries of a mapping; repeated keys, and keys that are not text, are problems and left out. */
function entriesOf(map: YAMLMap, place: Place, reader: Reader): readonly Entry[] {
  const seen = new Map<string, Entry>();
  for (const pair of map.items) {
    const entry = entryOf(pair, place);
    if (entry === undefined) {
      reader.report(
        rangeOf(pair.key) ?? place.range,
        `A key of ${place.label} must be text; put it in quotes.`,
      );
    } else if (seen.has(entry.key)) {
      reader.report(entry.range, `The key "${entry.key}" is given twice; remove one of the two.`);
    } else {
      seen.set(entry.key, entry);
    }
  }
  return [...seen.values()];
}

function entryOf(pair: Pair, place: Place): Entry | undefined {
  const key = isScalar(pair.key) ? pair.key.value : undefined;
  if (typeof key !== 'string') return undefined;
  return { key, range: rangeOf(pair.key) ?? place.range, keyNode: pair.key, value: pair.value };
}

function unknownKey(entry: Entry, options: RecordOptions, keys: readonly string[], reader: Reader): void {
  const message = `${capitalized(options.what)} has no key "${entry.key}"${suggestion(entry.key, keys, 'it may have')}`;
  reader.report(entry.range, message);
}

function withinCount(place: Place, reader: Reader, count: number, max: number): boolean {
  if (count <= max) return true;
  reader.report(place.range, `${capitalized(place.label)} has ${count} entries; ${max} are the most.`);
  return false;
}

function recordSchema(options: RecordOptions, fields: Fields, definitions: Definitions): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  for (const [key, field] of Object.entries(fields)) {
    properties[key] = {
      ...field.shape.schema(definitions),
      description: field.doc,
      ...(field.default !== undefined && { default: field.default }),
      examples: [field.example ?? field.shape.example],
    };
  }
  const needed = Object.keys(fields).filter((key) => fields[key]?.required);
  return {
    title: options.what,
    type: 'object',
    additionalProperties: false,
    ...(needed.length > 0 && { required: needed }),
    ...(options.oneOf !== undefined && { anyOf: options.oneOf.map((key) => ({ required: [key] })) }),
    properties,
  };
}
