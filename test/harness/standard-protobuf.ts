/** Temporal's messages as protobuf.js reads them: an opinion that is independent of the simulator's own. */
import protobuf, { type Enum, type Field, type Type } from 'protobufjs/light.js';
import { definitions } from '../../simulator/wire/descriptors.ts';

export type { Enum, Field, Type };

const root = protobuf.Root.fromJSON(definitions).resolveAll();

/** `name` is full: `temporal.api.common.v1.Payload`. */
export const standardType = (name: string): Type => root.lookupType(name);

/** The full name of a type. */
export const nameOf = (type: Type): string => type.fullName.slice(1);

const isMessage = (resolvedType: Field['resolvedType']): resolvedType is Type =>
  resolvedType !== null && 'fieldsArray' in resolvedType;

/** The message type of a field, or `undefined` for scalars and enums. */
export const messageTypeOf = (field: Field): Type | undefined =>
  isMessage(field.resolvedType) ? field.resolvedType : undefined;

/** The enum type of a field, or `undefined` for scalars and messages. */
export const enumTypeOf = (field: Field): Enum | undefined =>
  field.resolvedType !== null && !isMessage(field.resolvedType) ? field.resolvedType : undefined;
