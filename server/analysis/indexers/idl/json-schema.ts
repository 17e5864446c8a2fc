import { isMap, isScalar, isSeq } from 'yaml';
import {
  isLanguageName,
  isLanguageReference,
  languageReferences,
  looksLikeLanguageReference,
} from './dialect.ts';
import { entriesOf, entryOf, kindOf, markOf, rangeOf, stringOf, type Entry, type YamlNode } from './nodes.ts';
import type { Report } from './report.ts';
import { referenceTarget } from './references.ts';

/** Checks one schema and every schema within it, and gathers their references. */
export function checkSchema(report: Report, schema: YamlNode): void {
  const pending: YamlNode[] = [schema];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!isMap(node)) continue;
    const entries = entriesOf(node);
    for (const entry of entries) {
      checkKeyword(report, entry);
      pending.push(...subschemasOf(entry));
    }
    checkReference(report, entries);
    checkLanguageReferences(report, entries);
  }
}

type KeywordShape =
  | 'schema'
  | 'schemas'
  | 'schema-or-schemas'
  | 'schema-map'
  | 'type'
  | 'text'
  | 'number'
  | 'count'
  | 'boolean'
  | 'list'
  | 'names';

/** The value that each keyword of JSON Schema takes; other keys may hold anything. */
const keywordShapes: ReadonlyMap<string, KeywordShape> = new Map<string, KeywordShape>([
  ...keywords('schema', 'additionalProperties not if then else contains propertyNames additionalItems'),
  ...keywords('schemas', 'allOf anyOf oneOf prefixItems'),
  ...keywords('schema-or-schemas', 'items'),
  ...keywords('schema-map', 'properties patternProperties definitions $defs dependentSchemas'),
  ...keywords('type', 'type'),
  ...keywords(
    'text',
    'title description format pattern $comment $id $anchor contentEncoding contentMediaType',
  ),
  ...keywords('number', 'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf'),
  ...keywords('count', 'minLength maxLength minItems maxItems minProperties maxProperties'),
  ...keywords('boolean', 'uniqueItems readOnly writeOnly deprecated'),
  ...keywords('list', 'enum examples'),
  ...keywords('names', 'required'),
]);

const schemaTypes = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'] as const;

function keywords(shape: KeywordShape, names: string): readonly (readonly [string, KeywordShape])[] {
  return names.split(' ').map((name) => [name, shape] as const);
}

function checkKeyword(report: Report, { name, key, value }: Entry): void {
  const shape = keywordShapes.get(name);
  if (shape === undefined) return;
  const wrong = wrongPart(shape, value);
  if (wrong === undefined) return;
  const scalar = isScalar(wrong.node) && wrong.node.value !== null ? (wrong.node.source ?? '') : '';
  report.add(wrong.node === undefined || kindOf(wrong.node) === 'nothing' ? key : markOf(wrong.node), {
    code: 'idl-invalid-json-schema',
    keyword: name,
    wanted: wrong.wanted,
    found: scalar === '' ? kindOf(wrong.node) : JSON.stringify(scalar),
  });
}

interface WrongPart {
  readonly node: YamlNode;
  readonly wanted: string;
}

/** The first part of a keyword's value that is not what the keyword takes. */
function wrongPart(shape: KeywordShape, value: YamlNode): WrongPart | undefined {
  const unless = (fits: boolean, wanted: string): WrongPart | undefined =>
    fits ? undefined : { node: value, wanted };
  const kind = kindOf(value);
  // What an anchor stands for is checked where it is written.
  if (value !== null && value !== undefined && !isMap(value) && !isSeq(value) && !isScalar(value))
    return undefined;
  switch (shape) {
    case 'schema':
      return unless(isSchema(value), 'a schema');
    case 'schema-or-schemas':
      return isSeq(value)
        ? wrongItem(value.items, isSchema, 'a schema')
        : unless(isSchema(value), 'a schema or a list of schemas');
    case 'schemas':
      if (!isSeq(value)) return unless(false, 'a list of schemas');
      return value.items.length === 0
        ? unless(false, 'at least one schema')
        : wrongItem(value.items, isSchema, 'a schema');
    case 'schema-map':
      if (!isMap(value)) return unless(false, 'a map of schemas');
      return wrongItem(
        entriesOf(value).map((entry) => entry.value),
        isSchema,
        'a schema',
      );
    case 'type':
      if (isSeq(value)) return wrongItem(value.items, isTypeName, typeWanted);
      return unless(isTypeName(value), typeWanted);
    case 'text':
      return unless(kind === 'text', 'text');
    case 'number':
      return unless(kind === 'a number', 'a number');
    case 'count':
      return unless(
        isScalar(value) && Number.isInteger(value.value) && Number(value.value) >= 0,
        'a whole number',
      );
    case 'boolean':
      return unless(kind === 'true or false', 'true or false');
    case 'list':
      return unless(isSeq(value), 'a list');
    case 'names':
      if (!isSeq(value)) return unless(false, 'a list of property names');
      return wrongItem(value.items, (item) => stringOf(item) !== undefined, 'a property name');
  }
}

