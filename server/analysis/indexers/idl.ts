import { parseDocument } from 'yaml';
import type { Document } from '../document.ts';
import { emptyFacts, type Dependency, type FileFacts } from '../facts.ts';
import type { IdlProblem, IdlReference, NamedRange } from '../idl-facts.ts';
import { fileNameOf, type DocumentUri } from '../uri.ts';
import { readContract } from './idl/contract.ts';
import { dialectOf } from './idl/dialect.ts';
import { entriesOf, entryOf, type YamlNode } from './idl/nodes.ts';
import { checkUniqueKeys, pointersOf } from './idl/pointers.ts';
import { Report } from './idl/report.ts';
import { syntaxProblems } from './idl/syntax.ts';
import type { Indexer } from './indexer.ts';

/**
 * Reads `*.nexusrpc.yaml` contracts in both dialects, and the schema files they refer to. JSON is read as the
 * YAML it is.
 */
export const idlIndexer: Indexer = {
  language: 'idl',
  reads: (uri) => /\.(?:ya?ml|json)$/i.test(uri),
  looksInto: (uri) => isContractFile(uri),
  concerns: () => true,
  index: (document) => indexDocument(document),
};

const isContractFile = (uri: DocumentUri): boolean => /\.nexusrpc\.(?:ya?ml|json)$/i.test(fileNameOf(uri));

function indexDocument(document: Document): FileFacts {
  const yaml = parseDocument(document.text, { uniqueKeys: false, prettyErrors: false });
  const root = yaml.contents;
  const isContract = isContractFile(document.uri);
  const report = new Report(document.uri, yaml, dialectOf(root));
  checkUniqueKeys(report, root);
  const services = isContract ? readContract(report) : [];
  return {
    ...emptyFacts(document.uri, 'idl'),
    services,
    dependencies: dependenciesOf(report.references),
    idl: {
      isContract,
      dialect: report.dialect,
      problems: isContract ? problemsToShow(report, document.text) : [],
      references: report.references,
      pointers: pointersOf(root),
      types: typesOf(root),
    },
  };
}

/** Where the syntax is broken, the tree behind it is a guess, and so would be what its shape is blamed for. */
function problemsToShow(report: Report, text: string): readonly IdlProblem[] {
  const syntax = syntaxProblems(report.document, text);
  return syntax.some(({ code }) => code === 'idl-yaml-syntax') ? syntax : [...syntax, ...report.problems];
}

function typesOf(root: YamlNode): readonly NamedRange[] {
  return [entryOf(root, 'types'), entryOf(root, '$defs')].flatMap((types) =>
    entriesOf(types?.value).map(({ name, key }) => ({ name, range: key })),
  );
}

function dependenciesOf(references: readonly IdlReference[]): readonly Dependency[] {
  const files = new Map<string, Dependency>();
  for (const { target } of references) {
    if (target.kind === 'file') files.set(target.path, { module: target.path, candidates: [target.uri] });
  }
  return [...files.values()];
}
