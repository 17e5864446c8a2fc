import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  evaluate,
  EXPRESSION_LENGTH_MAX,
  parseExpression,
  pathsOf,
} from '../../../../simulator/world/expression.ts';
import type { Json } from '../../../../simulator/world/json.ts';

const names: Readonly<Record<string, Json>> = {
  input: { id: 'o-1', n: 3, items: [{ sku: 'a' }, { sku: 'b' }], 'odd key': true, none: null },
  auth: { approved: false },
};
const scope = (name: string): Json | undefined => (Object.hasOwn(names, name) ? names[name] : undefined);

function value(text: string): Json {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return evaluate(parsed.value, scope);
}

describe('values', () => {
  test.each<[string, Json]>([
    ['input.id', 'o-1'],
    ['input.items[1].sku', 'b'],
    ['input["odd key"]', true],
    ['input.items', [{ sku: 'a' }, { sku: 'b' }]],
    ['true', true],
    ['null', null],
    ['-1.5e2', -150],
    [`'it\\'s'`, `it's`],
    ['"a\\nb"', 'a\nb'],
  ])('%s', (text, expected) => expect(value(text)).toEqual(expected));

  test.each([
    'input.gone',
    'input.id.gone',
    'input.items[9]',
    'input.items.sku',
    'gone.gone',
    'input[0]',
    'input.none.x',
  ])('a path that leads nowhere is null: %s', (text) => expect(value(text)).toBeNull());

  test.each([
    'input.constructor',
    'input.__proto__',
    'input.items.length',
    'input.id.length',
    'input["toString"]',
  ])('only what the data itself holds can be reached: %s', (text) => expect(value(text)).toBeNull());
});

describe('operators', () => {
  test.each<[string, Json]>([
    ['!auth.approved', true],
    ['!!auth.approved', false],
    ['!0', false],
    ['!""', false],
    ['!input.gone', true],
    ['input.n == 3', true],
    ['input.n != 3', false],
    ['input.items[0] == input.items[1]', false],
    ['input.n == "3"', false],
    ['2 < 10', true],
    ['"2" < "10"', false],
    ['2 >= 2', true],
    ['2 > 2', false],
    ['"a" <= "b"', true],
    ['2 < "10"', false],
    ['null <= null', false],
    ['true && input.id', 'o-1'],
    ['auth.approved && input.id', false],
    ['input.gone || "else"', 'else'],
    ['0 || 1', 0],
    ['true || false && false', true],
    ['(true || false) && false', false],
  ])('%s', (text, expected) => expect(value(text)).toEqual(expected));
});

describe('mistakes', () => {
  const operand = 'Expected a name such as input.orderId, a number, a quoted text, true, false or null here.';
  test.each([
    ['', 0, 1, operand],
    ['  ', 1, 1, operand],
    ['input.', 5, 1, 'Expected the name of a field after ".".'],
    ['input[id]', 6, 2, 'Expected a whole number or a quoted text between "[" and "]".'],
    ['input[-1]', 6, 2, 'Expected a whole number or a quoted text between "[" and "]".'],
    ['input[1', 6, 1, 'Expected "]" here.'],
    ['(input', 5, 1, 'Expected ")" here.'],
    ['a b', 2, 1, 'Expected an operator or the end of the expression; found "b".'],
    ['a = b', 2, 1, '"=" is not part of the expression language. Write "==" to compare.'],
    ['a & b', 2, 1, '"&" is not part of the expression language. Write "&&".'],
    ['a + b', 2, 1, '"+" is not part of the expression language.'],
    ['f()', 1, 1, 'Expected an operator or the end of the expression; found "(".'],
    ['"open', 0, 5, 'This text is not closed; end it with ".'],
    ['a == b == c', 7, 2, 'Expected an operator or the end of the expression; found "==".'],
  ])('%j', (text, at, length, message) => {
    expect(parseExpression(text)).toEqual({ ok: false, error: { message, at, length } });
  });

  test('an expression has a bounded length and depth', () => {
    const deep = parseExpression(`${'('.repeat(40)}1${')'.repeat(40)}`);
    expect(deep.ok || deep.error.message).toBe('An expression may nest 32 levels deep at most.');
    const long = parseExpression(`"${'x'.repeat(EXPRESSION_LENGTH_MAX)}"`);
    expect(long.ok || long.error.message).toBe(
      'An expression may have 1000 characters at most; this one has 1002.',
    );
  });
});

test('every path is told with its place', () => {
  const parsed = parseExpression('!a.x && (b == c[0] || "d")');
  expect(parsed.ok && pathsOf(parsed.value).map(({ root, at }) => [root, at])).toEqual([
    ['a', 1],
    ['b', 9],
    ['c', 14],
  ]);
});

test('whatever the text and the data: an answer or a mistake within the text, never an exception', () => {
  const words = [
    'input',
    'auth',
    '.',
    '[',
    ']',
    '0',
    '"id"',
    '!',
    '&&',
    '||',
    '==',
    '<',
    '(',
    ')',
    ' ',
    '-1',
    'null',
    '\\',
    "'",
  ];
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, fc.jsonValue(), (source, data) => {
      const parsed = parseExpression(source);
      if (parsed.ok) {
        expect(evaluate(parsed.value, () => data as Json)).not.toBeUndefined();
      } else {
        expect(parsed.error.at).toBeLessThanOrEqual(source.length);
        expect(parsed.error.length).toBeGreaterThan(0);
      }
    }),
    { seed: 1, numRuns: 3_000 },
  );
});
