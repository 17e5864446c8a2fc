import { stringify } from 'yaml';
import { describe, expect, test } from 'vitest';
import { worldJsonSchema } from '../../simulator/world/json-schema.ts';
import { readFile } from '../../simulator/world/read-file.ts';
import { readText } from './repository.ts';
import { worldReference, type Schema } from './world-reference.ts';

test('the reference of world files is the grammar that the parser reads', async () => {
  await expect(worldReference()).toMatchFileSnapshot('../../docs/world-file.md');
});

test('README leads to it', () => {
  expect(readText('README.md')).toContain('](docs/world-file.md)');
});

interface Shown {
  readonly path: string;
  readonly file: unknown;
}

/** Every key's example within a file that has what else must be there. */
function* examplesOf(root: Schema): Generator<Shown> {
  const seen = new Set<string>();
  function* visit(schema: Schema, path: string, within: (value: unknown) => unknown): Generator<Shown> {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.replace('#/$defs/', '');
      if (seen.has(name)) return;
      seen.add(name);
      yield* visit(root.$defs?.[name] ?? {}, path, within);
    }
    for (const each of schema.anyOf ?? []) yield* visit(each, `${path} (${each.title ?? ''})`, within);
    if (schema.items !== undefined) yield* visit(schema.items, `${path}[]`, (value) => within([value]));
    if (typeof schema.additionalProperties === 'object') {
      const [key = ''] = Object.keys(schema.examples?.[0] ?? { trace: '' });
      yield* visit(schema.additionalProperties, `${path}.*`, (value) => within({ [key]: value }));
    }
    const least = smallest(schema);
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      const file = (value: unknown): unknown => within({ ...least, [key]: value });
      yield { path: `${path}.${key}`, file: file(property.examples?.[0]) };
      yield* visit(property, `${path}.${key}`, file);
    }
  }
  yield* visit(root, '', (value) => value);
}

/** What must be there, and the first of the keys of which one must be. */
const smallest = ({ required = [], anyOf = [], properties = {} }: Schema): Record<string, unknown> =>
  Object.fromEntries(
    [...required, ...(anyOf[0]?.required ?? [])].map((key) => [key, properties[key]?.examples?.[0]]),
  );

describe('the examples', () => {
  const shown = [...examplesOf(worldJsonSchema())];

  test('are of all keys', () => {
    expect(shown.length).toBeGreaterThan(150);
  });

  test.each(shown)('$path is as the parser reads it', ({ file }) => {
    const { problems } = readFile(stringify(file), 0);
    expect(problems).toEqual([]);
  });
});
