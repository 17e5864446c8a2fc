import { describe, expect, test } from 'vitest';
import { seconds } from '../../../simulator/base/time.ts';
import { firstBroken } from '../../../simulator/engine/invariants.ts';
import type {
  PendingNexusOperationInfo,
  WorkflowTask,
} from '../../../simulator/protocol/temporal/methods.ts';
import { eventOf, json, typesOf, type World } from '../../harness/world.ts';
import {
  answerNexusTask,
  answerTask,
  caller,
  order,
  paused,
  pending,
  refusedTask,
  schedule,
  settle,
  stage,
  sync,
  takeNexusTask,
  takeTask,
  target,
} from './stage.ts';

/** Callers with `operations` operations in all, no more than 30 each. */
async function schedules(world: World, operations: number): Promise<void> {
  const tasks: { readonly task: WorkflowTask; readonly count: number }[] = [];
  for (let left = operations; left > 0; left -= 30) {
    await world.start({ ...order, workflowId: `order-${left}` });
    tasks.push({ task: await takeTask(world), count: Math.min(left, 30) });
  }
  for (const { task, count } of tasks) {
    await answerTask(
      world,
      task,
      Array.from({ length: count }, () => schedule()),
    );
  }
}

/** The pending operations of the caller that {@link schedules} starts for three. */
async function describeAll(world: World): Promise<readonly PendingNexusOperationInfo[]> {
  const execution = { workflowId: 'order-3' };
  const shown = await world.ask('describeWorkflowExecution', { namespace: 'orders', execution });
  return shown.pendingNexusOperations ?? [];
}

describe('matching and limits', () => {
  test('[64] a worker that polls 3 s later gets the request that waits; no attempt is lost', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    await world.driver.advance(seconds(3));
    const task = await takeNexusTask(world);
    expect(await pending(world)).toMatchObject([{ state: 'SCHEDULED', attempt: 0 }]);
    await answerNexusTask(world, task, sync('ok'));
    const history = await world.history('orders', 'order-1');
    expect(eventOf(history, 'NEXUS_OPERATION_COMPLETED').eventTime).toBe(3_000);
  });

  test('[66] a task whose worker dies goes to no other poll; the next attempt has another token', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    const first = await takeNexusTask(world);
    world.handler(target, () => 'silence');
    await world.driver.advance(seconds(9));
    expect(world.handled).toEqual([]);
    await world.driver.advance(seconds(1));
    expect(world.handled).toHaveLength(1);
    const again = await stage(paused);
    await again.start(order);
    await answerTask(again, await takeTask(again), [schedule()]);
    const lost = await takeNexusTask(again);
    await again.driver.advance(seconds(10));
    expect((await takeNexusTask(again)).taskToken).not.toBe(lost.taskToken);
    expect(first.taskToken).toBe(lost.taskToken);
  });

  test('[68] workflow, activity and Nexus queues of one name are three queues', async () => {
    const world = await stage(paused);
    const spec = { name: 'own-endpoint', target: { worker: caller } };
    await world.ask('createNexusEndpoint', { spec });
    const queue = { namespace: 'orders', taskQueue: { name: 'orders' } };
    const taken: string[] = [];
    void world.driver.call('pollActivityTaskQueue', queue).then(() => taken.push('activity'), Error);
    void world.driver.call('pollNexusTaskQueue', queue).then(() => taken.push('nexus'), Error);
    await world.start(order);
    await settle(world);
    expect(taken).toEqual([]);
    await answerTask(world, await takeTask(world), [schedule({ endpoint: 'own-endpoint' })]);
    await settle(world);
    expect(taken).toEqual(['nexus']);
  });

  test('[69] a restart loses waiting dispatches, but no history: attempts are repeated', async () => {
    const world = await stage(paused);
    await schedules(world, 2);
    const held = await takeNexusTask(world);
    const before = await world.history('orders', 'order-2');
    world.driver.instruct({ kind: 'server-restarted', workers: 'stay' });
    expect(await world.history('orders', 'order-2')).toEqual(before);
    const late = { namespace: 'payments', taskToken: held.taskToken ?? '', response: {} };
    expect((await world.refused('respondNexusTaskCompleted', late)).code).toBe('NOT_FOUND');
    const again = [await takeNexusTask(world), await takeNexusTask(world)];
    const asked = again.map(({ request }) => request?.startOperation?.requestId);
    expect(asked).toContain(held.request?.startOperation?.requestId);
    expect(new Set(asked).size).toBe(2);
    const execution = { workflowId: 'order-2' };
    const shown = await world.ask('describeWorkflowExecution', { namespace: 'orders', execution });
    expect(shown.pendingNexusOperations).toMatchObject([{ attempt: 0 }, { attempt: 0 }]);
    for (const task of again) await answerNexusTask(world, task, sync('ok'));
    expect((await world.history('orders', 'order-2')).slice(0, before.length)).toEqual(before);
    expect(typesOf(await world.history('orders', 'order-2'))).toContain('NEXUS_OPERATION_COMPLETED');
  });

  test('[70] a task token of one namespace is refused in another', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    const { taskToken = '' } = await takeNexusTask(world);
    const refusal = await world.refused('respondNexusTaskCompleted', {
      namespace: 'orders',
      taskToken,
      response: { startOperation: { syncSuccess: { payload: json('stolen') } } },
    });
    expect(refusal.code).toBe('INVALID_ARGUMENT');
    expect(await pending(world)).toMatchObject([{ state: 'SCHEDULED' }]);
  });

  test('[71] the 31st pending operation fails the workflow task with cause 33', async () => {
    const world = await stage(paused);
    const message = await refusedTask(
      world,
      Array.from({ length: 31 }, () => schedule()),
    );
    expect(message).toContain('limit of 30');
    const failed = eventOf(await world.history('orders', 'order-1'), 'WORKFLOW_TASK_FAILED');
    expect(failed.attributes.cause).toBe('PENDING_NEXUS_OPERATIONS_LIMIT_EXCEEDED');
    expect(await pending(world)).toEqual([]);
  });

  test('[72] more dispatches to a namespace than it may have: RESOURCE_EXHAUSTED, and tried again', async () => {
    const world = await stage({ ...paused, limits: { namespaceConcurrentDispatches: 2 } });
    await schedules(world, 3);
    const states = (await describeAll(world)).map(({ state }) => state);
    expect(states).toEqual(['SCHEDULED', 'SCHEDULED', 'BACKING_OFF']);
    expect((await describeAll(world))[2]?.lastAttemptFailure?.nexusHandlerFailureInfo).toEqual({
      type: 'RESOURCE_EXHAUSTED',
    });
    const taken = [await takeNexusTask(world), await takeNexusTask(world)];
    for (const task of taken) await answerNexusTask(world, task, sync('ok'));
    await world.driver.advance(seconds(1));
    await answerNexusTask(world, await takeNexusTask(world), sync('ok'));
    expect(await describeAll(world)).toEqual([]);
    expect(firstBroken(world.driver.state, world.driver.now())).toBeUndefined();
  });

  test('[73] at most 100 calls in flight, and 100 a second, per caller namespace and endpoint', async () => {
    const silent = await stage(paused);
    silent.handler(target, () => 'silence');
    await schedules(silent, 150);
    await silent.driver.advance(seconds(8));
    expect(silent.handled).toHaveLength(100);
    const quick = await stage(paused);
    quick.handler(target, () => sync('ok'));
    await schedules(quick, 150);
    await settle(quick);
    expect(quick.handled.length).toBeLessThanOrEqual(100);
    await quick.driver.advance(seconds(1));
    expect(quick.handled).toHaveLength(150);
  });
});
