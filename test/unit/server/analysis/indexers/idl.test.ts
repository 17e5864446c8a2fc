import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Document } from '../../../../../server/analysis/document.ts';
import { idlIndexer } from '../../../../../server/analysis/indexers/idl.ts';
import { openFixture, testParser, uriOf } from '../../../../harness/fixture.ts';

const dialectOf = async (body: string): Promise<string | undefined> => {
  const { index } = await openFixture(`--- a.nexusrpc.yaml\nnexusrpc: 1.0.0\n${body}\n`);
  return (await index.model()).idlDocuments[0]?.dialect;
};

const service = (operation: string): string => `services: { Svc: { operations: { go: ${operation} } } }`;

test.each([
  ['types', `${service('{}')}\ntypes: {}`, 'nexus-rpc-gen'],
  ['a hint for a language', service('{ input: { $goRef: p.T } }'), 'nexus-rpc-gen'],
  ['a reference into types', service(`{ input: { $ref: '#/types/T' } }`), 'nexus-rpc-gen'],
  ['$defs', `${service('{}')}\n$defs: {}`, 'nexgen'],
  ['$schema', `$schema: x\n${service('{}')}`, 'nexgen'],
  ['fqn', service('{ fqn: a.b }'), 'nexgen'],
  ['a name for one language', service('{ x-go-name: Go }'), 'nexgen'],
  ['a reference into $defs', service(`{ input: { $ref: 'b.yaml#/$defs/T' } }`), 'nexgen'],
  ['nothing', service('{}'), 'undecided'],
])('%s decides the dialect', async (_name, body, dialect) => {
  expect(await dialectOf(body)).toBe(dialect);
});

test('a long contract is indexed whole', async () => {
  const operations = Array.from(
    { length: 1000 },
    (_, at) => `      op${at}: { input: { type: object } }`,
  ).join('\n');
  const { index } = await openFixture(
    `--- a.nexusrpc.yaml\nnexusrpc: 1.0.0\nservices:\n  S:\n    operations:\n${operations}\n`,
  );
  expect((await index.model()).services[0]?.operations).toHaveLength(1000);
});

test('an anchor that contains itself ends', async () => {
  const { index, failures } = await openFixture(`
--- a.nexusrpc.yaml
nexusrpc: 1.0.0
services: { S: { operations: { a: { input: &x { properties: { again: *x }, allOf: [*x] } } } } }
types: &t { T: *t }
`);
  expect((await index.model()).services).toHaveLength(1);
  expect(failures).toEqual([]);
});

test('broken text gives findings, never a failure', async () => {
  const parser = await testParser();
  const source = `nexusrpc: 1.0.0
services:
  S: { description: &d text, operations: { a: { input: { $ref: './b.yaml#/T', allOf: [*d, {}] } }, '': , ? [k] : v } }
  T: !!set { x }
types: { T: { type: [object, null], properties: { a: true }, required: [a] } }
`;
  fc.assert(
    fc.property(fc.nat(source.length), fc.nat(20), fc.string({ maxLength: 8 }), (at, length, inserted) => {
      const text = source.slice(0, at) + inserted + source.slice(at + length);
      const { idl } = idlIndexer.index(new Document(uriOf('a.nexusrpc.yaml'), text), parser);
      for (const { range } of idl?.problems ?? []) {
        expect(range.start).toBeLessThanOrEqual(range.end);
        expect(range.end).toBeLessThanOrEqual(text.length);
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});
