// Real SDK workers and virtual time: what holds the clock, what it jumps over, and what times out where.
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { startWorkflow, WorkflowRunOperationHandler } from '@temporalio/nexus';
import * as nexus from 'nexus-rpc';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  greetingService,
  type EchoInput,
  type EchoOutput,
  type GreetInput,
  type GreetOutput,
} from '../../examples/hello/api.ts';
import type { ClockMode } from '../../simulator/protocol/contract.ts';
import { GrpcClient } from '../harness/grpc-client.ts';
import { bundleTestWorkflows, quietRuntime, SdkWorld } from '../harness/sdk-world.ts';
import { until } from '../harness/until.ts';
import { deliberate } from './sdk-time-workflows.ts';

const workflowService = 'temporal.api.workflowservice.v1.WorkflowService';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let world: SdkWorld;
let work: () => Promise<string>;
let echo: (timeout: number) => Promise<void>;

const handler = nexus.serviceHandler(greetingService, {
  echo: async (ctx: nexus.StartOperationContext, input: EchoInput): Promise<EchoOutput> => {
    await echo(Number.parseFloat(ctx.headers['request-timeout'] ?? ''));
    return { message: input.message };
  },
  greet: new WorkflowRunOperationHandler<GreetInput, GreetOutput>((ctx) =>
    startWorkflow(ctx, deliberate, { args: [], workflowId: `deliberate-${ctx.requestId}` }),
  ),
});

beforeAll(async () => {
  quietRuntime();
  const code = await bundleTestWorkflows();
  world = await SdkWorld.open({ requestTimeout: 2_000 as never, requestTimeoutMin: 1_500 as never });
  await world.work('storefront', code, [], { activities: { work: () => work() } });
  await world.work('greetings', code, [handler]);
}, 60_000);

afterAll(() => world.close());

beforeEach(() => {
  echo = () => Promise.resolve();
  work = () => Promise.resolve('worked');
  world.driver.setClock({ mode: 'run' });
});

const start = (workflow: string, args: unknown[] = []): Promise<WorkflowHandle> =>
  world
    .client('storefront')
    .workflow.start(workflow, { taskQueue: 'storefront', workflowId: crypto.randomUUID(), args });

/** The result of a workflow, with the virtual and the real milliseconds that it took; both are printed. */
async function timed(workflow: string, args: unknown[] = []) {
  const [virtual, wall] = [world.driver.clockState().now, performance.now()];
  const result: unknown = await (await start(workflow, args)).result();
  const [virtualMs, wallMs] = [world.driver.clockState().now - virtual, performance.now() - wall];
  console.info(`${workflow}: ${String(virtualMs)} ms of virtual time in ${wallMs.toFixed(0)} ms`);
  return { result, virtualMs, wallMs };
}

/** Works for so long: what a worker holds lets time flow. */
async function workFor(duration: number): Promise<void> {
  const end = world.driver.clockState().now + duration;
  while (world.driver.clockState().now < end) await new Promise((resolve) => setImmediate(resolve));
}

describe('skipping', () => {
  test('three days of sleep', async () => {
    const { result, virtualMs, wallMs } = await timed('sleepForDays', [3]);
    expect(result).toBe('slept 3 days');
    expect(virtualMs).toBeGreaterThanOrEqual(3 * DAY);
    expect(virtualMs).toBeLessThan(3 * DAY + 2 * wallMs + 1);
  });

  test('an operation of sixty days', async () => {
    const { result, virtualMs } = await timed('callForSixtyDays');
    expect(result).toBe('after long thought');
    expect(virtualMs).toBeGreaterThanOrEqual(60 * DAY);
    expect(virtualMs).toBeLessThan(60 * DAY + HOUR);
  });

  test('an hour between the attempts of a local activity, and none while one is under way', async () => {
    const attempts: number[] = [];
    let under = 0;
    work = async () => {
      const begun = world.driver.clockState().now;
      attempts.push(begun);
      await workFor(100);
      under = Math.max(under, world.driver.clockState().now - begun);
      if (attempts.length < 3) throw ApplicationFailure.create({ message: 'not yet' });
      return 'worked';
    };
    const { result, wallMs } = await timed('workLocally');
    expect(result).toBe('worked');
    const pauses = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
    expect(pauses).toHaveLength(2);
    for (const pause of pauses) expect(Math.abs(pause - HOUR)).toBeLessThan(wallMs + 1);
    expect(under).toBeLessThan(wallMs);
  });

  test('a long sleep does not overtake an activity in a worker’s hands', async () => {
    world.driver.setClock({ mode: 'paused' });
    const sleeping = await start('sleepForDays', [1]);
    await world.until('storefront', sleeping.workflowId, 'TIMER_STARTED');
    let during = DAY;
    work = async () => {
      const begun = world.driver.clockState().now;
      world.driver.setClock({ mode: 'run' });
      await workFor(300);
      during = world.driver.clockState().now - begun;
      return 'worked';
    };
    const { wallMs } = await timed('workForASecond');
    expect(during).toBeGreaterThan(200);
    expect(during).toBeLessThan(wallMs + 1);
    expect(await sleeping.result()).toBe('slept 1 days');
  });
});

