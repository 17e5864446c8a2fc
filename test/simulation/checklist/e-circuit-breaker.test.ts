import { describe, expect, test } from 'vitest';
import { minutes, ms, seconds, type DurationMs } from '../../../simulator/base/time.ts';
import type { PendingNexusOperationInfo } from '../../../simulator/protocol/temporal/methods.ts';
import { eventOf, handlerError, type HandlerAnswer, type World } from '../../harness/world.ts';
import {
  answerNexusTask,
  answerTask,
  cancel,
  caller,
  nexusTypes,
  order,
  paused,
  pending,
  running,
  schedule,
  stage,
  sync,
  takeNexusTask,
  takeTask,
  target,
} from './stage.ts';

const OPEN_AFTER = 6;
const busy = handlerError('UNAVAILABLE');

/** The caller schedules an operation for each of these answers, and the handler gives them in turn. */
async function answerAll(world: World, answers: readonly HandlerAnswer[]): Promise<void> {
  await world.start(order);
  await answerTask(
    world,
    await takeTask(world),
    answers.map(() => schedule()),
  );
  for (const answer of answers) await answerNexusTask(world, await takeNexusTask(world), answer);
}

const times = (count: number, answer: HandlerAnswer): HandlerAnswer[] =>
  Array.from({ length: count }, () => answer);

/** A world whose breaker from the caller to the endpoint has just opened, at time 0. */
async function opened(): Promise<World> {
  const world = await stage(paused);
  await answerAll(world, times(OPEN_AFTER, busy));
  return world;
}

/** Another workflow schedules one operation; how describe shows it. */
async function another(
  world: World,
  options: {
    readonly workflowId?: string;
    readonly namespace?: string;
    readonly endpoint?: string;
    readonly scheduleToCloseTimeout?: DurationMs;
  } = {},
): Promise<PendingNexusOperationInfo | undefined> {
  const { workflowId = 'another', namespace = caller.namespace, ...attributes } = options;
  const queue = { namespace, taskQueue: 'another' };
  await world.start({ ...order, namespace, workflowId, taskQueue: { name: queue.taskQueue } });
  const { taskToken = '' } = await takeTask(world, queue);
  await world.ask('respondWorkflowTaskCompleted', { namespace, taskToken, commands: [schedule(attributes)] });
  return showing(world, { namespace, workflowId });
}

async function showing(
  world: World,
  { namespace = caller.namespace, workflowId = 'another' } = {},
): Promise<PendingNexusOperationInfo | undefined> {
  const { pendingNexusOperations = [] } = await world.ask('describeWorkflowExecution', {
    namespace,
    execution: { workflowId },
  });
  return pendingNexusOperations[0];
}

const blocked = { state: 'BLOCKED', blockedReason: 'The circuit breaker is open.' };

