import { describe, expect, test } from 'vitest';
import { neverCancelled } from '../../../../server/analysis/cancellation.ts';
import { allIndexers } from '../../../../server/analysis/indexers/all.ts';
import type { Indexer } from '../../../../server/analysis/indexers/indexer.ts';
import { MemoryWorkspace } from '../../../../server/analysis/memory-workspace.ts';
import { OpenDocuments } from '../../../../server/analysis/open-documents.ts';
import { WorkspaceIndex } from '../../../../server/analysis/workspace-index.ts';
import { findingsIn, openFixture, root, testParser, uriOf } from '../../../harness/fixture.ts';
import { sweepCancellation } from '../sweep-cancellation.ts';

const fixture = `
--- api.ts
import * as nexus from 'nexus-rpc';
export const hello = nexus.service('HelloService', { echo: nexus.operation<string, string>() });
--- handler.ts
import * as nexus from 'nexus-rpc';
import { hello } from './api';
nexus.serviceHandler(hello, { echo: async () => '' });
--- unrelated.ts
export const x = 1;
--- a.nexusrpc.yaml
nexusrpc: 1.0.0
services: { S: { operations: { a: { input: { $ref: './common.yaml#/T' } } } } }
`;

describe('one changed document', () => {
  test('is indexed again, and no other', async () => {
    const { index, workspace } = await openFixture(fixture);
    const before = index.indexedCount;
    const reads = workspace.reads;
    workspace.write(uriOf('handler.ts'), '// nexus, once');
    await index.update([uriOf('handler.ts')]);
    expect(index.indexedCount - before).toBe(1);
    expect(workspace.reads - reads).toBe(1);
    expect((await index.model()).handlers).toEqual([]);
  });

  test('is not indexed again if its text stayed the same', async () => {
    const { index } = await openFixture(fixture);
    const before = index.indexedCount;
    const model = await index.model();
    await index.update([uriOf('handler.ts')]);
    expect(index.indexedCount).toBe(before);
    expect(await index.model()).toBe(model);
  });

  test('is forgotten when deleted', async () => {
    const { index, workspace } = await openFixture(fixture);
    workspace.remove(uriOf('api.ts'));
    await index.update([uriOf('api.ts')]);
    const model = await index.model();
    expect(model.services.map(({ wireName }) => wireName)).toEqual(['S']);
    expect(model.handlers.map(({ service }) => service.confidence)).toEqual(['unresolved']);
  });
});

describe('documents that others refer to', () => {
  test('are found when they appear, and the finding about them goes', async () => {
    const opened = await openFixture(fixture);
    expect(await findingsIn(opened)).toEqual([
      `a.nexusrpc.yaml:2:52 "'./common.yaml#/T'" idl-ref-file-not-found`,
    ]);
    opened.workspace.write(uriOf('common.yaml'), 'T: { type: object }\n');
    await opened.index.update([uriOf('common.yaml')]);
    expect(await findingsIn(opened)).toEqual([]);
  });

  test('are read although ignored and although they never say nexus', async () => {
    const { index, workspace } = await openFixture(`
--- caller.ts
import * as wf from '@temporalio/workflow';
import { service } from './generated/index.js';
wf.createNexusServiceClient({ service, endpoint: 'e' });
--- generated/index.ts
export * from './service.js';
--- generated/service.ts
export const service = 1;
`);
    expect(index.document(uriOf('generated/index.ts'))).toBeDefined();
    expect(index.document(uriOf('generated/service.ts'))).toBeDefined();
    workspace.hide(uriOf('generated/service.ts'));
    await index.build();
    expect(index.document(uriOf('generated/service.ts'))).toBeDefined();
  });
});