describe('paused, nothing times out on either side', () => {
  test('a handler is given more of its worker’s time than its call may take', async () => {
    world.driver.setClock({ mode: 'paused' });
    let told = 0;
    echo = (timeout) => {
      told = timeout;
      return Promise.resolve();
    };
    const { result, virtualMs } = await timed('callEcho', ['patience']);
    expect([result, virtualMs]).toEqual(['patience', 0]);
    expect(told).toBe(7 * 24 * 3_600);
  });

  test('an activity is given more of its worker’s time than it may take', async () => {
    world.driver.setClock({ mode: 'paused' });
    work = () => Promise.resolve(String(Context.current().info.startToCloseTimeoutMs));
    expect(await timed('workForASecond')).toMatchObject({ result: String(7 * DAY), virtualMs: 0 });
  });
});

describe('paced', () => {
  test.each([
    [{ mode: 'paced', rate: 1_000 }, 1],
    [{ mode: 'paced', rate: 1 }, 1],
    [{ mode: 'paced', rate: 0.1 }, 10],
  ] as const satisfies readonly [ClockMode, number][])(
    '%o, a handler has what its call may take, times %d',
    async (mode, stretch) => {
      world.driver.setClock(mode);
      let told = 0;
      echo = async (timeout) => {
        told = timeout;
        await workFor(30);
      };
      const { result } = await timed('callEcho', ['in time']);
      expect(result).toBe('in time');
      expect(told).toBeLessThanOrEqual(stretch);
      expect(told).toBeGreaterThan(stretch * 0.7);
    },
  );

  test('fast, an hour passes in seconds although workers take part', async () => {
    world.driver.setClock({ mode: 'paced', rate: 1_000 });
    const { virtualMs, wallMs } = await timed('callTomorrow', ['later']);
    expect(virtualMs).toBeGreaterThanOrEqual(HOUR);
    expect(wallMs).toBeGreaterThan(3_500);
  }, 15_000);
});

test('a worker whose process is gone holds neither the clock nor what waits for it', async () => {
  const identity = 'a worker that will be killed';
  const killed = new GrpcClient(world.address, 0);
  const queue = { namespace: 'storefront', taskQueue: { name: 'doomed' }, identity };
  for (const workflowId of ['in-its-hands', 'waiting-for-it']) {
    await world
      .client('storefront')
      .workflow.start('sleepForDays', { taskQueue: 'doomed', workflowId, args: [1] });
  }
  const polled = await killed.call(`${workflowService}/PollWorkflowTaskQueue`, queue, { deadlineMs: 10_000 });
  expect(polled).toMatchObject({ ok: true, value: { workflowType: { name: 'sleepForDays' } } });
  expect([...world.driver.state.held.values()]).toContain(identity);
  const sleeping = world.driver.sleep(DAY as never);
  const before = world.driver.now();
  const jumped = until(world.driver.onClockChanged, ({ now }) => now >= before + DAY);
  killed.dispose();
  await jumped;
  await sleeping;
  const types = (await world.history('storefront', 'in-its-hands')).map(({ eventType }) => eventType);
  expect(types).toContain('WORKFLOW_TASK_TIMED_OUT');
});
