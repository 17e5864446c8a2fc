import { Buffer } from 'node:buffer';
import protobuf, { type Reader } from 'protobufjs/minimal.js';
import type { FieldPlan, MessagePlan, ValuePlan } from './message-plan.ts';
import { durationFrom, instantFrom } from './wire-time.ts';
import { WireError } from './wire-error.ts';

/** A message in this project's conventions; see `protocol/temporal/common.ts`. */
export type Plain = Record<string, unknown>;

/** As deep as messages may nest. Failures nest one level for each cause. */
const NESTING_MAX = 100;

export interface ReadContext {
  /** Wall-clock milliseconds since the Unix epoch that instant 0 stands for. */
  readonly originMs: number;
  /** The plan of the message of that full name, if there is one. */
  readonly planNamed: (fullName: string) => MessagePlan | undefined;
}

/**
 * Reads one message that takes up the rest of `reader`.
 * @throws WireError or RangeError when the bytes are not such a message.
 */
export const readMessage = (plan: MessagePlan, reader: Reader, context: ReadContext): unknown =>
  new MessageReader(reader, context).message(plan, reader.len, 0);

class MessageReader {
  readonly #reader: Reader;
  readonly #context: ReadContext;

  constructor(reader: Reader, context: ReadContext) {
    this.#reader = reader;
    this.#context = context;
  }

  message(plan: MessagePlan, end: number, depth: number): unknown {
    if (depth > NESTING_MAX) throw new WireError(`messages nest deeper than ${NESTING_MAX} levels`);
    const out: Plain = {};
    let attributes: FieldPlan | undefined;
    const reader = this.#reader;
    while (reader.pos < end) {
      const tag = reader.uint32();
      const field = plan.byNumber.get(tag >>> 3);
      if (field === undefined) {
        reader.skipType(tag & 7, depth, tag >>> 3);
        continue;
      }
      // The last member of a oneof wins, as protobuf has it.
      for (const rival of field.rivals) Reflect.deleteProperty(out, rival);
      if (plan.attributes?.members.has(field) === true) attributes = field;
      this.#field(field, tag & 7, out, depth);
    }
    if (reader.pos !== end) throw new WireError('a field reaches beyond the end of its message');
    if (plan.special === 'timestamp') return instantFrom(out, this.#context.originMs);
    if (plan.special === 'duration') return durationFrom(out);
    if (plan.special === 'any') return this.#any(out, depth);
    return attributes === undefined ? out : withAttributes(plan, attributes, out);
  }

  /** A message of a type that the definitions know is read, too; another one stays in bytes. */
  #any(out: Plain, depth: number): Plain {
    const { typeUrl, value } = out;
    if (typeof typeUrl !== 'string') return out;
    const type = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
    const plan = this.#context.planNamed(type);
    if (plan === undefined) return out;
    const bytes = protobuf.Reader.create(Buffer.from(typeof value === 'string' ? value : '', 'base64'));
    const message = new MessageReader(bytes, this.#context).message(plan, bytes.len, depth + 1);
    return { type, message };
  }

  #field(field: FieldPlan, wireType: number, out: Plain, depth: number): void {
    switch (field.shape) {
      case 'map':
        define(out, field, this.#mapEntry(field, wireType, depth));
        return;
      case 'list': {
        const list = (out[field.name] ??= []) as unknown[];
        const scalar = packable(field.value);
        if (scalar !== undefined && wireType === 2) this.#packed(field, list, depth);
        else list.push(this.#value(field, wireType, depth));
        return;
      }
      case 'one': {
        const value = this.#value(field, wireType, depth);
        if (!field.presence && isZero(field.value, value)) Reflect.deleteProperty(out, field.name);
        else out[field.name] = value;
        return;
      }
    }
  }

  #packed(field: FieldPlan, list: unknown[], depth: number): void {
    const wireType = packable(field.value) ?? 0;
    const end = this.#end();
    while (this.#reader.pos < end) list.push(this.#value(field, wireType, depth));
  }

  #mapEntry(field: FieldPlan, wireType: number, depth: number): readonly [string, unknown] {
    if (wireType !== 2) throw mistyped(field);
    const end = this.#end();
    let key: unknown = field.key?.zero;
    let value: unknown;
    while (this.#reader.pos < end) {
      const tag = this.#reader.uint32();
      if (tag >>> 3 === 1 && field.key !== undefined) key = field.key.read(this.#reader);
      else if (tag >>> 3 === 2) value = this.#value(field, tag & 7, depth);
      else this.#reader.skipType(tag & 7, depth, tag >>> 3);
    }
    return [String(key), value ?? zeroOf(field.value)];
  }

  #value(field: FieldPlan, wireType: number, depth: number): unknown {
    const { value } = field;
    switch (value.kind) {
      case 'scalar':
        if (wireType !== value.scalar.wireType) throw mistyped(field);
        return value.scalar.read(this.#reader);
      case 'enum': {
        if (wireType !== 0) throw mistyped(field);
        const number = this.#reader.int32();
        // A number that the definitions do not know stays what it is, in digits.
        return value.names.nameOf.get(number) ?? String(number);
      }
      case 'message':
        if (wireType !== 2) throw mistyped(field);
        return this.message(value.plan, this.#end(), depth + 1);
    }
  }

  /** Reads a length and returns where what follows ends. */
  #end(): number {
    const length = this.#reader.uint32();
    const end = this.#reader.pos + length;
    if (end > this.#reader.len) throw new WireError('a length points beyond the end of the bytes');
    return end;
  }
}

/** The wire type of a value that may travel packed; `undefined` for text, bytes and messages. */
export function packable(value: ValuePlan): number | undefined {
  if (value.kind === 'enum') return 0;
  return value.kind === 'scalar' && value.scalar.wireType !== 2 ? value.scalar.wireType : undefined;
}

/** What protobuf takes an absent value for. */
function zeroOf(value: ValuePlan): unknown {
  switch (value.kind) {
    case 'scalar':
      return value.scalar.zero;
    case 'enum':
      return value.names.nameOf.get(0) ?? '0';
    case 'message':
      return value.plan.special === undefined ? {} : 0;
  }
}

export const isZero = (plan: ValuePlan, value: unknown): boolean =>
  plan.kind !== 'message' && value === zeroOf(plan) && !Object.is(value, -0);

function define(out: Plain, field: FieldPlan, [key, value]: readonly [string, unknown]): void {
  // Not by assignment: a key may be called `__proto__`.
  const map = (out[field.name] ??= {}) as Plain;
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * Puts the oneof of an event or a command into the one field that ours have.
 * @throws WireError when it is not the one that the type beside it asks for.
 */
export function withAttributes(plan: MessagePlan, member: FieldPlan, out: Plain): Plain {
  const typeField = plan.attributes?.typeField ?? '';
  const type = out[typeField];
  if (typeof type !== 'string' || plan.attributes?.byType.get(type) !== member) {
    const found = typeof type === 'string' ? type : 'not set';
    throw new WireError(`${typeField} is ${found}, but the attributes are ${member.name}; they must agree`);
  }
  const { [member.name]: attributes, ...rest } = out;
  return { ...rest, attributes };
}

const wireNames: Readonly<Record<number, string>> = {
  0: 'varint',
  1: '64-bit',
  2: 'length-delimited',
  5: '32-bit',
};

function mistyped(field: FieldPlan): WireError {
  const { value } = field;
  const wireType = value.kind === 'message' ? 2 : value.kind === 'enum' ? 0 : value.scalar.wireType;
  return new WireError(
    `field ${field.name} (number ${field.number}) must be ${wireNames[wireType] ?? ''} on the wire`,
  );
}
