import { isAlias, isMap, isScalar, isSeq, type Document as YamlDocument, type Node, type Pair } from 'yaml';
import type { OffsetRange } from '../../document.ts';

export type YamlNode = Node | null | undefined;

/** A key of a map with its value; anchors are followed for the value's kind, not for its place. */
export interface Entry {
  readonly name: string;
  readonly key: OffsetRange;
  readonly value: YamlNode;
}

export function rangeOf(node: YamlNode): OffsetRange {
  const range = node?.range;
  return range === null || range === undefined ? { start: 0, end: 0 } : { start: range[0], end: range[1] };
}

/** The entries of a map in order, equal names included. Keys that are no scalars are left out. */
export function entriesOf(node: YamlNode): readonly Entry[] {
  if (!isMap(node)) return [];
  return node.items.flatMap((pair: Pair): readonly Entry[] => {
    if (!isScalar(pair.key)) return [];
    return [{ name: keyText(pair.key.value), key: rangeOf(pair.key), value: pair.value as YamlNode }];
  });
}

export function entryOf(node: YamlNode, name: string): Entry | undefined {
  return entriesOf(node).find((entry) => entry.name === name);
}

/** The node an alias stands for; any other node stands for itself. */
export function followAlias(document: YamlDocument, node: YamlNode): YamlNode {
  return isAlias(node) ? node.resolve(document) : node;
}

export function isNull(node: YamlNode): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

export function stringOf(node: YamlNode): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

/** What a node is, in the words of a message. */
export function kindOf(node: YamlNode): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null) return 'nothing';
  switch (typeof node.value) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    default:
      return 'a number';
  }
}

/**
 * Where to mark a node that is of the wrong kind: a scalar or flow collection whole, a block list or map only up
 * to the end of its first key, for the rest may be pages long.
 */
export function markOf(node: YamlNode): OffsetRange {
  const whole = rangeOf(node);
  if (isSeq(node) && node.flow !== true) {
    const first = node.items[0] as YamlNode;
    return { start: whole.start, end: first === undefined ? whole.end : firstKeyEnd(first) };
  }
  return isMap(node) && node.flow !== true ? { start: whole.start, end: firstKeyEnd(node) } : whole;
}

function firstKeyEnd(node: YamlNode): number {
  const [first] = entriesOf(node);
  return first === undefined ? rangeOf(node).end : first.key.end;
}

function keyText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}
