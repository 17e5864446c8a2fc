import { expect, test } from 'vitest';
import { neverCancelled } from '../../../../../server/analysis/cancellation.ts';
import { diagnostics } from '../../../../../server/analysis/features/diagnostics.ts';
import { allRules } from '../../../../../server/analysis/rules/all.ts';
import { openFixture, uriOf } from '../../../../harness/fixture.ts';
import { acrossFilesRows } from './idl-rows-across-files.ts';
import { nexgenRows } from './idl-rows-nexgen.ts';
import { nexusRpcGenRows } from './idl-rows-nexus-rpc-gen.ts';

async function messages(fixture: string): Promise<readonly string[]> {
  const { index } = await openFixture(fixture);
  const found = diagnostics(await index.model(), allRules, () => undefined, neverCancelled);
  return [...found.values()].flat().map(({ message }) => message);
}

const contract = (operation: string): string => `
--- a.nexusrpc.yaml
nexusrpc: 1.0.0
services: { S: { operations: { ${operation} } } }
types: { Text: { type: object } }
`;

test('a misspelt key is told its likely spelling', async () => {
  expect(await messages(contract('a: { imput: { type: object } }'))).toEqual([
    'Unknown key "imput" in operation "a": expected description, input or output; rename it to "input" or remove it.',
  ]);
});

test('an unresolved reference is told the nearest type, written as it must be', async () => {
  expect(await messages(contract(`a: { input: { $ref: '#/types/Texd' } }`))).toEqual([
    '"#/types/Texd" refers to no type; correct it to "#/types/Text" or declare the type.',
  ]);
});

test('a duplicate shows where the first one is', async () => {
  const { index } = await openFixture(contract('a: {}, a: {}'));
  const found = diagnostics(await index.model(), allRules, () => undefined, neverCancelled);
  const [finding] = found.get(uriOf('a.nexusrpc.yaml')) ?? [];
  const [related] = finding?.related ?? [];
  const text = index.document(uriOf('a.nexusrpc.yaml'))?.text ?? '';
  expect(related?.place.range.start).toBe(text.indexOf('a: {}'));
});

test.each([...nexusRpcGenRows, ...nexgenRows, ...acrossFilesRows])(
  'every message is one sentence that says what to do: $name',
  async ({ fixture }) => {
    for (const message of await messages(fixture)) {
      expect(message).toMatch(/^["A-Z][^\n]*[;,][^\n]*\.$/);
      expect(message).not.toMatch(/[.?!] [A-Z]/);
      expect(message.length).toBeLessThan(250);
    }
  },
);
