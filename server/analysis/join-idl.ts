import type { IdlDocument, ReferenceOutcome, Service } from './contract-model.ts';
import type { FileFacts } from './facts.ts';
import type { IdlDialect, IdlFacts, IdlReference } from './idl-facts.ts';
import type { DocumentUri } from './uri.ts';

/** The contracts written in IDL, their references looked up. */
export function joinIdl(
  files: ReadonlyMap<DocumentUri, FileFacts>,
  services: readonly Service[],
): readonly IdlDocument[] {
  return [...files.values()].flatMap(({ uri, idl }) => {
    if (idl?.isContract !== true) return [];
    const references = idl.references.map((reference) => ({
      reference,
      outcome: outcomeOf(files, { uri, idl }, reference),
    }));
    const own = services.filter((service) => service.place.uri === uri);
    const { dialect, problems, types } = idl;
    return [{ uri, dialect, problems, services: own, types, references }];
  });
}

function outcomeOf(
  files: ReadonlyMap<DocumentUri, FileFacts>,
  from: { readonly uri: DocumentUri; readonly idl: IdlFacts },
  { target }: IdlReference,
): ReferenceOutcome {
  switch (target.kind) {
    case 'empty':
    case 'remote':
      return { kind: target.kind };
    case 'local':
      return entryIn({ ...from, isOther: false, dialect: from.idl.dialect }, target.pointer);
    case 'file': {
      const idl = files.get(target.uri)?.idl;
      if (idl === undefined) return { kind: 'no-such-file', path: target.path };
      return entryIn({ uri: target.uri, idl, isOther: true, dialect: from.idl.dialect }, target.pointer);
    }
  }
}

interface Target {
  readonly uri: DocumentUri;
  readonly idl: IdlFacts;
  /** Whether the reference comes from another file. */
  readonly isOther: boolean;
  /** The dialect of the document that refers. */
  readonly dialect: IdlDialect;
}

function entryIn(target: Target, pointer: string): ReferenceOutcome {
  const range = isAllowed(target, pointer) ? target.idl.pointers.get(pointer) : undefined;
  if (range !== undefined) return { kind: 'found', place: { uri: target.uri, range } };
  return { kind: 'no-such-entry', pointer, known: knownPointers(target) };
}

/**
 * Within its own document nexus-rpc-gen follows references into `types` only, nexgen to the root and to the
 * entries of `$defs`; nexgen holds other files to the same rule.
 */
function isAllowed({ dialect, isOther }: Target, pointer: string): boolean {
  switch (dialect) {
    case 'nexus-rpc-gen':
      return isOther || pointer.startsWith('/types/');
    case 'nexgen':
      return pointer === '' || /^\/\$defs\/[^/]+$/.test(pointer);
    case 'undecided':
      return isOther || /^\/(?:types|\$defs)\//.test(pointer);
  }
}

function knownPointers(target: Target): readonly string[] {
  const isType = target.isOther ? /^\/(?:(?:types|\$defs)\/)?[^/]+$/ : /^\/(?:types|\$defs)\/[^/]+$/;
  return [...target.idl.pointers.keys()].filter(
    (pointer) => isType.test(pointer) && isAllowed(target, pointer),
  );
}
