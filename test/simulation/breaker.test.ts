import { afterEach, describe, expect, test } from 'vitest';
import { minutes, ms, seconds } from '../../simulator/base/time.ts';
import type { Limits } from '../../simulator/protocol/limits.ts';
import { callOnce, eventOf, handlerError, json, typesOf, World, type Handler } from '../harness/world.ts';

const target = { namespace: 'payments', taskQueue: 'billing' };
const ok = { response: { syncSuccess: { payload: json('ok') } } };

let world: World;
afterEach(() => world.dispose());

async function setUp(handle: Handler, limits: Partial<Limits> = {}): Promise<void> {
  world = new World({ limits });
  await world.namespaces('orders', 'shop', 'payments');
  await world.endpoint('payments-endpoint', target);
  await world.endpoint('other-endpoint', { namespace: 'payments', taskQueue: 'other' });
  world.handler(target, handle);
  world.handler({ namespace: 'payments', taskQueue: 'other' }, () => ok);
  for (const namespace of ['orders', 'shop']) {
    world.workflow({ namespace, taskQueue: 'callers' }, callOnce({ endpoint: 'payments-endpoint' }));
    world.workflow({ namespace, taskQueue: 'others' }, callOnce({ endpoint: 'other-endpoint' }));
  }
}

const start = (namespace: string, workflowId: string, taskQueue = 'callers') =>
  world.start({ namespace, workflowId, workflowType: { name: 'W' }, taskQueue: { name: taskQueue } });

const pending = async (namespace: string, workflowId: string) => {
  const described = await world.ask('describeWorkflowExecution', { namespace, execution: { workflowId } });
  return described.pendingNexusOperations?.[0];
};

const breakers = () => world.driver.spans().filter(({ kind }) => kind === 'breaker-wait');
const attempts = () => world.driver.spans().filter(({ kind }) => kind === 'attempt');

describe('the circuit breaker', () => {
  test('five failures and a success never open it', async () => {
    await setUp((_request, nth) => (nth <= 5 ? handlerError('UNAVAILABLE') : ok));
    await start('orders', 'o-1');
    await world.settled();
    expect(attempts()).toHaveLength(6);
    expect(breakers()).toEqual([]);
  });

  test('the sixth failure in a row opens it; after 60 s one probe goes out and its success closes it', async () => {
    await setUp((_request, nth) => (nth <= 6 ? handlerError('UNAVAILABLE') : ok));
    await start('orders', 'o-1');
    await world.settled();
    const sixth = attempts()[5];
    const seventh = attempts()[6];
    expect(breakers()).toHaveLength(1);
    expect((seventh?.start ?? 0) - (sixth?.end ?? 0)).toBeGreaterThanOrEqual(60_000);
    expect((await world.history('orders', 'o-1')).at(-1)?.eventType).toBe('WORKFLOW_EXECUTION_COMPLETED');
  });

  test('in the cloud profile the fifth failure opens it', async () => {
    world = new World({ profile: 'cloud' });
    await world.namespaces('orders', 'payments');
    await world.endpoint('payments-endpoint', target);
    world.handler(target, (_request, nth) => (nth <= 5 ? handlerError('UNAVAILABLE') : ok));
    world.workflow(
      { namespace: 'orders', taskQueue: 'callers' },
      callOnce({ endpoint: 'payments-endpoint' }),
    );
    await start('orders', 'o-1');
    await world.settled();
    expect(breakers()).toHaveLength(1);
  });

  test('open, it blocks new operations of that namespace and endpoint and no others', async () => {
    let healthy = false;
    await setUp(() => (healthy ? ok : handlerError('UNAVAILABLE')));
    world.driver.setClock({ mode: 'paused' });
    await start('orders', 'o-1');
    await world.driver.advance(seconds(40));
    await start('orders', 'o-2');
    await start('orders', 'o-3', 'others');
    await world.driver.advance(ms(1));
    expect(await pending('orders', 'o-2')).toMatchObject({
      state: 'BLOCKED',
      blockedReason: 'The circuit breaker is open.',
      attempt: 0,
    });
    // It still backs off, and says so.
    expect(await pending('orders', 'o-1')).toMatchObject({ state: 'BACKING_OFF', attempt: 6 });
    expect(await pending('orders', 'o-3')).toBeUndefined();
    healthy = true;
    await start('shop', 's-1');
    await world.driver.advance(ms(1));
    expect(await pending('shop', 's-1')).toBeUndefined();
    await world.driver.advance(minutes(20));
    for (const id of ['o-1', 'o-2']) expect(await pending('orders', id)).toBeUndefined();
  });

  test('half-open, exactly one probe goes out; its failure opens it for another 60 s', async () => {
    await setUp(async () => {
      await world.driver.sleep(seconds(2));
      return handlerError('UNAVAILABLE');
    });
    world.driver.setClock({ mode: 'paused' });
    for (const id of ['o-1', 'o-2', 'o-3', 'o-4', 'o-5', 'o-6']) await start('orders', id);
    await world.driver.advance(seconds(4));
    const before = attempts().length;
    await world.driver.advance(seconds(119));
    // Opened at 2 s: the probes of 62 s and, after its failure at 64 s or later, of 124 s or later.
    expect(attempts().length - before).toBe(1);
  });

  test('what is not retryable, and operation errors, never open it and set the count back', async () => {
    const errors = ['UNAVAILABLE', 'UNAVAILABLE', 'UNAVAILABLE', 'BAD_REQUEST'];
    await setUp((_request, nth) => handlerError(errors[(nth - 1) % errors.length] ?? ''));
    for (let index = 0; index < 6; index++) {
      await start('orders', `o-${index}`);
      await world.settled();
    }
    expect(breakers()).toEqual([]);
  });

  test('time-outs of blocked operations still fire', async () => {
    await setUp(() => handlerError('UNAVAILABLE'));
    world.workflow(
      { namespace: 'orders', taskQueue: 'hasty' },
      callOnce({ endpoint: 'payments-endpoint', scheduleToCloseTimeout: seconds(5) }),
    );
    world.driver.setClock({ mode: 'paused' });
    await start('orders', 'o-1');
    await world.driver.advance(seconds(40));
    await start('orders', 'o-2', 'hasty');
    await world.driver.advance(seconds(6));
    const history = await world.history('orders', 'o-2');
    const cause = eventOf(history, 'NEXUS_OPERATION_TIMED_OUT').attributes.failure.cause;
    expect(cause?.timeoutFailureInfo).toEqual({ timeoutType: 'SCHEDULE_TO_CLOSE' });
  });

  test('no worker at all opens it too', async () => {
    world = new World();
    await world.namespaces('orders', 'payments');
    await world.endpoint('payments-endpoint', target);
    world.workflow(
      { namespace: 'orders', taskQueue: 'callers' },
      callOnce({ endpoint: 'payments-endpoint' }),
    );
    world.driver.setClock({ mode: 'paused' });
    await start('orders', 'o-1');
    await world.driver.advance(seconds(86 + 20));
    expect(await pending('orders', 'o-1')).toMatchObject({ state: 'BLOCKED', attempt: 6 });
  });
});

