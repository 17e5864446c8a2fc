import { afterEach, describe, expect, test } from 'vitest';
import { ms } from '../../simulator/base/time.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import {
  ActivityWorld,
  applicationFailure,
  namespace,
  queue,
  schedule,
  scheduled,
  startRequest,
} from '../harness/activity-world.ts';
import { eventOf, json, typesOf } from '../harness/world.ts';

let world: ActivityWorld;
afterEach(() => world.dispose());

const cancel = (scheduledEventId: number): Command => ({
  commandType: 'REQUEST_CANCEL_ACTIVITY_TASK',
  attributes: { scheduledEventId },
});

describe('cancellation', () => {
  test('before a worker has it: it is cancelled at once', async () => {
    world = await scheduled();
    await world.signal();
    await world.answerWorkflowTask([cancel(5)]);
    const events = await world.events();
    expect(typesOf(events).slice(-3)).toEqual([
      'ACTIVITY_TASK_CANCEL_REQUESTED',
      'ACTIVITY_TASK_CANCELED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
    expect(eventOf(events, 'ACTIVITY_TASK_CANCELED').attributes).toMatchObject({
      scheduledEventId: 5,
      startedEventId: 0,
      latestCancelRequestedEventId: eventOf(events, 'ACTIVITY_TASK_CANCEL_REQUESTED').eventId,
      details: { payloads: [json('ACTIVITY_ID_NOT_STARTED')] },
    });
  });

  test('in the very task that schedules it: no worker ever hears of it', async () => {
    world = new ActivityWorld({ clock: { mode: 'paused' } });
    await world.namespaces(namespace);
    await world.start(startRequest);
    const polled = world.driver.call('pollActivityTaskQueue', queue);
    await world.answerWorkflowTask([schedule(), cancel(5), schedule({ activityId: '2' })]);
    const reply = await polled;
    expect(reply.ok && reply.value.activityId).toBe('2');
    expect(typesOf(await world.events()).slice(4)).toEqual([
      'ACTIVITY_TASK_SCHEDULED',
      'ACTIVITY_TASK_CANCEL_REQUESTED',
      'ACTIVITY_TASK_SCHEDULED',
      'ACTIVITY_TASK_CANCELED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
  });

  test('afterwards the worker hears of it with its next heartbeat', async () => {
    world = await scheduled();
    const { taskToken = '' } = await world.take();
    const early = await world.refused('respondActivityTaskCanceled', { namespace, taskToken });
    expect(early.message).toContain('Nobody asked to cancel the activity 1');
    await world.signal();
    await world.answerWorkflowTask([cancel(5)]);
    expect(await world.pending()).toMatchObject([{ state: 'CANCEL_REQUESTED' }]);
    expect(await world.ask('recordActivityTaskHeartbeat', { namespace, taskToken })).toEqual({
      cancelRequested: true,
    });
    const details = { payloads: [json('stopped')] };
    await world.ask('respondActivityTaskCanceled', { namespace, taskToken, details });
    expect(eventOf(await world.events(), 'ACTIVITY_TASK_CANCELED').attributes).toMatchObject({ details });
  });

  test('what fails after it is not tried again', async () => {
    world = await scheduled();
    const task = await world.take();
    await world.signal();
    await world.answerWorkflowTask([cancel(5)]);
    await world.fail(task);
    expect(eventOf(await world.events(), 'ACTIVITY_TASK_FAILED').attributes.retryState).toBe(
      'CANCEL_REQUESTED',
    );
  });
});

describe('by its id an activity', () => {
  const id = { namespace, workflowId: 'order-1', activityId: '1' };

  test('is completed from elsewhere, even before a worker has it', async () => {
    world = await scheduled();
    await world.ask('respondActivityTaskCompletedById', { ...id, identity: 'operator' });
    const events = await world.events();
    expect(eventOf(events, 'ACTIVITY_TASK_STARTED').attributes.identity).toBe('operator');
    expect(typesOf(events)).toContain('ACTIVITY_TASK_COMPLETED');
  });

  test('sends heartbeats and fails once it has started', async () => {
    world = await scheduled();
    expect((await world.refused('recordActivityTaskHeartbeatById', id)).code).toBe('NOT_FOUND');
    await world.take();
    await world.ask('recordActivityTaskHeartbeatById', id);
    const failure = applicationFailure({ nonRetryable: true });
    await world.ask('respondActivityTaskFailedById', { ...id, failure });
    expect(eventOf(await world.events(), 'ACTIVITY_TASK_FAILED').attributes.failure).toEqual(failure);
    expect((await world.refused('respondActivityTaskCanceledById', id)).code).toBe('NOT_FOUND');
  });
});

describe('a bad command fails the workflow task', () => {
  const bad = 'BAD_SCHEDULE_ACTIVITY_ATTRIBUTES';
  test.each([
    ['no id', [schedule({ activityId: '' })], bad, 'ActivityId is not set'],
    ['no type', [schedule({ activityType: {} })], bad, 'ActivityType is not set'],
    [
      'no timeout',
      [schedule({ startToCloseTimeout: ms(0) })],
      bad,
      'A valid StartToClose or ScheduleToClose',
    ],
    ['a negative timeout', [schedule({ heartbeatTimeout: ms(-1) })], bad, 'Invalid HeartbeatTimeout'],
    [
      'a shrinking backoff',
      [schedule({ retryPolicy: { backoffCoefficient: 0.5 } })],
      bad,
      'BackoffCoefficient cannot be less than 1',
    ],
    ['an id that is taken', [schedule(), schedule()], 'SCHEDULE_ACTIVITY_DUPLICATE_ID', 'already pending'],
    [
      'too many',
      Array.from({ length: 2_001 }, (_, nth) => schedule({ activityId: String(nth) })),
      'PENDING_ACTIVITIES_LIMIT_EXCEEDED',
      'per-workflow limit of 2000',
    ],
    ['cancelling the unknown', [cancel(99)], 'BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES', 'event id 99'],
    [
      'cancelling twice',
      [schedule(), cancel(5), cancel(5)],
      'BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES',
      'already requested',
    ],
  ])('%s', async (_name, commands, cause, message) => {
    world = new ActivityWorld({ clock: { mode: 'paused' } });
    await world.namespaces(namespace);
    await world.start(startRequest);
    const { taskToken = '' } = await world.ask('pollWorkflowTaskQueue', queue);
    const refusal = await world.refused('respondWorkflowTaskCompleted', { namespace, taskToken, commands });
    expect(refusal.message).toContain(message);
    const events = await world.events();
    expect(eventOf(events, 'WORKFLOW_TASK_FAILED').attributes.cause).toBe(cause);
    expect(typesOf(events)).not.toContain('ACTIVITY_TASK_SCHEDULED');
  });
});
