import { Buffer } from 'node:buffer';
import protobuf, { type Writer } from 'protobufjs/minimal.js';
import type { FieldPlan, MessagePlan, ValuePlan } from './message-plan.ts';
import { isZero, packable, type Plain, type ReadContext } from './read-message.ts';
import { toDuration, toTimestamp } from './wire-time.ts';

/**
 * Writes one message without its length.
 * @throws TypeError naming the field when a value does not fit the definitions: the program's mistake.
 */
export function writeMessage(
  plan: MessagePlan,
  message: unknown,
  writer: Writer,
  context: ReadContext,
): void {
  const fields = asPlain(plan, plainOf(plan, message, context));
  let written = 0;
  for (const field of plan.fields) {
    const value = fields[field.name];
    if (value === undefined) continue;
    written += 1;
    writeField(field, value, { writer, context });
  }
  const given = Object.values(fields).filter((value) => value !== undefined).length;
  if (given !== written) throw unknownFields(plan, fields);
}

interface Target {
  readonly writer: Writer;
  readonly context: ReadContext;
}

/** The message under the names of the definitions. */
function plainOf(plan: MessagePlan, message: unknown, context: ReadContext): unknown {
  if (plan.special === 'timestamp') return toTimestamp(message, context.originMs);
  if (plan.special === 'duration') return toDuration(message);
  if (plan.special === 'any') return packed(asPlain(plan, message), context);
  if (plan.attributes === undefined) return message;
  const { attributes, ...rest } = asPlain(plan, message);
  if (attributes === undefined) return rest;
  const type = String(rest[plan.attributes.typeField]);
  const member = plan.attributes.byType.get(type);
  if (member === undefined) throw new TypeError(`${plan.name} has no attributes for the type ${type}`);
  return { ...rest, [member.name]: attributes };
}

/** A message of a known type in bytes, beside its name. */
function packed(message: Plain, context: ReadContext): Plain {
  const { type, message: inner } = message;
  const plan = typeof type === 'string' ? context.planNamed(type) : undefined;
  if (plan === undefined) return message;
  const writer = protobuf.Writer.create();
  writeMessage(plan, inner, writer, context);
  const value = Buffer.from(writer.finish()).toString('base64');
  return { typeUrl: `type.googleapis.com/${plan.name}`, value };
}

function asPlain(plan: MessagePlan, message: unknown): Plain {
  if (typeof message === 'object' && message !== null && !Array.isArray(message)) return message as Plain;
  throw new TypeError(`a ${plan.name} must be an object, not ${String(message)}`);
}

function writeField(field: FieldPlan, value: unknown, target: Target): void {
  try {
    if (field.shape === 'map') writeMap(field, value, target);
    else if (field.shape === 'list') writeList(field, value as readonly unknown[], target);
    else if (field.presence || !isZero(field.value, value))
      writeTagged(field.value, field.number, value, target);
  } catch (problem) {
    if (problem instanceof FieldMismatch)
      throw new FieldMismatch(`${field.name}.${problem.path}`, problem.reason);
    throw new FieldMismatch(field.name, problem instanceof Error ? problem.message : String(problem));
  }
}

/** A value does not fit the definitions. Names the field by its path from the outermost message. */
class FieldMismatch extends TypeError {
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}

function writeList(field: FieldPlan, values: readonly unknown[], target: Target): void {
  if (!Array.isArray(values)) throw new TypeError(`expected a list, found ${typeof values}`);
  if (values.length === 0) return;
  if (packable(field.value) === undefined) {
    for (const value of values) writeTagged(field.value, field.number, value, target);
    return;
  }
  const { writer } = target;
  writer.uint32((field.number << 3) | 2).fork();
  for (const value of values) writeBare(field.value, value, target);
  writer.ldelim();
}

function writeMap(field: FieldPlan, entries: unknown, target: Target): void {
  if (typeof entries !== 'object' || entries === null)
    throw new TypeError(`expected a map, found ${typeof entries}`);
  const { writer } = target;
  for (const [key, value] of Object.entries(entries)) {
    writer.uint32((field.number << 3) | 2).fork();
    if (field.key !== undefined) {
      writer.uint32((1 << 3) | field.key.wireType);
      field.key.write(writer, typeof field.key.zero === 'number' ? Number(key) : key);
    }
    writeTagged(field.value, 2, value, target);
    writer.ldelim();
  }
}

function writeTagged(plan: ValuePlan, number: number, value: unknown, target: Target): void {
  const wireType = plan.kind === 'message' ? 2 : plan.kind === 'enum' ? 0 : plan.scalar.wireType;
  target.writer.uint32((number << 3) | wireType);
  writeBare(plan, value, target);
}

function writeBare(plan: ValuePlan, value: unknown, { writer, context }: Target): void {
  switch (plan.kind) {
    case 'scalar':
      plan.scalar.write(writer, value);
      return;
    case 'enum':
      writer.int32(enumNumber(plan, value));
      return;
    case 'message':
      writer.fork();
      writeMessage(plan.plan, value, writer, context);
      writer.ldelim();
      return;
  }
}

function enumNumber(plan: ValuePlan & { kind: 'enum' }, value: unknown): number {
  const known = plan.names.numberOf.get(String(value));
  if (known !== undefined) return known;
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value);
  const names = [...plan.names.numberOf.keys()].join(', ');
  throw new TypeError(`${String(value)} is none of ${names}`);
}

function unknownFields(plan: MessagePlan, fields: Plain): TypeError {
  const known = new Set(plan.fields.map((field) => field.name));
  const unknown = Object.keys(fields).filter((name) => fields[name] !== undefined && !known.has(name));
  return new TypeError(`${plan.name} has no field ${unknown.join(', ')}`);
}
