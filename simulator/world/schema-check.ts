import { isList, isRecord, sameJson, type Json } from './json.ts';
import { nearest, suggestion } from './nearest.ts';
import type { SourceRange } from './source.ts';
import type { Template, TemplatePlace } from './template.ts';

/** Deepest nesting of references and values that is followed. */
const DEPTH_MAX = 64;

/**
 * Holds a template against a JSON Schema. Only what can be decided is told: an expression may yield anything, and
 * keywords that weigh alternatives are not looked at.
 */
export class SchemaCheck {
  readonly #root: Json;
  readonly #places: ReadonlyMap<Template, TemplatePlace>;
  /** The message is the end of a sentence about the value. */
  readonly #tell: (range: SourceRange, message: string) => void;

  constructor(
    root: Json,
    places: ReadonlyMap<Template, TemplatePlace>,
    tell: (range: SourceRange, message: string) => void,
  ) {
    this.#root = root;
    this.#places = places;
    this.#tell = tell;
  }

  /** `path` leads to the value: `address.street`, and nothing for the whole of it. */
  compare(template: Template, schema: Json, path: string, depth = 0): void {
    if (!isRecord(schema) || depth > DEPTH_MAX || template.kind === 'expression') return;
    const reference = schema['$ref'];
    if (typeof reference === 'string') {
      const target = this.#follow(reference);
      if (target !== undefined) this.compare(template, target, path, depth + 1);
    }
    for (const part of listOf(schema['allOf'])) this.compare(template, part, path, depth + 1);
    if (!this.#compareType(template, schema, path)) return;
    this.#compareChoices(template, schema, path);
    if (template.kind === 'record') this.#compareRecord(template, schema, path, depth);
    const items = schema['items'];
    for (const [index, item] of template.kind === 'list' && items !== undefined
      ? template.items.entries()
      : []) {
      this.compare(item, items ?? null, `${path}[${index}]`, depth + 1);
    }
  }

  #compareType(template: Template, schema: JsonRecord, path: string): boolean {
    const type = schema['type'];
    const wanted = (typeof type === 'string' ? [type] : listOf(type)).filter(
      (each) => typeof each === 'string',
    );
    const found = typesOf(template);
    if (wanted.length === 0 || wanted.some((each) => found.includes(each))) return true;
    this.#say(template, path, `must be of type ${wanted.join(' or ')}; found ${shown(template)}.`);
    return false;
  }

  #compareChoices(template: Template, schema: JsonRecord, path: string): void {
    if (template.kind !== 'value') return;
    const fixed = schema['const'];
    const choices = fixed === undefined ? listOf(schema['enum']) : [fixed];
    if (choices.length === 0 || choices.some((choice) => sameJson(choice, template.value))) return;
    const texts = choices.map((choice) => JSON.stringify(choice)).join(', ');
    this.#say(template, path, `must be one of ${texts}; found ${shown(template)}.`);
  }

  #compareRecord(
    template: Extract<Template, { kind: 'record' }>,
    schema: JsonRecord,
    path: string,
    depth: number,
  ): void {
    const properties = isRecord(schema['properties'] ?? null) ? (schema['properties'] as JsonRecord) : {};
    const rest = schema['additionalProperties'];
    const given = template.entries.map(([name]) => name);
    // A field that was misspelt stands in for the one that is missing.
    const slips = given
      .filter((name) => rest === false && !Object.hasOwn(properties, name))
      .map((name) => nearest(name, Object.keys(properties)));
    for (const name of listOf(schema['required'])) {
      if (typeof name !== 'string' || given.includes(name) || slips.includes(name)) continue;
      this.#say(template, path, `needs "${name}"; add it.`);
    }
    for (const [name, value] of template.entries) {
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      const inner = path === '' ? name : `${path}.${name}`;
      if (known !== undefined) this.compare(value, known, inner, depth + 1);
      else if (rest === false && schema['patternProperties'] === undefined) {
        const hint = suggestion(name, Object.keys(properties), 'it may have');
        const range = this.#places.get(value)?.key;
        if (range !== undefined) this.#tell(range, `${at(path)}has no field "${name}"${hint}`);
      } else if (rest !== undefined) this.compare(value, rest, inner, depth + 1);
    }
  }

  #say(template: Template, path: string, message: string): void {
    const range = this.#places.get(template)?.value;
    if (range !== undefined) this.#tell(range, `${at(path)}${message}`);
  }

  /** References within the document only. */
  #follow(reference: string): Json | undefined {
    if (!reference.startsWith('#/')) return undefined;
    let here: Json | undefined = this.#root;
    for (const part of reference.slice(2).split('/')) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      here = here !== undefined && isRecord(here) && Object.hasOwn(here, key) ? here[key] : undefined;
    }
    return here;
  }
}

type JsonRecord = Readonly<Record<string, Json>>;

const listOf = (value: Json | undefined): readonly Json[] =>
  value !== undefined && isList(value) ? value : [];

const at = (path: string): string => (path === '' ? '' : `at ${path} `);

/** The JSON Schema types that a template's value will have. */
function typesOf(template: Template): readonly string[] {
  if (template.kind === 'record') return ['object'];
  if (template.kind === 'list') return ['array'];
  if (template.kind === 'text') return ['string'];
  const value = template.kind === 'value' ? template.value : null;
  if (value === null) return ['null'];
  if (typeof value === 'number') return Number.isInteger(value) ? ['number', 'integer'] : ['number'];
  return [typeof value];
}

function shown(template: Template): string {
  if (template.kind === 'record') return 'a mapping';
  if (template.kind === 'list') return 'a list';
  return template.kind === 'value' ? JSON.stringify(template.value) : 'a text';
}
