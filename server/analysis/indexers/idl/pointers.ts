import { isMap, isSeq } from 'yaml';
import type { OffsetRange } from '../../document.ts';
import { entriesOf, rangeOf, type YamlNode } from './nodes.ts';
import { pointerSegment } from './references.ts';
import type { Report } from './report.ts';

/** Every JSON pointer of a document, with what a jump there should show. The root is the empty pointer. */
export function pointersOf(root: YamlNode): ReadonlyMap<string, OffsetRange> {
  const pointers = new Map<string, OffsetRange>([
    ['', { start: rangeOf(root).start, end: rangeOf(root).start }],
  ]);
  walk(root, (path, node) => {
    if (isMap(node)) {
      for (const { name, key } of entriesOf(node)) {
        const pointer = path + pointerSegment(name);
        if (!pointers.has(pointer)) pointers.set(pointer, key);
      }
    } else if (isSeq(node)) {
      node.items.forEach((item, index) => pointers.set(`${path}/${index}`, rangeOf(item as YamlNode)));
    }
  });
  return pointers;
}

/** Reports every key that its map already has. YAML forbids it everywhere; services and operations say so by name. */
export function checkUniqueKeys(report: Report, root: YamlNode): void {
  walk(root, (path, node) => {
    const seen = new Map<string, OffsetRange>();
    for (const { name, key } of entriesOf(node)) {
      const first = seen.get(name);
      if (first === undefined) seen.set(name, key);
      else reportDuplicate(report, { path, name, key, first });
    }
  });
}

interface Duplicate {
  readonly path: string;
  readonly name: string;
  readonly key: OffsetRange;
  readonly first: OffsetRange;
}

function reportDuplicate(report: Report, { path, name, key, first }: Duplicate): void {
  if (path === '/services') report.add(key, { code: 'idl-duplicate-service', name, first });
  else if (/^\/services\/[^/]*\/operations$/.test(path)) {
    report.add(key, { code: 'idl-duplicate-operation', name, first });
  } else {
    report.add(key, { code: 'idl-yaml-syntax', detail: `The key "${name}" occurs twice in one map` });
  }
}

/** Aliases are not followed: what they stand for is walked where it is written. */
function walk(root: YamlNode, visit: (path: string, node: YamlNode) => void): void {
  const pending: { path: string; node: YamlNode }[] = [{ path: '', node: root }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, node } = next;
    visit(path, node);
    if (isSeq(node)) {
      node.items.forEach((item, index) => pending.push({ path: `${path}/${index}`, node: item as YamlNode }));
    }
    for (const { name, value } of [...entriesOf(node)].reverse()) {
      pending.push({ path: path + pointerSegment(name), node: value });
    }
  }
}
