// Rules: idl-duplicate-service, idl-duplicate-operation, idl-duplicate-across-files
//
// Within one file YAML forbids equal keys; across files the generator refuses one name in two inputs.
// Which files are given to one run cannot be seen, so services are compared within a workspace folder and types
// only within one directory and as a warning, and never between files that are written for different generators.
// nexgen keeps each file's types apart, so only its services are compared.
import type { ContractModel, IdlDocument } from '../contract-model.ts';
import type { OffsetRange, Place } from '../document.ts';
import { folderOf, fileNameOf } from '../uri.ts';
import { idlProblemRule, type Finding, type Rule } from './rule.ts';

const withinOneFile = idlProblemRule('idl-duplicates', {
  'idl-duplicate-service': ({ name, first }) => ({
    severity: 'error',
    message: `Service "${name}" is declared twice in this file; rename one, or merge their operations.`,
    related: { range: first, message: `The first declaration of "${name}".` },
  }),
  'idl-duplicate-operation': ({ name, first }) => ({
    severity: 'error',
    message: `Operation "${name}" is declared twice in this service; rename or remove one.`,
    related: { range: first, message: `The first declaration of "${name}".` },
  }),
});

export const idlDuplicates: Rule = {
  name: 'idl-duplicates',
  codes: [...withinOneFile.codes, 'idl-duplicate-across-files'],
  *check(model) {
    yield* withinOneFile.check(model);
    yield* acrossFiles(declarations(model));
  },
};

interface Declaration {
  readonly what: 'Service' | 'Type';
  readonly name: string;
  readonly place: Place;
  readonly document: IdlDocument;
  /** Declarations are compared only within one scope. */
  readonly scope: string;
}

function* declarations(model: ContractModel): Iterable<Declaration> {
  for (const document of model.idlDocuments) {
    const { uri, services, types } = document;
    const at = (range: OffsetRange): Place => ({ uri, range });
    const folder = model.workspaceFolderOf(uri) ?? '';
    for (const { wireName, place } of services) {
      if (wireName !== undefined && wireName !== '') {
        yield { what: 'Service', name: wireName, place, document, scope: folder };
      }
    }
    for (const { name, range } of document.dialect === 'nexgen' ? [] : types) {
      yield { what: 'Type', name, place: at(range), document, scope: folderOf(uri) };
    }
  }
}

function* acrossFiles(all: Iterable<Declaration>): Iterable<Finding> {
  const groups = new Map<string, Declaration[]>();
  for (const declaration of all) {
    const group = JSON.stringify([declaration.what, declaration.scope, declaration.name]);
    groups.set(group, [...(groups.get(group) ?? []), declaration]);
  }
  for (const group of groups.values()) {
    for (const declaration of group) {
      const others = group.filter((other) => clashes(declaration, other));
      if (others.length > 0) yield duplicate(declaration, others);
    }
  }
}

function clashes(left: Declaration, right: Declaration): boolean {
  const dialects = new Set([left.document.dialect, right.document.dialect]);
  return (
    left.document.uri !== right.document.uri && !(dialects.has('nexgen') && dialects.has('nexus-rpc-gen'))
  );
}

function duplicate({ what, name, place }: Declaration, others: readonly Declaration[]): Finding {
  const files = others.map((other) => fileNameOf(other.document.uri)).join(', ');
  return {
    code: 'idl-duplicate-across-files',
    severity: what === 'Service' ? 'error' : 'warning',
    place,
    message: `${what} "${name}" is also declared in ${files}; a name may be declared in one file only, so rename or remove one.`,
    related: others.map((other) => ({
      place: other.place,
      message: `${what} "${name}" is declared here too.`,
    })),
  };
}
