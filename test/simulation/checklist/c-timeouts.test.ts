import { describe, expect, test } from 'vitest';
import { days, minutes, ms, parseDuration, seconds } from '../../../simulator/base/time.ts';
import { eventOf, type typesOf } from '../../harness/world.ts';
import {
  answerNexusTask,
  answerTask,
  call,
  caller,
  nexusTypes,
  order,
  paused,
  pending,
  play,
  refusedTask,
  running,
  schedule,
  stage,
  sync,
  takeNexusTask,
  takeTask,
  target,
} from './stage.ts';

const timedOut = (history: Parameters<typeof typesOf>[0]) => eventOf(history, 'NEXUS_OPERATION_TIMED_OUT');
const timeoutOf = (history: Parameters<typeof typesOf>[0]) =>
  timedOut(history).attributes.failure.cause?.timeoutFailureInfo?.timeoutType;

describe('timeouts', () => {
  test('[31] no worker and schedule-to-close 30 s: 53 between 28.5 and 30 s', async () => {
    const history = await play(await stage(), call({ scheduleToCloseTimeout: seconds(30) }));
    expect(timeoutOf(history)).toBe('SCHEDULE_TO_CLOSE');
    expect(timedOut(history).attributes.failure.cause?.message).toBe('operation timed out');
    expect(timedOut(history).eventTime).toBeGreaterThanOrEqual(28_500);
    expect(timedOut(history).eventTime).toBeLessThanOrEqual(30_000);
  });

  test('[32] schedule-to-start ends an operation that has not started, and no other', async () => {
    const scheduleToStartTimeout = seconds(5);
    const waiting = await play(await stage(), call({ scheduleToStartTimeout }));
    expect(timeoutOf(waiting)).toBe('SCHEDULE_TO_START');
    expect(timedOut(waiting).eventTime).toBeLessThanOrEqual(5_000);
    const started = await play(await stage(), call({ scheduleToStartTimeout }), () => running('T'));
    expect(nexusTypes(started)).toEqual(['SCHEDULED', 'STARTED']);
  });

  test('[33] start-to-close counts from the start, and never for a synchronous operation', async () => {
    const startToCloseTimeout = seconds(3);
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule({ startToCloseTimeout })]);
    await world.driver.advance(seconds(2));
    await answerNexusTask(world, await takeNexusTask(world), running('T'));
    await world.driver.advance(seconds(10));
    const history = await world.history('orders', 'order-1');
    expect(timeoutOf(history)).toBe('START_TO_CLOSE');
    expect(timedOut(history).eventTime).toBe(5_000);
    const slow = await stage();
    const ended = await play(slow, call({ startToCloseTimeout }), async () => {
      await slow.driver.sleep(seconds(5));
      return sync('ok');
    });
    expect(nexusTypes(ended)).toEqual(['SCHEDULED', 'COMPLETED']);
  });

  test('[34] schedule-to-close 1 s: no call is made, 53 at once', async () => {
    const world = await stage();
    const history = await play(world, call({ scheduleToCloseTimeout: seconds(1) }), () => sync('never'));
    expect(timedOut(history).eventTime).toBe(0);
    expect(world.handled).toEqual([]);
  });

  test('[35] without schedule-to-close event 48 shows the run timeout', async () => {
    const world = await stage();
    world.workflow(caller, call()).handler(target, () => sync('ok'));
    await world.start({ ...order, workflowRunTimeout: seconds(60) });
    await world.settled();
    const { attributes } = eventOf(await world.history('orders', 'order-1'), 'NEXUS_OPERATION_SCHEDULED');
    expect(attributes.scheduleToCloseTimeout).toBe(60_000);
  });

  test('[36] schedule-to-start is cut to schedule-to-close', async () => {
    const timeouts = { scheduleToStartTimeout: minutes(10), scheduleToCloseTimeout: minutes(1) };
    const history = await play(await stage(), call(timeouts), () => sync('ok'));
    expect(eventOf(history, 'NEXUS_OPERATION_SCHEDULED').attributes).toMatchObject({
      scheduleToStartTimeout: 60_000,
      scheduleToCloseTimeout: 60_000,
    });
  });

  test('[37] with a limit of 60 days a request for 90 shows 60 in event 48', async () => {
    const world = await stage({ limits: { scheduleToCloseMax: days(60) } });
    const history = await play(world, call({ scheduleToCloseTimeout: days(90) }), () => sync('ok'));
    const { attributes } = eventOf(history, 'NEXUS_OPERATION_SCHEDULED');
    expect(attributes.scheduleToCloseTimeout).toBe(days(60));
  });

  test('[38] the worker sees at most 9 s in both spellings, and the operation’s own timeout', async () => {
    const world = await stage();
    await play(world, call({ startToCloseTimeout: seconds(20) }), () => sync('ok'));
    const header = world.handled[0]?.header ?? {};
    expect(header['request-timeout']).toBe(header['Request-Timeout']);
    expect(parseDuration(header['request-timeout'] ?? '')).toBeGreaterThan(0);
    expect(parseDuration(header['request-timeout'] ?? '')).toBeLessThanOrEqual(9_000);
    expect(header['operation-timeout']).toBe('20000ms');
    const late = await stage(paused);
    await late.start(order);
    await answerTask(late, await takeTask(late), [schedule()]);
    await late.driver.advance(seconds(4));
    const { request } = await takeNexusTask(late);
    expect(parseDuration(request?.header?.['request-timeout'] ?? '')).toBe(5_000);
    expect(request?.header).not.toHaveProperty('operation-timeout');
  });

  test('[39] the caller’s own Operation-Timeout stays; its request-timeout fails the workflow task', async () => {
    const world = await stage();
    const nexusHeader = { 'Operation-Timeout': '1s' };
    await play(world, call({ startToCloseTimeout: seconds(20), nexusHeader }), () => sync('ok'));
    expect(world.handled[0]?.header?.['operation-timeout']).toBe('1s');
    const refusing = await stage(paused);
    const message = await refusedTask(refusing, [schedule({ nexusHeader: { 'request-timeout': '1s' } })]);
    expect(message).toContain('disallowed header key: "request-timeout"');
    const failed = eventOf(await refusing.history('orders', 'order-1'), 'WORKFLOW_TASK_FAILED');
    expect(failed.attributes.cause).toBe('BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES');
  });

  test('[40] a handler that sleeps too long: UPSTREAM_TIMEOUT after 9 s, next attempt with the same request id', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    const first = await takeNexusTask(world);
    await world.driver.advance(ms(8_999));
    expect(await pending(world)).toMatchObject([{ state: 'SCHEDULED' }]);
    await world.driver.advance(ms(1));
    expect(await pending(world)).toMatchObject([
      {
        state: 'BACKING_OFF',
        lastAttemptFailure: { nexusHandlerFailureInfo: { type: 'UPSTREAM_TIMEOUT' } },
        lastAttemptCompleteTime: 9_000,
      },
    ]);
    await world.driver.advance(seconds(1));
    const second = await takeNexusTask(world);
    expect(second.request?.startOperation?.requestId).toBe(first.request?.startOperation?.requestId);
  });

  test('[41] a late answer is NotFound and changes nothing', async () => {
    const world = await stage(paused);
    await world.start(order);
    await answerTask(world, await takeTask(world), [schedule()]);
    const { taskToken = '' } = await takeNexusTask(world);
    await world.driver.advance(seconds(9));
    const before = await pending(world);
    const refusal = await world.refused('respondNexusTaskCompleted', {
      namespace: 'payments',
      taskToken,
      response: { startOperation: { syncSuccess: {} } },
    });
    expect(refusal).toEqual({
      code: 'NOT_FOUND',
      message: 'Nexus task not found or already expired',
    });
    expect(await pending(world)).toEqual(before);
  });
});
