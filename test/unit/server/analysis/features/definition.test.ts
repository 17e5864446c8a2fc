import { describe, expect, test } from 'vitest';
import { neverCancelled } from '../../../../../server/analysis/cancellation.ts';
import { definition } from '../../../../../server/analysis/features/definition.ts';
import { describePlace, openFixture, uriOf } from '../../../../harness/fixture.ts';
import { sweepCancellation } from '../../sweep-cancellation.ts';

/** Where the caret leads, best first, as `path:line:column text`. */
async function targets(fixture: string, folders: readonly string[] = []): Promise<readonly string[]> {
  const { fixture: parsed, index, failures } = await openFixture(fixture, folders);
  if (parsed.caret === undefined)
    throw new Error('The fixture has no caret; put <|> where the question is asked.');
  const found = await definition(index, uriOf(parsed.caret.path), parsed.caret.offset, neverCancelled);
  expect(failures).toEqual([]);
  return (found?.targets ?? []).map((place) => describePlace(index, place));
}

const contract = `
--- api.ts
import * as nexus from 'nexus-rpc';
export const hello = nexus.service('HelloService', {
  echo: nexus.operation<string, string>(),
  greet: nexus.operation<string, string>({ name: 'say-hello' }),
});
--- handler.ts
import * as nexus from 'nexus-rpc';
import { hello } from './api';
export const helloHandler = nexus.serviceHandler(hello, {
  echo: async (ctx, input) => input,
  greet: async (ctx, input) => input,
});
`;

const echoHandler = ['handler.ts:4:3 "echo"'];

describe('from a call to its handler: the forms of a call', () => {
  test.each([
    [
      'inline client',
      `import * as wf from '@temporalio/workflow';
import { hello } from './api';
export async function run() {
  const client = wf.createNexusServiceClient({ service: hello, endpoint: 'e' });
  return client.executeOperation('ec<|>ho', 'x', { scheduleToCloseTimeout: '10s' });
}`,
    ],
    [
      'start instead of execute',
      `import { createNexusServiceClient } from '@temporalio/workflow';
import { hello } from './api';
const client = createNexusServiceClient({ service: hello, endpoint: 'e' });
export const run = async () => (await client.startOperation('ec<|>ho', 'x')).result();`,
    ],
    [
      'no variable at all',
      `import * as wf from '@temporalio/workflow';
import { hello } from './api';
export const run = () => wf.createNexusServiceClient({ service: hello, endpoint: 'e' }).executeOperation('ec<|>ho', 'x');`,
    ],
    [
      'shorthand options',
      `import * as wf from '@temporalio/workflow';
import { hello as service } from './api';
const endpoint = 'e';
const client = wf.createNexusServiceClient({ service, endpoint });
client.executeOperation('ec<|>ho', 'x');`,
    ],
    [
      'options from a constant',
      `import { createNexusServiceClient as make } from '@temporalio/workflow';
import * as api from './api';
const options = { service: api.hello, endpoint: 'e' } as const;
const client = make(options);
client.executeOperation('ec<|>ho', 'x');`,
    ],
    [
      'class field',
      `import * as wf from '@temporalio/workflow';
import { hello } from './api';
class Caller {
  private readonly client = wf.createNexusServiceClient({ service: hello, endpoint: 'e' });
  run() { return this.client.executeOperation('ec<|>ho', 'x'); }
}`,
    ],
    [
      'class field set in the constructor',
      `import * as wf from '@temporalio/workflow';
import { hello } from './api';
class Caller {
  private readonly client;
  constructor(endpoint: string) { this.client = wf.createNexusServiceClient({ service: hello, endpoint }); }
  run() { return this.client.executeOperation('ec<|>ho', 'x'); }
}`,
    ],
    [
      'parameter with a type',
      `import type { NexusServiceClient } from '@temporalio/workflow';
import { hello } from './api';
export const run = (client: NexusServiceClient<typeof hello>) => client.executeOperation('ec<|>ho', 'x');`,
    ],
    [
      'variable assigned later',
      `import * as wf from '@temporalio/workflow';
import { hello } from './api';
let client;
beforeAll(() => { client = wf.createNexusServiceClient({ service: hello, endpoint: 'e' }); });
export const run = () => client.executeOperation('ec<|>ho', 'x');`,
    ],
    [
      'operation by reference',
      `import * as wf from '@temporalio/workflow';
import { hello } from './api';
const client = wf.createNexusServiceClient({ service: hello, endpoint: 'e' });
client.executeOperation(hello.operations.ec<|>ho, 'x');`,
    ],
    [
      'operation by reference through destructuring',
      `import * as wf from '@temporalio/workflow';
import { hello } from './api';
const client = wf.createNexusServiceClient({ service: hello, endpoint: 'e' });
const { echo: operation } = hello.operations;
client.executeOperation(opera<|>tion, 'x');`,
    ],
    [
      'operation by constant of another file',
      `import * as wf from '@temporalio/workflow';
import { hello } from './api';
import { names } from './names';
const client = wf.createNexusServiceClient({ service: hello, endpoint: 'e' });
client.executeOperation(names.ec<|>ho, 'x');
--- names.ts
const prefix = 'ec';
export const names = { echo: prefix + 'ho', other: \`\${prefix}!\` };`,
    ],
    [
      'standalone client',
      `import { Client } from '@temporalio/client';
import { hello } from './api';
const client = new Client();
const nexusClient = client.nexus.createServiceClient({ endpoint: 'e', service: hello });
await nexusClient.executeOperation('ec<|>ho', 'x', { id: '1' });`,
    ],
    [
      'behind an emoji, which is two code units long',
      `import * as wf from '@temporalio/workflow';
import { hello } from './api';
/* 😀😀 */ wf.createNexusServiceClient({ service: hello, endpoint: '😀' }).executeOperation('ec<|>ho', 'x');`,
    ],
    [
      'client of another file',
      `import { client } from './clients';
client.executeOperation('ec<|>ho', 'x');
--- clients.ts
import * as wf from '@temporalio/workflow';
import { hello } from './api';
export const client = wf.createNexusServiceClient({ service: hello, endpoint: 'e' });`,
    ],
  ])('%s', async (_name, caller) => {
    expect(await targets(`${contract}--- caller.ts\n${caller}`)).toEqual(echoHandler);
  });
});