const typeWanted = `one of ${schemaTypes.join(', ')}`;

function wrongItem(
  items: readonly unknown[],
  fits: (item: YamlNode) => boolean,
  wanted: string,
): WrongPart | undefined {
  const wrong = items.find((item) => !fits(item as YamlNode));
  return wrong === undefined ? undefined : { node: wrong as YamlNode, wanted };
}

const isSchema = (node: YamlNode): boolean =>
  isMap(node) ||
  (isScalar(node) ? typeof node.value === 'boolean' : node !== null && node !== undefined && !isSeq(node));

function isTypeName(node: YamlNode): boolean {
  const text = stringOf(node);
  return text !== undefined && schemaTypes.some((type) => type === text);
}

function subschemasOf({ name, value }: Entry): readonly YamlNode[] {
  switch (keywordShapes.get(name)) {
    case 'schema':
      return [value];
    case 'schemas':
    case 'schema-or-schemas':
      return isSeq(value) ? (value.items as YamlNode[]) : [value];
    case 'schema-map':
      return entriesOf(value).map((entry) => entry.value);
    default:
      return [];
  }
}

function checkReference(report: Report, entries: readonly Entry[]): void {
  const reference = entries.find((entry) => entry.name === '$ref');
  if (reference === undefined) return;
  const text = stringOf(reference.value);
  if (text === undefined) {
    report.add(
      reference.value === null || reference.value === undefined ? reference.key : markOf(reference.value),
      {
        code: 'idl-invalid-json-schema',
        keyword: '$ref',
        wanted: 'text',
        found: kindOf(reference.value),
      },
    );
    return;
  }
  report.references.push({
    text,
    range: rangeOf(reference.value),
    target: referenceTarget(report.uri, text),
  });
  for (const sibling of entries) {
    const counts = looksLikeLanguageReference(sibling.name) || isLanguageName(sibling.name);
    if (sibling === reference || counts) continue;
    report.add(sibling.key, { code: 'idl-ref-siblings-ignored', key: sibling.name });
  }
}

/** Hints such as `$goRef` are nexus-rpc-gen's; nexgen has none. */
function checkLanguageReferences(report: Report, entries: readonly Entry[]): void {
  if (report.dialect === 'nexgen') return;
  const hints = entries.filter((entry) => looksLikeLanguageReference(entry.name));
  const known = hints.filter((hint) => isLanguageReference(hint.name));
  for (const hint of hints) {
    if (!known.includes(hint)) {
      report.add(hint.key, {
        code: 'idl-unknown-lang-ref',
        key: hint.name,
        allowed: languageReferences.documented,
      });
    } else if (stringOf(hint.value) === undefined) {
      report.add(kindOf(hint.value) === 'nothing' ? hint.key : markOf(hint.value), {
        code: 'idl-lang-ref-not-string',
        key: hint.name,
      });
    }
  }
  const [first] = known;
  const annotated = entries.filter((entry) => entry.name === 'description' || entry.name === 'title');
  if (first !== undefined && hints.length + annotated.length === entries.length) {
    const languages = new Set(known.map((hint) => languageOf(hint.name)));
    if (languages.size < languageReferences.documented.length) {
      report.add(first.key, { code: 'idl-lang-ref-missing-fallback', key: first.name });
    }
  }
}

/** The language a hint is for, whichever of its spellings is used. */
function languageOf(hint: string): string {
  const spellings: ReadonlyMap<string, string> = new Map([
    ['$csRef', '$csharpRef'],
    ['$golangRef', '$goRef'],
    ['$pyRef', '$pythonRef'],
    ['$tsRef', '$typescriptRef'],
    ['$tsxRef', '$typescriptRef'],
  ]);
  return spellings.get(hint) ?? hint;
}

/** Whether a schema is written as an object, or may be one as far as this document tells. */
export function mayBeObject(schema: YamlNode): boolean {
  if (!isMap(schema)) return false;
  const type = entryOf(schema, 'type');
  return type === undefined || stringOf(type.value) === 'object';
}
