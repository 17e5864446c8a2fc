// Through the port: what keeps a workflow run from going on, apart from what it has called over Nexus.
import { describe, expect, test } from 'vitest';
import { minutes, seconds } from '../../../../../simulator/base/time.ts';
import { explainRun } from '../../../../../simulator/engine/explain/waiting.ts';
import type { RunId } from '../../../../../simulator/protocol/ids.ts';
import { handlerError, type World } from '../../../../harness/world.ts';
import {
  answerNexusTask,
  answerTask,
  cancel,
  completeBacking,
  order,
  paused,
  running,
  schedule,
  stage,
  startBacking,
  takeNexusTask,
  takeTask,
} from '../../../../simulation/checklist/stage.ts';

const explained = (world: World, run: string): readonly string[] =>
  explainRun(world.driver.state, run as RunId, world.driver.now()).map(({ text }) => text);

describe('why is it waiting?', () => {
  test('it starts later', async () => {
    const world = await stage(paused);
    const run = await world.start({ ...order, workflowStartDelay: minutes(5) });
    expect(explained(world, run)).toEqual(['order-1 starts later: its first workflow task is due in 5m']);
  });

  test('its worker has it in its cache and does not come', async () => {
    const world = await stage(paused);
    const run = await world.start(order);
    const { taskToken = '' } = await takeTask(world);
    const sticky = { namespace: 'orders', taskQueue: { name: 'sticky-1' } };
    void world.driver.remote.call('pollWorkflowTaskQueue', { ...sticky, identity: 'w' });
    await world.ask('respondWorkflowTaskCompleted', {
      namespace: 'orders',
      taskToken,
      stickyAttributes: {
        workerTaskQueue: { name: 'sticky-1', kind: 'STICKY' },
        scheduleToStartTimeout: seconds(5),
      },
    });
    const workflowExecution = { workflowId: 'order-1' };
    const signal = { namespace: 'orders', workflowExecution, signalName: 's' };
    await world.ask('signalWorkflowExecution', signal);
    expect(explained(world, run)[0]).toMatch(
      /^worker w has its workflow task, attempt 1; it times out in 10s$/,
    );
    await world.ask('signalWorkflowExecution', signal);
    const held = [...world.driver.state.workflowTasks.keys()][0] ?? '';
    await world.ask('respondWorkflowTaskCompleted', {
      namespace: 'orders',
      taskToken: held,
      stickyAttributes: {
        workerTaskQueue: { name: 'sticky-1', kind: 'STICKY' },
        scheduleToStartTimeout: seconds(5),
      },
    });
    expect(explained(world, run)).toEqual([
      'its workflow task waits for the worker that has it in its cache, on sticky-1; any worker may take it in 5s',
    ]);
  });

  test('its child sleeps: the chain leads there', async () => {
    const world = await stage(paused);
    const run = await world.start(order);
    const child = { workflowId: 'child-1', workflowType: { name: 'Pack' }, taskQueue: { name: 'orders' } };
    await answerTask(world, await takeTask(world), [
      { commandType: 'START_CHILD_WORKFLOW_EXECUTION', attributes: { namespace: 'orders', ...child } },
    ]);
    for (let task = 0; task < 2; task++) {
      const next = await takeTask(world);
      const isChild = next.workflowExecution?.workflowId === 'child-1';
      const nap = { timerId: 'nap', startToFireTimeout: minutes(3) };
      await answerTask(world, next, isChild ? [{ commandType: 'START_TIMER', attributes: nap }] : []);
    }
    expect(explained(world, run)).toEqual([
      'order-1 waits for its child child-1 (Pack) to close',
      'timer nap of child-1 fires in 3m',
    ]);
  });

  test('its cancel request backs off', async () => {
    const world = await stage(paused);
    const run = await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    await answerNexusTask(world, await takeNexusTask(world), running('T'));
    await answerTask(world, await takeTask(world), [cancel(5)]);
    const task = await takeNexusTask(world);
    expect(explained(world, run)[0]).toMatch(/completion callback; its cancel request is on its way$/);
    await answerNexusTask(world, task, handlerError('UNAVAILABLE'));
    expect(explained(world, run)[0]).toMatch(
      /; its cancel request backs off: attempt 1 failed \(.+\), the next one sets out in \d+ms$/,
    );
  });

  test('the completion callback of its handler is late, then backs off', async () => {
    const world = await stage(paused);
    world.driver.injectFaults([
      {
        kind: 'callback',
        service: 'Service',
        operation: 'operation',
        lateBy: seconds(7),
        fail: { type: 'UNAVAILABLE' },
        attempts: { from: 1, to: 1 },
      },
    ]);
    const run = await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    const task = await takeNexusTask(world);
    await answerNexusTask(world, task, await startBacking(world, task.request ?? {}));
    await answerTask(world, await takeTask(world), []);
    await completeBacking(world, 'receipt');
    expect(explained(world, run)[1]).toBe(
      'the completion callback of charge-1 is late; it is delivered in 7s',
    );
    await world.driver.advance(seconds(7));
    expect(explained(world, run)[1]).toMatch(
      /^the completion callback of charge-1 backs off: attempt 1 failed \(UNAVAILABLE.*\); it is delivered in \d+ms$/,
    );
  });
});
