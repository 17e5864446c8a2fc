// Every request of the control contract over a real socket, with the real simulation behind it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DisposableStore } from '../../simulator/base/disposable.ts';
import { instant, seconds } from '../../simulator/base/time.ts';
import type { ParamsOf, RequestMethod, ResultOf } from '../../simulator/protocol/contract.ts';
import type { RequestOf } from '../../simulator/protocol/temporal/methods.ts';
import type { Simulation } from '../../simulator/simulation.ts';
import type { ControlClient } from '../harness/control-client.ts';
import { serveSimulation } from '../harness/served-simulation.ts';

let owned = new DisposableStore();
let simulation: Simulation;
let client: ControlClient;
let shutdowns: () => number;

beforeEach(async () => {
  ({ simulation, client, shutdowns } = await serveSimulation(owned));
});

afterEach(() => {
  owned.dispose();
  owned = new DisposableStore();
});

const ask = <M extends RequestMethod>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> =>
  client.request(method, params);

const run = { namespace: 'orders', workflowId: 'order-1' };
const start = { ...run, workflowType: 'Checkout', taskQueue: 'orders' };
const target = { namespace: 'payments', taskQueue: 'billing' };

/** A workflow that nobody works on. */
async function started(): Promise<string> {
  await ask('namespaces/register', { namespace: 'orders' });
  return (await ask('workflows/start', start)).runId;
}

async function endpoint(): Promise<ResultOf<'endpoints/create'>['endpoint']> {
  await ask('namespaces/register', { namespace: 'payments' });
  return (await ask('endpoints/create', { name: 'pay', target, description: 'Takes cards' })).endpoint;
}

/** Completes the workflow task that waits, calling an operation. */
async function call(endpointName: string): Promise<void> {
  const queue = { namespace: 'orders', taskQueue: { name: 'orders' } };
  const polled = await simulation.remote.call('pollWorkflowTaskQueue', queue);
  if (!polled.ok) throw new Error(polled.error.message);
  const attributes = { endpoint: endpointName, service: 'S', operation: 'o' };
  const request: RequestOf<'respondWorkflowTaskCompleted'> = {
    namespace: 'orders',
    taskToken: polled.value.taskToken ?? '',
    commands: [{ commandType: 'SCHEDULE_NEXUS_OPERATION', attributes }],
  };
  const answered = await simulation.remote.call('respondWorkflowTaskCompleted', request);
  if (!answered.ok) throw new Error(answered.error.message);
}

const eventTypes = async (runId?: string): Promise<unknown[]> => {
  const { events } = await ask('workflows/history', { ...run, ...(runId !== undefined && { runId }) });
  return events.map(({ eventType }) => eventType);
};

const rule = {
  kind: 'attempt',
  service: 'S',
  operation: 'o',
  attempts: { from: 1, to: 2 },
  fail: { type: 'UNAVAILABLE' },
} as const;

const paused = { mode: 'paused' } as const;

const manyFiles = Object.fromEntries(Array.from({ length: 201 }, (_, nth) => [`${nth}.yaml`, '']));

