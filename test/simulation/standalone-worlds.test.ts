import { describe, expect, test } from 'vitest';
import { expectDefined } from '../../simulator/base/assert.ts';
import { CancellationSource } from '../../simulator/base/cancellation.ts';
import { createPrng, type Prng } from '../../simulator/base/prng.ts';
import { ms, seconds } from '../../simulator/base/time.ts';
import { replay } from '../../simulator/driver/replay.ts';
import type { NexusRequest } from '../../simulator/protocol/temporal/nexus.ts';
import { handlerError, World, type HandlerAnswer, type WorkflowCode } from '../harness/world.ts';
import { running, sync, target } from './checklist/stage.ts';
import { firstBreach } from './journal-check.ts';

/*
 * Random worlds of standalone operations: clients that start, cancel, terminate, delete and wait, handlers that
 * answer, fail, keep silent or leave the work to a workflow. One world by its seed: `playWorld(seed)`.
 */

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);
const MOVES = 40;
const ids = ['op-1', 'op-2', 'op-3'] as const;

const pick = <T>(random: Prng, values: readonly [T, ...T[]]): T =>
  values[random.below(values.length)] ?? values[0];

const named = (random: Prng) => ({ namespace: 'orders', operationId: pick(random, ids) });

type Move = (world: World, random: Prng) => Promise<unknown>;

const start: Move = (world, random) =>
  world.driver.call('startNexusOperationExecution', {
    ...named(random),
    requestId: `start-${random.below(5)}`,
    endpoint: 'payments-endpoint',
    service: 'Service',
    operation: 'operation',
    ...(random.chance({ of: 1, in: 2 }) && { scheduleToCloseTimeout: seconds(1 + random.below(120)) }),
    ...(random.chance({ of: 1, in: 3 }) && { startToCloseTimeout: seconds(1 + random.below(60)) }),
    idConflictPolicy: pick(random, ['FAIL', 'USE_EXISTING']),
    idReusePolicy: pick(random, ['ALLOW_DUPLICATE', 'ALLOW_DUPLICATE_FAILED_ONLY', 'REJECT_DUPLICATE']),
  });

const asked = (random: Prng) => ({ ...named(random), requestId: `ask-${random.below(3)}`, reason: 'so' });

/** Waits as long as a client would that asks for very little. */
async function lookOnce(world: World, random: Prng): Promise<void> {
  const { runId, longPollToken } = await world.ask('describeNexusOperationExecution', named(random));
  if (runId === undefined || longPollToken === undefined) return;
  const source = new CancellationSource();
  const looking = [
    world.driver.call('pollNexusOperationExecution', named(random), { signal: source.signal }),
    world.driver.call(
      'describeNexusOperationExecution',
      { ...named(random), runId, longPollToken, includeOutcome: true },
      { signal: source.signal },
    ),
  ];
  await world.driver.sleep(ms(random.below(20_000)));
  source.cancel();
  await Promise.all(looking);
}

const moves: readonly [Move, ...Move[]] = [
  start,
  start,
  (world, random) => world.driver.call('requestCancelNexusOperationExecution', asked(random)),
  (world, random) => world.driver.call('terminateNexusOperationExecution', asked(random)),
  (world, random) => world.driver.call('deleteNexusOperationExecution', named(random)),
  (world, random) => lookOnce(world, random).catch(() => undefined),
  (world, random) => world.driver.sleep(ms(random.below(30_000))),
  (world, random) => world.driver.sleep(ms(random.below(2_000))),
];

async function answer(world: World, request: NexusRequest, random: Prng): Promise<HandlerAnswer> {
  if (random.chance({ of: 1, in: 5 }))
    return handlerError(pick(random, ['INTERNAL', 'NOT_FOUND', 'UNAVAILABLE']));
  if (random.chance({ of: 1, in: 8 })) return 'silence';
  if (random.chance({ of: 1, in: 4 })) await world.driver.sleep(ms(random.below(12_000)));
  if (request.cancelOperation !== undefined) return { cancelled: true };
  if (random.chance({ of: 1, in: 3 })) return sync('done');
  const { callback = '', callbackHeader = {}, requestId = '' } = request.startOperation ?? {};
  await world.driver.call('startWorkflowExecution', {
    namespace: 'payments',
    workflowId: `charge-${requestId}`,
    workflowType: { name: 'Charge' },
    taskQueue: { name: 'billing' },
    requestId,
    completionCallbacks: [{ nexus: { url: callback, header: callbackHeader } }],
  });
  return running(`charge-${requestId}`);
}

const randomCode =
  (random: Prng): WorkflowCode =>
  (history) => {
    if (!history.some(({ eventType }) => eventType === 'TIMER_FIRED')) {
      if (history.some(({ eventType }) => eventType === 'TIMER_STARTED')) return [];
      const startToFireTimeout = ms(1 + random.below(60_000));
      return [{ commandType: 'START_TIMER', attributes: { timerId: '1', startToFireTimeout } }];
    }
    return random.chance({ of: 1, in: 3 })
      ? [{ commandType: 'FAIL_WORKFLOW_EXECUTION', attributes: { failure: { message: 'no' } } }]
      : [{ commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: {} }];
  };

async function playWorld(seed: number): Promise<World> {
  const random = createPrng(`standalone/${seed}`);
  const narrow = random.chance({ of: 1, in: 2 });
  const world = new World({
    seed,
    limits: {
      standaloneOperations: true,
      ...(narrow && {
        breakerConsecutiveFailures: 1 + random.below(3),
        outboundConcurrency: 1 + random.below(2),
      }),
    },
  });
  if (random.chance({ of: 1, in: 3 })) {
    const called = { service: 'Service', operation: 'operation' };
    world.driver.injectFaults([
      { kind: 'attempt', ...called, attempts: { from: 1, to: 1 }, fail: { type: 'UNAVAILABLE' } },
      { kind: 'callback', ...called, lateBy: seconds(5), copies: 2 },
    ]);
  }
  await world.namespaces('orders', 'payments');
  await world.endpoint('payments-endpoint', target);
  const handlers = random.fork('handlers');
  world.handler(target, (request) => answer(world, request, handlers));
  world.workflow(target, randomCode(random.fork('code')));
  for (let move = 0; move < MOVES; move++) await pick(random, moves)(world, random);
  await world.settled();
  return world;
}

describe('random worlds of standalone operations', () => {
  test('hold every invariant after every step', async () => {
    const ends = new Set<string>();
    for (const seed of SEEDS) {
      const world = await playWorld(seed);
      const header = expectDefined(world.journal.header, 'the journal header');
      expect([seed, firstBreach(header, world.journal.entries)]).toEqual([seed, undefined]);
      for (const { status } of world.driver.state.standalone.values()) ends.add(status);
      world.dispose();
    }
    // They end in every way there is, or these worlds are too quiet.
    expect([...ends].sort()).toEqual(
      expect.arrayContaining(['COMPLETED', 'FAILED', 'TERMINATED', 'TIMED_OUT']),
    );
  });

  test('are the same again by their seed and by their journal', async () => {
    for (const seed of SEEDS.slice(0, 10)) {
      const [first, second] = [await playWorld(seed), await playWorld(seed)];
      expect(second.journal.text()).toBe(first.journal.text());
      const header = expectDefined(first.journal.header, 'the journal header');
      const { engine } = replay(header, first.journal.entries);
      const records = ({ standalone }: typeof engine.state): unknown[] =>
        [...standalone.values()].map(({ operation, ...record }) => ({ ...record, state: operation.state }));
      expect(records(engine.state)).toEqual(records(first.driver.state));
      first.dispose();
      second.dispose();
    }
  });
});
