// Random worlds of runs that start, signal, cancel, continue, retry, reset and delete one another.
import { expect, test } from 'vitest';
import { expectDefined } from '../../simulator/base/assert.ts';
import { createPrng, type Prng } from '../../simulator/base/prng.ts';
import { ms, seconds } from '../../simulator/base/time.ts';
import { firstBroken } from '../../simulator/engine/invariants.ts';
import { applyEvent, openTimers } from '../../simulator/engine/execution/reset-rebuild.ts';
import { newExecution, startedAttributes } from '../../simulator/engine/execution/start-run.ts';
import type { EngineState, Execution } from '../../simulator/engine/state.ts';
import type { Turn } from '../../simulator/engine/turn.ts';
import { limitsOf } from '../../simulator/protocol/limits.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { ParentClosePolicy } from '../../simulator/protocol/temporal/run-command.ts';
import { World } from '../harness/world.ts';
import { firstBreach } from './seed-check.ts';

const SEEDS = 400;
const RUNS_MAX = 40;
const namespace = 'orders';
const taskQueue = { name: 'orders' };
const workflowType = { name: 'Random' };
const ids = ['a', 'b', 'c', 'd', 'e'] as const;
const policies: readonly ParentClosePolicy[] = ['TERMINATE', 'ABANDON', 'REQUEST_CANCEL'];
const retryPolicy = { initialInterval: seconds(1), maximumAttempts: 3 };

const pick = <T>(random: Prng, choices: readonly T[]): T =>
  expectDefined(choices[random.below(choices.length)], 'a choice');

const randomTimer = (random: Prng): Command => ({
  commandType: 'START_TIMER',
  attributes: { timerId: `${random.below(1_000_000)}`, startToFireTimeout: ms(1 + random.below(9_000)) },
});

function randomCommand(random: Prng): Command {
  const workflowId = pick(random, ids);
  const kinds: readonly (() => Command)[] = [
    () => ({
      commandType: 'START_CHILD_WORKFLOW_EXECUTION',
      attributes: {
        workflowId,
        workflowType,
        taskQueue,
        parentClosePolicy: pick(random, policies),
        ...(random.chance({ of: 1, in: 2 }) && { retryPolicy }),
        ...(random.chance({ of: 1, in: 2 }) && { workflowRunTimeout: ms(1_000 + random.below(20_000)) }),
      },
    }),
    () => randomTimer(random),
    () => randomTimer(random),
    () => ({
      commandType: 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION',
      attributes: { execution: { workflowId }, signalName: 's', childWorkflowOnly: random.below(2) === 0 },
    }),
    () => ({ commandType: 'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION', attributes: { workflowId } }),
    () => ({ commandType: 'CONTINUE_AS_NEW_WORKFLOW_EXECUTION' }),
    () => ({ commandType: 'FAIL_WORKFLOW_EXECUTION', attributes: { failure: { message: 'no' } } }),
    () => ({ commandType: 'COMPLETE_WORKFLOW_EXECUTION' }),
  ];
  return pick(random, kinds)();
}

/** A request of a client, about any of the workflows. */
async function meddle(world: World, random: Prng): Promise<void> {
  const workflowExecution = { workflowId: pick(random, ids) };
  const named = { namespace, workflowExecution };
  const start = { namespace, ...workflowExecution, workflowType, taskQueue };
  const { driver } = world;
  const calls: readonly (() => Promise<unknown>)[] = [
    () => driver.call('startWorkflowExecution', { ...start, retryPolicy }),
    () => driver.call('startWorkflowExecution', { ...start, workflowStartDelay: seconds(3) }),
    () => driver.call('signalWithStartWorkflowExecution', { ...start, signalName: 's' }),
    () => driver.call('signalWorkflowExecution', { ...named, signalName: 's' }),
    () => driver.call('requestCancelWorkflowExecution', named),
    () => driver.call('terminateWorkflowExecution', named),
    () => driver.call('deleteWorkflowExecution', named),
    () => reset(world, random, named),
    () => reset(world, random, named),
  ];
  await pick(random, calls)();
}

interface Named {
  readonly namespace: string;
  readonly workflowExecution: { readonly workflowId: string };
}

