import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { instant, minutes, ms, seconds } from '../../simulator/base/time.ts';
import { Engine } from '../../simulator/engine/engine.ts';
import { explainRun } from '../../simulator/engine/explain/waiting.ts';
import type { Input } from '../../simulator/engine/input.ts';
import { limitsOf } from '../../simulator/protocol/limits.ts';
import type { WaitingCause } from '../../simulator/protocol/explain.ts';
import type { RunId } from '../../simulator/protocol/ids.ts';
import { callOnce, handlerError, json, World, type Handler } from '../harness/world.ts';

const target = { namespace: 'payments', taskQueue: 'billing' };
let world: World;

beforeEach(async () => {
  world = new World({ clock: { mode: 'paused' } });
  await world.namespaces('orders', 'payments');
  await world.endpoint('payments-endpoint', target);
  world.workflow({ namespace: 'orders', taskQueue: 'callers' }, callOnce({ endpoint: 'payments-endpoint' }));
});
afterEach(() => world.dispose());

const start = (workflowId: string): Promise<string> =>
  world.start({
    namespace: 'orders',
    workflowId,
    workflowType: { name: 'W' },
    taskQueue: { name: 'callers' },
  });

/** What the engine says of a run now. */
const explained = (runId: string): readonly string[] => causesOf(runId).map(({ text }) => text);

function causesOf(runId: string): readonly WaitingCause[] {
  const engine = new Engine({ seed: 1, limits: limitsOf('server') });
  for (const { at, input } of world.journal.entries) engine.dispatch(input as Input, at);
  const now = world.driver.now();
  engine.dispatch({ kind: 'faults-injected', rules: [] }, instant(Math.max(now, 0)));
  return explainRun(engine.state, runId as RunId, now);
}

const handle = (handler: Handler): World => world.handler(target, handler);

describe('why is it waiting?', () => {
  test('nobody polls', async () => {
    const run = await start('o-1');
    await world.driver.advance(seconds(2));
    expect(explained(run)).toEqual([
      'attempt 1 of Service.operation waits for a worker on task queue billing of payments: no worker polls there; it ends in 7s',
    ]);
  });

  test('a worker has it', async () => {
    handle(() => 'silence');
    const run = await start('o-1');
    await world.driver.advance(seconds(2));
    expect(explained(run)[0]).toMatch(
      /^attempt 1 of Service\.operation is in the hands of a worker .*ends in 7s$/,
    );
  });

  test('it backs off', async () => {
    handle(() => handlerError('UNAVAILABLE'));
    const run = await start('o-1');
    await world.driver.advance(ms(100));
    expect(explained(run)[0]).toMatch(
      /^Service\.operation backs off: attempt 1 failed \(UNAVAILABLE: handler said UNAVAILABLE\); the next one sets out in \d+ms$/,
    );
  });

  test('the breaker is open: since when, because of what, and until when', async () => {
    handle(() => handlerError('UNAVAILABLE'));
    await start('o-1');
    await world.driver.advance(seconds(31));
    const run = await start('o-2');
    await world.driver.advance(seconds(1));
    const [text = ''] = explained(run);
    expect(text).toMatch(/^blocked: breaker orders → payments-endpoint has been open for /);
    expect(text).toContain(', because attempts 1–6 for o-1 failed UNAVAILABLE; half-opens in ');
    expect(text).toMatch(/half-opens in \d+(\.\d+)?s$/);
    expect(causesOf(run)[0]).toMatchObject({
      run,
      operation: 5,
      breaker: { calls: 'start', namespace: 'orders', endpoint: 'payments-endpoint' },
    });
  });

  test('the breaker is open because of several calls, each told once', async () => {
    handle((_request, nth) => handlerError(nth === 2 ? 'INTERNAL' : 'UNAVAILABLE'));
    await start('o-1');
    await start('o-2');
    await world.driver.advance(seconds(6));
    const run = await start('o-3');
    await world.driver.advance(seconds(1));
    expect(explained(run)[0]).toContain(
      ', because attempts 1–3 for o-1 failed UNAVAILABLE, attempt 1 for o-2 failed INTERNAL, attempts 2–3 for o-2 failed UNAVAILABLE; half-opens in ',
    );
  });

  test('the breaker is open because somebody forced it', async () => {
    handle(() => handlerError('UNAVAILABLE'));
    await start('o-1');
    await world.driver.advance(ms(100));
    const group = { calls: 'start', namespace: 'orders', endpoint: 'payments-endpoint' } as const;
    world.driver.instruct({ kind: 'breaker-forced', ...group, to: 'open' });
    const run = await start('o-2');
    await world.driver.advance(ms(100));
    expect(explained(run)[0]).toMatch(
      /^blocked: .* has been open for 100ms, because somebody forced it; half-opens/,
    );
    world.driver.instruct({ kind: 'breaker-forced', ...group, to: 'half-open' });
    await world.driver.advance(ms(100));
    expect(explained(run)[0]).toMatch(/is half-open, because somebody forced it$/);
  });

  test('the workflow behind it sleeps: the chain leads there', async () => {
    world.workflow({ namespace: 'payments', taskQueue: 'billing' }, (history) =>
      history.length > 3
        ? []
        : [{ commandType: 'START_TIMER', attributes: { timerId: 'nap', startToFireTimeout: minutes(5) } }],
    );
    handle(async (request) => {
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
    const run = await start('o-1');
    await world.driver.advance(minutes(1));
    expect(explained(run)).toEqual([
      'Service.operation has started and waits for its completion callback',
      'timer nap of charge-1 fires in 4m',
    ]);
    const [first, second] = causesOf(run);
    expect(first).toMatchObject({ run, operation: 5 });
    expect(second?.run).toMatch(/^[0-9a-f-]{36}$/);
    expect(second?.run).not.toBe(run);
    expect(second).not.toHaveProperty('operation');
  });

  test('a closed run waits for nothing', async () => {
    handle(() => ({ response: { syncSuccess: { payload: json('ok') } } }));
    const run = await start('o-1');
    await world.driver.advance(seconds(1));
    expect(explained(run)).toEqual([]);
  });
});
