// Everything that clients ask and tell the present world, as the control contract says it.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { instant } from '../../../simulator/base/time.ts';
import { createDriver } from '../../../simulator/driver/driver.ts';
import type { Notification, WorldMethod } from '../../../simulator/driver/port.ts';
import { requests, type ParamsOf, type ResultOf } from '../../../simulator/protocol/contract.ts';
import { Simulation } from '../../../simulator/simulation.ts';

let simulation: Simulation;
afterEach(() => simulation.dispose());

function open(): void {
  simulation = new Simulation({
    version: '1.2.3',
    originMs: 0,
    clock: { mode: 'paused' },
    createDriver,
    onShutdown: () => undefined,
  });
}

/** Asks, expects agreement, and checks the answer against the contract. */
async function ask<M extends WorldMethod>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> {
  const answer = await simulation.request(method, params);
  if (!answer.ok) throw new Error(answer.error.message);
  return requests[method].result.parse(answer.value) as ResultOf<M>;
}

async function refused<M extends WorldMethod>(method: M, params: ParamsOf<M>): Promise<string> {
  const answer = await simulation.request(method, params);
  return answer.ok ? 'not refused' : answer.error.message;
}

const checkout = { namespace: 'orders', workflowId: 'order-1' };

/** A workflow that has called an operation whose handler nobody serves. */
async function openCall(): Promise<void> {
  open();
  await ask('namespaces/register', { namespace: 'orders' });
  await ask('namespaces/register', { namespace: 'payments' });
  const target = { namespace: 'payments', taskQueue: 'billing' };
  await ask('endpoints/create', { name: 'payments-endpoint', target });
  await ask('workflows/start', {
    ...checkout,
    workflowType: 'Checkout',
    taskQueue: 'orders',
    input: { total: 5 },
  });
  const queue = { namespace: 'orders', taskQueue: { name: 'orders' } };
  const polled = await simulation.remote.call('pollWorkflowTaskQueue', queue);
  if (!polled.ok) throw new Error(polled.error.message);
  await simulation.remote.call('respondWorkflowTaskCompleted', {
    namespace: 'orders',
    taskToken: polled.value.taskToken ?? '',
    commands: [
      {
        commandType: 'SCHEDULE_NEXUS_OPERATION',
        attributes: { endpoint: 'payments-endpoint', service: 'PaymentService', operation: 'charge' },
      },
    ],
  });
}

describe('workflows', () => {
  test('are started, listed, described, explained and read', async () => {
    await openCall();
    const { runs, total } = await ask('workflows/list', {});
    expect(total).toBe(1);
    expect(runs).toMatchObject([
      { ...checkout, workflowType: 'Checkout', status: 'RUNNING', startedAt: 0, pendingOperations: 1 },
    ]);
    expect((await ask('workflows/list', { namespace: 'payments' })).runs).toEqual([]);
    const { description } = await ask('workflows/describe', checkout);
    expect(description).toMatchObject({ workflowExecutionInfo: { status: 'RUNNING' } });
    const { events } = await ask('workflows/history', checkout);
    expect(events[0]).toMatchObject({ eventType: 'WORKFLOW_EXECUTION_STARTED' });
    expect(events.at(-1)).toMatchObject({ eventType: 'NEXUS_OPERATION_SCHEDULED' });
    const { causes } = await ask('workflows/explain', checkout);
    expect(causes.length).toBeGreaterThan(0);
    const { operations } = await ask('operations/pending', {});
    expect(operations).toMatchObject([
      { ...checkout, operation: { endpoint: 'payments-endpoint', operation: 'charge', state: 'SCHEDULED' } },
    ]);
    expect((await ask('operations/pending', { namespace: 'payments' })).operations).toEqual([]);
  });

  test('are signalled, asked to cancel and terminated', async () => {
    await openCall();
    await ask('workflows/signal', { ...checkout, signalName: 'hurry', input: ['now'] });
    await ask('workflows/cancel', { ...checkout, reason: 'too late' });
    await ask('workflows/terminate', { ...checkout, reason: 'enough' });
    const { events } = await ask('workflows/history', checkout);
    const types = events.map(({ eventType }) => eventType);
    for (const type of [
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_EXECUTION_CANCEL_REQUESTED',
      'WORKFLOW_EXECUTION_TERMINATED',
    ]) {
      expect(types).toContain(type);
    }
    expect((await ask('workflows/list', {})).runs).toMatchObject([{ status: 'TERMINATED', closedAt: 0 }]);
  });

  test('that do not exist are refused in the service’s words', async () => {
    open();
    await ask('namespaces/register', { namespace: 'orders' });
    expect(await refused('workflows/describe', checkout)).toMatch(/not found/i);
    expect(await refused('workflows/signal', { ...checkout, signalName: 's' })).toMatch(/not found/i);
    expect(await refused('workflows/explain', checkout)).toMatch(/not found/i);
  });
});