const caller = `
--- caller.ts
import * as wf from '@temporalio/workflow';
import { hello } from './api';
const client = wf.createNexusServiceClient({ service: hello, endpoint: 'e' });
client.executeOperation('ec<|>ho', 'x');
`;

const onlyContract = `
--- api.ts
import { service, operation as op } from 'nexus-rpc';
export const hello = service('HelloService', { echo: op<string, string>() });
`;

describe('from a call to its handler: the forms of a handler', () => {
  test.each([
    [
      'variable',
      `const impl = { echo: async () => '' };\nexport default serviceHandler(hello, impl);`,
      '3:16',
    ],
    ['shorthand', `async function echo() {}\nserviceHandler(hello, { echo });`, '4:25'],
    ['method', `serviceHandler(hello, { async echo(ctx, input) { return input; } });`, '3:31'],
    ['cast', `serviceHandler(hello, { echo: async () => '' } as any);`, '3:25'],
    ['satisfies', `serviceHandler(hello as any, ({ echo: async () => '' } satisfies Impl));`, '3:33'],
    ['frozen', `serviceHandler(hello, Object.freeze({ echo: async () => '' }));`, '3:39'],
    ['custom object', `serviceHandler(hello, { echo: { start() {}, cancel() {} } });`, '3:25'],
    ['spread', `const base = { echo: async () => '' };\nserviceHandler(hello, { ...base });`, '3:16'],
    [
      'inside a function',
      `export function make() { return serviceHandler(hello, { echo: async () => '' }); }`,
      '3:57',
    ],
    [
      'workflow run',
      `import { WorkflowRunOperationHandler as Run } from '@temporalio/nexus';\nserviceHandler(hello, { echo: new Run(async (ctx) => startWorkflow(ctx, w)) });`,
      '4:25',
    ],
  ])('%s', async (_name, handler, at) => {
    const imports = `import { serviceHandler } from 'nexus-rpc';\nimport { hello } from './api';\n`;
    const found = await targets(`${onlyContract}--- handler.ts\n${imports}${handler}${caller}`);
    expect(found).toEqual([`handler.ts:${at} "echo"`]);
  });
});

describe('through other files', () => {
  const handler = `
--- handler.ts
import * as nexus from 'nexus-rpc';
import { hello } from './contracts/hello.js';
nexus.serviceHandler(hello, {
  echo: async () => '',
});
--- contracts/hello.ts
import * as nexus from 'nexus-rpc';
export const hello = nexus.service('HelloService', { echo: nexus.operation<string, string>() });
`;

  test.each([
    ['named re-export', `export { hello } from './contracts/hello';`],
    ['renamed re-export', `export { hello as hello } from './contracts/hello.js';`],
    ['export *', `export * from './contracts/hello';`],
    ['import and export', `import { hello } from './contracts/hello';\nexport { hello };`],
    ['constant', `import * as c from './contracts/hello';\nexport const hello = c.hello;`],
    [
      'two steps',
      `export * from './barrel';\n--- barrel/index.ts\nexport { hello } from '../contracts/hello';`,
    ],
  ])('%s', async (_name, api) => {
    expect(await targets(`${handler}--- api.ts\n${api}${caller}`)).toEqual(['handler.ts:4:3 "echo"']);
  });

  test('a circle of re-exports leads nowhere and ends', async () => {
    const circle = `--- api.ts\nexport * from './other';\n--- other.ts\nexport * from './api';`;
    expect(await targets(`${handler}${circle}${caller}`)).toEqual([]);
  });

  test('a contract in a package that cannot be read is known by its name', async () => {
    const found = await targets(`
--- caller.ts
import * as wf from '@temporalio/workflow';
import { hello } from '@acme/contracts';
const client = wf.createNexusServiceClient({ service: hello, endpoint: 'e' });
client.executeOperation('ec<|>ho', 'x');
--- handler.ts
import * as nexus from 'nexus-rpc';
import * as contracts from '@acme/contracts';
nexus.serviceHandler(contracts.hello, { echo: async () => '' });
nexus.serviceHandler(contracts.other, { echo: async () => '' });`);
    expect(found).toEqual(['handler.ts:3:41 "echo"']);
  });
});

