import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createConverter } from '../../../../simulator/wire/convert.ts';
import { methodKey, methodsOf } from '../../../../simulator/wire/descriptors.ts';
import { createPrng, type Prng } from '../../../../simulator/base/prng.ts';
import { enumPrefix } from '../../../../simulator/wire/message-plan.ts';
import { temporalMethods } from '../../../../simulator/protocol/temporal/methods.ts';
import {
  enumTypeOf,
  messageTypeOf,
  nameOf,
  standardType,
  type Field,
  type Type,
} from '../../../harness/standard-protobuf.ts';

const originMs = Date.UTC(2030, 0, 1);
const converter = createConverter(originMs);

const services = {
  WorkflowService: 'temporal.api.workflowservice.v1.WorkflowService',
  OperatorService: 'temporal.api.operatorservice.v1.OperatorService',
} as const;

const messageTypes: readonly Type[] = Object.values(services)
  .flatMap(methodsOf)
  .filter(({ name }) => methodKey(name) in temporalMethods)
  .flatMap(({ request, response }) => [standardType(request), standardType(response)]);

describe('every message of every served method', () => {
  test('all of them are known', () => {
    const served = Object.values<string>(temporalMethods).filter((service) => service in services).length;
    expect(messageTypes).toHaveLength(2 * served);
  });

  test.each(messageTypes.map((type) => [type.name, type] as const))(
    '%s survives the way there and back',
    (_, type) => {
      fc.assert(
        fc.property(fc.noShrink(fc.nat()), (seed) => {
          const message = randomMessage(type, 0, createPrng(seed));
          const bytes = converter.encode(nameOf(type), message);
          expect(converter.decode(nameOf(type), bytes)).toEqual({ ok: true, value: message });
          // The same bytes through an independent codec: what we write is standard, and so is what we read.
          const again = type.encode(type.decode(bytes)).finish();
          expect(converter.decode(nameOf(type), again)).toEqual({ ok: true, value: message });
        }),
        { numRuns: 60, seed: 20 },
      );
    },
  );

  test('no bytes at all make the converter throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...messageTypes), fc.uint8Array({ maxLength: 80 }), (type, bytes) => {
        const decoded = converter.decode(nameOf(type), bytes);
        if (!decoded.ok) expect(decoded.error).toContain(type.name);
      }),
      { numRuns: 2_000, seed: 21 },
    );
  });

  test('every enum value is written without the prefix of its enum', () => {
    const prefixes = reachable(messageTypes).flatMap((type) =>
      type.fieldsArray.flatMap((field) => {
        const names = enumTypeOf(field);
        return names === undefined
          ? []
          : Object.keys(names.values).filter((name) => !name.startsWith(enumPrefix(names.name)));
      }),
    );
    expect(prefixes).toEqual([]);
  });
});

