import { afterEach, beforeEach, expect, test } from 'vitest';
import { CancellationSource } from '../../../../simulator/base/cancellation.ts';
import { hours } from '../../../../simulator/base/time.ts';
import { World } from '../../../harness/world.ts';

let world: World;
beforeEach(async () => {
  world = await new World({ clock: { mode: 'paused' } }).namespaces('orders');
});
afterEach(() => world.dispose());

test('polls, looks at history and sleeps are answered, and nothing of them stays', async () => {
  const queue = { namespace: 'orders', taskQueue: { name: 'orders' } };
  await world.start({ ...queue, workflowId: 'order-1', workflowType: { name: 'Checkout' } });
  const { driver } = world;
  const page = { namespace: 'orders', execution: { workflowId: 'order-1' } };
  const { nextPageToken } = await world.ask('getWorkflowExecutionHistory', { ...page, waitNewEvent: true });
  const source = new CancellationSource();
  const options = { signal: source.signal };
  const waiting = [
    driver.call('pollNexusTaskQueue', queue, options),
    driver.call(
      'getWorkflowExecutionHistory',
      { ...page, waitNewEvent: true, ...(nextPageToken !== undefined && { nextPageToken }) },
      options,
    ),
    driver.sleep(hours(1), options),
  ];
  expect(driver.state.waitingCalls.size).toBe(3);
  source.cancel();
  expect(await Promise.all(waiting)).toMatchObject([
    { ok: true, value: {} },
    { ok: true, value: { history: {}, nextPageToken } },
    undefined,
  ]);
  expect(driver.state.waitingCalls.size).toBe(0);
  expect(driver.state.timers.size).toBe(0);
});
