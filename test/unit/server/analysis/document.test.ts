import { expect, test } from 'vitest';
import { contains, Document } from '../../../../server/analysis/document.ts';
import { parseDocumentUri } from '../../../../server/analysis/uri.ts';

const documentOf = (text: string): Document => new Document(parseDocumentUri('file:///a'), text);

test('positions count UTF-16 code units, as editors do', () => {
  const document = documentOf('a😀b\nc');
  expect(document.positionAt(3)).toEqual({ line: 0, character: 3 });
  expect(document.offsetAt({ line: 0, character: 3 })).toBe(3);
  expect(document.positionAt(5)).toEqual({ line: 1, character: 0 });
});

test.each([
  ['line feed', 'ab\ncd', 3],
  ['carriage return and line feed', 'ab\r\ncd', 4],
  ['carriage return', 'ab\rcd', 3],
])('a line ends with %s', (_name, text, second) => {
  const document = documentOf(text);
  expect(document.lineCount).toBe(2);
  expect(document.offsetAt({ line: 1, character: 0 })).toBe(second);
  expect(document.offsetAt({ line: 0, character: 99 })).toBe(2);
});

test('what lies outside the text is moved inside', () => {
  const document = documentOf('ab\n');
  expect(document.positionAt(99)).toEqual({ line: 1, character: 0 });
  expect(document.positionAt(-1)).toEqual({ line: 0, character: 0 });
  expect(document.offsetAt({ line: 9, character: 9 })).toBe(3);
  expect(document.offsetAt({ line: -1, character: 4 })).toBe(0);
  expect(document.offsetAt({ line: 0, character: -4 })).toBe(0);
});

test('a caret on either end of a range is on it', () => {
  expect([1, 2, 4, 5].map((offset) => contains({ start: 2, end: 4 }, offset))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