describe('conventions', () => {
  const event = 'temporal.api.history.v1.HistoryEvent';
  const command = 'temporal.api.command.v1.Command';

  /** What a standard client would read, in protobuf's own vocabulary. */
  const standard = (type: string, message: unknown): object => {
    const descriptor = standardType(type);
    return descriptor.toObject(descriptor.decode(converter.encode(type, message)), {
      longs: String,
      enums: String,
      bytes: String,
    });
  };

  test('instants are wall-clock times counted from the origin', () => {
    expect(standard(event, { eventTime: 1_500 })).toEqual({
      eventTime: { seconds: String(originMs / 1_000 + 1), nanos: 500_000_000 },
    });
    expect(standard(event, { eventTime: 0 })).toEqual({ eventTime: { seconds: String(originMs / 1_000) } });
  });

  test('a duration finer than a millisecond is rounded up, a timestamp is cut off', () => {
    const timer = standardType('temporal.api.command.v1.StartTimerCommandAttributes');
    const bytes = timer.encode({ startToFireTimeout: { seconds: 1, nanos: 1 } }).finish();
    expect(converter.decode(nameOf(timer), bytes)).toEqual({
      ok: true,
      value: { startToFireTimeout: 1_001 },
    });
    const type = standardType(event);
    const late = type.encode({ eventTime: { seconds: originMs / 1_000, nanos: 999_999 } }).finish();
    expect(converter.decode(nameOf(type), late)).toEqual({ ok: true, value: { eventTime: 0 } });
  });

  test('attributes of events and commands are one field, told apart by the type', () => {
    expect(
      standard(event, {
        eventId: 7,
        eventType: 'NEXUS_OPERATION_STARTED',
        attributes: { scheduledEventId: 5, operationToken: 't' },
      }),
    ).toEqual({
      eventId: '7',
      eventType: 'EVENT_TYPE_NEXUS_OPERATION_STARTED',
      nexusOperationStartedEventAttributes: { scheduledEventId: '5', operationToken: 't' },
    });
    expect(standard(command, { commandType: 'START_TIMER', attributes: { timerId: '1' } })).toEqual({
      commandType: 'COMMAND_TYPE_START_TIMER',
      startTimerCommandAttributes: { timerId: '1' },
    });
  });

  test('every attribute of the two oneofs has a type that stands for it', () => {
    for (const [name, typeField, suffix] of [
      [event, 'eventType', 'EventAttributes'],
      [command, 'commandType', 'CommandAttributes'],
    ] as const) {
      const type = standardType(name);
      for (const member of type.oneofs['attributes']?.oneof ?? []) {
        const kind = upperSnake(member.slice(0, -suffix.length));
        const bytes = converter.encode(name, { [typeField]: kind, attributes: {} });
        expect(type.toObject(type.decode(bytes)), kind).toHaveProperty(member);
      }
    }
  });

  test('a type that disagrees with its attributes is refused by name', () => {
    const type = standardType(command);
    const bytes = type.encode({ commandType: 3, cancelTimerCommandAttributes: { timerId: '1' } }).finish();
    expect(converter.decode(command, bytes)).toEqual({
      ok: false,
      error:
        'The bytes are not a temporal.api.command.v1.Command: commandType is START_TIMER, but the attributes ' +
        'are cancelTimerCommandAttributes; they must agree. Send one as the API defines it.',
    });
  });

  test('an enum number that nobody knows is kept in digits', () => {
    const type = standardType(event);
    const bytes = type.encode({ eventType: 9_999 }).finish();
    expect(converter.decode(nameOf(type), bytes)).toEqual({ ok: true, value: { eventType: '9999' } });
    expect(converter.encode(nameOf(type), { eventType: '9999' })).toEqual(Buffer.from(bytes));
  });

  test('a whole number beyond 2^53 - 1 is refused', () => {
    const type = standardType(event);
    const bytes = Buffer.from('08ffffffffffffffff7f', 'hex');
    expect(converter.decode(nameOf(type), bytes)).toMatchObject({
      ok: false,
      error: expect.stringContaining('2^53') as string,
    });
  });

  test('a member of a oneof is kept even when it is empty', () => {
    const request = 'temporal.api.nexus.v1.Response';
    const bytes = converter.encode(request, { cancelOperation: {} });
    expect(converter.decode(request, bytes)).toEqual({ ok: true, value: { cancelOperation: {} } });
  });

  test('a map may have a key called __proto__', () => {
    const type = 'temporal.api.nexus.v1.Request';
    const message = { header: JSON.parse('{"__proto__":"x","a":"b"}') as object };
    const back = converter.decode(type, converter.encode(type, message));
    expect(back.ok && JSON.stringify(back.value)).toBe('{"header":{"__proto__":"x","a":"b"}}');
  });

  test('failures that nest without end are refused, not followed', () => {
    const type = standardType('temporal.api.failure.v1.Failure');
    let bytes: Uint8Array = Buffer.alloc(0);
    for (let depth = 0; depth < 200; depth += 1) {
      const size = varint(bytes.length);
      bytes = Buffer.concat([Buffer.from([0x22]), size, bytes]);
    }
    expect(converter.decode(nameOf(type), bytes)).toMatchObject({
      ok: false,
      error: expect.stringContaining('messages nest deeper than 100 levels') as string,
    });
  });

  test('fields that the definitions do not know are skipped', () => {
    const bytes = Buffer.concat([
      Buffer.from([0xfa, 0x7f, 0x03, 0x61, 0x62, 0x63]),
      Buffer.from([0x08, 0x07]),
    ]);
    expect(converter.decode(event, bytes)).toEqual({ ok: true, value: { eventId: 7 } });
  });

  test('a message that does not fit the definitions names the field', () => {
    expect(() => converter.encode(event, { eventId: 'seven' })).toThrow(
      'eventId: expected a number, found string',
    );
    expect(() => converter.encode(event, { eventNumber: 7 })).toThrow('has no field eventNumber');
    expect(() =>
      converter.encode('temporal.api.history.v1.History', { events: [{ eventType: 'NOTHING' }] }),
    ).toThrow('events.eventType: NOTHING is none of');
  });
});

