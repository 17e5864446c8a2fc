import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDriver, type Driver } from '../../../../../simulator/driver/driver.ts';

const namespace = 'orders';
const queue = { namespace, taskQueue: { name: 'orders' } };
const order = { ...queue, workflowType: { name: 'Checkout' } };

let driver: Driver;
beforeEach(async () => {
  driver = createDriver({ seed: 1, profile: 'server', originMs: 0, clock: { mode: 'paused' } });
  await driver.call('registerNamespace', { namespace });
});
afterEach(() => driver.dispose());

const start = (workflowId: string) => driver.call('startWorkflowExecution', { ...order, workflowId });
const poll = (identity: string) => driver.remote.call('pollWorkflowTaskQueue', { ...queue, identity });
const lose = (identity: string) => driver.instruct({ kind: 'worker-gone', identity });

test('what it had in its hands holds the clock no longer, and is still there to be answered', async () => {
  await start('order-1');
  const task = await poll('worker');
  expect([...driver.state.held.values()]).toEqual(['worker']);
  lose('worker');
  expect(driver.state.held.size).toBe(0);
  const taskToken = task.ok ? (task.value.taskToken ?? '') : '';
  expect(await driver.remote.call('respondWorkflowTaskCompleted', { namespace, taskToken })).toMatchObject({
    ok: true,
  });
});

test('its polls are answered empty, and get no task that a living worker could have', async () => {
  const [lost, living] = [poll('worker'), poll('other')];
  lose('worker');
  expect(await lost).toEqual({ ok: true, value: {} });
  await start('order-1');
  expect(await living).toMatchObject({ ok: true, value: { workflowExecution: { workflowId: 'order-1' } } });
  expect([...driver.state.held.values()]).toEqual(['other']);
});

test('a task does not wait for it where it polled; another that polls there may come for it', async () => {
  const attended = (): readonly string[] =>
    [...driver.state.queues.values()].flatMap(({ attendants }) => [...attendants]);
  await start('order-1');
  await poll('worker');
  await start('order-2');
  lose('worker');
  expect(attended()).toEqual([]);
  await poll('other');
  expect(attended()).toEqual(['other']);
});

test('a worker that shuts down takes no other of its process with it', async () => {
  await start('order-1');
  await poll('process');
  const nexus = { namespace, taskQueue: { name: 'greetings' }, identity: 'process' };
  void driver.remote.call('pollNexusTaskQueue', nexus);
  await driver.remote.call('shutdownWorker', { namespace, identity: 'process', taskQueue: 'greetings' });
  const attended = [...driver.state.queues.values()].filter(({ attendants }) => attendants.size > 0);
  expect(attended.map(({ name }) => name)).toEqual(['orders']);
});

test('a worker that shuts down takes none of its process in another namespace with it', async () => {
  await driver.call('registerNamespace', { namespace: 'payments' });
  for (const each of [namespace, 'payments']) {
    void driver.remote.call('pollNexusTaskQueue', {
      namespace: each,
      taskQueue: { name: 'greetings' },
      identity: 'process',
    });
  }
  await driver.remote.call('shutdownWorker', { namespace, identity: 'process' });
  const attended = [...driver.state.queues.values()].filter(({ attendants }) => attendants.size > 0);
  expect(attended.map((each) => each.namespace)).toEqual(['payments']);
});