test('a schema file that nothing refers to any more is forgotten', async () => {
  const { index, workspace } = await openFixture(`${fixture}--- common.yaml\nT: { type: object }\n`);
  expect(index.document(uriOf('common.yaml'))).toBeDefined();
  workspace.write(uriOf('a.nexusrpc.yaml'), 'nexusrpc: 1.0.0\n');
  await index.update([uriOf('a.nexusrpc.yaml')]);
  workspace.remove(uriOf('common.yaml'));
  await index.update([uriOf('common.yaml')]);
  expect(index.document(uriOf('common.yaml'))).toBeUndefined();
});

test('an ignored document is not indexed by itself, whatever announces it', async () => {
  const { index, workspace } = await openFixture(fixture);
  workspace.write(uriOf('dist/api.ts'), '// nexus');
  workspace.hide(uriOf('dist/api.ts'));
  await index.update([uriOf('dist/api.ts')]);
  expect(index.document(uriOf('dist/api.ts'))).toBeUndefined();
});

test('a document that is too long is not indexed', async () => {
  const { index, workspace } = await openFixture(fixture);
  workspace.write(uriOf('handler.ts'), `// nexus ${'x'.repeat(512 * 1024)}`);
  await index.update([uriOf('handler.ts')]);
  expect(index.document(uriOf('handler.ts'))).toBeUndefined();
});

test('unsaved text wins over the disk, and the disk is back when the editor closes', async () => {
  const disk = new MemoryWorkspace(new Map([[uriOf('a.nexusrpc.yaml'), 'nexusrpc: 1.0.0\nservices: {}\n']]), [
    root,
  ]);
  const open = new OpenDocuments(disk);
  const index = new WorkspaceIndex({
    workspace: open,
    indexers: allIndexers,
    parser: await testParser(),
    onFailure: () => undefined,
  });
  await index.build();
  open.set(uriOf('a.nexusrpc.yaml'), 'nexusrpc: 9.9.9\nservices: {}\n');
  await index.update([uriOf('a.nexusrpc.yaml')]);
  expect((await index.model()).idlDocuments[0]?.problems.map(({ code }) => code)).toEqual([
    'idl-unsupported-version',
  ]);
  open.close(uriOf('a.nexusrpc.yaml'));
  await index.update([uriOf('a.nexusrpc.yaml')]);
  expect((await index.model()).idlDocuments[0]?.problems).toEqual([]);
});

test('an indexer that throws costs only its document', async () => {
  const broken: Indexer = {
    language: 'idl',
    reads: (uri) => uri.endsWith('.broken'),
    looksInto: (uri) => uri.endsWith('.broken'),
    concerns: () => true,
    index: () => {
      throw new Error('out of order');
    },
  };
  const texts = new Map([
    [uriOf('x.broken'), ''],
    [uriOf('a.nexusrpc.yaml'), 'nexusrpc: 1.0.0\nservices: { S: { operations: { a: {} } } }\n'],
  ]);
  const failures: unknown[] = [];
  const index = new WorkspaceIndex({
    workspace: new MemoryWorkspace(texts, [root]),
    indexers: [broken, ...allIndexers],
    parser: await testParser(),
    onFailure: (uri, failure) => failures.push([uri, failure]),
  });
  await index.build();
  expect(failures).toEqual([[uriOf('x.broken'), new Error('out of order')]]);
  expect((await index.model()).services).toHaveLength(1);
});

test('building is safe to cancel at any point', async () => {
  const texts = new Map(
    Array.from({ length: 40 }, (_, at) => [uriOf(`${at}.ts`), `import 'nexus-rpc';`] as const),
  );
  const index = new WorkspaceIndex({
    workspace: new MemoryWorkspace(texts, [root]),
    indexers: allIndexers,
    parser: await testParser(),
    onFailure: () => undefined,
  });
  await sweepCancellation(
    (token) => index.build(undefined, token),
    () => expect(index.within(root).length).toBeLessThan(40),
    () => expect(index.within(root)).toHaveLength(40),
  );
  await index.build(undefined, neverCancelled);
  expect(index.within(root)).toHaveLength(40);
});
