import { afterEach, beforeEach, expect, test } from 'vitest';
import { minutes, seconds } from '../../../../../simulator/base/time.ts';
import { describeTaskQueue } from '../../../../../simulator/engine/matching/describe.ts';
import { DEFAULT_RATE_PER_SECOND } from '../../../../../simulator/engine/matching/pollers.ts';
import { methodHandlers } from '../../../../../simulator/engine/methods.ts';
import { CancellationSource } from '../../../../../simulator/base/cancellation.ts';
import { World } from '../../../../harness/world.ts';

const namespace = 'orders';
const taskQueue = { name: 'orders' };

let world: World;
beforeEach(async () => {
  world = await new World({ clock: { mode: 'run' } }).namespaces(namespace);
});
afterEach(() => world.dispose());

const enhanced = {
  namespace,
  taskQueue,
  apiMode: 'ENHANCED',
  reportPollers: true,
  reportStats: true,
} as const;

test('pollers are told with the time of their last poll, and forgotten after five minutes', async () => {
  expect(methodHandlers.describeTaskQueue).toBe(describeTaskQueue);
  const source = new CancellationSource();
  const options = { signal: source.signal };
  void world.driver.call('pollWorkflowTaskQueue', { namespace, taskQueue, identity: 'w-1' }, options);
  await world.driver.sleep(minutes(2));
  const pollers = async (): Promise<unknown> =>
    (await world.ask('describeTaskQueue', { namespace, taskQueue })).pollers;
  // It waits, so it polls.
  const ratePerSecond = DEFAULT_RATE_PER_SECOND;
  expect(await pollers()).toEqual([{ identity: 'w-1', lastAccessTime: minutes(2), ratePerSecond }]);
  source.cancel();
  expect(await pollers()).toEqual([{ identity: 'w-1', lastAccessTime: 0, ratePerSecond }]);
  void world.driver.call('pollWorkflowTaskQueue', { namespace, taskQueue, identity: 'w-2' });
  expect(await pollers()).toMatchObject([{ identity: 'w-2' }, { identity: 'w-1' }]);
  await world.driver.sleep(minutes(3));
  expect(await pollers()).toMatchObject([{ identity: 'w-2' }]);
});

test('what waits is counted, and how long the eldest has waited', async () => {
  for (const workflowId of ['a', 'b']) {
    await world.start({ namespace, workflowId, workflowType: { name: 'Order' }, taskQueue });
    await world.driver.sleep(seconds(5));
  }
  const stats = { approximateBacklogCount: 2, approximateBacklogAge: seconds(10) };
  const none = { approximateBacklogCount: 0, approximateBacklogAge: 0 };
  const asked = { namespace, taskQueue, reportStats: true, includeTaskQueueStatus: true } as const;
  expect(await world.ask('describeTaskQueue', asked)).toEqual({
    pollers: [],
    stats,
    taskQueueStatus: { backlogCountHint: 2, ratePerSecond: DEFAULT_RATE_PER_SECOND },
  });
  expect(await world.ask('describeTaskQueue', { ...asked, taskQueueType: 'ACTIVITY' })).toMatchObject({
    stats: none,
  });
  expect(await world.ask('describeTaskQueue', enhanced)).toEqual({
    versionsInfo: { '': { typesInfo: { 1: { pollers: [], stats }, 2: { pollers: [], stats: none } } } },
  });
});

test('workers have no build ids', async () => {
  const { versionsInfo } = await world.ask('describeTaskQueue', {
    ...enhanced,
    versions: { buildIds: ['1.0'], unversioned: true },
    taskQueueTypes: ['NEXUS', '7' as never],
    reportTaskReachability: true,
  });
  expect(versionsInfo).toMatchObject({
    '': { typesInfo: { 3: { pollers: [] } }, taskReachability: 'REACHABLE' },
    '1.0': { typesInfo: {}, taskReachability: 'UNREACHABLE' },
  });
});

test.each([
  [{ namespace: 'nowhere', taskQueue }, 'NOT_FOUND', 'Namespace nowhere is not found.'],
  [{ namespace }, 'INVALID_ARGUMENT', 'TaskQueue is not set on request.'],
  [
    { namespace, taskQueue: { name: 'x'.repeat(1_001) } },
    'INVALID_ARGUMENT',
    'taskQueue length exceeds limit of 1000.',
  ],
  [
    { ...enhanced, taskQueue: { name: 's', kind: 'STICKY' } },
    'INVALID_ARGUMENT',
    'Enhanced DescribeTaskQueue is not valid for a sticky queue, use api_mode=UNSPECIFIED or a normal queue.',
  ],
] as const)('%j is refused', async (request, code, message) => {
  expect(await world.refused('describeTaskQueue', request)).toMatchObject({ code, message });
});