/** To any workflow task of the current run, or to some other event, which is refused. */
async function reset(world: World, random: Prng, named: Named): Promise<void> {
  const { workflowExecution: execution } = named;
  const reply = await world.driver.call('getWorkflowExecutionHistory', { namespace, execution });
  const events = reply.ok ? (reply.value.history.events ?? []) : [];
  const ends = events.filter(({ eventType }) => /TASK_(STARTED|COMPLETED|FAILED)/.test(eventType));
  const workflowTaskFinishEventId = ends.length === 0 ? random.below(9) : pick(random, ends).eventId;
  await world.driver.call('resetWorkflowExecution', { ...named, workflowTaskFinishEventId });
}

interface Counts {
  children: number;
  timers: number;
  resets: number;
}

async function playWorld(seed: number, counts: Counts): Promise<World> {
  const random = createPrng(`runs/${seed}`);
  const world = new World({ seed });
  await world.namespaces(namespace);
  world.workflow({ namespace, taskQueue: taskQueue.name }, () => {
    if (world.driver.state.executions.size > RUNS_MAX)
      return [{ commandType: 'COMPLETE_WORKFLOW_EXECUTION' }];
    return Array.from({ length: random.below(3) }, () => randomCommand(random));
  });
  for (let step = 0; step < 12; step++) {
    await meddle(world, random);
    compareOpenRuns(world, counts);
    if (random.below(2) === 0) await world.driver.sleep(ms(random.below(4_000)));
  }
  await world.settled();
  return world;
}

/** The run as its history alone tells it. */
function rebuilt(state: EngineState, execution: Execution): Execution {
  const turn: Turn = {
    state,
    limits: limitsOf('server'),
    now: execution.startedAt,
    facts: [],
    effects: [],
    transfers: [],
    freedGroups: new Set(),
  };
  const plan = { ...execution.ref, requestId: 'r', attributes: startedAttributes(execution) };
  const copy = newExecution(turn, plan);
  for (const event of execution.events) {
    copy.events.push(event);
    applyEvent(turn, copy, event);
  }
  return copy;
}

/** Compares every open run with its history, and counts what there was to compare. */
function compareOpenRuns(world: World, counts: Counts): void {
  const { state } = world.driver;
  for (const execution of state.executions.values()) {
    if (execution.status !== 'RUNNING') continue;
    const copy = rebuilt(state, execution);
    expect([...copy.children.values()]).toEqual([...execution.children.values()]);
    const timers = [...execution.timers.values()].map(({ startedEventId }) => startedEventId);
    expect([...openTimers(copy).keys()].sort()).toEqual(timers.sort());
    expect(copy.cancelRequested).toBe(execution.cancelRequested);
    counts.children += execution.children.size;
    counts.timers += timers.length;
  }
}

test('every invariant holds after every step, and history alone tells what is open', async () => {
  const seen = new Set<string>();
  const counts: Counts = { children: 0, timers: 0, resets: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = await playWorld(seed, counts);
    const header = expectDefined(world.journal.header, 'the journal header');
    expect(firstBreach(header, world.journal.entries, firstBroken), `seed ${seed}`).toBeUndefined();
    for (const { events, resetTo } of world.driver.state.executions.values()) {
      for (const { eventType } of events) seen.add(eventType);
      if (resetTo !== undefined) counts.resets++;
    }
    world.dispose();
  }
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(SEEDS / 4);
  // The worlds are wild enough to mean something.
  expect([...seen].filter((type) => /CHILD|EXTERNAL|CONTINUED/.test(type)).sort()).toEqual([
    'CHILD_WORKFLOW_EXECUTION_COMPLETED',
    'CHILD_WORKFLOW_EXECUTION_FAILED',
    'CHILD_WORKFLOW_EXECUTION_STARTED',
    'CHILD_WORKFLOW_EXECUTION_TERMINATED',
    'CHILD_WORKFLOW_EXECUTION_TIMED_OUT',
    'EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED',
    'EXTERNAL_WORKFLOW_EXECUTION_SIGNALED',
    'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED',
    'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED',
    'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED',
    'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED',
    'START_CHILD_WORKFLOW_EXECUTION_FAILED',
    'START_CHILD_WORKFLOW_EXECUTION_INITIATED',
    'WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
  ]);
}, 60_000);