/** What each request does, told by what the next ones answer. The compiler asks for every one. */
const requests: Readonly<Record<RequestMethod, () => Promise<void>>> = {
  'simulator/describe': async () => {
    const described = await ask('simulator/describe', {});
    expect(described).toMatchObject({ version: '1.2.3', originMs: 0, clock: { now: 0, mode: paused } });
  },
  'simulator/shutdown': async () => {
    await ask('simulator/shutdown', {});
    await ask('timeline/unsubscribe', {});
    expect(shutdowns()).toBe(1);
  },
  'world/files': async () => {
    const text = 'nexus: 1\ninclude: [./parts/bank.yaml, "*/x.yaml"]\ncontracts: [../contracts/*.yaml]\n';
    const world = { name: 'worlds/main.yaml', text };
    const first = await ask('world/files', world);
    expect(first.paths).toEqual(['contracts/*.yaml', 'worlds/parts/bank.yaml']);
    const files = { 'worlds/parts/bank.yaml': 'nexus: 1\ninclude: [more.yaml]\n' };
    expect((await ask('world/files', { ...world, files })).paths).toContain('worlds/parts/more.yaml');
    expect((await ask('simulator/describe', {})).world).toBeUndefined();
  },
  'world/run': async () => {
    const text = 'nexus: 1\nnamespaces: [shop]\n';
    expect(await ask('world/run', { name: 'w', text, seed: 3 })).toEqual({ run: 1, problems: [] });
    expect((await ask('simulator/describe', {})).world).toEqual({ name: 'w', run: 1, seed: 3 });
    const broken = await ask('world/run', { name: 'w', text: 'nexus: 2\n' });
    expect([broken.run, broken.problems.length]).toEqual([undefined, 1]);
    await expect(ask('world/run', { name: 'w', text, files: manyFiles })).rejects.toThrow(
      'world/run: params.files: at most 200 files.',
    );
  },
  'clock/set': async () => {
    expect(await ask('clock/set', { mode: 'paused', holdInputs: true })).toMatchObject({
      mode: { holdInputs: true },
    });
  },
  'clock/advance': async () => {
    expect(await ask('clock/advance', { by: seconds(5) })).toMatchObject({ now: 5_000 });
    await ask('clock/set', { mode: 'run' });
    await expect(ask('clock/advance', { by: seconds(5) })).rejects.toThrow('pause it first');
  },
  'clock/step': async () => {
    expect(await ask('clock/step', {})).toMatchObject({ kind: 'nothing' });
  },
  'clock/runUntil': async () => {
    const goal = { kind: 'instant', at: instant(9_000) } as const;
    expect(await ask('clock/runUntil', { goal })).toMatchObject({ ended: 'reached', clock: { now: 9_000 } });
  },
  'workflows/start': async () => {
    const runId = await started();
    await expect(ask('workflows/start', start)).rejects.toThrow('already');
    expect((await ask('workflows/list', {})).runs).toMatchObject([{ ...run, runId, status: 'RUNNING' }]);
  },
  'workflows/signalWithStart': async () => {
    await ask('namespaces/register', { namespace: 'orders' });
    const params = { ...start, signalName: 'hurry', signalInput: { by: 5 } };
    const first = await ask('workflows/signalWithStart', params);
    expect(first.started).toBe(true);
    expect(await ask('workflows/signalWithStart', params)).toEqual({ runId: first.runId, started: false });
    expect(await eventTypes()).toEqual([
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_EXECUTION_SIGNALED',
    ]);
  },
  'workflows/signal': async () => {
    await started();
    await ask('workflows/signal', { ...run, signalName: 'hurry', input: ['now'] });
    expect(await eventTypes()).toContain('WORKFLOW_EXECUTION_SIGNALED');
  },
  'workflows/cancel': async () => {
    await started();
    await ask('workflows/cancel', { ...run, reason: 'too late' });
    expect(await eventTypes()).toContain('WORKFLOW_EXECUTION_CANCEL_REQUESTED');
  },
  'workflows/terminate': async () => {
    await started();
    await ask('workflows/terminate', { ...run, reason: 'enough' });
    expect((await ask('workflows/list', {})).runs).toMatchObject([{ status: 'TERMINATED' }]);
  },
  'workflows/reset': async () => {
    const base = await started();
    await endpoint();
    await call('pay');
    await ask('workflows/signal', { ...run, signalName: 'hurry' });
    const points = ['first-workflow-task', 'last-workflow-task', { eventId: 4 }] as const;
    const runIds = [base];
    for (const to of points) {
      const excludeFromReapply: ParamsOf<'workflows/reset'>['excludeFromReapply'] = ['SIGNAL'];
      const request = { ...run, runId: base, to, reason: 'try again', excludeFromReapply };
      const { runId } = await ask('workflows/reset', request);
      runIds.push(runId);
      const types = await eventTypes(runId);
      expect(types.slice(2, 4)).toEqual(['WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_FAILED']);
      expect(types).not.toContain('WORKFLOW_EXECUTION_SIGNALED');
    }
    const kept = await ask('workflows/reset', { ...run, runId: base, to: 'first-workflow-task' });
    expect(await eventTypes(kept.runId)).toContain('WORKFLOW_EXECUTION_SIGNALED');
    expect(new Set(runIds).size).toBe(4);
    await expect(ask('workflows/reset', { ...run, runId: base, to: { eventId: 1 } })).rejects.toThrow(
      'Workflow task finish ID',
    );
  },
  'workflows/delete': async () => {
    await started();
    await ask('workflows/delete', run);
    expect((await ask('workflows/list', {})).total).toBe(0);
  },
  'workflows/list': async () => {
    await started();
    expect((await ask('workflows/list', { namespace: 'payments' })).runs).toEqual([]);
    expect((await ask('workflows/list', { limit: 1 })).total).toBe(1);
  },
  'workflows/describe': async () => {
    await started();
    expect((await ask('workflows/describe', run)).description).toMatchObject({
      workflowExecutionInfo: { status: 'RUNNING' },
    });
  },
  'workflows/history': async () => {
    await started();
    expect(await eventTypes()).toEqual(['WORKFLOW_EXECUTION_STARTED', 'WORKFLOW_TASK_SCHEDULED']);
  },
  'workflows/explain': async () => {
    await started();
    await endpoint();
    await call('pay');
    expect((await ask('workflows/explain', run)).causes.length).toBeGreaterThan(0);
  },
  'operations/pending': async () => {
    await started();
    await endpoint();
    await call('pay');
    expect((await ask('operations/pending', {})).operations).toMatchObject([
      { ...run, operation: { endpoint: 'pay' } },
    ]);
  },
  'endpoints/list': async () => {
    const made = await endpoint();
    expect(await ask('endpoints/list', {})).toEqual({ endpoints: [made] });
  },
  'endpoints/create': async () => {
    const made = await endpoint();
    expect(made).toMatchObject({ name: 'pay', version: 1, description: 'Takes cards', target });
    expect(made.allowedCallers).toBeUndefined();
  },
  'endpoints/update': async () => {
    const { id } = await endpoint();
    await ask('endpoints/allow', { id, namespaces: ['orders'] });
    const moved = { namespace: 'payments', taskQueue: 'cards' };
    const update = { id, name: 'pay-cards', target: moved };
    await expect(ask('endpoints/update', { ...update, version: 7 })).rejects.toThrow('version mismatch');
    // Tried again with the present version: what the client does not know of stays.
    const { endpoint: updated } = await ask('endpoints/update', { ...update, version: 1 });
    const known = {
      name: 'pay-cards',
      target: moved,
      description: 'Takes cards',
      allowedCallers: ['orders'],
    };
    expect(updated).toEqual({ id, version: 2, ...known });
    await ask('endpoints/update', { ...update, version: 2, description: '' });
    expect((await ask('endpoints/list', {})).endpoints[0]?.description).toBeUndefined();
  },
  'endpoints/allow': async () => {
    await started();
    const { id } = await endpoint();
    const closed = await ask('endpoints/allow', { id, namespaces: ['payments'] });
    expect(closed.endpoint.allowedCallers).toEqual(['payments']);
    expect((await ask('endpoints/list', {})).endpoints).toEqual([closed.endpoint]);
    await expect(call('pay')).rejects.toThrow('caller namespace "orders" unauthorized for "pay"');
    const opened = await ask('endpoints/allow', { id });
    expect(opened.endpoint.allowedCallers).toBeUndefined();
    await ask('clock/advance', { by: seconds(60) });
    await call('pay');
    await expect(ask('endpoints/allow', { id: 'x' })).rejects.toThrow(
      'There is no endpoint with the id "x"; ask for the list of them.',
    );
  },
  'endpoints/delete': async () => {
    const { id } = await endpoint();
    await ask('endpoints/allow', { id, namespaces: [] });
    await ask('endpoints/delete', { id, version: 1 });
    expect(await ask('endpoints/list', {})).toEqual({ endpoints: [] });
    // A namesake is another endpoint, and open to all.
    const again = await ask('endpoints/create', { name: 'pay', target });
    expect(again.endpoint.allowedCallers).toBeUndefined();
  },
  'namespaces/register': async () => {
    await ask('namespaces/register', { namespace: 'orders', description: 'Sells' });
    await expect(ask('namespaces/register', { namespace: 'orders' })).rejects.toThrow('already');
  },
  'namespaces/list': async () => {
    await ask('namespaces/register', { namespace: 'orders' });
    expect(await ask('namespaces/list', {})).toEqual({ namespaces: ['orders'] });
  },
  'namespaces/delete': async () => {
    const { id } = await endpoint();
    const payments = { namespace: 'payments' };
    await expect(ask('namespaces/delete', payments)).rejects.toThrow('is a target of a Nexus endpoint pay');
    await ask('endpoints/delete', { id, version: 1 });
    await ask('namespaces/delete', payments);
    expect(await ask('namespaces/list', {})).toEqual({ namespaces: [] });
  },
  'faults/inject': async () => {
    expect(await ask('faults/inject', { rules: [rule] })).toEqual({ rules: [rule] });
  },
  'faults/list': async () => {
    await ask('faults/inject', { rules: [rule, rule] });
    expect(await ask('faults/list', {})).toEqual({ rules: [rule, rule] });
  },
  'faults/clear': async () => {
    await ask('faults/inject', { rules: [rule] });
    await ask('faults/clear', {});
    expect(await ask('faults/list', {})).toEqual({ rules: [] });
  },
  'breakers/list': async () => {
    await started();
    await endpoint();
    await call('pay');
    expect((await ask('breakers/list', {})).breakers).toMatchObject([
      { namespace: 'orders', endpoint: 'pay', state: 'closed' },
    ]);
  },
  'breakers/force': async () => {
    await ask('namespaces/register', { namespace: 'orders' });
    await endpoint();
    const way = { calls: 'start', namespace: 'orders', endpoint: 'pay' } as const;
    const { breaker } = await ask('breakers/force', { ...way, state: 'open' });
    expect(breaker).toEqual({ ...way, state: 'open', until: 60_000 });
    expect(await ask('breakers/list', {})).toEqual({ breakers: [breaker] });
    await expect(ask('breakers/force', { ...way, endpoint: 'buy', state: 'open' })).rejects.toThrow(
      'There is no endpoint "buy".',
    );
  },
  'limits/get': async () => {
    expect((await ask('limits/get', {})).limits).toMatchObject({
      breakerOpenFor: 60_000,
      recordCancelRequestCompletionEvents: true,
    });
  },
  'limits/set': async () => {
    const changes = { breakerOpenFor: 5_000 };
    expect((await ask('limits/set', { changes })).limits).toMatchObject(changes);
    expect((await ask('limits/get', {})).limits).toMatchObject(changes);
    await expect(ask('limits/set', { changes: { breakerOpenFro: 5_000 } })).rejects.toThrow(
      'There is no limit "breakerOpenFro".',
    );
  },
  'server/restart': async () => {
    await started();
    await endpoint();
    await call('pay');
    await ask('breakers/force', { calls: 'start', namespace: 'orders', endpoint: 'pay', state: 'open' });
    await ask('server/restart', {});
    expect((await ask('breakers/list', {})).breakers).toMatchObject([{ state: 'closed' }]);
    expect((await ask('operations/pending', {})).operations).toMatchObject([
      { operation: { state: 'SCHEDULED', attempt: 0 } },
    ]);
  },
  'recordings/list': async () => {
    expect(await ask('recordings/list', {})).toEqual({
      recordings: [{ id: '000001', seed: 0, originMs: 0, ended: false }],
    });
  },
  'recordings/read': async () => {
    await ask('namespaces/register', { namespace: 'orders' });
    await ask('namespaces/register', { namespace: 'payments' });
    const read = await ask('recordings/read', { id: '000001', from: 1, limit: 1 });
    expect(read).toMatchObject({ total: 2, torn: false, header: { profile: 'cloud' } });
    expect(read.entries).toMatchObject([{ at: 0, input: { request: { namespace: 'payments' } } }]);
  },
  'recordings/delete': async () => {
    await expect(ask('recordings/delete', { id: '000001' })).rejects.toThrow('is being written');
    await ask('world/run', { name: 'w', text: 'nexus: 1\nnamespaces: [shop]\n' });
    await ask('recordings/delete', { id: '000001' });
    expect((await ask('recordings/list', {})).recordings).toMatchObject([{ id: '000002', world: 'w' }]);
  },
  'facts/subscribe': async () => {
    expect(await ask('facts/subscribe', {})).toEqual({ run: 0, now: 0 });
    const told = client.next(({ method }) => method === 'facts/recorded');
    await ask('namespaces/register', { namespace: 'orders' });
    expect(await told).toMatchObject({
      params: { run: 0, facts: [{ kind: 'namespace-registered', at: 0 }], dropped: 0 },
    });
  },
  'facts/unsubscribe': async () => {
    await ask('facts/subscribe', {});
    await ask('facts/unsubscribe', {});
    const heard: string[] = [];
    client.onNotification(({ method }) => heard.push(method));
    await ask('namespaces/register', { namespace: 'orders' });
    const clock = client.next(({ method }) => method === 'clock/changed');
    await ask('clock/advance', { by: seconds(1) });
    await clock;
    expect(heard).not.toContain('facts/recorded');
  },
  'timeline/subscribe': async () => {
    expect(await ask('timeline/subscribe', {})).toEqual({ run: 0, spans: [], now: 0 });
    const told = client.next(({ method }) => method === 'timeline/changed');
    await started();
    expect(await told).toMatchObject({ params: { run: 0, spans: [{ kind: 'workflow' }] } });
  },
  'timeline/unsubscribe': async () => {
    await ask('timeline/subscribe', {});
    await ask('timeline/unsubscribe', {});
    const heard: string[] = [];
    client.onNotification(({ method }) => heard.push(method));
    await started();
    const clock = client.next(({ method }) => method === 'clock/changed');
    await ask('clock/advance', { by: seconds(1) });
    await clock;
    expect(heard).not.toContain('timeline/changed');
  },
};

describe('over the wire', () => {
  test.each(Object.entries(requests))('%s', async (_, exercise) => {
    await exercise();
  });
});
