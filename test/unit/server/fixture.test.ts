import { expect, test } from 'vitest';
import { marksIn, openFixture, parseFixture } from '../../harness/fixture.ts';

test('files, caret and marks are taken apart, and no mark is left in the text', () => {
  const { files, caret, marks } = parseFixture(`
--- a/x.yaml
one: 1
^^^ first
two: <|>2
     ^ second
| empty
--- b.ts
three`);
  expect([...files]).toEqual([
    ['a/x.yaml', 'one: 1\ntwo: 2\n'],
    ['b.ts', 'three'],
  ]);
  expect(caret).toEqual({ path: 'a/x.yaml', offset: 12 });
  expect(marks).toEqual([
    { path: 'a/x.yaml', range: { start: 0, end: 3 }, code: 'first' },
    { path: 'a/x.yaml', range: { start: 12, end: 13 }, code: 'second' },
    { path: 'a/x.yaml', range: { start: 7, end: 7 }, code: 'empty' },
  ]);
});

test('marks speak of places as an editor shows them', async () => {
  const opened = await openFixture('--- a.ts\nconst nexus = 1;\n      ^^^^^ found');
  expect(marksIn(opened)).toEqual(['a.ts:1:7 "nexus" found']);
});

test('a fixture without files is refused', () => {
  expect(() => parseFixture('no header')).toThrow('start it with a line "--- path/to/file"');
});
