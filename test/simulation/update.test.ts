import { afterEach, describe, expect, test } from 'vitest';
import { seconds } from '../../simulator/base/time.ts';
import { commandHandlers } from '../../simulator/engine/execution/commands/all.ts';
import { protocolMessage } from '../../simulator/engine/execution/commands/protocol-message.ts';
import { aborts } from '../../simulator/engine/update.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import { eventOf, typesOf } from '../harness/world.ts';
import {
  accept,
  begun,
  complete,
  discards,
  execution,
  finish,
  history,
  leave,
  namespace,
  paid,
  poll,
  pollCache,
  refused,
  reject,
  resting,
  signal,
  stickyAttributes,
  taskAfterSignal,
  untilAccepted,
  update,
  world,
} from './update-stage.ts';

afterEach(leave);

describe('an update', () => {
  test('comes with a workflow task of its own, is accepted and completed, and history tells', async () => {
    await resting();
    const updated = update('u1');
    const task = await poll();
    expect(task.messages).toEqual([
      {
        id: 'u1/request',
        protocolInstanceId: 'u1',
        eventId: 5,
        body: {
          type: 'temporal.api.update.v1.Request',
          message: { meta: { updateId: 'u1' }, input: { name: 'pay' } },
        },
      },
    ]);
    expect(task.history?.events?.map(({ eventId }) => eventId)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await history()).toHaveLength(4);
    await complete(task, { messages: [accept('u1'), finish('u1')] });
    expect(await updated).toEqual({
      updateRef: { workflowExecution: expect.objectContaining(execution) as unknown, updateId: 'u1' },
      outcome: paid,
      stage: 'COMPLETED',
    });
    expect(typesOf(await history()).slice(4)).toEqual([
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
      'WORKFLOW_EXECUTION_UPDATE_COMPLETED',
    ]);
    expect(eventOf(await history(), 'WORKFLOW_EXECUTION_UPDATE_COMPLETED').attributes).toEqual({
      meta: { updateId: 'u1' },
      acceptedEventId: 8,
      outcome: paid,
    });
  });

  test('that is rejected leaves no trace, and the worker is told where history ends', async () => {
    await resting();
    const before = await history();
    const updated = update('u1');
    const answer = await complete(await poll(), { messages: [reject('u1')] });
    expect(answer).toEqual({ resetHistoryEventId: 3 });
    expect(await updated).toMatchObject({
      stage: 'COMPLETED',
      outcome: { failure: { message: 'no money' } },
    });
    expect(await history()).toEqual(before);
    // Its id is free again.
    const again = update('u1', untilAccepted);
    await complete(await poll(), { messages: [accept('u1')] });
    expect(await again).toMatchObject({ stage: 'ACCEPTED' });
  });

  test('that is rejected with events the worker would see again leaves its task behind, unless it says otherwise', async () => {
    const timer = { timerId: 't', startToFireTimeout: seconds(60) };
    await resting({}, { commands: [{ commandType: 'START_TIMER', attributes: timer }] });
    void update('u1');
    await complete(await poll(), { messages: [reject('u1')], capabilities: discards });
    expect(typesOf(await history()).at(-1)).toBe('TIMER_STARTED');
    void update('u2');
    await complete(await poll(), { messages: [reject('u2')] });
    expect(typesOf(await history()).at(-1)).toBe('WORKFLOW_TASK_COMPLETED');
  });

  test('that is rejected while something else happens leaves its task behind', async () => {
    await resting();
    void update('u1');
    const task = await poll();
    await signal();
    await complete(task, { messages: [reject('u1')], capabilities: discards });
    expect(typesOf(await history()).slice(4)).toEqual([
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
  });

  test.each([
    ['is in a worker’s hands', true],
    ['waits for a worker', false],
  ])(
    'whose task %s when an activity ends is in history with it, and survives a restart',
    async (_, early) => {
      const activity = {
        activityId: 'a',
        activityType: { name: 'Charge' },
        startToCloseTimeout: seconds(60),
      };
      await resting({}, { commands: [{ commandType: 'SCHEDULE_ACTIVITY_TASK', attributes: activity }] });
      const queue = { namespace, taskQueue: { name: 'orders' } };
      const { taskToken = '' } = await world.ask('pollActivityTaskQueue', queue);
      const updated = refused('u1');
      const taken = early ? await poll() : undefined;
      await world.ask('respondActivityTaskCompleted', { namespace, taskToken });
      world.driver.instruct({ kind: 'server-restarted', workers: 'stay' });
      expect(await updated).toEqual(aborts.restarted.error);
      await complete(taken ?? (await poll()));
      const task = ['WORKFLOW_TASK_SCHEDULED', 'WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_COMPLETED'];
      const ended = ['ACTIVITY_TASK_STARTED', 'ACTIVITY_TASK_COMPLETED'];
      expect(typesOf(await history()).slice(5)).toEqual(
        early ? [...task, ...ended, 'WORKFLOW_TASK_SCHEDULED'] : [...ended, ...task],
      );
    },
  );

  test('that the worker passes over is rejected by the server', async () => {
    await resting();
    const updated = update('u1');
    await complete(await poll(), { capabilities: discards });
    expect(await updated).toMatchObject({
      outcome: { failure: { applicationFailureInfo: { type: 'UnprocessedUpdate' } } },
    });
  });

  test('goes with the task that waits already, and several go together', async () => {
    await begun();
    const all = [update('u1'), update('u2', untilAccepted)];
    const task = await poll();
    expect(task.messages?.map(({ protocolInstanceId }) => protocolInstanceId)).toEqual(['u1', 'u2']);
    await complete(task, { messages: [accept('u1'), accept('u2'), finish('u1')] });
    expect((await Promise.all(all)).map(({ stage }) => stage)).toEqual(['COMPLETED', 'ACCEPTED']);
  });

  test('is read where its command stands among the others', async () => {
    await begun();
    const updated = update('u1', untilAccepted);
    const timer = { timerId: 't', startToFireTimeout: seconds(1) };
    await complete(await poll(), {
      commands: [
        { commandType: 'START_TIMER', attributes: timer },
        { commandType: 'PROTOCOL_MESSAGE', attributes: { messageId: 'u1/accept' } },
        { commandType: 'START_TIMER', attributes: { ...timer, timerId: 'u' } },
      ],
      messages: [accept('u1')],
    });
    await updated;
    expect(typesOf(await history()).slice(-3)).toEqual([
      'TIMER_STARTED',
      'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
      'TIMER_STARTED',
    ]);
  });

  test('that comes while a task is in a worker’s hands comes with the next one', async () => {
    await begun();
    const first = await poll();
    const updated = update('u1');
    const { workflowTask } = await complete(first, { returnNewWorkflowTask: true, stickyAttributes });
    expect(workflowTask?.messages).toHaveLength(1);
    expect(workflowTask?.history?.events?.map(({ eventId }) => eventId)).toEqual([4, 5, 6]);
    expect(await history()).toHaveLength(4);
    await complete(workflowTask ?? {}, { messages: [accept('u1'), finish('u1')] });
    expect(await updated).toMatchObject({ stage: 'COMPLETED' });
  });

  test('of the same id is the same update, before and after it is completed', async () => {
    await resting();
    const both = [update('u1'), update('u1')];
    await complete(await poll(), { messages: [accept('u1'), finish('u1')] });
    const [first, second] = await Promise.all(both);
    expect(second).toEqual(first);
    expect(await update('u1')).toEqual(first);
    expect(
      await world.ask('pollWorkflowExecutionUpdate', {
        namespace,
        updateRef: { workflowExecution: execution, updateId: 'u1' },
        waitPolicy: { lifecycleStage: 'COMPLETED' },
      }),
    ).toEqual(first);
  });

  test('without an id gets one', async () => {
    await begun();
    const updated = update('', { request: { meta: {}, input: { name: 'pay' } } });
    const [message] = (await poll()).messages ?? [];
    expect(message?.protocolInstanceId).toMatch(/^[0-9a-f-]{36}$/);
    await world.ask('terminateWorkflowExecution', { namespace, workflowExecution: execution });
    await expect(updated).rejects.toThrow('workflow update was aborted by closing workflow');
  });

  test('waits at the cache of its worker, and after 5 s for any', async () => {
    await resting({}, { stickyAttributes });
    const polled = pollCache();
    void update('u1', untilAccepted);
    const task = await polled;
    expect(task.history?.events?.map(({ eventId }) => eventId)).toEqual([4, 5, 6]);
    await complete(task, { messages: [accept('u1')], stickyAttributes });
    void update('u2', untilAccepted);
    world.driver.setClock({ mode: 'run' });
    await world.settled();
    expect(typesOf(await history()).slice(-3)).toEqual([
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_TIMED_OUT',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
    const next = await poll();
    expect(next.messages?.map(({ protocolInstanceId }) => protocolInstanceId)).toEqual(['u2']);
    await complete(next, { messages: [accept('u2')] });
  });

  test('whose task meets another event is in history with it', async () => {
    await complete(await taskAfterSignal(), { messages: [reject('u1')], capabilities: {} });
    expect(typesOf(await history()).slice(4)).toEqual([
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
    ]);
  });

  test('whose task fails comes again with the next attempt', async () => {
    await resting();
    const updated = update('u1', untilAccepted);
    const { taskToken = '' } = await poll();
    await world.ask('respondWorkflowTaskFailed', { taskToken, cause: 'UNSPECIFIED' });
    expect(typesOf(await history()).slice(4)).toEqual([
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_FAILED',
    ]);
    await complete(await poll(), { messages: [accept('u1')] });
    expect(await updated).toMatchObject({ stage: 'ACCEPTED' });
  });

  test('whose task times out comes again with the next attempt', async () => {
    await resting();
    void update('u1', untilAccepted);
    await poll();
    world.driver.setClock({ mode: 'run' });
    await world.settled();
    expect(typesOf(await history()).at(-1)).toBe('WORKFLOW_TASK_TIMED_OUT');
    const task = await poll();
    expect(task.messages).toHaveLength(1);
    await complete(task, { messages: [accept('u1')] });
  });

  test('that a bad answer was about is not repeated', async () => {
    await resting();
    const updated = refused('u1');
    const { taskToken = '' } = await poll();
    const answer = await world.refused('respondWorkflowTaskCompleted', {
      taskToken,
      messages: [finish('u1')],
    });
    expect(answer.message).toContain('BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE: invalid state transition');
    expect(await updated).toEqual(aborts.taskFailed.error);
  });

  test.each([
    ['an update that nobody sent', [accept('nobody')], "wasn't found on the server"],
    ['no known body', [{ id: 'x', protocolInstanceId: 'u1' }], 'not supported'],
    ['another update', [{ ...finish('u2'), protocolInstanceId: 'u1' }], 'meta.update_id != u1'],
  ])('is not answered by a message of %s', async (_what, messages, reason) => {
    await begun();
    const updated = refused('u1');
    const { taskToken = '' } = await poll();
    const answer = await world.refused('respondWorkflowTaskCompleted', { taskToken, messages });
    expect(answer.message).toContain(reason);
    await updated;
  });

  test('is not answered by a command that names no message', async () => {
    await begun();
    const { taskToken = '' } = await poll();
    const commands: Command[] = [{ commandType: 'PROTOCOL_MESSAGE', attributes: { messageId: 'x' } }];
    const answer = await world.refused('respondWorkflowTaskCompleted', { taskToken, commands });
    expect(answer.message).toContain('ProtocolMessageCommand referenced absent message ID x');
    expect(commandHandlers.PROTOCOL_MESSAGE).toBe(protocolMessage);
  });

  test('is not sent again to a worker that asks for more time', async () => {
    await begun();
    const updated = update('u1', untilAccepted);
    const { workflowTask = {} } = await complete(await poll(), {
      forceCreateNewWorkflowTask: true,
      returnNewWorkflowTask: true,
    });
    expect(workflowTask.messages).toBeUndefined();
    await complete(workflowTask, { messages: [accept('u1')] });
    expect(await updated).toMatchObject({ stage: 'ACCEPTED' });
  });
});
