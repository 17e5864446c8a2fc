import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { playWorld as play } from '../../../harness/play-world.ts';

const shortfalls = async (text: string): Promise<readonly (string | undefined)[]> => {
  const { verdict, troubles } = await play(text);
  expect(troubles).toEqual([]);
  return verdict.expectations.map(({ found }) => found);
};

/** A shop that calls one operation of a bank. */
const shop = (parts: { operation: string; steps?: string; rest?: string }): string => `
nexus: 1
profile: server
namespaces: [shop, bank]
endpoints: { pay: { target: { namespace: bank, taskQueue: charges } } }
workers:
  teller:
    namespace: bank
    taskQueue: charges
    instances: 2
    operations: { Pay.charge: ${parts.operation} }
workflows:
  Buy:
${parts.steps ?? '    - { call: pay/Pay.charge, as: paid }\n    - return: "${paid}"'}
  Charge: [{ sleep: 1h }, { return: done }]
  Decline: [{ fail: { type: Declined, message: no money } }]
start: [{ workflow: Buy, id: buy, namespace: shop, taskQueue: shop }]
${parts.rest ?? ''}`;

const hello = readFileSync(new URL('../../../../examples/hello.nexus.yaml', import.meta.url), 'utf8');

test('the example holds what it promises', async () => {
  const { verdict, troubles } = await play(hello);
  expect(troubles).toEqual([]);
  expect(verdict.expectations.map(({ found }) => found)).toEqual([undefined, undefined, undefined]);
  expect(verdict.passed).toBe(true);
});

test('the same file and seed give the same journal, and another seed another one', async () => {
  const [first, second, other] = [await play(hello, 7), await play(hello, 7), await play(hello, 8)];
  expect(first.journal).toBe(second.journal);
  expect(first.journal).not.toBe(other.journal);
});

describe('what becomes of an operation', () => {
  test.each([
    ['a reply', '{ reply: 1, after: 2s }', 'completed', 'succeeded'],
    ['a workflow', '{ workflow: Charge }', 'completed', 'succeeded'],
    ['a workflow that fails', '{ workflow: Decline }', 'failed', 'failed'],
    ['an operation error', '{ error: { state: failed, message: no } }', 'failed', 'failed'],
    ['a canceled operation', '{ error: { state: canceled } }', 'failed', 'canceled'],
    ['a handler error that is not retried', '{ fail: { type: BAD_REQUEST } }', 'failed', 'failed'],
    [
      'one whose retrying is switched off',
      '{ fail: { type: UNAVAILABLE, retryable: false } }',
      'failed',
      'failed',
    ],
  ])('%s', async (_, operation, status, outcome) => {
    const rest = `
expect:
  - { workflow: buy, status: ${status} }
  - { operation: buy / Pay.charge, outcome: ${outcome}, attempts: 1 }`;
    expect(await shortfalls(shop({ operation, rest }))).toEqual([undefined, undefined]);
  });

  test('a handler that is too slow is tried again until the operation times out', async () => {
    const steps = '    - { call: pay/Pay.charge, scheduleToClose: 1m }';
    // Four attempts of ten seconds each and backoffs of about 1, 2 and 4 seconds fit into a minute, a fifth begins.
    const rest = `
expect:
  - { operation: buy / Pay.charge, outcome: timed-out, attempts: 4..5 }
  - { workflow: buy, within: 1m }`;
    expect(await shortfalls(shop({ operation: '{ reply: 1, after: 15s }', steps, rest }))).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('faults hit the attempts they name', async () => {
    const rest = `
faults: [{ operation: pay/Pay.charge, attempts: 1..3, fail: { type: INTERNAL } }]
expect: [{ operation: buy / Pay.charge, attempts: 4, outcome: succeeded }]`;
    expect(await shortfalls(shop({ operation: '{ reply: 1 }', rest }))).toEqual([undefined]);
  });
});

test('steps side by side take as long as the longest of them', async () => {
  const steps = `
    - parallel:
        - { call: pay/Pay.charge, as: a }
        - { call: pay/Pay.charge, as: b }
        - sleep: 90m
    - return: ["\${a}", "\${b}"]`;
  const rest = 'expect: [{ workflow: buy, status: completed, within: 90m }]';
  expect(await shortfalls(shop({ operation: '{ workflow: Charge }', steps, rest }))).toEqual([undefined]);
});

describe('expectations that do not hold say what was found', () => {
  test('of workflows', async () => {
    const rest = `
expect:
  - { workflow: buy, status: canceled }
  - { workflow: buy, within: 59m }
  - { workflow: gone, status: completed }`;
    expect(await shortfalls(shop({ operation: '{ workflow: Charge }', rest }))).toEqual([
      'it is completed',
      'it took 1h',
      'no workflow with this id was started',
    ]);
  });

  test('of workflows that failed, with the reason', async () => {
    const rest = 'expect: [{ workflow: buy, status: completed }]';
    const [found] = await shortfalls(
      shop({ operation: '{ error: { state: failed, message: no money } }', rest }),
    );
    expect(found).toBe('it is failed: nexus operation completed unsuccessfully: no money');
  });

  test('of operations', async () => {
    const steps = '    - { when: "${false}", call: pay/Pay.charge }\n    - sleep: 1s';
    const rest = 'expect: [{ operation: buy / Pay.charge, attempts: 1 }]';
    expect(await shortfalls(shop({ operation: '{ reply: 1 }', steps, rest }))).toEqual([
      'it was never scheduled',
    ]);
    const more =
      'expect: [{ operation: buy / Pay.charge, attempts: 2..3 }, { operation: buy / Pay.charge, outcome: failed }]';
    expect(await shortfalls(shop({ operation: '{ reply: 1 }', rest: more }))).toEqual([
      'it took 1 attempt',
      'it has succeeded',
    ]);
  });

  test('of histories', async () => {
    const rest = 'expect: [{ history: buy, contains: [NEXUS_OPERATION_SCHEDULED, NEXUS_OPERATION_STARTED] }]';
    const [found] = await shortfalls(shop({ operation: '{ reply: 1 }', rest }));
    expect(found).toMatch(
      /^there is no NEXUS_OPERATION_STARTED after NEXUS_OPERATION_SCHEDULED; the history is WORKFLOW_EXECUTION_STARTED, /,
    );
  });
});

test('a world that never comes to rest is left, and says so', async () => {
  const { verdict, troubles } = await play(
    shop({
      operation: '{ fail: { type: INTERNAL } }',
      rest: 'expect: [{ workflow: buy, status: completed }]',
    }),
  );
  expect(troubles).toEqual([
    // The next retry would have come after 400 days; retries are an hour apart at most.
    expect.stringMatching(/^The world never came to rest and was left at 399d23h\S+ of virtual time; /),
  ]);
  expect(verdict.expectations[0]?.found).toBe('it is running');
});