describe('the machine', () => {
  const way = { calls: 'start', namespace: 'orders', endpoint: 'payments-endpoint' } as const;

  test('a breaker is put into a state, if there is such a way', async () => {
    await openCall();
    const { breaker } = await ask('breakers/force', { ...way, state: 'open' });
    expect(breaker).toEqual({ ...way, state: 'open', until: 60_000 });
    expect((await ask('breakers/list', {})).breakers).toEqual([breaker]);
    expect((await ask('breakers/force', { ...way, state: 'closed' })).breaker.state).toBe('closed');
    const cancels = { ...way, calls: 'cancel' } as const;
    expect((await ask('breakers/force', { ...cancels, state: 'half-open' })).breaker.state).toBe('half-open');
    expect(await refused('breakers/force', { ...way, namespace: 'nowhere', state: 'open' })).toMatch(
      /"nowhere"/,
    );
    expect(await refused('breakers/force', { ...way, endpoint: 'nothing', state: 'open' })).toMatch(
      /"nothing"/,
    );
  });

  test('settings are read and changed, all or none', async () => {
    open();
    expect((await ask('limits/get', {})).limits).toMatchObject({ breakerOpenFor: 60_000 });
    const changes = { breakerOpenFor: 5_000, recordCancelRequestCompletionEvents: false };
    expect((await ask('limits/set', { changes })).limits).toMatchObject(changes);
    expect(await refused('limits/set', { changes: { outboundBuffer: 7, breakerOpenFor: -1 } })).toMatch(
      /whole/,
    );
    expect((await ask('limits/get', {})).limits).toMatchObject({ ...changes, outboundBuffer: 100 });
  });

  test('the server is restarted: breakers are closed, calls are made again', async () => {
    await openCall();
    await ask('breakers/force', { ...way, state: 'open' });
    await ask('server/restart', {});
    expect((await ask('breakers/list', {})).breakers).toMatchObject([{ ...way, state: 'closed' }]);
    expect((await ask('operations/pending', {})).operations).toMatchObject([
      { operation: { state: 'SCHEDULED' } },
    ]);
  });
});

