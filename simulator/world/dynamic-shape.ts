import { isMap, isScalar, isSeq } from 'yaml';
import { rangeOf, type Place, type Reader } from './reader.ts';
import { mismatch, named, refuse, type Shape } from './shape.ts';
import type { Located } from './source.ts';
import { parseText, type Dynamic, type Template, type TemplatePlace } from './template.ts';

const anyValue: Shape<Dynamic> = {
  expected: 'any value; texts in it may contain ${…}',
  example: { orderId: '${input.orderId}' },
  read: (place, reader) => {
    const found: Found = { references: [], places: new Map() };
    const template = readTemplate(place, reader, found);
    return template && { template, ...found };
  },
  schema: () => ({}),
};

/** Any JSON value, with `${…}` in its texts. */
export const dynamicValue = named('value', () => anyValue);

const anyText: Shape<Dynamic> = {
  expected: 'a text, which may contain ${…}',
  example: 'order-${input.orderId}',
  read: (place, reader) =>
    isScalar(place.node) && typeof place.node.value === 'string'
      ? anyValue.read(place, reader)
      : mismatch(anyText, place, reader),
  schema: () => ({ type: 'string' }),
};

/** A text with `${…}` in it. */
export const dynamicText = named('text', () => anyText);

const oneExpression: Shape<Dynamic> = {
  expected: 'a condition such as ${!auth.approved}',
  example: '${!auth.approved}',
  read: (place, reader) => {
    const value = dynamicText.read(place, reader);
    const fits = value === undefined || value.template.kind === 'expression';
    return fits ? value : mismatch(oneExpression, place, reader);
  },
  schema: () => ({ type: 'string', pattern: '^\\$\\{[\\s\\S]*\\}$' }),
};

/** One `${…}` and nothing around it. */
export const condition = named('condition', () => oneExpression);

interface Found {
  readonly references: Located<string>[];
  readonly places: Map<Template, TemplatePlace>;
}

function readTemplate(place: Place, reader: Reader, found: Found): Template | undefined {
  const template = readPart(place, reader, found);
  if (template !== undefined) found.places.set(template, { value: place.range });
  return template;
}

function readPart(place: Place, reader: Reader, found: Found): Template | undefined {
  const node = place.node;
  if (node === null) return { kind: 'value', value: null };
  if (isSeq(node)) {
    // All items are read even after a broken one, so that all problems are told.
    const items = node.items.map((item) => {
      const inner = reader.enter(item, `an item of ${place.label}`, place);
      return inner && readTemplate(inner, reader, found);
    });
    return items.every((item) => item !== undefined) ? { kind: 'list', items } : undefined;
  }
  if (isMap(node)) return readRecord(place, reader, found);
  const value: unknown = isScalar(node) ? node.value : undefined;
  if (typeof value === 'string') return readText(value, { place, reader, found });
  const plain =
    value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
  if (plain) return { kind: 'value', value };
  refuse(place, reader, 'a value that JSON can hold');
  return undefined;
}

function readRecord(place: Place, reader: Reader, found: Found): Template | undefined {
  if (!isMap(place.node)) return undefined;
  const entries = new Map<string, Template>();
  let isWhole = true;
  for (const pair of place.node.items) {
    const key: unknown = isScalar(pair.key) ? pair.key.value : undefined;
    const range = rangeOf(pair.key) ?? place.range;
    if (typeof key !== 'string' && typeof key !== 'number' && typeof key !== 'boolean') {
      reader.report(range, `A key of ${place.label} must be text; put it in quotes.`);
      isWhole = false;
      continue;
    }
    const name = String(key);
    const inner = reader.enter(pair.value, `"${name}"`, { range, depth: place.depth });
    const template = inner && readTemplate(inner, reader, found);
    if (entries.has(name)) {
      reader.report(range, `The key "${name}" is given twice in ${place.label}; remove one of the two.`);
      isWhole = false;
    }
    if (template === undefined) isWhole = false;
    else {
      entries.set(name, template);
      found.places.set(template, { value: found.places.get(template)?.value ?? range, key: range });
    }
  }
  return isWhole ? { kind: 'record', entries: [...entries] } : undefined;
}

function readText(
  value: string,
  within: { place: Place; reader: Reader; found: Found },
): Template | undefined {
  const { place, reader, found } = within;
  const parsed = parseText(value);
  for (const { name, at } of parsed.references) {
    found.references.push({ value: name, range: reader.partOf(place, at, at + name.length) });
  }
  for (const error of parsed.errors) {
    reader.report(reader.partOf(place, error.at, error.at + error.length), error.message);
  }
  return parsed.errors.length === 0 ? parsed.template : undefined;
}
