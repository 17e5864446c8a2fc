import { describe, expect, test } from 'vitest';
import { playWorld } from '../../../harness/play-world.ts';

/** A shop whose workflow calls one operation of a bank. */
const shop = (parts: { operation?: string; steps: string; rest: string }): string => `
nexus: 1
profile: cloud
namespaces: [shop, bank]
endpoints: { pay: { target: { namespace: bank, taskQueue: charges } } }
workers:
  teller:
    namespace: bank
    taskQueue: charges
    operations:
      Pay.charge: ${parts.operation ?? '{ workflow: Charge, id: charge }'}
workflows:
  Buy:
${parts.steps}
  Charge: [{ sleep: 1h }, { return: done }]
${parts.rest}`;

/** What was found where an expectation did not hold, by its line of text. */
async function shortfalls(text: string): Promise<Readonly<Record<string, string>>> {
  const { verdict, troubles } = await playWorld(text);
  expect(troubles).toEqual([]);
  return Object.fromEntries(
    verdict.expectations.flatMap((each) => (each.passed ? [] : [[each.text, each.found ?? '']])),
  );
}

const buy = 'workflow: Buy, namespace: shop, taskQueue: shop';
const paid = '    - { call: pay/Pay.charge, as: paid }\n    - return: "${paid}"';

test('workflows start at their time', async () => {
  const rest = `
start: [{ ${buy}, id: late, at: 10m }, { ${buy}, id: early }]
expect:
  - { order: [early / WORKFLOW_EXECUTION_STARTED, late / WORKFLOW_EXECUTION_STARTED] }
  - { order: [late / WORKFLOW_EXECUTION_STARTED, early / WORKFLOW_EXECUTION_COMPLETED, early / TIMER_FIRED] }`;
  expect(await shortfalls(shop({ operation: '{ reply: 1 }', steps: '    - sleep: 1m', rest }))).toEqual({
    'order: late / WORKFLOW_EXECUTION_STARTED, early / WORKFLOW_EXECUTION_COMPLETED, early / TIMER_FIRED':
      'early / WORKFLOW_EXECUTION_COMPLETED came at 1m, before late / WORKFLOW_EXECUTION_STARTED at 10m',
  });
});

describe('meanwhile', () => {
  test('a workflow is cancelled, and takes the workflow behind its call with it', async () => {
    const rest = `
start: [{ ${buy}, id: b }]
meanwhile: [{ at: 1m, cancel: b, namespace: shop }]
expect:
  - { workflow: b, status: canceled, within: 1m }
  - { workflow: charge, status: canceled, within: 1m }
  - { order: [charge / WORKFLOW_EXECUTION_CANCELED, b / NEXUS_OPERATION_CANCELED, b / WORKFLOW_EXECUTION_CANCELED] }`;
    expect(await shortfalls(shop({ steps: paid, rest }))).toEqual({});
  });

  test('a workflow is terminated, and the workflow behind its call goes on', async () => {
    const rest = `
start: [{ ${buy}, id: b }]
meanwhile: [{ at: 1m, terminate: b, namespace: shop }]
expect:
  - { workflow: b, status: terminated, within: 1m }
  - { workflow: charge, status: completed, within: 1h }`;
    expect(await shortfalls(shop({ steps: paid, rest }))).toEqual({});
  });

  test('a workflow gets a signal, from outside and by an operation', async () => {
    const steps = `    - { wait: go, as: word }
    - when: \${word != 'now'}
      fail: { type: Wrong }`;
    const operation = '{ signal: go, workflowId: charge, input: "${input}" }';
    const outside = `
start: [{ ${buy}, id: b }]
meanwhile: [{ at: 1m, signal: go, workflow: b, namespace: shop, input: now }]
expect: [{ workflow: b, status: completed, within: 1m }]`;
    expect(await shortfalls(shop({ operation, steps, rest: outside }))).toEqual({});
    const call = `    - { call: pay/Pay.charge, input: now }`;
    const inside = `
  Wait:
${steps}
start:
  - { workflow: Wait, id: charge, namespace: bank, taskQueue: charges }
  - { ${buy}, id: b, at: 1m }
expect: [{ workflow: charge, status: completed, within: 1m }, { operation: b / Pay.charge, outcome: succeeded }]`;
    expect(await shortfalls(shop({ operation, steps: call, rest: inside }))).toEqual({});
  });

  test('who cannot be reached is told', async () => {
    const rest = `
start: [{ ${buy}, id: b }]
meanwhile: [{ at: 2h, terminate: b, namespace: shop }]`;
    const { troubles } = await playWorld(shop({ steps: paid, rest }));
    expect(troubles).toEqual([
      expect.stringMatching(/^The workflow "b" could not be reached to terminate it: /),
    ]);
  });
});