describe('the circuit breaker', () => {
  test('[55] five consecutive failures and a success never open it; six do', async () => {
    const world = await stage(paused);
    await answerAll(world, [...times(5, busy), sync('ok'), ...times(5, busy)]);
    expect((await another(world))?.state).toBe('SCHEDULED');
    await answerNexusTask(world, await takeNexusTask(world), busy);
    expect(await another(world, { workflowId: 'next' })).toMatchObject(blocked);
  });

  test('[56] open: a new operation is BLOCKED, with the reason and no attempt', async () => {
    const world = await opened();
    expect(await another(world)).toMatchObject({ ...blocked, attempt: 0 });
    world.handler(target, () => sync('never'));
    await world.driver.advance(ms(500));
    expect(world.handled).toEqual([]);
    expect(await showing(world)).toMatchObject({ ...blocked, attempt: 0 });
  });

  test('[57] another caller namespace and another endpoint are not blocked', async () => {
    const world = await opened();
    await world.namespaces('shop');
    await world.endpoint('other-endpoint', target);
    const elsewhere = await another(world, { namespace: 'shop' });
    expect(elsewhere?.state).toBe('SCHEDULED');
    const other = await another(world, { endpoint: 'other-endpoint' });
    expect(other?.state).toBe('SCHEDULED');
    expect(await another(world, { workflowId: 'same' })).toMatchObject(blocked);
  });

  test('[58] operations between attempts read BACKING_OFF until their timer fires', async () => {
    const world = await opened();
    const states = async () => new Set((await pending(world)).map(({ state }) => state));
    expect(await states()).toEqual(new Set(['BACKING_OFF']));
    await world.driver.advance(ms(799));
    expect(await states()).toEqual(new Set(['BACKING_OFF']));
    await world.driver.advance(ms(201));
    expect(await states()).toEqual(new Set(['BLOCKED']));
  });

  test('[59] after 60 s one probe: success lets the others through, failure blocks for 60 s more', async () => {
    const world = await opened();
    const at: number[] = [];
    world.handler(target, async (_request, nth) => {
      at.push(world.driver.now());
      await world.driver.sleep(seconds(5));
      return nth === 1 ? busy : sync('ok');
    });
    await world.driver.advance(seconds(59));
    expect(at).toEqual([]);
    await world.driver.advance(minutes(15));
    const [failing = 0, succeeding = 0, ...others] = at;
    expect(failing).toBeGreaterThanOrEqual(60_000);
    expect(succeeding).toBeGreaterThanOrEqual(failing + 5_000 + 60_000);
    expect(others).toHaveLength(OPEN_AFTER - 1);
    for (const later of others) expect(later).toBeGreaterThanOrEqual(succeeding + 5_000);
    expect(await pending(world)).toEqual([]);
  });

  test('[60] non-retryable and operation errors never open it, and start the count anew', async () => {
    const world = await stage(paused);
    const declined = {
      response: { operationError: { operationState: 'failed', failure: { message: 'declined' } } },
    };
    await answerAll(world, [
      ...[...times(5, busy), handlerError('BAD_REQUEST')],
      ...[...times(5, busy), declined],
      ...[...times(5, busy), ...times(8, handlerError('NOT_FOUND'))],
    ]);
    expect((await another(world))?.state).toBe('SCHEDULED');
  });

  test('[61] the timeout of a blocked operation still fires', async () => {
    const world = await opened();
    expect(await another(world, { scheduleToCloseTimeout: seconds(30) })).toMatchObject(blocked);
    await world.driver.advance(seconds(30));
    const history = await world.history('orders', 'another');
    expect(eventOf(history, 'NEXUS_OPERATION_TIMED_OUT').eventTime).toBe(30_000);
  });

  test('[62] the breaker of start calls does not hold cancel requests back', async () => {
    const world = await stage(paused);
    await answerAll(world, [running('T'), ...times(OPEN_AFTER, busy)]);
    expect(await another(world)).toMatchObject(blocked);
    await answerTask(world, await takeTask(world), [cancel(5)]);
    const { request } = await takeNexusTask(world);
    expect(request?.cancelOperation?.operationToken).toBe('T');
    expect(nexusTypes(await world.history('orders', 'order-1'))).toContain('CANCEL_REQUESTED');
  });

  test.each([
    ['other settings', { kind: 'limits-changed', changes: { breakerOpenFor: seconds(90) } }],
    ['a restart', { kind: 'server-restarted', workers: 'stay' }],
  ] as const)('[63] %s closes it', async (_how, input) => {
    const world = await opened();
    await world.driver.advance(seconds(1));
    expect(await another(world)).toMatchObject(blocked);
    expect(world.driver.breakerStates('orders', 'payments-endpoint')).toEqual(['open']);
    world.driver.instruct(input);
    expect(world.driver.breakerStates('orders', 'payments-endpoint')).toEqual(['open', 'closed']);
    expect((await showing(world))?.state).toBe('SCHEDULED');
    expect((await another(world, { workflowId: 'next' }))?.state).toBe('SCHEDULED');
    world.handler(target, () => sync('ok'));
    await world.driver.advance(minutes(6));
    expect(await pending(world)).toEqual([]);
    expect(await showing(world)).toBeUndefined();
  });

  test('settings that are not the breaker’s leave it open', async () => {
    const world = await opened();
    world.driver.instruct({ kind: 'limits-changed', changes: { outboundConcurrency: 7 } });
    expect(await another(world)).toMatchObject(blocked);
  });
});
