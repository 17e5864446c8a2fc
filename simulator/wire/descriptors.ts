/** What the protobuf definitions say about services and messages. Everything is looked up by its full name. */
import root from '@temporalio/proto/protos/json-module.js';
import type { Enum, Field, Type } from 'protobufjs/light.js';
import { expectDefined } from '../base/assert.ts';

export type { Enum, Field, Type };

export interface MethodDescriptor {
  /** As on the wire: `DescribeNamespace`. */
  readonly name: string;
  readonly request: Type;
  readonly response: Type;
  readonly responseStream: boolean;
}

/** @throws Error when the definitions have no such message: names come from this program, never from a peer. */
export const lookupMessage = (fullName: string): Type => resolved().lookupType(fullName);

/** @throws Error when the definitions have no such service. */
export const methodsOf = (service: string): readonly MethodDescriptor[] =>
  resolved()
    .lookupService(service)
    .methodsArray.map((method) => ({
      name: method.name,
      request: expectDefined(method.resolvedRequestType ?? undefined, `${method.fullName}'s request`),
      response: expectDefined(method.resolvedResponseType ?? undefined, `${method.fullName}'s response`),
      responseStream: method.responseStream === true,
    }));

/** Resolving again costs next to nothing, so no state is kept here. */
function resolved(): typeof root {
  root.resolveAll();
  return root;
}

/** `DescribeNamespace` ⇄ `describeNamespace`: methods are named in upper camel case on the wire. */
export const methodKey = (wireName: string): string => wireName.charAt(0).toLowerCase() + wireName.slice(1);

const isMessage = (resolvedType: Field['resolvedType']): resolvedType is Type =>
  resolvedType !== null && 'fieldsArray' in resolvedType;

/** The message type of a field, or `undefined` for scalars and enums. */
export const messageTypeOf = (field: Field): Type | undefined =>
  isMessage(field.resolvedType) ? field.resolvedType : undefined;

/** The enum type of a field, or `undefined` for scalars and messages. */
export const enumTypeOf = (field: Field): Enum | undefined =>
  field.resolvedType !== null && !isMessage(field.resolvedType) ? field.resolvedType : undefined;
