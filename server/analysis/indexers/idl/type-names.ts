import { isMap } from 'yaml';
import type { OffsetRange } from '../../document.ts';
import { entriesOf, entryOf, followAlias, rangeOf, stringOf, type Entry } from './nodes.ts';
import type { Report } from './report.ts';

/** `book-shipment` and `bookShipment` become `BookShipment`. */
export function pascalCase(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** Reports inline inputs and outputs for which nexus-rpc-gen would invent one and the same type name. */
export function checkInlineNames(report: Report, services: readonly Entry[]): void {
  if (report.dialect === 'nexgen') return;
  const taken = new Map<string, OffsetRange>();
  for (const service of services) {
    const operations = entryOf(followAlias(report.document, service.value), 'operations')?.value;
    for (const operation of entriesOf(followAlias(report.document, operations))) {
      const clash = inlineNames(report, service.name, operation).find((name) => taken.has(name));
      const first = clash === undefined ? undefined : taken.get(clash);
      if (clash !== undefined && first !== undefined) {
        report.add(operation.key, { code: 'idl-inline-type-name-clash', typeName: clash, first });
      }
      for (const name of inlineNames(report, service.name, operation)) taken.set(name, operation.key);
    }
  }
}

function inlineNames(report: Report, service: string, operation: Entry): readonly string[] {
  const node = followAlias(report.document, operation.value);
  return (['input', 'output'] as const).flatMap((side) => {
    const schema = entryOf(node, side)?.value;
    if (!isMap(schema)) return [];
    const isNamed = entriesOf(schema).some(
      ({ name }) => name === 'title' || (name.endsWith('ef') && name.startsWith('$')),
    );
    return isNamed ? [] : [`${pascalCase(service)}${pascalCase(operation.name)}${pascalCase(side)}`];
  });
}

/** Reports a title that two types share: the generator gives both the second type. */
export function checkTitles(report: Report, types: readonly Entry[]): void {
  const taken = new Map<string, OffsetRange>();
  for (const type of types) {
    const title = entryOf(type.value, 'title');
    const text = stringOf(title?.value);
    if (title === undefined || text === undefined) continue;
    const first = taken.get(text);
    if (first === undefined) taken.set(text, rangeOf(title.value));
    else report.add(rangeOf(title.value), { code: 'idl-duplicate-type-title', title: text, first });
  }
}