describe('what is no call of an operation', () => {
  test('look-alikes of other packages', async () => {
    const found = await targets(`
--- a.ts
import { service, serviceHandler } from './mine';
import { createNexusServiceClient } from './mine';
const s = service('S', { echo: 1 });
serviceHandler(s, { echo: () => 1 });
createNexusServiceClient({ service: s }).executeOperation('ec<|>ho');
--- mine.ts
export const service = () => 1;
export const serviceHandler = () => 1;
export const createNexusServiceClient = () => 1;`);
    expect(found).toEqual([]);
  });

  test('a name that is shadowed', async () => {
    const shadowed = `
--- caller.ts
import * as wf from '@temporalio/workflow';
import { hello } from './api';
const client = wf.createNexusServiceClient({ service: hello, endpoint: 'e' });
export const run = (client: unknown) => client.executeOperation('ec<|>ho', 'x');
`;
    expect(await targets(`${contract}${shadowed}`)).toEqual([]);
  });

  test('a client that is built at run time', async () => {
    const dynamic = `
--- caller.ts
import { clients } from './nexus-clients-elsewhere';
clients.get('hello').executeOperation('ec<|>ho', 'x');
`;
    expect(await targets(`${contract}${dynamic}`)).toEqual([]);
  });
});

describe('other ways', () => {
  test('without a handler, from a call to the contract', async () => {
    expect(await targets(`${onlyContract}${caller}`)).toEqual(['api.ts:2:48 "echo"']);
  });

  test('from a handler to the contract, through a name override', async () => {
    const asked = contract.replace('greet: async', 'gr<|>eet: async');
    expect(await targets(asked)).toEqual(['api.ts:4:3 "greet"']);
  });

  const idl = `
--- hello.nexusrpc.yaml
nexusrpc: 1.0.0
services:
  HelloService:
    operations:
      echo: { input: { $ref: '#/types/Text' }, output: { $ref: './common.yaml#/Word' } }
      say-hello: {}
types:
  Text: { type: object }
--- common.yaml
Word: { type: object }
`;

  test('from a contract to the IDL it was generated from, by wire name', async () => {
    const asked = contract.replace('greet: nexus', 'gr<|>eet: nexus');
    expect(await targets(`${asked}${idl}`)).toEqual(['hello.nexusrpc.yaml:6:7 "say-hello"']);
  });

  test('from an IDL operation to its handlers, then its contracts', async () => {
    const asked = idl.replace('say-hello: {}', 'say-<|>hello: {}');
    expect(await targets(`${contract}${asked}`)).toEqual(['handler.ts:5:3 "greet"', 'api.ts:4:3 "greet"']);
  });

  test('from a $ref to its type', async () => {
    const asked = idl.replace('#/types/Te', '#/types/Te<|>');
    expect(await targets(asked)).toEqual(['hello.nexusrpc.yaml:8:3 "Text"']);
  });

  test('from a $ref to a type in another file', async () => {
    const asked = idl.replace('./common', './com<|>mon');
    expect(await targets(asked)).toEqual(['common.yaml:1:1 "Word"']);
  });

  test('across languages a call finds the handler by wire names, and its own folder comes first', async () => {
    const project = (name: string): string => `
--- ${name}/contract.ts
import * as nexus from 'nexus-rpc';
export const s = nexus.service('Svc', { go: nexus.operation<void, void>() });
--- ${name}/generated.ts
import * as nexus from 'nexus-rpc';
export const copy = nexus.service('Svc', { run: nexus.operation<void, void>({ name: 'go' }) });
--- ${name}/handler.ts
import * as nexus from 'nexus-rpc';
import { s } from './contract';
nexus.serviceHandler(s, { go: async () => {} });`;
    const call = `
--- one/caller.ts
import * as wf from '@temporalio/workflow';
import { copy } from './generated';
wf.createNexusServiceClient({ service: copy, endpoint: 'e' }).executeOperation('r<|>un');`;
    const found = await targets(`${project('one')}${project('two')}${call}`, ['one', 'two']);
    expect(found).toEqual(['one/handler.ts:3:27 "go"']);
  });
});

test('definition is safe to cancel at any point', async () => {
  const { fixture, index } = await openFixture(`${contract}${caller}`);
  const { path, offset } = fixture.caret ?? { path: '', offset: 0 };
  const whole = await definition(index, uriOf(path), offset, neverCancelled);
  expect(whole?.targets).toHaveLength(1);
  await sweepCancellation(
    (token) => definition(index, uriOf(path), offset, token),
    (cancelled) => expect(cancelled).toBeUndefined(),
    (finished) => expect(finished).toEqual(whole),
  );
});
