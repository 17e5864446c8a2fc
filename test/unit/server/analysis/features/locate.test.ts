import { describe, expect, test } from 'vitest';
import { neverCancelled } from '../../../../../server/analysis/cancellation.ts';
import { locate, type Wanted } from '../../../../../server/analysis/features/locate.ts';
import { describePlace, openFixture } from '../../../../harness/fixture.ts';
import { sweepCancellation } from '../../sweep-cancellation.ts';

const fixture = `
--- api.ts
import * as nexus from 'nexus-rpc';
export const hello = nexus.service('HelloService', {
  greet: nexus.operation<string, string>({ name: 'say-hello' }),
});
--- handler.ts
import * as nexus from 'nexus-rpc';
import { hello } from './api';
nexus.serviceHandler(hello, { greet: async () => '' });
--- a/test/mock.ts
import * as nexus from 'nexus-rpc';
import { hello } from '../../api';
nexus.serviceHandler(hello, { greet: async () => '' });
--- caller.ts
import * as wf from '@temporalio/workflow';
import { hello } from './api';
wf.createNexusServiceClient({ service: hello, endpoint: 'e' }).executeOperation('greet', '');
--- hello.nexusrpc.yaml
nexusrpc: 1.0.0
services:
  HelloService:
    operations:
      say-hello: {}
`;

const find = async (wanted: Wanted): Promise<readonly string[]> => {
  const { index } = await openFixture(fixture);
  return (await locate(index, wanted, neverCancelled)).map((place) => describePlace(index, place));
};

const contracts = ['api.ts:3:3 "greet"', 'hello.nexusrpc.yaml:5:7 "say-hello"'];

describe('by names on the wire', () => {
  test('handlers, tests last', async () => {
    expect(await find({ role: 'handler', service: 'HelloService', operation: 'say-hello' })).toEqual([
      'handler.ts:3:31 "greet"',
      'a/test/mock.ts:3:31 "greet"',
    ]);
  });

  test('callers', async () => {
    expect(await find({ role: 'caller', service: 'HelloService', operation: 'say-hello' })).toEqual([
      `caller.ts:3:81 "'greet'"`,
    ]);
  });

  test('the contracts where nobody handles or calls it', async () => {
    const { index } = await openFixture(
      '--- api.nexusrpc.yaml\nnexusrpc: 1.0.0\nservices: { S: { operations: { o: {} } } }\n',
    );
    const found = await locate(index, { role: 'handler', service: 'S', operation: 'o' }, neverCancelled);
    expect(found.map((place) => describePlace(index, place))).toEqual(['api.nexusrpc.yaml:2:32 "o"']);
  });

  test('contracts alone', async () => {
    expect(await find({ role: 'contract', service: 'HelloService', operation: 'say-hello' })).toEqual(
      contracts,
    );
  });
});

test('names in the code are tried when nothing on the wire matches', async () => {
  expect(await find({ role: 'contract', service: 'hello', operation: 'greet' })).toEqual([
    'api.ts:3:3 "greet"',
  ]);
  expect(await find({ role: 'contract', service: 'HelloService', operation: 'greet' })).toEqual([
    'api.ts:3:3 "greet"',
  ]);
});

test('names are matched exactly', async () => {
  expect(await find({ role: 'handler', service: 'helloservice', operation: 'say-hello' })).toEqual([]);
  expect(await find({ role: 'handler', service: 'HelloService', operation: 'say-hell' })).toEqual([]);
});

test('a contract that either generator may read is found by both wire names', async () => {
  const { index } = await openFixture(
    '--- u.nexusrpc.yaml\nnexusrpc: 1.0.0\nservices: { UserService: { operations: { getUser: {} } } }\n',
  );
  for (const operation of ['getUser', 'GetUser']) {
    const found = await locate(
      index,
      { role: 'contract', service: 'UserService', operation },
      neverCancelled,
    );
    expect(found.map((place) => describePlace(index, place))).toEqual(['u.nexusrpc.yaml:2:42 "getUser"']);
  }
});

test("nexgen's wire names: the key in PascalCase, or fqn", async () => {
  const { index } = await openFixture(`
--- u.nexusrpc.yaml
nexusrpc: "1.0.0"
services:
  UserService:
    fqn: acme.users
    operations: { getUser: {}, dropUser: { fqn: drop } }
$defs: {}
`);
  const count = async (service: string, operation: string): Promise<number> =>
    (await locate(index, { role: 'contract', service, operation }, neverCancelled)).length;
  expect(await count('acme.users', 'GetUser')).toBe(1);
  expect(await count('acme.users', 'drop')).toBe(1);
  expect(await count('acme.users', 'DropUser')).toBe(0);
});

test('locate is safe to cancel at any point', async () => {
  const { index } = await openFixture(fixture);
  const wanted: Wanted = { role: 'handler', service: 'HelloService', operation: 'say-hello' };
  await sweepCancellation(
    (token) => locate(index, wanted, token),
    (cancelled) => expect(cancelled).toEqual([]),
    (finished) => expect(finished).toHaveLength(2),
  );
});
