/**
 * How messages of one type are read and written, worked out once per type from the protobuf definitions.
 * The codec knows no message by name except the two that `special` stands for.
 */
import { assert, expectDefined } from '../base/assert.ts';
import { enumTypeOf, messageTypeOf, type Enum, type Field, type Type } from './descriptors.ts';
import { scalars, type Scalar } from './scalar.ts';

export interface MessagePlan {
  readonly name: string;
  readonly special: 'timestamp' | 'duration' | undefined;
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
  readonly nameOf: ReadonlyMap<number, string>;
  readonly numberOf: ReadonlyMap<string, number>;
}

/** The oneof that our messages show as one field `attributes`, told apart by the type beside it. */
export interface AttributesPlan {
  readonly typeField: 'eventType' | 'commandType';
  readonly byType: ReadonlyMap<string, FieldPlan>;
  readonly members: ReadonlySet<FieldPlan>;
}

const specials: Readonly<Record<string, 'timestamp' | 'duration'>> = {
  '.google.protobuf.Timestamp': 'timestamp',
  '.google.protobuf.Duration': 'duration',
};

const attributeSuffixes: Readonly<Record<string, readonly [AttributesPlan['typeField'], string]>> = {
  '.temporal.api.history.v1.HistoryEvent': ['eventType', 'EventAttributes'],
  '.temporal.api.command.v1.Command': ['commandType', 'CommandAttributes'],
};

export class MessagePlans {
  readonly #plans = new Map<Type, MessagePlan>();
  readonly #enums = new Map<Enum, EnumPlan>();

  of(type: Type): MessagePlan {
    const known = this.#plans.get(type);
    if (known !== undefined) return known;
    const fields: FieldPlan[] = [];
    const byNumber = new Map<number, FieldPlan>();
    const draft: { -readonly [K in keyof MessagePlan]: MessagePlan[K] } = {
      name: type.fullName.slice(1),
      special: specials[type.fullName],
      fields,
      byNumber,
      attributes: undefined,
    };
    // Registered before its fields are planned: types refer to themselves, directly or in a circle.
    this.#plans.set(type, draft);
    for (const field of type.fieldsArray) {
      const plan = this.#field(field);
      fields.push(plan);
      byNumber.set(plan.number, plan);
    }
    draft.attributes = attributesOf(type, fields);
    return draft;
  }

  #field(field: Field): FieldPlan {
    const keyType = 'keyType' in field && typeof field.keyType === 'string' ? field.keyType : undefined;
    const shape = keyType !== undefined ? 'map' : field.repeated ? 'list' : 'one';
    const value = this.#value(field);
    const oneof = field.partOf?.oneof ?? [];
    return {
      number: field.id,
      name: camelCase(field.name),
      shape,
      value,
      key: keyType === undefined ? undefined : expectDefined(scalars[keyType], `scalar ${keyType}`),
      presence: oneof.length > 0 || (shape === 'one' && value.kind === 'message'),
      rivals: oneof.filter((name) => name !== field.name).map(camelCase),
    };
  }

  #value(field: Field): ValuePlan {
    const message = messageTypeOf(field);
    if (message !== undefined) return { kind: 'message', plan: this.of(message) };
    const names = enumTypeOf(field);
    if (names !== undefined) return { kind: 'enum', names: this.#enum(names) };
    return { kind: 'scalar', scalar: expectDefined(scalars[field.type], `scalar ${field.type}`) };
  }

  #enum(type: Enum): EnumPlan {
    const known = this.#enums.get(type);
    if (known !== undefined) return known;
    const prefix = enumPrefix(type.name);
    const plain = (name: string): string => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
    const entries = Object.entries(type.values);
    const plan = {
      nameOf: new Map(entries.map(([name, number]) => [number, plain(name)])),
      numberOf: new Map(entries.map(([name, number]) => [plain(name), number])),
    };
    this.#enums.set(type, plan);
    return plan;
  }
}

/** `PendingNexusOperationState` → `PENDING_NEXUS_OPERATION_STATE_`. */
export const enumPrefix = (name: string): string =>
  `${name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toUpperCase()}_`;

const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function attributesOf(type: Type, fields: readonly FieldPlan[]): AttributesPlan | undefined {
  const entry = attributeSuffixes[type.fullName];
  if (entry === undefined) return undefined;
  const [typeField, suffix] = entry;
  const names = fields.find((field) => field.name === typeField)?.value;
  assert(names?.kind === 'enum', `${type.fullName} has an enum ${typeField}`);
  const byName = new Map(fields.map((field) => [field.name, field]));
  const byType = new Map<string, FieldPlan>();
  for (const name of names.names.numberOf.keys()) {
    const member = byName.get(camelCase(name.toLowerCase()) + suffix);
    if (member !== undefined) byType.set(name, member);
  }
  return { typeField, byType, members: new Set(byType.values()) };
}