describe('faults', () => {
  test('a worker that is down drops its task and takes none until it is back', async () => {
    const rest = `
faults: [{ worker: teller, at: 1s, down: 10s }]
start: [{ ${buy}, id: b }]
expect: [{ operation: b / Pay.charge, outcome: succeeded, attempts: 2..9 }, { workflow: b, within: 2s }]`;
    const found = await shortfalls(shop({ operation: '{ reply: 1, after: 2s }', steps: paid, rest }));
    expect(Object.keys(found)).toEqual(['workflow b: within 2s']);
    expect(found['workflow b: within 2s']).toMatch(/^it took 1\d\.?\d*s$/);
  });

  test('the workflows of a worker that is down stand still', async () => {
    const rest = `
faults: [{ worker: teller, at: 30m, down: 2h }]
start: [{ ${buy}, id: b }]
expect: [{ workflow: charge, status: completed, within: 2h29m }, { workflow: charge, within: 2h30m }]`;
    expect(await shortfalls(shop({ steps: paid, rest }))).toEqual({
      'workflow charge: completed, within 2h29m': 'it took 2h30m',
    });
  });

  test('a callback comes late', async () => {
    const rest = `
faults: [{ callback: Pay.charge, deliver: [late 30s, twice] }]
start: [{ ${buy}, id: b }]
expect: [{ workflow: b, status: completed, within: 1h29s }, { workflow: charge, within: 1h }]`;
    expect(await shortfalls(shop({ steps: paid, rest }))).toEqual({
      'workflow b: completed, within 1h29s': 'it took 1h30s',
    });
  });

  test('expectations of a breaker are judged by the states it went through', async () => {
    const rest = `
limits: { circuitBreaker: { consecutiveFailures: 2 } }
faults: [{ operation: pay/Pay.charge, attempts: 1..2, fail: { type: INTERNAL } }]
start: [{ ${buy}, id: b }]
expect:
  - { breaker: shop → pay, reached: open, state: closed }
  - { breaker: shop → pay, never: half-open }
  - { breaker: bank → pay, reached: open }
  - { breaker: shop → pay, state: open }`;
    expect(await shortfalls(shop({ steps: paid, rest }))).toEqual({
      'breaker shop → pay: never half-open': 'it went closed → open → half-open → closed',
      'breaker bank → pay: reached open': 'it was never open; it went closed',
      'breaker shop → pay: open': 'it is closed; it went closed → open → half-open → closed',
    });
  });
});

test('only namespaces on the list may call an endpoint', async () => {
  const rest = `
start: [{ ${buy}, id: b }]
meanwhile: [{ at: 1m, terminate: b, namespace: shop }]
expect: [{ history: b, contains: [WORKFLOW_TASK_FAILED, WORKFLOW_EXECUTION_TERMINATED] }]`;
  const text = shop({ operation: '{ reply: 1 }', steps: paid, rest });
  const closed = text.replace('taskQueue: charges } } }', 'taskQueue: charges }, allow: [bank] } }');
  expect(closed).not.toBe(text);
  const { verdict, troubles } = await playWorld(closed);
  expect(verdict.passed).toBe(true);
  expect(troubles).toEqual([
    'An answer of workflows-shop was refused: BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES: caller namespace "shop" unauthorized for "pay"',
  ]);
  const open = await playWorld(text);
  expect(open.verdict.passed).toBe(false);
});
