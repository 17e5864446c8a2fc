import { worldShape } from './schema.ts';
import type { Definitions, JsonSchema } from './shape.ts';

/** The JSON Schema (draft 2020-12) of world files, for editors. */
export function worldJsonSchema(): JsonSchema {
  const definitions: Definitions = new Map();
  const root = worldShape.schema(definitions);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...root,
    title: 'Nexus world file',
    description:
      'A Temporal Nexus deployment: who owns what, what runs, what goes wrong, and what must hold.',
    $defs: Object.fromEntries(definitions),
  };
}
