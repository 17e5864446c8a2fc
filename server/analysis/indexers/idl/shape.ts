import { isMap } from 'yaml';
import type { OffsetRange } from '../../document.ts';
import { isNull, followAlias, kindOf, markOf, stringOf, type Entry, type YamlNode } from './nodes.ts';
import type { Report } from './report.ts';

/** A node and how to speak of it; `key` is marked where there is no value to mark. */
export interface Subject {
  readonly owner: string;
  readonly node: YamlNode;
  readonly key: OffsetRange;
}

/** Reports a node that is not a map. Returns whether it is one. */
export function checkKind(report: Report, { owner, node, key }: Subject, wanted: 'a map'): boolean {
  const value = followAlias(report.document, node);
  if (isMap(value)) return true;
  report.add(isNull(node) ? key : markOf(node), {
    code: 'idl-wrong-node-kind',
    owner,
    wanted,
    found: kindOf(value),
  });
  return false;
}

/** Reports keys that the owner does not have. */
export function checkKeys(
  report: Report,
  entries: readonly Entry[],
  { owner, allowed }: { readonly owner: string; readonly allowed: readonly string[] },
): void {
  const ignored = report.dialect === 'nexgen';
  for (const { name, key } of entries) {
    if (!allowed.includes(name))
      report.add(key, { code: 'idl-unknown-key', key: name, owner, allowed, ignored });
  }
}

/** Reports an entry that is there and is no text. */
export function checkText(report: Report, entry: Entry | undefined, owner: string): void {
  if (entry === undefined) return;
  const value = followAlias(report.document, entry.value);
  if (stringOf(value) !== undefined) return;
  report.add(isNull(entry.value) ? entry.key : markOf(entry.value), {
    code: 'idl-wrong-node-kind',
    owner: `"${entry.name}" of ${owner}`,
    wanted: 'text',
    found: kindOf(value),
  });
}

/** Reports a type, input or output that is no schema object. Returns whether its schema can be looked into. */
export function checkDataType(report: Report, entry: Entry, owner: string): boolean {
  const value = followAlias(report.document, entry.value);
  if (isMap(value)) return true;
  report.add(isNull(entry.value) ? entry.key : markOf(entry.value), {
    code: 'idl-wrong-node-kind',
    owner,
    wanted: 'a schema',
    found: kindOf(value),
  });
  return false;
}
