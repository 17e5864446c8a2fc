import { expect, test } from 'vitest';
import { encodeText } from '../../../../../simulator/base/base64.ts';
import {
  readAttribute,
  typedPayload,
  typedPayloads,
} from '../../../../../simulator/engine/visibility/attribute-value.ts';
import { json } from '../../../../harness/world.ts';

test.each([
  ['KEYWORD', 'a', 'a'],
  ['KEYWORD', ['a'], 'a'],
  ['KEYWORD', ['a', 'b'], undefined],
  ['KEYWORD', 1, undefined],
  ['TEXT', 'a b', 'a b'],
  ['INT', 3, 3],
  ['INT', 3.5, undefined],
  ['DOUBLE', 3.5, 3.5],
  ['DOUBLE', '3.5', undefined],
  ['BOOL', false, false],
  ['BOOL', 'false', undefined],
  ['DATETIME', '1970-01-01T00:00:01Z', 1_000],
  ['DATETIME', 1, undefined],
  ['KEYWORD_LIST', ['a', 'b'], ['a', 'b']],
  ['KEYWORD_LIST', 'a', ['a']],
  ['KEYWORD_LIST', ['a', 1], undefined],
  ['INT', null, null],
  ['INT', [], null],
] as const)('%s reads %j as %j', (type, written, value) => {
  expect(readAttribute(json(written), type)).toEqual(value);
});

test('what is no JSON is no value, and null takes a value away', () => {
  expect(readAttribute({ data: encodeText('1') }, 'INT')).toBeUndefined();
  expect(readAttribute({ ...json(1), data: encodeText('{') }, 'INT')).toBeUndefined();
  expect(readAttribute({ metadata: { encoding: encodeText('binary/null') } }, 'INT')).toBeNull();
});

test('types stand beside the values that have one', () => {
  const typed = typedPayload(json(['a']), 'KEYWORD_LIST');
  expect(typed.metadata).toEqual({ ...json(1).metadata, type: encodeText('KeywordList') });
  expect(typedPayloads({ A: json(['a']), B: json(1) }, { A: 'KEYWORD_LIST' })).toEqual({
    A: typed,
    B: json(1),
  });
});
