import { describe, expect, test } from 'vitest';
import { seconds } from '../../../../../simulator/base/time.ts';
import { namespaceGone as gone } from '../../../../../simulator/engine/nexus/target.ts';
import { firstBroken } from '../../../../../simulator/engine/invariants.ts';
import { eventOf, type World } from '../../../../harness/world.ts';
import {
  answerNexusTask,
  answerTask,
  cancel,
  nexusTypes,
  order,
  paused,
  pending,
  running,
  schedule,
  stage,
  startBacking,
  sync,
  takeNexusTask,
  takeTask,
} from '../../../../simulation/checklist/stage.ts';

const allowed = { ...paused, limits: { allowDeleteNamespaceIfNexusEndpointTarget: true } };
const charge = { ...order, namespace: 'payments', workflowId: 'charge-1', taskQueue: { name: 'billing' } };

const deletePayments = (world: World) => world.ask('deleteNamespace', { namespace: 'payments' });

/** A caller with one operation that is on its way. */
async function calling(world: World): Promise<void> {
  await world.start(order);
  await answerTask(world, await takeTask(world), [schedule()]);
}

function expectSound(world: World): void {
  expect(firstBroken(world.driver.state, world.driver.now())).toBeUndefined();
}

describe('deleting a namespace', () => {
  test('names it as the server does, by name or by id, and refuses what is not there', async () => {
    const world = await stage(paused);
    await world.namespaces('spare');
    const known: string[][] = [];
    world.driver.onRegistryChanged(({ namespaces }) => known.push(namespaces.map(({ name }) => name)));
    const { namespaceInfo } = await world.ask('describeNamespace', { namespace: 'spare' });
    const both = { namespace: 'spare', namespaceId: namespaceInfo.id };
    expect((await world.refused('deleteNamespace', both)).code).toBe('INVALID_ARGUMENT');
    expect(await world.ask('deleteNamespace', { namespaceId: namespaceInfo.id })).toEqual({
      deletedNamespace: `spare-deleted-${namespaceInfo.id.slice(0, 5)}`,
    });
    expect(known).toEqual([['orders', 'payments']]);
    expect((await world.refused('deleteNamespace', { namespace: 'spare' })).code).toBe('NOT_FOUND');
    expect((await world.refused('deleteNamespace', {})).code).toBe('INVALID_ARGUMENT');
    await world.namespaces('spare');
  });

  test('its runs go, its polls end empty and are refused from then on', async () => {
    const world = await stage(allowed);
    const runId = await world.start(charge);
    const queue = { namespace: 'payments', taskQueue: { name: 'idle' } };
    const poll = world.driver.call('pollNexusTaskQueue', queue);
    await deletePayments(world);
    expect(await poll).toEqual({ ok: true, value: {} });
    expect((await world.refused('pollNexusTaskQueue', queue)).code).toBe('NOT_FOUND');
    const run = { namespace: 'payments', execution: { workflowId: 'charge-1', runId } };
    expect((await world.refused('describeWorkflowExecution', run)).code).toBe('NOT_FOUND');
    await world.namespaces('payments');
    expect(world.driver.state.executions.size).toBe(0);
    expect(world.driver.state.queues.size).toBe(0);
    expectSound(world);
  });

  test('a waiting call fails at once, is tried again, and goes on where the endpoint leads then', async () => {
    const world = await stage(allowed);
    await calling(world);
    await deletePayments(world);
    expect(await pending(world)).toMatchObject([
      { state: 'BACKING_OFF', attempt: 1, lastAttemptFailure: gone },
    ]);
    expect(gone).toMatchObject({
      message: 'invalid endpoint target',
      nexusHandlerFailureInfo: { type: 'NOT_FOUND', retryBehavior: 'RETRYABLE' },
    });
    await world.driver.advance(seconds(1));
    expect(await pending(world)).toMatchObject([{ state: 'BACKING_OFF', attempt: 2 }]);
    expectSound(world);
    await world.namespaces('payments');
    await world.driver.advance(seconds(2));
    await answerNexusTask(world, await takeNexusTask(world), sync('ok'));
    expect(nexusTypes(await world.history('orders', 'order-1'))).toEqual(['SCHEDULED', 'COMPLETED']);
  });

  test('the task in a worker’s hands is gone, too', async () => {
    const world = await stage(allowed);
    await calling(world);
    const { taskToken = '' } = await takeNexusTask(world);
    await deletePayments(world);
    const late = { namespace: 'payments', taskToken, response: { startOperation: {} } };
    expect((await world.refused('respondNexusTaskCompleted', late)).code).toBe('NOT_FOUND');
    expect(await pending(world)).toMatchObject([{ state: 'BACKING_OFF', lastAttemptFailure: gone }]);
  });

  test('a cancel request fails and is tried again as well', async () => {
    const world = await stage(allowed);
    await calling(world);
    await answerNexusTask(world, await takeNexusTask(world), running('T'));
    await deletePayments(world);
    await answerTask(world, await takeTask(world), [cancel(5)]);
    expect(await pending(world)).toMatchObject([
      { state: 'STARTED', cancellationInfo: { state: 'BACKING_OFF', attempt: 1, lastAttemptFailure: gone } },
    ]);
    expectSound(world);
  });

  test('an operation whose workflow goes with it fails as terminated', async () => {
    const world = await stage(allowed);
    await calling(world);
    const task = await takeNexusTask(world);
    await answerNexusTask(world, task, await startBacking(world, task.request ?? {}));
    await deletePayments(world);
    const { failure } = eventOf(
      await world.history('orders', 'order-1'),
      'NEXUS_OPERATION_FAILED',
    ).attributes;
    expect(failure.cause).toMatchObject({ message: 'operation terminated' });
  });

  test('its standalone operations go, too', async () => {
    const limits = { ...allowed.limits, standaloneOperations: true };
    const world = await stage({ ...paused, limits });
    const call = { endpoint: 'payments-endpoint', service: 'Service', operation: 'operation' };
    await world.ask('startNexusOperationExecution', { namespace: 'orders', operationId: 'op-1', ...call });
    await world.ask('deleteNamespace', { namespace: 'orders' });
    expect(world.driver.state.standalone.size).toBe(0);
    expectSound(world);
  });

  test('the operations of its own runs are abandoned', async () => {
    const world = await stage(paused);
    await calling(world);
    await world.ask('deleteNamespace', { namespace: 'orders' });
    await answerNexusTask(world, await takeNexusTask(world), sync('too late'));
    expect(world.driver.state.executions.size).toBe(0);
    expectSound(world);
  });
});
