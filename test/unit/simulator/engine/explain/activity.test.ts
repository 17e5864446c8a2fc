// Through the port: what keeps an activity, and with it its workflow, from going on.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ms, seconds } from '../../../../../simulator/base/time.ts';
import type { RunId } from '../../../../../simulator/protocol/ids.ts';
import { explainRun } from '../../../../../simulator/engine/explain/waiting.ts';
import { ActivityWorld, queue, schedule, startRequest } from '../../../../harness/activity-world.ts';

let world: ActivityWorld;
let run: string;
beforeEach(async () => {
  world = new ActivityWorld({ clock: { mode: 'paused' } });
  await world.namespaces('orders');
  run = await world.start(startRequest);
});
afterEach(() => world.dispose());

const explained = (): readonly string[] =>
  explainRun(world.driver.state, run as RunId, world.driver.now()).map(({ text }) => text);

test('nobody polls, then a worker has it and its heartbeat is due, then it backs off', async () => {
  await world.answerWorkflowTask([schedule({ heartbeatTimeout: seconds(5) })]);
  const [cause] = explainRun(world.driver.state, run as RunId, world.driver.now());
  expect(cause).toMatchObject({ run, activity: 5 });
  expect(explained()[0]).toMatch(
    /^activity \S+ \(\S+\), attempt 1, waits on task queue orders of orders: no worker polls there/,
  );
  const task = await world.take();
  await world.driver.advance(seconds(2));
  expect(explained()[0]).toMatch(
    /attempt 1, is in the hands of worker worker-1; its heartbeat is due in 3s$/,
  );
  await world.fail(task);
  expect(explained()[0]).toMatch(/backs off: attempt 1 failed \(.+\); the next one sets out in \d+(ms|s)$/);
});

test('the queue gives tasks out slowly', async () => {
  await world.answerWorkflowTask([schedule({ activityId: 'a' }), schedule({ activityId: 'b' })]);
  const slow = { ...queue, taskQueueMetadata: { maxTasksPerSecond: { value: 1 } } };
  const { taskToken = '' } = await world.ask('pollActivityTaskQueue', slow);
  void world.driver.call('pollActivityTaskQueue', slow);
  await world.driver.advance(ms(1));
  await world.ask('respondActivityTaskCompleted', { namespace: 'orders', taskToken });
  const { taskToken: woken = '' } = await world.ask('pollWorkflowTaskQueue', queue);
  await world.ask('respondWorkflowTaskCompleted', { namespace: 'orders', taskToken: woken });
  expect(explained()[0]).toMatch(
    /^activity b .* waits on task queue orders of orders: its rate is 1 a second; it gives the next task out in \d+ms$/,
  );
});
