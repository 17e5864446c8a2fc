import { onTestFinished, expect, test } from 'vitest';
import { createDriver } from '../../../../simulator/driver/driver.ts';
import { Simulation } from '../../../../simulator/simulation.ts';

const named = { namespace: 'orders', workflowId: 'op-1' };

async function openCall(): Promise<Simulation> {
  const simulation = new Simulation({
    version: '1.2.3',
    originMs: 0,
    clock: { mode: 'paused' },
    createDriver: (options) => createDriver({ ...options, limits: { standaloneOperations: true } }),
    onShutdown: () => undefined,
  });
  onTestFinished(() => simulation.dispose());
  for (const namespace of ['orders', 'payments'])
    await simulation.request('namespaces/register', { namespace });
  const target = { namespace: 'payments', taskQueue: 'billing' };
  await simulation.request('endpoints/create', { name: 'payments-endpoint', target });
  await simulation.remote.call('startNexusOperationExecution', {
    namespace: 'orders',
    operationId: 'op-1',
    endpoint: 'payments-endpoint',
    service: 'PaymentService',
    operation: 'charge',
  });
  return simulation;
}

test('a standalone operation is among those that are pending, until it is closed', async () => {
  const simulation = await openCall();
  const pending = (namespace: string) => simulation.request('operations/pending', { namespace });
  expect(await pending('orders')).toMatchObject({
    value: { operations: [{ ...named, operation: { operationId: 'op-1', state: 'SCHEDULED', attempt: 1 } }] },
  });
  expect(await pending('payments')).toEqual({ ok: true, value: { operations: [] } });
  await simulation.remote.call('terminateNexusOperationExecution', {
    namespace: 'orders',
    operationId: 'op-1',
  });
  expect(await pending('orders')).toEqual({ ok: true, value: { operations: [] } });
});

test('it is explained by its id', async () => {
  const simulation = await openCall();
  expect(await simulation.request('workflows/explain', named)).toMatchObject({
    value: {
      causes: [
        { text: expect.stringContaining('attempt 1 of PaymentService.charge waits for a worker') as string },
      ],
    },
  });
  expect(await simulation.request('workflows/explain', { ...named, namespace: 'payments' })).toMatchObject({
    error: { message: 'workflow not found for ID: op-1' },
  });
});