describe('the way out of a namespace', () => {
  test('has room for so many calls at once, and the next sets out when one is back', async () => {
    await setUp(
      async () => {
        await world.driver.sleep(seconds(1));
        return ok;
      },
      { outboundConcurrency: 2 },
    );
    for (const id of ['o-1', 'o-2', 'o-3', 'o-4', 'o-5']) await start('orders', id);
    await world.settled();
    expect(attempts().map(({ start: at }) => at)).toEqual([0, 0, 1_000, 1_000, 2_000]);
  });

  test('lets so many calls a second through', async () => {
    await setUp(() => ok, { outboundRatePerSecond: 2 });
    for (const id of ['o-1', 'o-2', 'o-3', 'o-4', 'o-5']) await start('orders', id);
    await world.settled();
    expect(attempts().map(({ start: at }) => at)).toEqual([0, 0, 500, 1_000, 1_500]);
    const waits = world.driver.spans().filter(({ kind }) => kind === 'rate-wait');
    expect(waits.map(({ attributes }) => attributes['reason'])).toEqual(['rate', 'rate', 'rate']);
  });

  test('has a buffer for so many that wait; more are put off', async () => {
    await setUp(() => ok, { outboundRatePerSecond: 1, outboundBuffer: 1 });
    for (const id of ['o-1', 'o-2', 'o-3']) await start('orders', id);
    await world.settled();
    const reasons = world.driver
      .spans()
      .flatMap(({ kind, attributes }) => (kind === 'rate-wait' ? [attributes['reason']] : []));
    expect(reasons).toEqual(['rate', 'buffer']);
    for (const id of ['o-1', 'o-2', 'o-3']) {
      expect(typesOf(await world.history('orders', id))).toContain('NEXUS_OPERATION_COMPLETED');
    }
  });

  test('forgets a call whose operation closed while it waited', async () => {
    await setUp(() => ok, { outboundRatePerSecond: 1 });
    await start('orders', 'o-1');
    await start('orders', 'o-2');
    await world.ask('terminateWorkflowExecution', {
      namespace: 'orders',
      workflowExecution: { workflowId: 'o-2' },
    });
    await world.settled();
    expect(attempts()).toHaveLength(1);
  });
});
