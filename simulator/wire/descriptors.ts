/**
 * What the protobuf definitions say about services and messages. Everything is looked up by its full name, and
 * read only when it is asked for: of two thousand messages a run meets some dozens.
 */
import root from '@temporalio/proto/protos/json-module.js';
import { assert, expectDefined } from '../base/assert.ts';
import { reflectionDefinitions } from './reflection-definitions.ts';

export interface MethodDescriptor {
  /** As on the wire: `DescribeNamespace`. */
  readonly name: string;
  /** Full names of messages. */
  readonly request: string;
  readonly response: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

export interface Message {
  readonly kind: 'message';
  /** `temporal.api.common.v1.Payload` */
  readonly fullName: string;
  readonly fields: readonly Field[];
}

export interface Enum {
  readonly kind: 'enum';
  /** Without its package: `EventType`. */
  readonly name: string;
  readonly values: Readonly<Record<string, number>>;
}

export interface Field {
  readonly name: string;
  /** As in the files that the definitions were made of: `run_id`. */
  readonly protoName: string;
  readonly deprecated: boolean;
  readonly number: number;
  readonly repeated: boolean;
  /** Whether its zero differs from no value, as for all fields of proto2. */
  readonly optional: boolean;
  /** The scalar that a map's keys are. */
  readonly keyType: string | undefined;
  /** A scalar by its name, or the full name of a message or an enum. */
  readonly type: string;
  /** Names of all fields of the oneof that this one belongs to. */
  readonly oneof: readonly string[];
}

/** A node of the definitions as protobuf.js writes them down: a package, message, enum or service. */
export interface Definition {
  readonly edition?: string;
  readonly nested?: Readonly<Record<string, Definition>>;
  readonly fields?: Readonly<Record<string, FieldDefinition>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly methods?: Readonly<Record<string, MethodDefinition>>;
}

interface FieldDefinition {
  readonly type: string;
  readonly id: number;
  readonly protoName?: string;
  readonly rule?: string;
  readonly options?: { readonly deprecated?: boolean };
  readonly keyType?: string;
}

interface MethodDefinition {
  readonly requestType: string;
  readonly responseType: string;
  readonly requestStream?: boolean;
  readonly responseStream?: boolean;
}

/** All definitions, as `protobufjs` reads them too, and gRPC's reflection. */
export const definitions: Definition = withReflection(root.toJSON());

/** The message or enum of a full name; undefined for everything else, as scalars. */
export function lookupType(fullName: string): Message | Enum | undefined {
  const path = fullName.split('.');
  const found = definitionAt(path);
  if (found?.values !== undefined) {
    return { kind: 'enum', name: expectDefined(path.at(-1), fullName), values: found.values };
  }
  return found?.fields === undefined
    ? undefined
    : { kind: 'message', fullName, fields: fieldsOf(path, found) };
}

/** @throws Error when the definitions have no such message: names come from this program, never from a peer. */
export function lookupMessage(fullName: string): Message {
  const found = lookupType(fullName);
  assert(found?.kind === 'message', `the definitions have a message ${fullName}`);
  return found;
}

/** @throws Error when the definitions have no such service. */
export function methodsOf(service: string): readonly MethodDescriptor[] {
  const path = service.split('.');
  const methods = expectDefined(definitionAt(path)?.methods, `service ${service}`);
  return Object.entries(methods).map(
    ([name, { requestType, responseType, requestStream, responseStream }]) => ({
      name,
      request: resolve(requestType, path),
      response: resolve(responseType, path),
      requestStream: requestStream === true,
      responseStream: responseStream === true,
    }),
  );
}

/** `DescribeNamespace` ⇄ `describeNamespace`: methods are named in upper camel case on the wire. */
export const methodKey = (wireName: string): string => wireName.charAt(0).toLowerCase() + wireName.slice(1);

function withReflection({ nested }: Definition): Definition {
  const grpc = nested?.['grpc']?.nested;
  return { nested: { ...nested, grpc: { nested: { ...grpc, reflection: reflectionDefinitions } } } };
}

function fieldsOf(
  path: readonly string[],
  { edition, fields = {}, oneofs = {} }: Definition,
): readonly Field[] {
  const groups = Object.values(oneofs).map(({ oneof }) => oneof);
  return Object.entries(fields).map(([name, { type, id, rule, keyType, protoName, options }]) => ({
    name,
    protoName: protoName ?? name,
    deprecated: options?.deprecated === true,
    number: id,
    repeated: rule === 'repeated',
    optional: edition === 'proto2' && rule === undefined,
    keyType,
    type: resolve(type, path),
    oneof: groups.find((group) => group.includes(name)) ?? [],
  }));
}

/** Names are relative to where they stand, innermost first, as protobuf's own are. */
function resolve(name: string, from: readonly string[]): string {
  const path = name.split('.');
  for (let depth = from.length; depth >= 0; depth--) {
    const candidate = [...from.slice(0, depth), ...path];
    if (definitionAt(candidate) !== undefined) return candidate.join('.');
  }
  return name;
}

/** What stands at a path of names. */
export function definitionAt(path: readonly string[]): Definition | undefined {
  return path.reduce<Definition | undefined>((found, name) => {
    const nested = found?.nested;
    return nested !== undefined && Object.hasOwn(nested, name) ? nested[name] : undefined;
  }, definitions);
}
