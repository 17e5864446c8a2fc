import { isMap } from 'yaml';
import type { Expression } from '../../expression.ts';
import { isLanguageName } from './dialect.ts';
import { checkSchema, mayBeObject } from './json-schema.ts';
import {
  entriesOf,
  entryOf,
  followAlias,
  isNull,
  kindOf,
  stringOf,
  type Entry,
  type YamlNode,
} from './nodes.ts';
import type { Report } from './report.ts';
import { checkDataType, checkKeys, checkKind, checkText } from './shape.ts';
import { pascalCase } from './type-names.ts';

/** Checks one operation of a service, its input and its output. */
export function checkOperation(report: Report, operation: Entry): void {
  const { name, key } = operation;
  if (name === '') report.add(key, { code: 'idl-empty-name', what: 'operation' });
  else if (report.dialect === 'nexgen' && !/^[a-z][a-zA-Z\d]+$/.test(name)) {
    report.add(key, { code: 'idl-operation-name-pattern', name });
  }
  if (isNull(operation.value)) {
    report.add(key, { code: 'idl-null-operation', operation: name });
    return;
  }
  const node = followAlias(report.document, operation.value);
  const owner = `operation "${name}"`;
  if (!checkKind(report, { owner, node: operation.value, key }, 'a map')) return;
  const isNexgen = report.dialect === 'nexgen';
  const entries = entriesOf(node).filter((entry) => !(isNexgen && isLanguageName(entry.name)));
  const allowed = ['description', 'input', 'output', ...(isNexgen ? ['fqn'] : [])];
  checkKeys(report, entries, { owner, allowed });
  for (const text of ['description', 'fqn']) checkText(report, entryOf(node, text), owner);
  for (const side of ['input', 'output'] as const)
    checkSide(report, name, { side, entry: entryOf(node, side) });
}

interface Side {
  readonly side: 'input' | 'output';
  readonly entry: Entry | undefined;
}

function checkSide(report: Report, operation: string, { side, entry }: Side): void {
  if (entry === undefined || !checkDataType(report, entry, `"${side}" of operation "${operation}"`)) return;
  checkSchema(report, entry.value);
  if (report.dialect !== 'nexgen') return;
  const schema = resolved(report, entry.value);
  if (schema === undefined || mayBeObject(schema)) return;
  report.add(entry.key, {
    code: 'idl-operation-io-not-object',
    operation,
    side,
    found: stringOf(entryOf(schema, 'type')?.value) ?? kindOf(schema),
  });
}

/** A schema or the local definition it refers to; `undefined` where this document does not tell. */
function resolved(report: Report, schema: YamlNode): YamlNode {
  let node = followAlias(report.document, schema);
  const seen = new Set<YamlNode>();
  while (isMap(node) && !seen.has(node)) {
    seen.add(node);
    const reference = stringOf(entryOf(node, '$ref')?.value);
    if (reference === undefined) return node;
    const name = /^#\/\$defs\/([^/]+)$/.exec(reference)?.[1];
    if (name === undefined) return undefined;
    const definitions = entryOf(report.document.contents, '$defs')?.value;
    node = followAlias(report.document, entryOf(definitions, name)?.value);
  }
  return undefined;
}

/** What the operation is called on the wire: the key itself, or what nexgen makes of it. */
export function operationExpression(report: Report, { name, value }: Entry): Expression {
  const fqn = stringOf(entryOf(followAlias(report.document, value), 'fqn')?.value);
  const pascal = pascalCase(name);
  switch (report.dialect) {
    case 'nexus-rpc-gen':
      return { kind: 'operation', wireName: undefined, otherWireName: undefined };
    case 'nexgen':
      return {
        kind: 'operation',
        wireName: { kind: 'text', value: fqn ?? pascal },
        otherWireName: undefined,
      };
    case 'undecided':
      return { kind: 'operation', wireName: undefined, otherWireName: pascal === name ? undefined : pascal };
  }
}
