// Real SDK workers: activities, and the cache of workflows behind sticky queues.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import { bundleTestWorkflows, quietRuntime, SdkWorld, type WorkflowCode } from '../harness/sdk-world.ts';
import type { Activities } from './sdk-workflows.ts';

let world: SdkWorld;
let code: WorkflowCode;
let charge: Activities['charge'];

const activities: Activities = {
  charge: (amount) => charge(amount),
  async waitForCancellation() {
    const context = Context.current();
    for (;;) {
      context.heartbeat('waiting');
      await context.sleep('100 milliseconds');
    }
  },
};

beforeAll(async () => {
  quietRuntime();
  code = await bundleTestWorkflows();
  world = await SdkWorld.open();
  await world.work('storefront', code, [], { activities });
}, 60_000);

afterAll(() => world.close());

beforeEach(() => {
  world.driver.setClock({ mode: 'run' });
});

const start = (workflow: string, workflowId: string, args: unknown[]): Promise<WorkflowHandle> =>
  world.client('storefront').workflow.start(workflow, { taskQueue: 'storefront', workflowId, args });

const typesIn = (history: readonly HistoryEvent[], prefix: string): string[] =>
  history.map(({ eventType }) => eventType).filter((type) => type.startsWith(prefix));

/** The queue that each workflow task was scheduled on. */
const queuesIn = (history: readonly HistoryEvent[]) =>
  history.flatMap((event) =>
    event.eventType === 'WORKFLOW_TASK_SCHEDULED' ? [event.attributes.taskQueue.kind] : [],
  );

describe('activities', () => {
  test('are tried again hours later, and end with their result', async () => {
    const attempts: number[] = [];
    charge = (amount) => {
      const { attempt } = Context.current().info;
      Context.current().heartbeat(attempt);
      attempts.push(attempt);
      if (attempt < 3) throw ApplicationFailure.create({ message: 'declined', type: 'Declined' });
      return Promise.resolve(`charged ${String(amount)}`);
    };
    const handle = await start('chargeCard', 'charge-1', [42]);
    expect(await handle.result()).toBe('charged 42');
    expect(attempts).toEqual([1, 2, 3]);
    const history = await world.history('storefront', 'charge-1');
    expect(typesIn(history, 'ACTIVITY_')).toEqual([
      'ACTIVITY_TASK_SCHEDULED',
      'ACTIVITY_TASK_STARTED',
      'ACTIVITY_TASK_COMPLETED',
    ]);
    const started = history.find(({ eventType }) => eventType === 'ACTIVITY_TASK_STARTED');
    expect(started?.attributes).toMatchObject({ attempt: 3, lastFailure: { message: 'declined' } });
    // An hour and then two; all of it virtual.
    const scheduledAt = history.find(({ eventType }) => eventType === 'ACTIVITY_TASK_SCHEDULED')?.eventTime;
    expect((started?.eventTime ?? 0) - (scheduledAt ?? 0)).toBeGreaterThanOrEqual(3 * 3_600_000);
  });

  test('fail for good after an error that is final', async () => {
    charge = () => Promise.reject(ApplicationFailure.nonRetryable('no such card', 'NoCard'));
    const handle = await start('chargeCard', 'charge-2', [1]);
    await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
    const history = await world.history('storefront', 'charge-2');
    const failed = history.find(({ eventType }) => eventType === 'ACTIVITY_TASK_FAILED');
    expect(failed?.attributes).toMatchObject({
      retryState: 'NON_RETRYABLE_FAILURE',
      failure: { message: 'no such card', applicationFailureInfo: { type: 'NoCard', nonRetryable: true } },
    });
  });

  test('hear with a heartbeat that they are to be cancelled', async () => {
    const handle = await start('chargeUntilCancelled', 'charge-3', []);
    await world.until('storefront', 'charge-3', 'ACTIVITY_TASK_SCHEDULED');
    await handle.cancel();
    const failure: unknown = await handle.result().catch((problem: unknown) => problem);
    expect((failure as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    const types = typesIn(await world.history('storefront', 'charge-3'), 'ACTIVITY_');
    expect(types[1]).toBe('ACTIVITY_TASK_CANCEL_REQUESTED');
    expect(types.at(-1)).toBe('ACTIVITY_TASK_CANCELED');
  });
});

describe('a worker’s cache', () => {
  test('is used: only the first task comes through the normal queue', async () => {
    charge = () => Promise.resolve('charged');
    await (await start('chargeCard', 'cached', [1])).result();
    expect(queuesIn(await world.history('storefront', 'cached'))).toEqual(['NORMAL', 'STICKY', 'STICKY']);
  });

  test('lost with its worker, a run goes on with another', async () => {
    world.driver.setClock({ mode: 'paused' });
    const handle = await start('countSignals', 'moved', [2]);
    await world.until('storefront', 'moved', 'WORKFLOW_TASK_COMPLETED');
    await world.stopWork('storefront');
    await handle.signal('count');
    await world.work('storefront', code, [], { activities });
    await handle.signal('count');
    expect(await handle.result()).toBe(2);
  });

  test('too small for all runs, does not lose any', async () => {
    await world.stopWork('storefront');
    await world.work('storefront', code, [], { activities, maxCachedWorkflows: 1 });
    const handles: WorkflowHandle[] = [];
    for (const id of ['small-1', 'small-2', 'small-3']) handles.push(await start('countSignals', id, [3]));
    for (let round = 1; round <= 3; round++) {
      for (const handle of handles) await handle.signal('count');
    }
    expect(await Promise.all(handles.map((handle) => handle.result()))).toEqual([3, 3, 3]);
  });
});
