import { definitionAt, lookupMessage, methodsOf, type Definition, type Field } from './descriptors.ts';

/** What a file defines, in the terms of `google.protobuf.FileDescriptorProto`. */
export interface FileContent {
  readonly messageType: readonly object[];
  readonly enumType: readonly object[];
  readonly service: readonly object[];
}

/** Describes these definitions, and notes the full names of the types that they use. */
export function describeFile(fullNames: readonly string[], used: Set<string>): FileContent {
  const content = { messageType: [] as object[], enumType: [] as object[], service: [] as object[] };
  for (const fullName of fullNames) {
    const definition = definitionAt(fullName.split('.')) ?? {};
    if (definition.methods !== undefined) content.service.push(describeService(fullName, used));
    else if (definition.values !== undefined)
      content.enumType.push(describeEnum(fullName, definition.values));
    else content.messageType.push(describeMessage(fullName, definition, used));
  }
  return content;
}

function describeService(fullName: string, used: Set<string>): object {
  const method = methodsOf(fullName).map(({ name, request, response, requestStream, responseStream }) => {
    used.add(request).add(response);
    return {
      name,
      inputType: `.${request}`,
      outputType: `.${response}`,
      clientStreaming: requestStream,
      serverStreaming: responseStream,
    };
  });
  return { name: lastOf(fullName), method };
}

/** The value 0 comes first, as proto3 demands. */
function describeEnum(fullName: string, values: Readonly<Record<string, number>>): object {
  const value = Object.entries(values)
    .map(([name, number]) => ({ name, number }))
    .sort((a, b) => Number(b.number === 0) - Number(a.number === 0));
  const hasAliases = new Set(Object.values(values)).size < value.length;
  return { name: lastOf(fullName), value, ...(hasAliases && { options: { allowAlias: true } }) };
}

function describeMessage(fullName: string, definition: Definition, used: Set<string>): object {
  const { fields } = lookupMessage(fullName);
  const groups = Object.entries(definition.oneofs ?? {});
  const nested = Object.keys(definition.nested ?? {}).map((name) => `${fullName}.${name}`);
  const { messageType, enumType } = describeFile(nested, used);
  return {
    name: lastOf(fullName),
    field: fields.map((field) => {
      const oneofIndex = groups.findIndex(([, { oneof }]) => oneof.includes(field.name));
      return {
        ...describeField(field, fullName, used),
        ...(oneofIndex >= 0 && { oneofIndex }),
        ...(field.deprecated && { options: { deprecated: true } }),
      };
    }),
    nestedType: [
      ...messageType,
      ...fields.filter(({ keyType }) => keyType !== undefined).map((field) => describeEntry(field, used)),
    ],
    enumType,
    oneofDecl: groups.map(([name]) => ({ name })),
  };
}

function describeField(field: Field, message: string, used: Set<string>): object {
  const { name, protoName, number, repeated, keyType } = field;
  const isMap = keyType !== undefined;
  return {
    name: protoName,
    jsonName: name,
    number,
    label: repeated || isMap ? 'REPEATED' : 'OPTIONAL',
    ...(isMap ? { type: 'MESSAGE', typeName: `.${message}.${entryName(field)}` } : typeOf(field.type, used)),
  };
}

/** A map is a list of such messages on the wire. */
function describeEntry(field: Field, used: Set<string>): object {
  const part = (name: string, number: number, type: string): object => ({
    name,
    jsonName: name,
    number,
    label: 'OPTIONAL',
    ...typeOf(type, used),
  });
  return {
    name: entryName(field),
    field: [part('key', 1, field.keyType ?? ''), part('value', 2, field.type)],
    options: { mapEntry: true },
  };
}

/** `search_attributes` → `SearchAttributesEntry` */
const entryName = ({ protoName }: Field): string =>
  `${protoName.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}Entry`;

function typeOf(type: string, used: Set<string>): object {
  const found = definitionAt(type.split('.'));
  if (found === undefined) return { type: type.toUpperCase() };
  used.add(type);
  return { type: found.values === undefined ? 'MESSAGE' : 'ENUM', typeName: `.${type}` };
}

const lastOf = (fullName: string): string => fullName.slice(fullName.lastIndexOf('.') + 1);
