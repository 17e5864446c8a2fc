import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../simulator/world/json.ts';
import { fill, holds, parseText, type Template } from '../../../../simulator/world/template.ts';

const scope = (name: string): Json | undefined =>
  name === 'input' ? { id: 7, tags: ['a'], on: true } : undefined;

const filled = (text: string): Json => {
  const result = fill(parseText(text).template, scope);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

describe('texts', () => {
  test.each<[string, Json]>([
    ['plain', 'plain'],
    ['${input.id}', 7],
    ['${input.tags}', ['a']],
    ['no ${input.id}', 'no 7'],
    ['${input.id}${input.id}', '77'],
    ['tags ${input.tags}, gone ${input.gone}, on ${input.on}', 'tags ["a"], gone , on true'],
    ['$${input.id}', '${input.id}'],
    ['5$ {x}', '5$ {x}'],
    [`\${"}"}`, '}'],
    ['', ''],
  ])('%j', (text, expected) => expect(filled(text)).toEqual(expected));

  test('the place of a mistake counts from the start of the text', () => {
    expect(parseText('ab ${input.}').errors).toMatchObject([{ at: 10, length: 1 }]);
    expect(parseText('ab ${input').errors).toMatchObject([{ at: 5, length: 5 }]);
  });

  test('the place of a name counts from the start of the text', () => {
    expect(parseText('ab ${!input.id} ${x}').references).toEqual([
      { name: 'input', at: 6 },
      { name: 'x', at: 18 },
    ]);
  });
});

test('a key such as __proto__ is a key like any other', () => {
  const record: Template = { kind: 'record', entries: [['__proto__', { kind: 'value', value: 1 }]] };
  const result = fill(record, scope);
  expect(result.ok && Object.keys(result.value as object)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('a value that doubles with every step ends in a refusal, not in a full memory', () => {
  let value: Json = 'x'.repeat(1_000);
  const double = parseText('${input}${input}').template;
  let steps = 0;
  for (let result = fill(double, () => value); result.ok; result = fill(double, () => value)) {
    value = result.value;
    steps++;
  }
  expect(steps).toBe(10);
});

test('only null and false do not hold', () => {
  const when = (text: string): boolean => holds(parseText(text).template, scope);
  expect(['${input.on}', '${input.gone}', '${false}', '${0}', '${""}'].map(when)).toEqual([
    true,
    false,
    false,
    true,
    true,
  ]);
});
