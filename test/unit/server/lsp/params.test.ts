import { expect, test } from 'vitest';
import { parseDefinitionParams, parseLocateParams } from '../../../../server/lsp/params.ts';

test('well-formed parameters pass, without what does not belong to them', () => {
  const asked = { textDocument: { uri: 'file:///a' }, position: { line: 0, character: 3 } };
  expect(parseDefinitionParams(asked)).toEqual(asked);
  expect(parseLocateParams({ role: 'caller', service: 's', operation: 'o', more: 1 })).toEqual({
    role: 'caller',
    service: 's',
    operation: 'o',
  });
});

test.each([
  undefined,
  null,
  [],
  'text',
  { textDocument: {}, position: { line: 0, character: 0 } },
  { textDocument: { uri: 'a' }, position: { line: 0.5, character: 0 } },
  { textDocument: { uri: 'a' } },
])('a definition request with %j is refused', (params) => {
  expect(() => parseDefinitionParams(params)).toThrow(/needs \{ textDocument/);
});

test.each([
  [null, /"role" to be one of handler, caller, contract/],
  [{ role: 'server' }, /"role" to be one of/],
  [{ role: 'handler', service: 's' }, /"service" and "operation"/],
  [{ role: 'handler', service: 1, operation: 'o' }, /"service" and "operation"/],
])('a locate request with %j is refused', (params, sentence) => {
  expect(() => parseLocateParams(params)).toThrow(sentence);
});
