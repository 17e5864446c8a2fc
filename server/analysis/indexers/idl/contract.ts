import { isMap, isScalar } from 'yaml';
import type { OffsetRange } from '../../document.ts';
import type { RecordEntry } from '../../expression.ts';
import type { ServiceFact } from '../../facts.ts';
import { isLanguageName } from './dialect.ts';
import { checkSchema } from './json-schema.ts';
import {
  entriesOf,
  entryOf,
  followAlias,
  isNull,
  kindOf,
  markOf,
  stringOf,
  type Entry,
  type YamlNode,
} from './nodes.ts';
import { checkOperation, operationExpression } from './operation.ts';
import type { Report } from './report.ts';
import { checkDataType, checkKeys, checkKind, checkText } from './shape.ts';
import { checkInlineNames, checkTitles } from './type-names.ts';

/** Checks the root of a contract and reads its services. Broken parts are reported and skipped. */
export function readContract(report: Report): readonly ServiceFact[] {
  const root = report.document.contents;
  if (isNull(root)) {
    report.add({ start: 0, end: 0 }, { code: 'idl-empty-document' });
    return [];
  }
  if (!checkKind(report, { owner: 'The document', node: root, key: markOf(root) }, 'a map')) return [];
  checkRootKeys(report, root);
  checkVersion(report, root);
  checkSchemaUri(report, root);
  checkTypes(report, root);
  const services = entryOf(root, 'services');
  if (services === undefined) {
    checkHasServices(report, root);
    return [];
  }
  const subject = { owner: '"services"', node: services.value, key: services.key };
  if (!checkKind(report, subject, 'a map')) return [];
  const entries = entriesOf(followAlias(report.document, services.value));
  checkInlineNames(report, entries);
  return entries.flatMap((entry) => readService(report, entry));
}

/** Keywords that make a root a model; nexgen wants those in `$defs`. */
const modelKeys: ReadonlySet<string> = new Set(
  'type properties required items enum const oneOf anyOf allOf additionalProperties title $ref'.split(' '),
);

function checkRootKeys(report: Report, root: YamlNode): void {
  if (report.dialect === 'nexgen') {
    const model = entriesOf(root).find((entry) => modelKeys.has(entry.name));
    if (model !== undefined) report.add(model.key, { code: 'idl-envelope-root-model', key: model.name });
  }
  const allowed = {
    'nexus-rpc-gen': ['nexusrpc', 'services', 'types'],
    nexgen: ['nexusrpc', '$schema', 'description', 'services', '$defs'],
    undecided: ['nexusrpc', 'services', 'types', '$defs', 'description'],
  }[report.dialect];
  const entries = entriesOf(root).filter(({ name }) => report.dialect !== 'nexgen' || !modelKeys.has(name));
  checkKeys(report, entries, { owner: 'the document', allowed });
}

function checkVersion(report: Report, root: YamlNode): void {
  const version = entryOf(root, 'nexusrpc');
  if (version === undefined) {
    const mark = entryOf(root, 'services')?.key ?? entriesOf(root)[0]?.key ?? markOf(root);
    report.add(mark, { code: 'idl-missing-version' });
    return;
  }
  const wanted = report.dialect === 'nexgen' ? '"1.0.0"' : '1.0.0';
  const value = followAlias(report.document, version.value);
  const text = stringOf(value);
  const mark = isNull(version.value) ? version.key : markOf(version.value);
  if (text === undefined) {
    const found = isScalar(value) && value.value !== null ? (value.source ?? '') : kindOf(value);
    report.add(mark, { code: 'idl-version-not-string', found, wanted });
  } else if (!(report.dialect === 'nexgen' ? /^1\.0\.0$/ : /^1\.\d+\.\d+$/).test(text)) {
    report.add(mark, { code: 'idl-unsupported-version', found: text, wanted });
  }
}

function checkSchemaUri(report: Report, root: YamlNode): void {
  const schema = entryOf(root, '$schema');
  if (schema === undefined || report.dialect !== 'nexgen') return;
  const found = stringOf(schema.value);
  if (found === schemaUri) return;
  const mark = isNull(schema.value) ? schema.key : markOf(schema.value);
  report.add(mark, { code: 'idl-wrong-schema-uri', found: found ?? kindOf(schema.value) });
}

