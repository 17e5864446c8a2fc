import { afterEach, expect, test } from 'vitest';
import { seconds } from '../../simulator/base/time.ts';
import type { Span } from '../../simulator/protocol/span.ts';
import { callOnce, handlerError, json, World } from '../harness/world.ts';

const caller = { namespace: 'orders', taskQueue: 'orders' };
const target = { namespace: 'payments', taskQueue: 'billing' };

let world: World;
afterEach(() => world.dispose());

async function setUp(): Promise<void> {
  world = new World();
  await world.namespaces('orders', 'payments');
  await world.endpoint('payments-endpoint', target);
  world.workflow(caller, callOnce({ endpoint: 'payments-endpoint', scheduleToCloseTimeout: seconds(30) }));
}

const start = () =>
  world.start({
    namespace: 'orders',
    workflowId: 'order-1',
    workflowType: { name: 'Checkout' },
    taskQueue: { name: 'orders' },
  });

/** What a bar looks like, without its ids. */
const summary = ({ kind, name, start, end, outcome, lane, parent }: Span, all: readonly Span[]) => ({
  kind,
  name,
  start,
  end,
  outcome,
  lane: `${lane.namespace}/${lane.track}`,
  parent: all.find(({ id }) => id === parent)?.name,
});

const bars = (...kinds: Span['kind'][]) => {
  const all = world.driver.spans();
  return all.filter(({ kind }) => kinds.includes(kind)).map((span) => summary(span, all));
};

test('a failed attempt, its backoff and the attempt that succeeds, each a bar of its own', async () => {
  await setUp();
  world.handler(target, async (_request, nth) => {
    await world.driver.sleep(seconds(1));
    return nth === 1 ? handlerError('UNAVAILABLE') : { response: { syncSuccess: { payload: json('ok') } } };
  });
  await start();
  await world.settled();
  const [attempt1, backoff, attempt2] = bars('attempt', 'backoff');
  expect(attempt1).toMatchObject({ name: 'attempt 1', start: 0, end: 1_000, outcome: 'failed' });
  expect(backoff).toMatchObject({
    name: 'backoff after attempt 1',
    start: 1_000,
    parent: 'Service.operation',
  });
  expect(attempt2).toMatchObject({ name: 'attempt 2', start: backoff?.end, outcome: 'succeeded' });
  expect(bars('handler')).toMatchObject([
    { name: 'Service.operation', lane: 'payments/queue billing', parent: 'attempt 1', outcome: 'failed' },
    { name: 'Service.operation', lane: 'payments/queue billing', parent: 'attempt 2', outcome: 'succeeded' },
  ]);
  expect(bars('operation')).toMatchObject([
    { lane: 'orders/order-1', parent: 'Checkout', outcome: 'succeeded' },
  ]);
  expect(bars('workflow')).toMatchObject([{ name: 'Checkout', outcome: 'succeeded' }]);
  const failed = world.driver.spans().find(({ name }) => name === 'attempt 1');
  expect(failed?.failure).toEqual(['UNAVAILABLE: handler said UNAVAILABLE']);
  expect(failed?.code).toEqual({
    kind: 'operation',
    service: 'Service',
    operation: 'operation',
    endpoint: 'payments-endpoint',
  });
});

test('waiting for a worker is a bar, and what an operation was doing ends when it times out', async () => {
  await setUp();
  await start();
  await world.settled();
  const waits = bars('queue-wait');
  expect(waits[0]).toMatchObject({
    start: 0,
    end: 9_000,
    outcome: 'timed-out',
    lane: 'payments/queue billing',
  });
  expect(bars('operation')).toMatchObject([{ end: 30_000, outcome: 'timed-out' }]);
  expect(world.driver.spans().every(({ kind, end }) => kind === 'queue-wait' || end !== undefined)).toBe(
    true,
  );
});

test('every span that is a part of another begins within it, and none ends before it begins', async () => {
  await setUp();
  world.handler(target, () => handlerError('INTERNAL'));
  await start();
  await world.settled();
  const spans = new Map(world.driver.spans().map((span) => [span.id, span]));
  expect(spans.size).toBeGreaterThan(5);
  for (const span of spans.values()) {
    expect(span.end ?? span.start).toBeGreaterThanOrEqual(span.start);
    const parent = span.parent === undefined ? undefined : spans.get(span.parent);
    if (span.parent !== undefined) expect(parent).toBeDefined();
    if (parent !== undefined) expect(span.start).toBeGreaterThanOrEqual(parent.start);
  }
});

test('changes are announced once each, and together they make the whole picture', async () => {
  await setUp();
  const seen = new Map<string, Span>();
  world.driver.onSpansChanged((changed) => {
    for (const span of changed) seen.set(span.id, span);
  });
  world.handler(target, () => ({ response: { syncSuccess: { payload: json('ok') } } }));
  await start();
  await world.settled();
  expect([...seen.values()]).toEqual(world.driver.spans());
});

test('what goes on in a run ends with it, and what its run never heard of ended as it did', async () => {
  world = new World({ clock: { mode: 'paused' } });
  await world.namespaces('orders', 'payments');
  await world.endpoint('payments-endpoint', target);
  await start();
  const poll = { namespace: 'orders', taskQueue: { name: 'orders' } };
  const { taskToken = '' } = await world.ask('pollWorkflowTaskQueue', poll);
  const operation = { endpoint: 'payments-endpoint', service: 'Service' };
  await world.ask('respondWorkflowTaskCompleted', {
    namespace: 'orders',
    taskToken,
    commands: [
      { commandType: 'START_TIMER', attributes: { timerId: 't', startToFireTimeout: seconds(9) } },
      { commandType: 'SCHEDULE_NEXUS_OPERATION', attributes: { ...operation, operation: 'answered' } },
      { commandType: 'SCHEDULE_NEXUS_OPERATION', attributes: { ...operation, operation: 'open' } },
    ],
    forceCreateNewWorkflowTask: true,
  });
  await world.ask('pollWorkflowTaskQueue', poll);
  await world.driver.advance(seconds(1));
  const queue = { namespace: 'payments', taskQueue: { name: 'billing' } };
  const task = await world.ask('pollNexusTaskQueue', queue);
  await world.ask('respondNexusTaskCompleted', {
    namespace: 'payments',
    taskToken: task.taskToken ?? '',
    response: { startOperation: { syncSuccess: {} } },
  });
  await world.driver.advance(seconds(1));
  const named = { namespace: 'orders', workflowExecution: { workflowId: 'order-1' } };
  await world.ask('terminateWorkflowExecution', named);
  expect(bars('operation', 'timer', 'workflow-task')).toMatchObject([
    { kind: 'workflow-task', start: 0, end: 0, outcome: 'succeeded' },
    { kind: 'timer', end: 2_000, outcome: 'canceled' },
    { name: 'Service.answered', end: 1_000, outcome: 'succeeded' },
    { name: 'Service.open', end: 2_000, outcome: 'canceled' },
    { kind: 'workflow-task', start: 0, end: 2_000, outcome: 'canceled' },
  ]);
});
