import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Document } from '../../../../../server/analysis/document.ts';
import { typescriptIndexer } from '../../../../../server/analysis/indexers/typescript.ts';
import { candidatesOf } from '../../../../../server/analysis/indexers/typescript/modules.ts';
import { describePlace, openFixture, testParser, uriOf } from '../../../../harness/fixture.ts';

const contract = `
--- api.ts
import * as nexus from 'nexus-rpc';
export const names = { service: 'Hello' + \`Service\`, queue: 'q' } as const;
export const hello = nexus.service(names.service, {
  echo: nexus.operation<string, string>(),
  'say-hello': nexus.operation<string, string>({ name: \`\${names.service}.hi\` }),
});
`;

describe('contracts', () => {
  test('wire names come from literals, constants, templates and overrides', async () => {
    const { index } = await openFixture(contract);
    const [service, ...others] = (await index.model()).services;
    expect(others).toEqual([]);
    expect(service).toMatchObject({ wireName: 'HelloService', symbol: 'hello', complete: true });
    expect(service?.operations.map(({ codeName, wireName }) => [codeName, wireName])).toEqual([
      ['echo', 'echo'],
      ['say-hello', 'HelloService.hi'],
    ]);
  });

  test('what is only known at run time is unknown, not wrong', async () => {
    const { index } = await openFixture(`
--- api.ts
import { service, operation } from 'nexus-rpc';
export const s = service(process.env.NAME, { ...load(), [key]: operation(), a: operation({ name: prefix() }) });
`);
    const [service] = (await index.model()).services;
    expect(service).toMatchObject({ wireName: undefined, complete: false });
    expect(service?.operations.map(({ codeName, wireName }) => [codeName, wireName])).toEqual([
      ['a', undefined],
    ]);
  });

  test('are found through require in JavaScript', async () => {
    const { index } = await openFixture(`
--- api.js
const nexus = require('nexus-rpc');
exports.s = nexus.service('S', { a: nexus.operation() });
`);
    expect((await index.model()).services.map(({ wireName }) => wireName)).toEqual(['S']);
  });
});

describe('handlers', () => {
  test('their forms, and the workflows behind them', async () => {
    const { index } = await openFixture(`${contract}
--- handler.ts
import * as nexus from 'nexus-rpc';
import * as t from '@temporalio/nexus';
import { hello } from './api';
import { helloWorkflow } from './workflows';
nexus.serviceHandler(hello, {
  sync: async () => '',
  run: new t.WorkflowRunOperationHandler<I, O>(async (ctx, input) => {
    return await t.startWorkflow(ctx, helloWorkflow, { args: [input], workflowId: input.id });
  }),
  named: new t.WorkflowRunOperationHandler(async (ctx) => t.startWorkflow(ctx, 'byName', {})),
  general: new t.TemporalOperationHandler({ async start(ctx, client, input) { return client.startWorkflow(helloWorkflow); } }),
  custom: { start() {}, cancel() {} },
  made: makeHandler(),
});
`);
    expect(
      (await index.model()).handlers.map(({ codeName, form, workflow }) => [codeName, form, workflow]),
    ).toEqual([
      ['sync', 'sync', undefined],
      ['run', 'workflow-run', 'helloWorkflow'],
      ['named', 'workflow-run', 'byName'],
      ['general', 'temporal', 'helloWorkflow'],
      ['custom', 'custom', undefined],
      ['made', 'unknown', undefined],
    ]);
  });

  test('the workers that register them, through casts, imports and spread options', async () => {
    const { index } = await openFixture(`${contract}
--- handler.ts
import * as nexus from 'nexus-rpc';
import { hello } from './api';
export const handler = nexus.serviceHandler(hello, { echo: async () => '' });
--- worker.ts
import { Worker } from '@temporalio/worker';
import { names } from './api';
import { handler } from './handler';
const base = { taskQueue: names.queue };
await Worker.create({ ...base, nexusServices: [handler as any] });
await Worker.create({ taskQueue: process.env.QUEUE, nexusServices: [handler!] });
await Worker.create({ taskQueue: 'other' });
`);
    const model = await index.model();
    expect(model.handlers[0]?.workers.map(({ taskQueue }) => taskQueue)).toEqual(['q', undefined]);
    expect(model.workers.map(({ taskQueue }) => taskQueue)).toEqual(['q', undefined, 'other']);
  });
});

test('endpoint uses, with the text that names them', async () => {
  const { index } = await openFixture(`${contract}
--- caller.ts
import * as wf from '@temporalio/workflow';
import { hello as service } from './api';
const endpoint = 'payments';
wf.createNexusServiceClient({ service, endpoint });
wf.createNexusServiceClient({ service, endpoint: \`\${endpoint}-eu\` });
wf.createNexusServiceClient({ service, endpoint: process.env.ENDPOINT });
`);
  const { endpointUses } = await index.model();
  expect(endpointUses.map(({ name, place }) => [name, describePlace(index, place)])).toEqual([
    ['payments', 'caller.ts:4:40 "endpoint"'],
    ['payments-eu', 'caller.ts:5:50 "`${endpoint}-eu`"'],
    [undefined, 'caller.ts:6:50 "process.env.ENDPOINT"'],
  ]);
});

test.each([
  ['./api', 'a/api.ts'],
  ['./api.js', 'a/api.ts'],
  ['./api.mjs', 'a/api.mts'],
  ['../api.tsx', 'api.tsx'],
  ['./user.service', 'a/user.service.ts'],
])('%s is looked for as %s first', (module, expected) => {
  expect(candidatesOf(uriOf('a/x.ts'), module)[0]).toBe(uriOf(expected));
});

test('definitions that lead back to themselves are unknown, and found out quickly', async () => {
  const doubled = Array.from({ length: 60 }, (_, at) => `  const c${at + 1} = c${at} + c${at};`).join('\n');
  const chained = Array.from({ length: 20_000 }, (_, at) => `const n${at + 1} = n${at};`).join('\n');
  const { index, failures } = await openFixture(`
--- a.ts
import { service } from 'nexus-rpc';
import { b } from './b';
export const a = b;
const self = { ...self, x: self.x };
service(a, self);
const left = right.x;
const right = left.y;
right.call();
const n0 = 'x';
${chained}
service(n20000, {});
export function make() {
  const c0 = 'x';
${doubled}
  return service(c60, {});
}
--- b.ts
import { a } from './a';
export const b = a;
`);
  expect((await index.model()).services.map(({ wireName }) => wireName)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(failures).toEqual([]);
});

test('broken text gives facts or none, but never a failure', async () => {
  const parser = await testParser();
  const source = `import * as nexus from 'nexus-rpc';
class C { x = nexus.service('S', { a: nexus.operation({ name: 'b' }), ...rest, async m() {} }); y() { return this.x!; } }
export const { a: b, ...c } = nexus.serviceHandler(s as any, { [k]: 1, 'q': new X<Y>(z) }); export * as n from './n';`;
  fc.assert(
    fc.property(fc.nat(source.length), fc.nat(20), fc.string({ maxLength: 8 }), (at, length, inserted) => {
      const text = source.slice(0, at) + inserted + source.slice(at + length);
      const facts = typescriptIndexer.index(new Document(uriOf('a.ts'), text), parser);
      for (const { range } of [...facts.services, ...facts.handlerSets]) {
        expect(range.start).toBeLessThanOrEqual(range.end);
        expect(range.end).toBeLessThanOrEqual(text.length);
      }
    }),
    { seed: 1, numRuns: 150 },
  );
});