const upperSnake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();

function varint(value: number): Buffer {
  const bytes = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

function reachable(types: readonly Type[]): readonly Type[] {
  const found = new Set<Type>();
  const visit = (type: Type): void => {
    if (found.has(type)) return;
    found.add(type);
    for (const field of type.fieldsArray) {
      const message = messageTypeOf(field);
      if (message !== undefined) visit(message);
    }
  };
  types.forEach(visit);
  return [...found];
}

const MAX_DEPTH = 4;

/** A message in this project's conventions, drawn from the definitions alone. */
function randomMessage(type: Type, depth: number, prng: Prng): unknown {
  if (type.fullName === '.google.protobuf.Timestamp') return integer(prng, 1e13);
  if (type.fullName === '.google.protobuf.Duration') return integer(prng, 1e12);
  const out: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    if (field.partOf !== null || prng.below(depth + 2) > 0) continue;
    const value = randomField(field, depth, prng);
    // The one field that the definitions do not name in camel case.
    const name = field.name === 'type_url' ? 'typeUrl' : field.name;
    if (value !== undefined) out[name] = value;
  }
  for (const oneof of type.oneofsArray) {
    const member = oneof.fieldsArray[prng.below(oneof.fieldsArray.length + 1)];
    if (member === undefined) continue;
    const value = randomValue(member, depth, prng);
    if (value === undefined) continue;
    if (oneof.name !== 'attributes') out[member.name] = value;
    else Object.assign(out, typedAttributes(type, member, value));
  }
  return out;
}

function typedAttributes(type: Type, member: Field, attributes: unknown): object {
  const kind = type.name === 'Command' ? 'Command' : 'Event';
  const name = upperSnake(member.name.slice(0, -`${kind}Attributes`.length));
  return { [`${kind === 'Event' ? 'event' : 'command'}Type`]: name, attributes };
}

function randomField(field: Field, depth: number, prng: Prng): unknown {
  const count = 1 + prng.below(2);
  if ('keyType' in field) {
    const key = (): string => (field.keyType === 'string' ? text(prng) : String(integer(prng, 2 ** 31)));
    const entries = Array.from({ length: count }, () => [key(), randomValue(field, depth, prng)] as const);
    return entries.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(entries);
  }
  if (field.repeated) {
    const values = Array.from({ length: count }, () => randomValue(field, depth, prng));
    return values.includes(undefined) ? undefined : values;
  }
  const value = randomValue(field, depth, prng);
  // A default is absent on the wire; only messages have a presence of their own.
  const isDefault = value === 0 || value === '' || value === false || value === 'UNSPECIFIED';
  return isDefault && messageTypeOf(field) === undefined ? undefined : value;
}

function randomValue(field: Field, depth: number, prng: Prng): unknown {
  const message = messageTypeOf(field);
  if (message !== undefined) return depth < MAX_DEPTH ? randomMessage(message, depth + 1, prng) : undefined;
  const names = enumTypeOf(field);
  if (names === undefined) return randomScalar(field.type, prng);
  const keys = Object.keys(names.values);
  return keys[prng.below(keys.length)]?.slice(enumPrefix(names.name).length);
}

function randomScalar(type: string, prng: Prng): unknown {
  switch (type) {
    case 'string':
      return text(prng);
    case 'bytes':
      return Buffer.from(text(prng)).toString('base64');
    case 'bool':
      return prng.chance({ of: 1, in: 2 });
    case 'int32':
      return integer(prng, 2 ** 31);
    case 'uint32':
      return prng.below(2 ** 32);
    case 'int64':
      return integer(prng, 2 ** 53);
    case 'float':
      return Math.fround(integer(prng, 2 ** 31) / 7);
    case 'double':
      return integer(prng, 2 ** 40) / 7;
    default:
      throw new Error(`no values for ${type}`);
  }
}

/** A whole number in (-limit, limit); small ones, zero among them, are as likely as large ones. */
function integer(prng: Prng, limit: number): number {
  const bits = 1 + prng.below(Math.floor(Math.log2(limit)));
  const size = Math.floor((prng.below(2 ** 32) / 2 ** 32) * 2 ** bits);
  return size === 0 || prng.chance({ of: 1, in: 2 }) ? size : -size;
}

const letters = ['a', 'Z', '0', '_', ' ', '\u0000', 'é', '→', '😀', '__proto__'];

const text = (prng: Prng): string =>
  Array.from({ length: prng.below(4) }, () => letters[prng.below(letters.length)]).join('');
