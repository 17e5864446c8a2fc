import { afterEach, describe, expect, test } from 'vitest';
import { ms, seconds } from '../../simulator/base/time.ts';
import { World } from '../harness/world.ts';

const namespace = 'orders';
const taskQueue = { name: 'orders' };
const poll = { namespace, taskQueue };

let world: World;
afterEach(() => world.dispose());

async function setUp(): Promise<void> {
  world = new World({ clock: { mode: 'paused' } });
  await world.namespaces(namespace);
}

const start = (workflowId: string): Promise<string> =>
  world.start({ namespace, workflowId, workflowType: { name: 'Checkout' }, taskQueue });

/** A workflow that has scheduled this many activities. */
async function scheduleActivities(count: number): Promise<void> {
  await start('order-1');
  const { taskToken = '' } = await world.ask('pollWorkflowTaskQueue', poll);
  await world.ask('respondWorkflowTaskCompleted', {
    namespace,
    taskToken,
    commands: Array.from({ length: count }, (_, nth) => ({
      commandType: 'SCHEDULE_ACTIVITY_TASK',
      attributes: {
        activityId: String(nth),
        activityType: { name: 'Charge' },
        scheduleToCloseTimeout: seconds(1_000),
      },
    })),
  });
}

/** Polls for activities with a rate, and notes when each poll is answered and with what. */
function pollers(count: number, perSecond?: number): { readonly taken: (readonly [number, string])[] } {
  const taken: (readonly [number, string])[] = [];
  for (let nth = 0; nth < count; nth++) {
    const metadata = perSecond !== undefined && {
      taskQueueMetadata: { maxTasksPerSecond: { value: perSecond } },
    };
    // Polls that nobody answers are refused when the world ends.
    void world.driver.call('pollActivityTaskQueue', { ...poll, ...metadata }).then((reply) => {
      if (reply.ok) taken.push([world.driver.now(), reply.value.activityId ?? '']);
    });
  }
  return { taken };
}

describe('polls and tasks', () => {
  test('the poll that has waited longest takes the next task', async () => {
    await setUp();
    const polls = ['first', 'second'].map((identity) =>
      world.ask('pollWorkflowTaskQueue', { ...poll, identity }),
    );
    await start('order-1');
    await start('order-2');
    const tasks = await Promise.all(polls);
    expect(tasks.map(({ workflowExecution }) => workflowExecution?.workflowId)).toEqual([
      'order-1',
      'order-2',
    ]);
  });

  test('the task that has waited longest goes to the next poll', async () => {
    await setUp();
    await scheduleActivities(3);
    const { taken } = pollers(3);
    await world.driver.advance(ms(0));
    expect(taken.map(([, id]) => id)).toEqual(['0', '1', '2']);
  });

  test('queues of one name and different kinds have nothing to do with one another: 68', async () => {
    await setUp();
    const answered: string[] = [];
    for (const method of ['pollWorkflowTaskQueue', 'pollNexusTaskQueue'] as const) {
      void world.driver.call(method, poll).then(({ ok }) => ok && answered.push(method));
    }
    await start('order-1');
    await world.driver.advance(ms(0));
    expect(answered).toEqual(['pollWorkflowTaskQueue']);
    const { workflowExecutionInfo } = await world.ask('describeWorkflowExecution', {
      namespace,
      execution: { workflowId: 'order-1' },
    });
    expect(workflowExecutionInfo.historyLength).toBe(3);
  });

  test.each(['pollActivityTaskQueue', 'pollWorkflowTaskQueue', 'pollNexusTaskQueue'] as const)(
    '%s needs a namespace that exists and a queue',
    async (method) => {
      await setUp();
      expect((await world.refused(method, { ...poll, namespace: 'nowhere' })).code).toBe('NOT_FOUND');
      expect(await world.refused(method, { namespace })).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: 'taskQueue is not set',
      });
    },
  );
});

describe('the rate of an activity queue', () => {
  test('holds for all its workers; what a second gives may come at once', async () => {
    await setUp();
    await scheduleActivities(6);
    const { taken } = pollers(6, 2);
    await world.driver.advance(seconds(3));
    expect(taken.map(([, id]) => id)).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(
      world.driver
        .spans()
        .filter(({ kind }) => kind === 'attempt')
        .map(({ start: at }) => at),
    ).toEqual([0, 0, 500, 1_000, 1_500, 2_000]);
  });

  test('holds for tasks that come while polls wait, and keeps their order', async () => {
    await setUp();
    const { taken } = pollers(3, 1);
    await world.driver.advance(ms(0));
    await scheduleActivities(3);
    await world.driver.advance(seconds(2));
    expect(taken.map(([, id]) => id)).toEqual(['0', '1', '2']);
    expect(
      world.driver
        .spans()
        .filter(({ kind }) => kind === 'attempt')
        .map(({ start: at }) => at),
    ).toEqual([0, 1_000, 2_000]);
  });

  test('of 0 stops it until a worker says otherwise', async () => {
    await setUp();
    await scheduleActivities(1);
    const stopped = pollers(1, 0);
    await world.driver.advance(seconds(10));
    expect(stopped.taken).toEqual([]);
    const { taken } = pollers(1, 5);
    await world.driver.advance(seconds(1));
    // The poll that waited longer takes the task.
    expect(stopped.taken.map(([, id]) => id)).toEqual(['0']);
    expect(taken).toEqual([]);
  });
});