const schemaUri = 'https://json-schema.org/draft/2020-12/schema';

function checkTypes(report: Report, root: YamlNode): void {
  for (const types of [entryOf(root, 'types'), entryOf(root, '$defs')]) {
    if (types === undefined) continue;
    const subject = { owner: `"${types.name}"`, node: types.value, key: types.key };
    if (!checkKind(report, subject, 'a map')) continue;
    const entries = entriesOf(followAlias(report.document, types.value));
    checkTitles(report, entries);
    for (const entry of entries) {
      if (entry.name === '') report.add(entry.key, { code: 'idl-empty-name', what: 'type' });
      if (checkDataType(report, entry, `type "${entry.name}"`)) checkSchema(report, entry.value);
    }
  }
}

/** A misspelt `services` has been reported already; to say that there are none would be noise. */
function checkHasServices(report: Report, root: YamlNode): void {
  if (report.problems.some((problem) => problem.code === 'idl-unknown-key')) return;
  const mark = entryOf(root, 'nexusrpc')?.key;
  if (mark !== undefined) report.add(mark, { code: 'idl-no-services' });
}

function readService(report: Report, service: Entry): readonly ServiceFact[] {
  const { name, key } = service;
  if (name === '') report.add(key, { code: 'idl-empty-name', what: 'service' });
  else if (report.dialect === 'nexgen' && !/^[A-Z][a-zA-Z\d]+$/.test(name)) {
    report.add(key, { code: 'idl-service-name-pattern', name });
  }
  const node = followAlias(report.document, service.value);
  if (!checkKind(report, { owner: `service "${name}"`, node, key }, 'a map')) return [];
  checkServiceKeys(report, name, node);
  const operations = readOperations(report, { name, key, node });
  const fqn = stringOf(entryOf(node, 'fqn')?.value);
  return [
    {
      kind: 'service',
      id: `${key.start}:${key.end}`,
      range: key,
      wireName: { kind: 'text', value: fqn ?? name },
      nameRange: key,
      symbol: undefined,
      operations: { kind: 'record', entries: operations, spreads: [], complete: true },
      confidence: 'certain',
    },
  ];
}

function checkServiceKeys(report: Report, name: string, node: YamlNode): void {
  const isNexgen = report.dialect === 'nexgen';
  const entries = entriesOf(node).filter((entry) => !(isNexgen && isLanguageName(entry.name)));
  const owner = `service "${name}"`;
  const allowed = isNexgen ? ['description', 'operations', 'fqn', 'endpoint'] : ['description', 'operations'];
  checkKeys(report, entries, { owner, allowed });
  for (const key of ['description', 'fqn']) checkText(report, entryOf(node, key), owner);
}

interface ServiceNode {
  readonly name: string;
  readonly key: OffsetRange;
  readonly node: YamlNode;
}

function readOperations(report: Report, service: ServiceNode): readonly RecordEntry[] {
  const operations = entryOf(service.node, 'operations');
  if (operations === undefined) {
    const problem = {
      code: 'idl-service-without-operations',
      service: service.name,
      accepted: false,
    } as const;
    report.add(service.key, problem);
    return [];
  }
  const node = followAlias(report.document, operations.value);
  const subject = { owner: `"operations" of service "${service.name}"`, node, key: operations.key };
  if (!checkKind(report, subject, 'a map')) return [];
  const entries = entriesOf(node);
  // nexus-rpc-gen writes such a service without complaint, and its Java and .NET code fail at start.
  if (isMap(node) && entries.length === 0) {
    const accepted = report.dialect !== 'nexgen';
    report.add(service.key, { code: 'idl-service-without-operations', service: service.name, accepted });
  }
  for (const entry of entries) checkOperation(report, entry);
  // Of two operations with one name the first is meant; the second is reported as the duplicate.
  const distinct = entries.filter((entry, at) => entries.findIndex(({ name }) => name === entry.name) === at);
  return distinct.map((entry) => ({
    name: entry.name,
    nameRange: entry.key,
    value: operationExpression(report, entry),
  }));
}
