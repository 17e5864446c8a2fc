// A world of several files, run by a client that sends them all.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DisposableStore } from '../../simulator/base/disposable.ts';
import type { ControlClient } from '../harness/control-client.ts';
import { serveSimulation } from '../harness/served-simulation.ts';

let owned = new DisposableStore();
let client: ControlClient;

beforeEach(async () => {
  ({ client } = await serveSimulation(owned));
});

afterEach(() => {
  owned.dispose();
  owned = new DisposableStore();
});

const main = `nexus: 1
include: [parts/*.yaml]
contracts: [../contracts/pay.yaml]
namespaces: [shop]
workflows: { Buy: [{ call: pay/Pay.charge, input: { amount: 5 } }] }
start: [{ workflow: Buy, id: b, namespace: shop, taskQueue: shop }]
`;
const bank = `nexus: 1
namespaces: [bank]
endpoints: { pay: { target: { namespace: bank, taskQueue: charges } } }
workers:
  teller: { namespace: bank, taskQueue: charges, operations: { Pay.charge: { reply: done } } }
expect: [{ workflow: b, status: failed }]
`;
const contract = `nexusrpc: 1.0.0
services:
  Pay:
    operations:
      charge:
        input: { type: object, properties: { amount: { type: number } } }
        output: { type: string }
`;
const files = (parts: { readonly bank?: string; readonly contract?: string } = {}) => ({
  'worlds/parts/bank.yaml': parts.bank ?? bank,
  'contracts/pay.yaml': parts.contract ?? contract,
});
const world = { name: 'worlds/main.yaml', text: main };

test('runs, and a failed expectation is found in its own file', async () => {
  await client.request('clock/set', { mode: 'run' });
  const finished = client.next(({ method }) => method === 'world/finished');
  expect((await client.request('world/run', { ...world, files: files() })).problems).toEqual([]);
  expect(await finished).toMatchObject({
    params: {
      verdict: {
        passed: false,
        expectations: [{ line: 2, origin: { file: 'worlds/parts/bank.yaml', line: 6 } }],
      },
    },
  });
});

test('is refused with the place in the file that is wrong', async () => {
  const wrong = bank.replace('reply', 'repli');
  const { problems } = await client.request('world/run', { ...world, files: files({ bank: wrong }) });
  const message = 'An operation has no key "repli"; did you mean "reply"?';
  const origin = { file: 'worlds/parts/bank.yaml', line: 5, column: 78, length: 5, message };
  const place = { line: 2, column: 11, message: `worlds/parts/bank.yaml:5:78: ${message}` };
  expect(problems).toMatchObject([{ ...place, origin }]);
});

test('is held against its contracts', async () => {
  const narrow = contract.replace('number', 'string');
  const { problems } = await client.request('world/run', { ...world, files: files({ contract: narrow }) });
  expect(problems.map(({ line, message }) => [line, message])).toEqual([
    [5, expect.stringContaining('By contracts/pay.yaml, the input of Pay.charge')],
  ]);
});

test('that were not sent are told where they are named; without any, as before', async () => {
  const some = { 'worlds/parts/bank.yaml': bank };
  const { problems } = await client.request('world/run', { ...world, files: some });
  expect(problems.map(({ message }) => message)).toEqual([
    '"../contracts/pay.yaml" means contracts/pay.yaml, which is not there; check the path.',
  ]);
  expect((await client.request('world/run', world)).problems[0]?.message).toMatch(/cannot be read here/);
});
