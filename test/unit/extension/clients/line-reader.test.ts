import { expect, test } from 'vitest';
import { readLines } from '../../../../extension/clients/line-reader.ts';

const reading = (max: number, ...texts: readonly string[]): readonly string[] => {
  const lines: string[] = [];
  const reader = readLines(max, (line) => lines.push(line));
  for (const text of texts) reader.push(text);
  reader.end();
  return lines;
};

test('lines are cut wherever the pieces of the stream are', () => {
  expect(reading(100, 'on', 'e\ntw', 'o\r\n\nthree')).toEqual(['one', 'two', 'three']);
});

test('a line without an end does not fill the memory', () => {
  expect(reading(4, 'abcdef', 'gh')).toEqual(['abcdef', 'gh']);
});
