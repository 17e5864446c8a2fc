/**
 * The protobuf definitions as files, which is how gRPC's reflection tells them. They come without their files, so
 * here each package is one; the well-known types are where everybody expects them.
 */
import { definitionAt, type Definition } from './descriptors.ts';
import { describeFile } from './file-descriptor.ts';

export interface DefinitionFile {
  /** `temporal/api/common/v1.proto` */
  readonly name: string;
  /** Names of files. */
  readonly dependencies: readonly string[];
  /** A `google.protobuf.FileDescriptorProto`. */
  readonly descriptor: object;
}

/** The files of some services and of all that their methods speak of. */
export class DefinitionFiles {
  readonly #byName = new Map<string, DefinitionFile>();

  /** `services`: full names. */
  constructor(services: readonly string[]) {
    for (const service of services) this.#add(service);
  }

  byName(name: string): DefinitionFile | undefined {
    return this.#byName.get(name);
  }

  /** Where a message, enum, service, method or field is defined. */
  bySymbol(symbol: string): DefinitionFile | undefined {
    const found = definitionAt(symbol.split('.'));
    if (found !== undefined) return this.#fileOf(symbol);
    const dot = symbol.lastIndexOf('.');
    const owner = symbol.slice(0, Math.max(dot, 0));
    return hasMember(definitionAt(owner.split('.')), symbol.slice(dot + 1)) ? this.#fileOf(owner) : undefined;
  }

  /** A file, and all that it stands on except what is in `sent`, where they are noted. */
  withDependencies(file: DefinitionFile, sent: Set<string>): readonly DefinitionFile[] {
    sent.add(file.name);
    const found = [file];
    for (const name of file.dependencies) {
      const dependency = sent.has(name) ? undefined : this.#byName.get(name);
      if (dependency !== undefined) found.push(...this.withDependencies(dependency, sent));
    }
    return found;
  }

  #fileOf(fullName: string): DefinitionFile | undefined {
    const place = placeOf(fullName);
    return place === undefined ? undefined : this.#byName.get(place.file);
  }

  #add(fullName: string): void {
    const place = placeOf(fullName);
    if (place === undefined || this.#byName.has(place.file)) return;
    const { packageName, file: name } = place;
    const members = Object.entries(definitionAt(packageName.split('.'))?.nested ?? {})
      .filter(([member, definition]) => !isPackage(definition) && fileName(packageName, member) === name)
      .map(([member]) => `${packageName}.${member}`);
    const used = new Set<string>();
    const content = describeFile(members, used);
    const others = new Set([...used].map((type) => placeOf(type)?.file ?? name));
    others.delete(name);
    const dependencies = [...others];
    const descriptor = { name, package: packageName, dependency: dependencies, ...content, syntax: 'proto3' };
    this.#byName.set(name, { name, dependencies, descriptor });
    for (const type of used) this.#add(type);
  }
}

interface Place {
  readonly packageName: string;
  readonly file: string;
}

/** Packages themselves are in no file. */
function placeOf(fullName: string): Place | undefined {
  const path = fullName.split('.');
  const depth = path.findIndex((_, index) => {
    const definition = definitionAt(path.slice(0, index + 1));
    return definition !== undefined && !isPackage(definition);
  });
  if (depth < 0) return undefined;
  const packageName = path.slice(0, depth).join('.');
  return { packageName, file: fileName(packageName, path[depth] ?? '') };
}

const wellKnownFiles: Readonly<Record<string, string>> = {
  Any: 'any',
  Duration: 'duration',
  Empty: 'empty',
  FieldMask: 'field_mask',
  Timestamp: 'timestamp',
  Struct: 'struct',
  Value: 'struct',
  ListValue: 'struct',
  NullValue: 'struct',
};

function fileName(packageName: string, member: string): string {
  const folder = packageName.replaceAll('.', '/');
  if (packageName !== 'google.protobuf') return `${folder}.proto`;
  return `${folder}/${wellKnownFiles[member] ?? (member.endsWith('Value') ? 'wrappers' : 'descriptor')}.proto`;
}

const isPackage = ({ fields, values, methods }: Definition): boolean =>
  fields === undefined && values === undefined && methods === undefined;

function hasMember(owner: Definition | undefined, member: string): boolean {
  if (owner?.methods !== undefined) return Object.hasOwn(owner.methods, member);
  return Object.entries(owner?.fields ?? {}).some(([name, { protoName = name }]) => protoName === member);
}
