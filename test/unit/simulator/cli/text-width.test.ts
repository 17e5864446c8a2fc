import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnsOf, cut, elide, oneLine, padded, wrapped } from '../../../../simulator/cli/text-width.ts';

test.each([
  ['', 0],
  ['abc', 3],
  ['größe', 5],
  ['e\u0301', 1],
  ['日本', 4],
  ['ok 🎉', 5],
])('%j takes %i columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
});

test('what a terminal would obey is taken out', () => {
  expect(oneLine('a\n\tb\u001b[31m c\u2028d\r\n')).toBe('a b [31m c d');
});

test('a long name loses its middle, a long sentence its end', () => {
  expect(elide('composeGreeting-ce414b3c', 12)).toBe('compos…14b3c');
  expect(elide('short', 5)).toBe('short');
  expect(elide('日本日本日本', 7)).toBe('日…本');
  expect(cut('the fraud team has lost its database', 10)).toBe('the fraud…');
});

test('texts break between words', () => {
  expect(wrapped('one two three four', 9, '  ')).toEqual(['one two', '  three', '  four']);
  expect(wrapped('a verylongwordindeed', 8, ' ')).toEqual(['a', ' ver…eed']);
});

describe('whatever the text', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  const width = fc.nat(50);

  test('it keeps to the width', () => {
    fc.assert(
      fc.property(text, width, (value, columns) => {
        expect(columnsOf(elide(value, columns))).toBeLessThanOrEqual(columns);
        expect(columnsOf(cut(value, columns))).toBeLessThanOrEqual(columns);
        expect(columnsOf(padded(value, columns))).toBe(Math.max(columns, columnsOf(value)));
        for (const line of wrapped(oneLine(value), columns, '  '))
          expect(columnsOf(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  test('what fits stays as it is', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(elide(value, columnsOf(value))).toBe(value);
        expect(cut(value, columnsOf(value))).toBe(value);
      }),
    );
  });
});
