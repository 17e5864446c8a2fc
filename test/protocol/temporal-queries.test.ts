// Real SDK workers and a real client: queries over gRPC.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { bundleTestWorkflows, quietRuntime, SdkWorld } from '../harness/sdk-world.ts';

let world: SdkWorld;

beforeAll(async () => {
  quietRuntime();
  const code = await bundleTestWorkflows();
  world = await SdkWorld.open();
  await world.work('storefront', code);
}, 60_000);

afterAll(() => world.close());

beforeEach(() => {
  world.driver.setClock({ mode: 'run' });
});

const start = (workflowId: string): Promise<WorkflowHandle> =>
  world.client('storefront').workflow.start('counter', { taskQueue: 'storefront', workflowId, args: [1] });

test('a running workflow is asked, sees the signals before, and history does not show it', async () => {
  const handle = await start('asked');
  expect(await handle.query('count')).toBe(1);
  await handle.signal('set', 5);
  expect(await handle.query('count')).toBe(5);
  const before = await world.history('storefront', 'asked');
  expect(await handle.query('count')).toBe(5);
  expect(await world.history('storefront', 'asked')).toEqual(before);
});

test('a closed workflow is asked', async () => {
  const handle = await start('asked-when-closed');
  await handle.signal('set', 7);
  await handle.signal('end');
  expect(await handle.result()).toBe(7);
  expect(await handle.query('count')).toBe(7);
});

test('a workflow is asked while the clock stands', async () => {
  const handle = await start('asked-while-paused');
  await handle.query('count');
  world.driver.setClock({ mode: 'paused' });
  const { now } = world.driver.clockState();
  expect(await handle.query('count')).toBe(1);
  expect(world.driver.clockState().now).toBe(now);
});

test('a query that fails, or that the workflow does not have, is refused with the reason', async () => {
  const handle = await start('asked-in-vain');
  await expect(handle.query('broken')).rejects.toThrow('cannot say');
  await expect(handle.query('unheard')).rejects.toThrow(/unheard/);
});
