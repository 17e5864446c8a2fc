import { describe, expect, test } from 'vitest';
import { ok } from '../../../../simulator/base/result.ts';
import { parseWorld } from '../../../../simulator/world/parse.ts';
import { readMarks } from '../../../harness/marked-problems.ts';

const generated = `
nexusrpc: 1.0.0
services:
  Pay:
    operations:
      charge: { input: { $ref: '#/types/Order' }, output: { $ref: '#/types/Receipt' } }
      ping: {}
types:
  Order:
    type: object
    additionalProperties: false
    properties:
      id: { type: string }
      cents: { type: integer }
      currency: { enum: [EUR, USD] }
      lines: { type: array, items: { type: object, required: [sku] } }
    required: [id, cents]
  Receipt: { type: object, required: [number], properties: { number: { type: string } } }
`;

const nexgen = `
nexusrpc: '1.0.0'
services:
  Fraud:
    fqn: com.shop.Fraud
    operations:
      score: { input: { $ref: '#/$defs/In' } }
      old: { fqn: scoreV1 }
$defs:
  In: { type: object, required: [id], properties: { id: { type: string } } }
`;

const texts: Readonly<Record<string, string>> = {
  'pay.nexusrpc.yaml': generated,
  'fraud.nexusrpc.yaml': nexgen,
};

function checkProblems(marked: string): void {
  const { text, problems } = readMarks(marked);
  const files = { find: (path: string) => ok([{ path, text: texts[path] ?? '' }]) };
  expect(parseWorld(text, { files }).problems).toEqual(problems);
}

const world = (parts: { steps?: string; operation?: string; contracts?: string }): string => `
nexus: 1
contracts: [${parts.contracts ?? 'pay.nexusrpc.yaml, fraud.nexusrpc.yaml'}]
namespaces: [bank]
endpoints: { pay: { target: { namespace: bank, taskQueue: charges } } }
workers:
  real: { namespace: bank, taskQueue: charges, external: true }
  teller:
    namespace: bank
    taskQueue: charges
    operations:
${parts.operation ?? '      Pay.ping: { reply: null }'}
workflows:
  Buy:
${parts.steps ?? '    - sleep: 1s'}`;

describe('inputs', () => {
  test('that fit, or that only running can tell', () =>
    checkProblems(
      world({
        steps: `
    - { call: pay/Pay.charge, input: { id: o-1, cents: 5, currency: EUR, lines: [{ sku: a, more: 1 }] } }
    - { call: pay/Pay.charge, input: { id: "o-\${input}", cents: "\${input.cents}" } }
    - { call: pay/Pay.charge, input: "\${input}" }
    - { call: pay/Pay.ping }
    - { call: pay/Unknown.thing, input: 7 }`,
      }),
    ));

  test('that do not fit', () =>
    checkProblems(
      world({
        steps: `
    - { call: pay/Pay.charge, input: { id: 7, cents: 1.5 } }
                                           ^ By pay.nexusrpc.yaml, the input of Pay.charge at id must be of type string; found 7.
                                                     ^^^ By pay.nexusrpc.yaml, the input of Pay.charge at cents must be of type integer; found 1.5.
    - { call: pay/Pay.charge, input: { id: o } }
                                     ^^^^^^^^^ By pay.nexusrpc.yaml, the input of Pay.charge needs "cents"; add it.
    - { call: pay/Pay.charge, input: { id: o, cent: 1 } }
                                              ^^^^ By pay.nexusrpc.yaml, the input of Pay.charge has no field "cent"; did you mean "cents"?
    - { call: pay/Pay.charge, input: { id: o, cents: "\${input} cents" } }
                                                     ^^^^^^^^^^^^^^^^ By pay.nexusrpc.yaml, the input of Pay.charge at cents must be of type integer; found a text.
    - { call: pay/Pay.charge, input: { id: o, cents: 1, currency: FRF } }
                                                                  ^^^ By pay.nexusrpc.yaml, the input of Pay.charge at currency must be one of "EUR", "USD"; found "FRF".
    - { call: pay/Pay.charge, input: { id: o, cents: 1, lines: [{}] } }
                                                                ^^ By pay.nexusrpc.yaml, the input of Pay.charge at lines[0] needs "sku"; add it.`,
      }),
    ));

  test('that are missing, or not wanted', () =>
    checkProblems(
      world({
        steps: `
    - call: pay/Pay.charge
                ^^^^^^^^^^ By pay.nexusrpc.yaml, Pay.charge takes an input; add one.
    - { call: pay/Pay.ping, input: 7 }
                                   ^ By pay.nexusrpc.yaml, Pay.ping takes no input; remove it.`,
      }),
    ));
});

test('operations that the contract does not have; nexgen’s are called in Pascal case, or as they say', () =>
  checkProblems(
    world({
      steps: `
    - { call: pay/com.shop.Fraud.Score, input: { id: o } }
    - { call: pay/com.shop.Fraud.scoreV1 }
    - { call: pay/com.shop.Fraud.score, input: { id: o } }
                  ^^^^^^^^^^^^^^^^^^^^ The contract of com.shop.Fraud has no operation "score"; did you mean "Score"?`,
      operation: `
      Pay.chrage: { reply: 1 }
      ^^^^^^^^^^ The contract of Pay has no operation "chrage"; did you mean "charge"?`,
    }),
  ));

test('results: of replies, and of the workflow behind an operation', () =>
  checkProblems(
    world({
      operation: `
      Pay.charge: { workflow: Buy }`,
      steps: `
    - { when: "\${input}", return: { number: r-1 } }
    - return: { nummer: r-1 }
              ^^^^^^^^^^^^^^^ By pay.nexusrpc.yaml, the output of Pay.charge needs "number"; add it.`,
    }),
  ));

test('a contract that is none, or comes twice', () => {
  checkProblems(`
nexus: 1
contracts: [gone.nexusrpc.yaml]
            ^^^^^^^^^^^^^^^^^^ gone.nexusrpc.yaml is not a contract: it has no "services".`);
  checkProblems(`
nexus: 1
contracts: [pay.nexusrpc.yaml, pay.nexusrpc.yaml]
                               ^^^^^^^^^^^^^^^^^ The service "Pay" of pay.nexusrpc.yaml is also in another contract; remove one.`);
});

test('without access to files contracts are not looked at', () => {
  expect(parseWorld(world({ steps: '    - call: pay/Pay.charge' })).problems).toEqual([]);
});
