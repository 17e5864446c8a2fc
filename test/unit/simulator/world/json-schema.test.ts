import { format } from 'prettier';
import { expect, test } from 'vitest';
import { worldJsonSchema } from '../../../../simulator/world/json-schema.ts';

test('the schema that editors load is the grammar that the parser reads', async () => {
  const text = await format(JSON.stringify(worldJsonSchema()), { parser: 'json', printWidth: 110 });
  await expect(text).toMatchFileSnapshot('../../../../syntaxes/nexus-world.schema.json');
});

test('every key is explained, and unknown keys are refused', () => {
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { properties, additionalProperties } = node as Record<string, unknown>;
    if (properties !== undefined) {
      expect(additionalProperties).toBe(false);
      for (const property of Object.values(properties as Record<string, { description?: string }>)) {
        expect(property.description).toMatch(/\S/);
      }
    }
    Object.values(node).forEach(visit);
  };
  visit(worldJsonSchema());
});
