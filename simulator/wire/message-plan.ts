/**
 * How messages of one type are read and written, worked out once per type from the protobuf definitions.
 * The codec knows no message by name except the three that `special` stands for.
 */
import { assert, expectDefined } from '../base/assert.ts';
import { lookupMessage, lookupType, type Enum, type Field, type Message } from './descriptors.ts';
import { scalars, type Scalar } from './scalar.ts';

export interface MessagePlan {
  readonly name: string;
  readonly special: Special | undefined;
  readonly fields: readonly FieldPlan[];
  readonly byNumber: ReadonlyMap<number, FieldPlan>;
  readonly attributes: AttributesPlan | undefined;
}

export interface FieldPlan {
  readonly number: number;
  readonly name: string;
  readonly shape: 'one' | 'list' | 'map';
  readonly value: ValuePlan;
  /** Of a map's keys. */
  readonly key: Scalar | undefined;
  /** Whether a value equal to the type's zero differs from no value at all. */
  readonly presence: boolean;
  /** Names of the other fields of the same oneof. */
  readonly rivals: readonly string[];
}

export type ValuePlan =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'enum'; readonly names: EnumPlan }
  | { readonly kind: 'message'; readonly plan: MessagePlan };

export interface EnumPlan {
  /** What the definitions put before each name. */
  readonly prefix: string;
  readonly nameOf: ReadonlyMap<number, string>;
  readonly numberOf: ReadonlyMap<string, number>;
}

/** The oneof that our messages show as one field `attributes`, told apart by the type beside it. */
export interface AttributesPlan {
  readonly typeField: 'eventType' | 'commandType';
  readonly byType: ReadonlyMap<string, FieldPlan>;
  readonly members: ReadonlySet<FieldPlan>;
}

/** Messages that are shown in a form of their own. */
type Special = 'timestamp' | 'duration' | 'any';

const specials: Readonly<Record<string, Special>> = {
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.Duration': 'duration',
  'google.protobuf.Any': 'any',
};

const attributeSuffixes: Readonly<Record<string, readonly [AttributesPlan['typeField'], string]>> = {
  'temporal.api.history.v1.HistoryEvent': ['eventType', 'EventAttributes'],
  'temporal.api.command.v1.Command': ['commandType', 'CommandAttributes'],
};

export class MessagePlans {
  /** By the full name of the message or the enum. */
  readonly #plans = new Map<string, MessagePlan>();
  readonly #enums = new Map<string, EnumPlan>();

  /** @throws Error when the definitions have no such message. */
  of(fullName: string): MessagePlan {
    return this.#plans.get(fullName) ?? this.#message(lookupMessage(fullName));
  }

  /** Of the message of that full name; `undefined` when the definitions have none. */
  named(fullName: string): MessagePlan | undefined {
    return lookupType(fullName)?.kind === 'message' ? this.of(fullName) : undefined;
  }

  #message(message: Message): MessagePlan {
    const { fullName } = message;
    const fields: FieldPlan[] = [];
    const byNumber = new Map<number, FieldPlan>();
    const draft: { -readonly [K in keyof MessagePlan]: MessagePlan[K] } = {
      name: fullName,
      special: specials[fullName],
      fields,
      byNumber,
      attributes: undefined,
    };
    // Registered before its fields are planned: types refer to themselves, directly or in a circle.
    this.#plans.set(fullName, draft);
    for (const field of message.fields) {
      const plan = this.#field(field);
      fields.push(plan);
      byNumber.set(plan.number, plan);
    }
    draft.attributes = attributesOf(fullName, fields);
    return draft;
  }

  #field({ name, number, repeated, optional, keyType, type, oneof }: Field): FieldPlan {
    const shape = keyType !== undefined ? 'map' : repeated ? 'list' : 'one';
    const value = this.#value(type);
    return {
      number,
      name: camelCase(name),
      shape,
      value,
      key: keyType === undefined ? undefined : expectDefined(scalars[keyType], `scalar ${keyType}`),
      presence: optional || oneof.length > 0 || (shape === 'one' && value.kind === 'message'),
      rivals: oneof.filter((rival) => rival !== name).map(camelCase),
    };
  }

  #value(type: string): ValuePlan {
    const scalar = scalars[type];
    if (scalar !== undefined) return { kind: 'scalar', scalar };
    const plan = this.#plans.get(type);
    if (plan !== undefined) return { kind: 'message', plan };
    const names = this.#enums.get(type);
    if (names !== undefined) return { kind: 'enum', names };
    const found = expectDefined(lookupType(type), `type ${type}`);
    if (found.kind === 'message') return { kind: 'message', plan: this.#message(found) };
    const planned = enumPlan(found);
    this.#enums.set(type, planned);
    return { kind: 'enum', names: planned };
  }
}

function enumPlan({ name, values }: Enum): EnumPlan {
  const prefix = enumPrefix(name);
  const plain = (value: string): string => (value.startsWith(prefix) ? value.slice(prefix.length) : value);
  const entries = Object.entries(values);
  return {
    prefix,
    nameOf: new Map(entries.map(([value, number]) => [number, plain(value)])),
    numberOf: new Map(entries.map(([value, number]) => [plain(value), number])),
  };
}

/** `PendingNexusOperationState` → `PENDING_NEXUS_OPERATION_STATE_`. */
export const enumPrefix = (name: string): string =>
  `${name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toUpperCase()}_`;

const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function attributesOf(fullName: string, fields: readonly FieldPlan[]): AttributesPlan | undefined {
  const entry = attributeSuffixes[fullName];
  if (entry === undefined) return undefined;
  const [typeField, suffix] = entry;
  const names = fields.find((field) => field.name === typeField)?.value;
  assert(names?.kind === 'enum', `${fullName} has an enum ${typeField}`);
  const byName = new Map(fields.map((field) => [field.name, field]));
  const byType = new Map<string, FieldPlan>();
  for (const name of names.names.numberOf.keys()) {
    const member = byName.get(camelCase(name.toLowerCase()) + suffix);
    if (member !== undefined) byType.set(name, member);
  }
  return { typeField, byType, members: new Set(byType.values()) };
}
