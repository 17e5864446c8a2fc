import { afterEach, describe, expect, test } from 'vitest';
import { seconds } from '../../simulator/base/time.ts';
import type { CallbackFault } from '../../simulator/protocol/fault.ts';
import { callOnce, eventOf, json, typesOf, World } from '../harness/world.ts';

const target = { namespace: 'payments', taskQueue: 'billing' };
let world: World;
afterEach(() => world.dispose());

/** An operation whose workflow takes five seconds, with one fault planned for its completion. */
async function setUp(
  fault: Omit<CallbackFault, 'kind' | 'service' | 'operation'>,
  mode: 'run' | 'paused' = 'run',
): Promise<void> {
  world = new World({ clock: { mode } });
  await world.namespaces('orders', 'payments');
  await world.endpoint('payments-endpoint', target);
  world.driver.injectFaults([{ kind: 'callback', service: 'Service', operation: 'operation', ...fault }]);
  world.workflow({ namespace: 'orders', taskQueue: 'orders' }, callOnce({ endpoint: 'payments-endpoint' }));
  world.workflow(target, (history) =>
    typesOf(history).includes('TIMER_FIRED')
      ? [{ commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: { result: { payloads: [json('done')] } } }]
      : typesOf(history).includes('TIMER_STARTED')
        ? []
        : [{ commandType: 'START_TIMER', attributes: { timerId: '1', startToFireTimeout: seconds(5) } }],
  );
  world.handler(target, async (request) => {
    const { requestId = '', callback = '', callbackHeader = {} } = request.startOperation ?? {};
    await world.ask('startWorkflowExecution', {
      namespace: 'payments',
      workflowId: 'charge-1',
      workflowType: { name: 'Charge' },
      taskQueue: { name: 'billing' },
      requestId,
      completionCallbacks: [{ nexus: { url: callback, header: callbackHeader } }],
    });
    return { response: { asyncSuccess: { operationToken: 'token' } } };
  });
  await world.start({
    namespace: 'orders',
    workflowId: 'order-1',
    workflowType: { name: 'Checkout' },
    taskQueue: { name: 'orders' },
  });
}

/** The same, played to its end. */
async function play(fault: Parameters<typeof setUp>[0]): Promise<void> {
  await setUp(fault);
  await world.settled();
}

const completedAt = async (): Promise<number> =>
  eventOf(await world.history('orders', 'order-1'), 'NEXUS_OPERATION_COMPLETED').eventTime;

const callback = async () => {
  const execution = { workflowId: 'charge-1' };
  return (await world.ask('describeWorkflowExecution', { namespace: 'payments', execution })).callbacks?.[0];
};

describe('a completion', () => {
  test('that sets out late arrives late', async () => {
    await play({ lateBy: seconds(30) });
    expect(await completedAt()).toBe(35_000);
    expect(await callback()).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
  });

  test('that comes twice closes the operation once', async () => {
    await play({ copies: 3 });
    const closed = typesOf(await world.history('orders', 'order-1')).filter(
      (type) => type === 'NEXUS_OPERATION_COMPLETED',
    );
    expect(closed).toHaveLength(1);
    expect(await callback()).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
    const bars = world.driver.spans().filter(({ kind }) => kind === 'callback');
    expect(bars.map(({ name, outcome, failure }) => [name, outcome, failure])).toEqual([
      ['completion callback', 'succeeded', undefined],
      ['completion callback, copy 2', 'failed', ['NOT_FOUND: operation not found']],
      ['completion callback, copy 3', 'failed', ['NOT_FOUND: operation not found']],
    ]);
    expect(new Set(bars.map(({ parent, end }) => `${parent ?? ''} ${end ?? ''}`)).size).toBe(1);
  });

  test('whose delivery fails is tried again with the same backoff as any call', async () => {
    await play({ attempts: { from: 1, to: 3 }, fail: { type: 'UNAVAILABLE' } });
    const at = await completedAt();
    expect(at).toBeGreaterThanOrEqual(5_000 + 0.8 * 7_000);
    expect(at).toBeLessThan(5_000 + 7_000);
    expect(await callback()).toMatchObject({ state: 'SUCCEEDED', attempt: 4 });
    const bars = world.driver.spans().filter(({ kind }) => kind === 'callback');
    expect(bars.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed', 'succeeded']);
  });

  test('that will be tried again is described with when', async () => {
    await setUp({ attempts: { from: 1, to: 1 }, fail: { type: 'UNAVAILABLE' } }, 'paused');
    await world.driver.advance(seconds(5));
    const next = world.driver.clockState().nextDeadline;
    expect(next).toBeGreaterThan(5_000);
    expect(await callback()).toMatchObject({
      state: 'BACKING_OFF',
      attempt: 1,
      nextAttemptScheduleTime: next,
    });
    await world.driver.advance(seconds(1));
    expect(await callback()).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
    expect(await callback()).not.toHaveProperty('nextAttemptScheduleTime');
  });

  test('that is refused for good is not tried again', async () => {
    await play({ attempts: { from: 1, to: 1 }, fail: { type: 'BAD_REQUEST' } });
    expect(await callback()).toMatchObject({ state: 'FAILED', attempt: 1 });
    expect(typesOf(await world.history('orders', 'order-1'))).not.toContain('NEXUS_OPERATION_COMPLETED');
  });

  test('that waits to be delivered is lost when its workflow is deleted, and nothing waits for it', async () => {
    await setUp({ lateBy: seconds(30) }, 'paused');
    await world.driver.advance(seconds(10));
    expect(await callback()).toMatchObject({ state: 'SCHEDULED' });
    expect(await callback()).not.toHaveProperty('nextAttemptScheduleTime');
    const workflowExecution = { workflowId: 'charge-1' };
    await world.ask('deleteWorkflowExecution', { namespace: 'payments', workflowExecution });
    expect(world.driver.clockState().nextDeadline).toBeUndefined();
  });
});