describe('the registry', () => {
  test('namespaces that nothing calls into are deleted', async () => {
    await openCall();
    expect(await refused('namespaces/delete', { namespace: 'payments' })).toMatch(/is a target of/);
    await ask('namespaces/delete', { namespace: 'orders' });
    expect(await ask('namespaces/list', {})).toEqual({ namespaces: ['payments'] });
    expect((await ask('workflows/list', {})).runs).toEqual([]);
  });

  test('endpoints are created, updated by version, and deleted', async () => {
    open();
    await ask('namespaces/register', { namespace: 'payments', description: 'Takes money' });
    expect(await ask('namespaces/list', {})).toEqual({ namespaces: ['payments'] });
    const target = { namespace: 'payments', taskQueue: 'billing' };
    const { endpoint } = await ask('endpoints/create', { name: 'pay', target, description: 'Card payments' });
    expect(endpoint).toMatchObject({ name: 'pay', version: 1, target });
    const { id } = endpoint;
    const moved = { namespace: 'payments', taskQueue: 'cards' };
    expect(await refused('endpoints/update', { id, version: 7, name: 'pay', target: moved })).toMatch(
      /version mismatch/,
    );
    expect(
      (await ask('endpoints/update', { id, version: 1, name: 'pay', target: moved })).endpoint,
    ).toMatchObject({
      version: 2,
      target: moved,
    });
    expect((await ask('endpoints/list', {})).endpoints).toHaveLength(1);
    await ask('endpoints/delete', { id, version: 2 });
    expect(await ask('endpoints/list', {})).toEqual({ endpoints: [] });
  });

  test('faults are injected, listed and cleared', async () => {
    open();
    const rule = {
      kind: 'attempt',
      service: 'PaymentService',
      operation: 'charge',
      attempts: { from: 1, to: 2 },
      fail: { type: 'UNAVAILABLE' },
    } as const;
    expect(await ask('faults/inject', { rules: [rule] })).toEqual({ rules: [rule] });
    expect(await ask('faults/list', {})).toEqual({ rules: [rule] });
    await ask('faults/clear', {});
    expect(await ask('faults/list', {})).toEqual({ rules: [] });
  });

  test('breakers that calls have gone through are listed', async () => {
    await openCall();
    expect((await ask('breakers/list', {})).breakers).toMatchObject([
      { namespace: 'orders', endpoint: 'payments-endpoint', state: 'closed' },
    ]);
  });
});

describe('the clock', () => {
  test('is stepped while paused, and runs until a retry', async () => {
    await openCall();
    const stepped = await ask('clock/step', {});
    expect(stepped).toMatchObject({ kind: 'timer', clock: { mode: { mode: 'paused' } } });
    const ran = await ask('clock/runUntil', { goal: { kind: 'next-retry' } });
    expect(ran).toMatchObject({ ended: 'reached', clock: { mode: { mode: 'paused' } } });
    const { operations } = await ask('operations/pending', {});
    expect(operations[0]?.operation).toMatchObject({ attempt: 1, state: 'SCHEDULED' });
    const at = instant(ran.clock.now + 5);
    expect(await ask('clock/runUntil', { goal: { kind: 'instant', at } })).toMatchObject({
      clock: { now: at },
    });
    expect(await refused('clock/runUntil', { goal: { kind: 'instant', at: instant(1) } })).toBe(
      `The clock is at ${at} ms already and does not go back to 1 ms.`,
    );
    await ask('clock/set', { mode: 'run' });
    expect(await refused('clock/step', {})).toBe(
      'The clock can be stepped by hand only while it is paused; pause it first.',
    );
  });
});

test('facts are told in their order, each with its instant', async () => {
  open();
  const heard: Notification[] = [];
  simulation.onNotification((notification) => heard.push(notification));
  await ask('namespaces/register', { namespace: 'orders' });
  const facts = heard.flatMap((each) => (each.method === 'facts/recorded' ? each.params.facts : []));
  expect(facts).toEqual([{ kind: 'namespace-registered', namespace: 'orders', at: 0 }]);
});

test('without a data folder there are no recordings', async () => {
  open();
  expect(await ask('recordings/list', {})).toEqual({ recordings: [] });
  const sentence = 'This simulator keeps no data; start it with --data DIR to have recordings.';
  expect(await refused('recordings/read', { id: '000001' })).toBe(sentence);
  expect(await refused('recordings/delete', { id: '000001' })).toBe(sentence);
});

test('a run that was stopped says in the verdict’s troubles what kept it alive', async () => {
  const hello = readFileSync(new URL('../../../examples/hello.nexus.yaml', import.meta.url), 'utf8');
  simulation = new Simulation({
    version: '1.2.3',
    originMs: 0,
    createDriver: (options) => createDriver({ ...options, limits: { ...options.limits, runStepsMax: 30 } }),
    onShutdown: () => undefined,
  });
  const started = simulation.startWorld({ name: 'hello', text: hello });
  if (!started.ok) throw new Error('the example is broken');
  const { troubles, verdict } = await started.value.finished;
  expect(verdict.passed).toBe(false);
  expect(troubles.at(-1)).toMatch(
    /^The run was stopped after 30 timers and inputs .* kept alive by .+ times\)\.$/,
  );
});
