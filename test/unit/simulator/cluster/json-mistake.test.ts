import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonMistake } from '../../../../simulator/cluster/json-mistake.ts';

test.each([
  ['', 1, 1],
  ['{"a":1', 1, 7],
  ['{\n  "events": [}\n', 2, 14],
  ['[1,]', 1, 4],
  ['{"a":1,}', 1, 8],
  ['{a:1}', 1, 2],
  ['[1 2]', 1, 4],
  ['[1] x', 1, 5],
  ['[}', 1, 2],
  ['{"a" 1}', 1, 6],
  ['["\n"]', 1, 2],
  ['\n\nnull true', 3, 6],
])('%j', (text, line, column) => {
  expect(jsonMistake(text)).toEqual({ line, column });
});

test('a JSON text is right to its end, and wrong where something is put into it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const end = jsonMistake(text);
      expect(end).toEqual({ line: 1, column: text.length + 1 });
      expect(jsonMistake(`${text}?`)).toEqual(end);
    }),
  );
});
