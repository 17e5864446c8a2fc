import { Buffer } from 'node:buffer';
import type { Reader, Writer } from 'protobufjs/minimal.js';
import { WireError } from './wire-error.ts';

/** How one protobuf scalar travels and what it is in our messages. */
export interface Scalar {
  readonly wireType: 0 | 1 | 2 | 5;
  /** What an absent field of this type means; such a value is not written. */
  readonly zero: ScalarValue;
  readonly read: (reader: Reader) => ScalarValue;
  /** @throws Error when the value is of another kind: the program's mistake, not the peer's. */
  readonly write: (writer: Writer, value: unknown) => void;
}

type ScalarValue = number | string | boolean;

const numeric = (
  wireType: 0 | 1 | 5,
  read: (reader: Reader) => number,
  write: (writer: Writer, value: number) => void,
): Scalar => ({
  wireType,
  zero: 0,
  read,
  write: (writer, value) => {
    if (typeof value !== 'number') throw new TypeError(`expected a number, found ${describe(value)}`);
    write(writer, value);
  },
});

const integer = (
  wireType: 0 | 1 | 5,
  read: (reader: Reader) => Wide | number,
  write: (writer: Writer, value: number) => void,
): Scalar =>
  numeric(
    wireType,
    (reader) => exact(read(reader)),
    (writer, value) => {
      if (!Number.isSafeInteger(value)) throw new TypeError(`expected a whole number, found ${value}`);
      write(writer, value);
    },
  );

/** The protobuf scalars by the name the definitions give them. */
export const scalars: Readonly<Record<string, Scalar>> = {
  double: numeric(
    1,
    (reader) => reader.double(),
    (writer, value) => writer.double(value),
  ),
  float: numeric(
    5,
    (reader) => reader.float(),
    (writer, value) => writer.float(value),
  ),
  int32: integer(
    0,
    (reader) => reader.int32(),
    (writer, value) => writer.int32(value),
  ),
  uint32: integer(
    0,
    (reader) => reader.uint32(),
    (writer, value) => writer.uint32(value),
  ),
  sint32: integer(
    0,
    (reader) => reader.sint32(),
    (writer, value) => writer.sint32(value),
  ),
  fixed32: integer(
    5,
    (reader) => reader.fixed32(),
    (writer, value) => writer.fixed32(value),
  ),
  sfixed32: integer(
    5,
    (reader) => reader.sfixed32(),
    (writer, value) => writer.sfixed32(value),
  ),
  int64: integer(
    0,
    (reader) => reader.int64(),
    (writer, value) => writer.int64(value),
  ),
  uint64: integer(
    0,
    (reader) => reader.uint64(),
    (writer, value) => writer.uint64(value),
  ),
  sint64: integer(
    0,
    (reader) => reader.sint64(),
    (writer, value) => writer.sint64(value),
  ),
  fixed64: integer(
    1,
    (reader) => reader.fixed64(),
    (writer, value) => writer.fixed64(value),
  ),
  sfixed64: integer(
    1,
    (reader) => reader.sfixed64(),
    (writer, value) => writer.sfixed64(value),
  ),
  bool: {
    wireType: 0,
    zero: false,
    read: (reader) => reader.bool(),
    write: (writer, value) => {
      if (typeof value !== 'boolean') throw new TypeError(`expected true or false, found ${describe(value)}`);
      writer.bool(value);
    },
  },
  string: {
    wireType: 2,
    zero: '',
    read: (reader) => reader.stringVerify(),
    write: (writer, value) => writer.string(asText(value)),
  },
  bytes: {
    wireType: 2,
    zero: '',
    read: (reader) => {
      const bytes = reader.bytes();
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    },
    write: (writer, value) => writer.bytes(Buffer.from(asText(value), 'base64')),
  },
};

/** A 64-bit integer as the reader gives it. */
interface Wide {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}

function exact(value: Wide | number): number {
  const number = typeof value === 'number' ? value : join(value);
  if (Number.isSafeInteger(number)) return number;
  throw new WireError(`the whole number ${number} is out of range: at most 2^53 - 1 can be kept exactly`);
}

const join = ({ low, high, unsigned }: Wide): number =>
  (unsigned ? high >>> 0 : high) * 2 ** 32 + (low >>> 0);

function asText(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`expected text, found ${describe(value)}`);
  return value;
}

const describe = (value: unknown): string => (value === null ? 'null' : typeof value);
