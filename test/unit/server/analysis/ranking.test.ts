import { expect, test } from 'vitest';
import { neverCancelled } from '../../../../server/analysis/cancellation.ts';
import { definition } from '../../../../server/analysis/features/definition.ts';
import { openFixture, pathOf, uriOf } from '../../../harness/fixture.ts';

const contract = `
--- api.ts
import * as nexus from 'nexus-rpc';
export const hello = nexus.service('HelloService', { echo: nexus.operation<string, string>() });
`;

const handler = (path: string): string => `
--- ${path}
import * as nexus from 'nexus-rpc';
import { hello } from '${up(path)}api';
export const handler = nexus.serviceHandler(hello, { echo: async () => '' });
`;

const worker = (path: string, from: string): string => `
--- ${path}
import { Worker } from '@temporalio/worker';
import { handler } from '${from}';
await Worker.create({ taskQueue: 'q', nexusServices: [handler as any] });
`;

const caller = (path: string): string => `
--- ${path}
import * as wf from '@temporalio/workflow';
import { hello } from '${up(path)}api';
wf.createNexusServiceClient({ service: hello, endpoint: 'e' }).executeOperation('ec<|>ho', '');
`;

const up = (path: string): string => '../'.repeat(path.split('/').length - 1) || './';

/** The files of the handlers a call leads to, best first. */
async function ranked(fixture: string): Promise<readonly string[]> {
  const { fixture: parsed, index } = await openFixture(fixture);
  const { path, offset } = parsed.caret ?? { path: '', offset: 0 };
  const found = await definition(index, uriOf(path), offset, neverCancelled);
  return (found?.targets ?? []).map(({ uri }) => pathOf(uri));
}

test('the nearest worker that registers a handler decides, not the nearest handler', async () => {
  const found = await ranked(
    contract +
      handler('a/near/handler.ts') +
      handler('shared/handler.ts') +
      worker('a/worker.ts', '../shared/handler') +
      worker('z/far/away/worker.ts', '../../../a/near/handler') +
      caller('a/near/caller.ts'),
  );
  expect(found).toEqual(['shared/handler.ts', 'a/near/handler.ts']);
});

test('a registered handler comes before one that no worker registers', async () => {
  const found = await ranked(
    contract +
      handler('a/handler.ts') +
      handler('b/handler.ts') +
      worker('b/worker.ts', './handler') +
      caller('a/caller.ts'),
  );
  expect(found).toEqual(['b/handler.ts', 'a/handler.ts']);
});

test("a test's worker and handler do not win over the program's own", async () => {
  const found = await ranked(
    contract +
      handler('a/test/handler.ts') +
      worker('a/test/worker.ts', './handler') +
      handler('b/handler.ts') +
      caller('a/caller.ts'),
  );
  expect(found).toEqual(['b/handler.ts', 'a/test/handler.ts']);
});

test('to a test, its own handler comes first', async () => {
  const found = await ranked(
    contract +
      handler('a/test/handler.ts') +
      worker('a/test/worker.ts', './handler') +
      handler('b/handler.ts') +
      worker('b/worker.ts', './handler') +
      caller('a/test/caller.ts'),
  );
  expect(found).toEqual(['a/test/handler.ts', 'b/handler.ts']);
});

test('without workers the longest common directory decides, then the address', async () => {
  const found = await ranked(
    contract +
      handler('c/handler.ts') +
      handler('b/handler.ts') +
      handler('a/deep/handler.ts') +
      caller('a/deep/caller.ts'),
  );
  expect(found).toEqual(['a/deep/handler.ts', 'b/handler.ts', 'c/handler.ts']);
});
