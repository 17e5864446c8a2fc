/**
 * Shapes: what a value in a world file must look like. One shape reads the value, tells what is wrong with it in
 * a sentence, and describes itself as JSON Schema for editors, so that the three cannot disagree.
 */
import { isScalar } from 'yaml';
import { parseDuration, type DurationMs } from '../base/time.ts';
import type { Json } from './json.ts';
import { parseTimeMode, timeExpected, timePattern } from '../protocol/time-mode.ts';
import { listed, suggestion } from './nearest.ts';
import type { Place, Reader } from './reader.ts';
import type { Located } from './source.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Schemas that are referred to by name, filled while the schema of the whole file is made. */
export type Definitions = Map<string, JsonSchema>;

export interface Shape<T> {
  /** What is expected, as a sentence names it: `a duration such as 250ms or 1h30m`. */
  readonly expected: string;
  /** A value that the shape accepts, as the reference shows it. */
  readonly example: Json;
  /** The value, or `undefined` after at least one problem was told. */
  readonly read: (place: Place, reader: Reader) => T | undefined;
  readonly schema: (definitions: Definitions) => JsonSchema;
}

/** Tells that a value is not what its shape expects; yields no value. */
export function mismatch<T>(shape: Shape<T>, place: Place, reader: Reader): T | undefined {
  refuse(place, reader, shape.expected);
  return undefined;
}

/** Tells that a value is not what is expected of it. */
export function refuse(place: Place, reader: Reader, expected: string): void {
  const found = reader.describe(place);
  reader.report(place.range, `${capitalized(place.label)} must be ${expected}; found ${found}.`);
}

export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A text that is not empty and, when a pattern is given, matches it. */
export function text(expected: string, example: string, pattern?: RegExp): Shape<string> {
  const shape: Shape<string> = {
    expected,
    example,
    read: (place, reader) => {
      const value = scalarOf(place);
      if (typeof value === 'number' || typeof value === 'boolean') {
        reader.report(
          place.range,
          `${capitalized(place.label)} must be text; put it in quotes: "${String(value)}".`,
        );
        return undefined;
      }
      const fits = typeof value === 'string' && value !== '' && (pattern?.test(value) ?? true);
      return fits ? value : mismatch(shape, place, reader);
    },
    schema: () => ({
      type: 'string',
      ...(pattern === undefined ? { minLength: 1 } : { pattern: pattern.source }),
    }),
  };
  return shape;
}

/** A text that `parse` understands; `pattern` says about the same to editors. */
export function parsedText<T>(
  { expected, example, pattern }: { expected: string; example: string; pattern: string },
  parse: (value: string, place: Place, reader: Reader) => T | undefined,
): Shape<T> {
  const shape: Shape<T> = {
    expected,
    example,
    read: (place, reader) => {
      const value = scalarOf(place);
      const parsed = typeof value === 'string' ? parse(value, place, reader) : undefined;
      return parsed ?? mismatch(shape, place, reader);
    },
    schema: () => ({ type: 'string', pattern }),
  };
  return shape;
}

export const duration = named('duration', () => durationFrom(0, 'a duration such as 250ms, 1h30m or 3d'));

/** Timers and timeouts of no length mean something else to Temporal, or nothing at all. */
export const positiveDuration = named('positiveDuration', () =>
  durationFrom(1, 'a duration of 1ms or more, such as 250ms, 1h30m or 3d'),
);

function durationFrom(least: number, expected: string): Shape<DurationMs> {
  const shape: Shape<DurationMs> = {
    expected,
    example: '1h30m',
    read: (place, reader) => {
      const value = scalarOf(place);
      const parsed = typeof value === 'string' || value === 0 ? parseDuration(String(value)) : undefined;
      return parsed !== undefined && parsed >= least ? parsed : mismatch(shape, place, reader);
    },
    schema: () => ({ type: 'string', pattern: '^(\\d+(\\.\\d+)?(ns|us|µs|ms|s|m|h|d))+$' }),
  };
  return shape;
}

interface NumberRange {
  readonly from: number;
  readonly to: number;
}

export const wholeNumber = (range: NumberRange): Shape<number> => numberIn(range, 'whole number');

/** Fractions are allowed. */
export const decimalNumber = (range: NumberRange): Shape<number> => numberIn(range, 'number');

function numberIn({ from, to }: NumberRange, kind: 'whole number' | 'number'): Shape<number> {
  const isWhole = kind === 'whole number';
  const shape: Shape<number> = {
    expected: `a ${kind} from ${from} to ${to}`,
    example: Math.max(from, Math.min(to, 3)),
    read: (place, reader) => {
      const value = scalarOf(place);
      const fits =
        typeof value === 'number' && value >= from && value <= to && (!isWhole || Number.isInteger(value));
      return fits ? value : mismatch(shape, place, reader);
    },
    schema: () => ({ type: isWhole ? 'integer' : 'number', minimum: from, maximum: to }),
  };
  return shape;
}

export const flag: Shape<boolean> = {
  expected: 'true or false',
  example: true,
  read: (place, reader) => {
    const value = scalarOf(place);
    return typeof value === 'boolean' ? value : mismatch(flag, place, reader);
  },
  schema: () => ({ type: 'boolean' }),
};

/** How virtual time goes. */
export const timeMode = parsedText(
  { expected: timeExpected, example: 'paced:10', pattern: timePattern },
  parseTimeMode,
);

/** One of a few words or numbers. */
export function oneOf<const T extends string | number>(choices: readonly T[]): Shape<T> {
  const expected = choices.length === 1 ? String(choices[0]) : `one of ${listed(choices.map(String))}`;
  const shape: Shape<T> = {
    expected,
    example: choices[0] ?? null,
    read: (place, reader) => {
      const value = scalarOf(place);
      const found = choices.find((choice) => choice === value);
      if (found !== undefined || typeof value !== 'string') return found ?? mismatch(shape, place, reader);
      const hint = suggestion(value, choices.map(String), 'choose one of');
      reader.report(place.range, `${capitalized(place.label)} cannot be ${JSON.stringify(value)}${hint}`);
      return undefined;
    },
    schema: () => ({ enum: choices }),
  };
  return shape;
}

/** Keeps the place of the value beside it. */
export function located<T>(shape: Shape<T>): Shape<Located<T>> {
  return {
    ...shape,
    read: (place, reader) => {
      const value = shape.read(place, reader);
      return value === undefined ? undefined : { value, range: place.range };
    },
  };
}

/** Refuses a value that its shape accepts, for a reason that the shape cannot say. */
export function checked<T>(
  shape: Shape<T>,
  check: (value: T, place: Place, reader: Reader) => void,
): Shape<T> {
  return {
    ...shape,
    read: (place, reader) => {
      const value = shape.read(place, reader);
      if (value !== undefined) check(value, place, reader);
      return value;
    },
  };
}

/** A shape that editors know by name. Also ends the recursion of shapes that contain themselves. */
export function named<T>(name: string, make: () => Shape<T>): Shape<T> {
  let made: Shape<T> | undefined;
  const shape = (): Shape<T> => (made ??= make());
  return {
    get expected() {
      return shape().expected;
    },
    get example() {
      return shape().example;
    },
    read: (place, reader) => shape().read(place, reader),
    schema: (definitions) => {
      if (!definitions.has(name)) {
        definitions.set(name, {});
        const description = `${capitalized(shape().expected)}.`;
        definitions.set(name, { description, ...shape().schema(definitions) });
      }
      return { $ref: `#/$defs/${name}` };
    },
  };
}

export const scalarOf = (place: Place): unknown => (isScalar(place.node) ? place.node.value : undefined);
