import { afterEach, describe, expect, test } from 'vitest';
import { hours, minutes, ms, seconds } from '../../simulator/base/time.ts';
import {
  applicationFailure,
  namespace,
  queue,
  scheduled,
  type ActivityWorld,
} from '../harness/activity-world.ts';
import { eventOf, json, typesOf } from '../harness/world.ts';

let world: ActivityWorld;
afterEach(() => world.dispose());

describe('an activity', () => {
  test('is done by a worker of its queue; STARTED is written when it ends', async () => {
    world = await scheduled({ input: { payloads: [json('card')] } });
    await world.driver.advance(seconds(2));
    const task = await world.take();
    expect(task).toMatchObject({
      activityId: '1',
      activityType: { name: 'Charge' },
      workflowNamespace: namespace,
      workflowType: { name: 'Checkout' },
      workflowExecution: { workflowId: 'order-1' },
      input: { payloads: [json('card')] },
      attempt: 1,
      scheduledTime: 0,
      currentAttemptScheduledTime: 0,
      startedTime: 2_000,
      startToCloseTimeout: 10_000,
    });
    expect(typesOf(await world.events()).at(-1)).toBe('ACTIVITY_TASK_SCHEDULED');
    await world.driver.advance(seconds(3));
    const result = { payloads: [json('paid')] };
    await world.ask('respondActivityTaskCompleted', { namespace, taskToken: task.taskToken ?? '', result });
    const events = await world.events();
    expect(typesOf(events).slice(4)).toEqual([
      'ACTIVITY_TASK_SCHEDULED',
      'ACTIVITY_TASK_STARTED',
      'ACTIVITY_TASK_COMPLETED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
    const started = eventOf(events, 'ACTIVITY_TASK_STARTED');
    expect(started).toMatchObject({ eventTime: 2_000, attributes: { scheduledEventId: 5, attempt: 1 } });
    expect(eventOf(events, 'ACTIVITY_TASK_COMPLETED')).toMatchObject({
      eventTime: 5_000,
      attributes: { scheduledEventId: 5, startedEventId: started.eventId, result },
    });
    expect(await world.pending()).toEqual([]);
  });

  test('gets what the server adds: the workflow’s queue and the default retry policy', async () => {
    world = await scheduled();
    expect(eventOf(await world.events(), 'ACTIVITY_TASK_SCHEDULED').attributes).toEqual({
      activityId: '1',
      activityType: { name: 'Charge' },
      taskQueue: { name: 'orders', kind: 'NORMAL' },
      scheduleToCloseTimeout: 0,
      scheduleToStartTimeout: 0,
      startToCloseTimeout: 10_000,
      heartbeatTimeout: 0,
      workflowTaskCompletedEventId: 4,
      retryPolicy: { initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 100_000 },
    });
  });

  test('that ends while a workflow task is under way is written behind that task’s events', async () => {
    world = await scheduled();
    const task = await world.take();
    await world.signal();
    const { taskToken = '' } = await world.ask('pollWorkflowTaskQueue', queue);
    await world.ask('respondActivityTaskCompleted', { namespace, taskToken: task.taskToken ?? '' });
    await world.signal();
    expect(typesOf(await world.events()).at(-1)).toBe('WORKFLOW_TASK_STARTED');
    await world.ask('respondWorkflowTaskCompleted', { namespace, taskToken });
    const events = await world.events();
    expect(typesOf(events).slice(-5)).toEqual([
      'WORKFLOW_TASK_COMPLETED',
      'ACTIVITY_TASK_STARTED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'ACTIVITY_TASK_COMPLETED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
    expect(eventOf(events, 'ACTIVITY_TASK_COMPLETED').attributes.startedEventId).toBe(
      eventOf(events, 'ACTIVITY_TASK_STARTED').eventId,
    );
  });

  test('is forgotten when its workflow closes: nobody takes it, and answers find nothing', async () => {
    world = await scheduled();
    const task = await world.take();
    await world.ask('terminateWorkflowExecution', {
      namespace,
      workflowExecution: { workflowId: 'order-1' },
    });
    const late = { namespace, taskToken: task.taskToken ?? '' };
    expect((await world.refused('respondActivityTaskCompleted', late)).code).toBe('NOT_FOUND');
    expect(await world.pending()).toEqual([]);
    const activity = world.driver.spans().find(({ kind }) => kind === 'activity');
    expect(activity?.outcome).toBe('canceled');
  });

  test('does not answer to a token of another namespace', async () => {
    world = await scheduled();
    const task = await world.take();
    const stolen = { namespace: 'other', taskToken: task.taskToken ?? '' };
    expect(await world.refused('respondActivityTaskCompleted', stolen)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'Operation requested with a token from a different namespace.',
    });
  });
});

describe('retries', () => {
  test('come after 1, 2, 4 … seconds, at most 100 times the first; history sees the last attempt only', async () => {
    world = await scheduled();
    const gaps: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt++) {
      const task = await world.take();
      expect(task.attempt).toBe(attempt);
      await world.fail(task);
      const [activity] = await world.pending();
      const gap = activity?.currentRetryInterval ?? ms(0);
      gaps.push(gap);
      await world.driver.advance(gap);
      expect(await world.pending()).toMatchObject([
        { state: 'SCHEDULED', scheduledTime: world.driver.now() },
      ]);
    }
    expect(gaps).toEqual([1, 2, 4, 8, 16, 32, 64, 100, 100].map((gap) => gap * 1_000));
    const { taskToken = '' } = await world.take();
    await world.ask('respondActivityTaskCompleted', { namespace, taskToken });
    const events = await world.events();
    expect(typesOf(events).filter((type) => type.startsWith('ACTIVITY_'))).toEqual([
      'ACTIVITY_TASK_SCHEDULED',
      'ACTIVITY_TASK_STARTED',
      'ACTIVITY_TASK_COMPLETED',
    ]);
    expect(eventOf(events, 'ACTIVITY_TASK_STARTED').attributes).toMatchObject({
      attempt: 10,
      lastFailure: applicationFailure(),
    });
  });

  test('the worker may ask for a delay of its own, up to the longest interval', async () => {
    world = await scheduled();
    await world.fail(await world.take(), applicationFailure({ nextRetryDelay: seconds(30) }));
    expect(await world.pending()).toMatchObject([
      { state: 'SCHEDULED', attempt: 2, nextAttemptScheduleTime: 30_000, currentRetryInterval: 30_000 },
    ]);
    const polled = world.take();
    await world.driver.advance(seconds(30));
    await world.fail(await polled, applicationFailure({ nextRetryDelay: hours(1) }));
    expect(await world.pending()).toMatchObject([{ currentRetryInterval: 100_000 }]);
  });

  test.each([
    ['its failure is final', applicationFailure({ nonRetryable: true }), {}, 'NON_RETRYABLE_FAILURE'],
    [
      'its type is excluded',
      applicationFailure({ type: 'Declined' }),
      { retryPolicy: { nonRetryableErrorTypes: ['Declined'] } },
      'NON_RETRYABLE_FAILURE',
    ],
    [
      'it was the last attempt',
      undefined,
      { retryPolicy: { maximumAttempts: 1 } },
      'MAXIMUM_ATTEMPTS_REACHED',
    ],
    ['no time is left', undefined, { scheduleToCloseTimeout: ms(999) }, 'TIMEOUT'],
  ] as const)('there is none when %s', async (_name, failure, attributes, retryState) => {
    world = await scheduled(attributes);
    await world.fail(await world.take(), failure);
    const events = await world.events();
    expect(eventOf(events, 'ACTIVITY_TASK_FAILED').attributes).toMatchObject({
      scheduledEventId: 5,
      startedEventId: eventOf(events, 'ACTIVITY_TASK_STARTED').eventId,
      retryState,
      identity: 'w',
    });
  });

  test('an answer with the token of an earlier attempt finds nothing', async () => {
    world = await scheduled();
    const first = await world.take();
    await world.fail(first);
    const again = { namespace, taskToken: first.taskToken ?? '' };
    expect((await world.refused('respondActivityTaskCompleted', again)).code).toBe('NOT_FOUND');
  });
});

describe('timeouts', () => {
  test('schedule-to-start is final', async () => {
    world = await scheduled({ scheduleToStartTimeout: seconds(5) });
    await world.driver.advance(ms(4_999));
    expect(typesOf(await world.events())).not.toContain('ACTIVITY_TASK_TIMED_OUT');
    await world.driver.advance(ms(1));
    expect(eventOf(await world.events(), 'ACTIVITY_TASK_TIMED_OUT').attributes).toEqual({
      scheduledEventId: 5,
      startedEventId: 0,
      retryState: 'NON_RETRYABLE_FAILURE',
      failure: {
        message: 'activity ScheduleToStart timeout',
        source: 'Server',
        timeoutFailureInfo: { timeoutType: 'SCHEDULE_TO_START' },
      },
    });
    expect(typesOf(await world.events())).not.toContain('ACTIVITY_TASK_STARTED');
  });

  test('start-to-close is tried again', async () => {
    world = await scheduled({ retryPolicy: { maximumAttempts: 2 } });
    await world.take();
    await world.driver.advance(seconds(10));
    expect(await world.pending()).toMatchObject([
      { attempt: 2, lastFailure: { timeoutFailureInfo: { timeoutType: 'START_TO_CLOSE' } } },
    ]);
    const second = world.take();
    await world.driver.advance(seconds(1));
    await second;
    await world.driver.advance(seconds(10));
    expect(eventOf(await world.events(), 'ACTIVITY_TASK_TIMED_OUT')).toMatchObject({
      eventTime: 21_000,
      attributes: {
        retryState: 'MAXIMUM_ATTEMPTS_REACHED',
        failure: { timeoutFailureInfo: { timeoutType: 'START_TO_CLOSE' } },
      },
    });
  });

  test('an attempt that timed out with no time for another makes it schedule-to-close', async () => {
    world = await scheduled({ scheduleToCloseTimeout: seconds(10) });
    await world.take();
    await world.driver.advance(seconds(10));
    expect(eventOf(await world.events(), 'ACTIVITY_TASK_TIMED_OUT').attributes).toMatchObject({
      retryState: 'TIMEOUT',
      failure: {
        message: 'activity ScheduleToClose timeout',
        timeoutFailureInfo: { timeoutType: 'SCHEDULE_TO_CLOSE' },
      },
    });
  });

  test('schedule-to-close ends an activity that waits for its next attempt', async () => {
    world = await scheduled({
      scheduleToCloseTimeout: seconds(3),
      retryPolicy: { initialInterval: seconds(2) },
    });
    await world.fail(await world.take());
    // The second attempt is offered after 2 s; nobody takes it.
    await world.driver.advance(seconds(3));
    const timedOut = eventOf(await world.events(), 'ACTIVITY_TASK_TIMED_OUT');
    expect(timedOut).toMatchObject({ eventTime: 3_000, attributes: { startedEventId: 0 } });
    expect(timedOut.attributes.failure.timeoutFailureInfo?.timeoutType).toBe('SCHEDULE_TO_CLOSE');
  });

  test('heartbeats hold their timeout off, and their details outlive the attempt', async () => {
    world = await scheduled({ heartbeatTimeout: seconds(2) });
    const { taskToken = '' } = await world.take();
    const details = { payloads: [json('half')] };
    for (let beat = 1; beat <= 3; beat++) {
      await world.driver.advance(ms(1_999));
      expect(await world.ask('recordActivityTaskHeartbeat', { namespace, taskToken, details })).toEqual({});
    }
    expect(await world.pending()).toMatchObject([
      {
        state: 'STARTED',
        heartbeatDetails: details,
        lastHeartbeatTime: 5_997,
        lastWorkerIdentity: 'worker-1',
      },
    ]);
    await world.driver.advance(seconds(2));
    expect(await world.pending()).toMatchObject([
      {
        attempt: 2,
        lastFailure: {
          message: 'activity Heartbeat timeout',
          timeoutFailureInfo: { timeoutType: 'HEARTBEAT', lastHeartbeatDetails: details },
        },
      },
    ]);
    const second = world.take();
    await world.driver.advance(seconds(1));
    expect(await second).toMatchObject({ attempt: 2, heartbeatDetails: details });
  });

  test.each([
    ['within schedule-to-close', { scheduleToCloseTimeout: seconds(5) }, {}, [5, 5, 5, 0]],
    [
      'within the run timeout',
      { scheduleToCloseTimeout: minutes(5) },
      { workflowRunTimeout: seconds(8) },
      [8, 8, 8, 0],
    ],
    ['filled from the run timeout', {}, { workflowRunTimeout: seconds(60) }, [60, 60, 10, 0]],
    ['heartbeat within start-to-close', { heartbeatTimeout: minutes(1) }, {}, [0, 0, 10, 10]],
  ] as const)('are completed by the server: %s', async (_name, attributes, run, expected) => {
    world = await scheduled(attributes, run);
    const event = eventOf(await world.events(), 'ACTIVITY_TASK_SCHEDULED').attributes;
    expect([
      event.scheduleToCloseTimeout,
      event.scheduleToStartTimeout,
      event.startToCloseTimeout,
      event.heartbeatTimeout,
    ]).toEqual(expected.map((timeout) => timeout * 1_000));
  });
});

test('the timeline shows waits, attempts and pauses under the activity', async () => {
  world = await scheduled();
  await world.driver.advance(seconds(1));
  await world.fail(await world.take());
  const second = world.take();
  await world.driver.advance(seconds(1));
  const { taskToken = '' } = await second;
  await world.driver.advance(seconds(4));
  await world.ask('respondActivityTaskCompleted', { namespace, taskToken });
  const spans = world.driver.spans();
  const activity = spans.find(({ kind }) => kind === 'activity');
  expect(activity).toMatchObject({ name: 'Charge', start: 0, end: 6_000, outcome: 'succeeded' });
  const parts = spans.filter(({ parent }) => parent === activity?.id);
  expect(parts.map(({ kind, start, end, outcome }) => [kind, start, end, outcome])).toEqual([
    ['queue-wait', 0, 1_000, 'succeeded'],
    ['attempt', 1_000, 1_000, 'failed'],
    ['backoff', 1_000, 2_000, 'succeeded'],
    ['attempt', 2_000, 6_000, 'succeeded'],
  ]);
});

test('one that had started when its history was cut by a reset fails: no worker has it', async () => {
  world = await scheduled();
  // Nobody takes the task that this calls for, so that it is a point to reset to.
  await world.signal();
  const { taskToken = '' } = await world.take();
  await world.ask('respondActivityTaskCompleted', { namespace, taskToken });
  expect(typesOf(await world.events()).slice(-3)).toEqual([
    'WORKFLOW_TASK_SCHEDULED',
    'ACTIVITY_TASK_STARTED',
    'ACTIVITY_TASK_COMPLETED',
  ]);
  const started = eventOf(await world.events(), 'ACTIVITY_TASK_STARTED').eventId;
  await world.ask('resetWorkflowExecution', {
    namespace,
    workflowExecution: { workflowId: 'order-1' },
    workflowTaskFinishEventId: started + 1,
    reason: 'again',
  });
  expect(eventOf(await world.events(), 'ACTIVITY_TASK_FAILED').attributes).toMatchObject({
    startedEventId: started,
    retryState: 'NON_RETRYABLE_FAILURE',
    failure: { message: 'again', resetWorkflowFailureInfo: {} },
  });
  expect(await world.pending()).toEqual([]);
});
