import { describe, expect, test } from 'vitest';
import { expectDefined } from '../../simulator/base/assert.ts';
import { Engine } from '../../simulator/engine/engine.ts';
import type { OperationRef } from '../../simulator/engine/fact.ts';
import type { Input } from '../../simulator/engine/input.ts';
import { firstBroken, invariants } from '../../simulator/engine/invariants.ts';
import { cancellationTransitions } from '../../simulator/engine/nexus/cancellation.ts';
import { operationTransitions } from '../../simulator/engine/nexus/operation.ts';
import type { EngineState, Execution } from '../../simulator/engine/state.ts';
import { limitsOf } from '../../simulator/protocol/limits.ts';
import type { World } from '../harness/world.ts';
import { playRandomWorld } from './workload.ts';

/** Plays a journal again and hands out the state after every step. */
function* steps(world: World): Generator<{ readonly state: Readonly<EngineState>; readonly at: number }> {
  const header = expectDefined(world.journal.header, 'the journal header');
  const engine = new Engine({ seed: header.seed, limits: limitsOf(header.profile, header.limits) });
  for (const { at, input } of world.journal.entries) {
    engine.dispatch(input as Input, at);
    yield { state: engine.state, at };
  }
}

/** What each operation (or its cancel request) was in, step by step, as `from → to`. */
function observe(world: World, stateOf: 'operation' | 'cancellation'): Set<string> {
  const seen = new Set<string>();
  let before = new Map<string, string>();
  for (const { state } of steps(world)) {
    const now = new Map<string, string>();
    for (const { ref, operations } of state.executions.values()) {
      for (const operation of operations.values()) {
        const current = stateOf === 'operation' ? operation.state : operation.cancellation?.state;
        if (current !== undefined) now.set(`${ref.runId}/${operation.ref.scheduledEventId}`, current);
      }
    }
    for (const [id, to] of now) {
      const from = before.get(id) ?? 'none';
      if (from !== to) seen.add(`${from} → ${to}`);
    }
    before = now;
  }
  return seen;
}

/** Every `from → to` that a table allows, where a state may be passed through within one step. */
function allowed(table: Record<string, { from: readonly string[]; to: string }>): Set<string> {
  const direct = new Map<string, Set<string>>();
  for (const { from, to } of Object.values(table)) {
    for (const start of from.length === 0 ? ['none'] : from) {
      direct.set(start, (direct.get(start) ?? new Set()).add(to));
    }
  }
  const pairs = new Set<string>();
  for (const start of direct.keys()) {
    const reached = new Set<string>();
    const open = [start];
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      for (const next of direct.get(state) ?? []) {
        if (!reached.has(next)) open.push(next);
        reached.add(next);
      }
    }
    for (const to of reached) pairs.add(`${start} → ${to}`);
  }
  return pairs;
}

describe('the transition tables', () => {
  test('allow all that random worlds do, and no operation returns from STARTED', async () => {
    const operations = new Set<string>();
    const cancellations = new Set<string>();
    for (let seed = 1; seed <= 40; seed++) {
      const { world } = await playRandomWorld(seed);
      for (const step of observe(world, 'operation')) operations.add(step);
      for (const step of observe(world, 'cancellation')) cancellations.add(step);
      world.dispose();
    }
    expect([...operations].filter((step) => !allowed(operationTransitions).has(step))).toEqual([]);
    expect([...cancellations].filter((step) => !allowed(cancellationTransitions).has(step))).toEqual([]);
    expect([...operations].filter((step) => step.startsWith('STARTED →'))).toEqual([]);
    // The worlds are wild enough to mean something.
    expect(operations).toContain('SCHEDULED → BACKING_OFF');
    expect(operations).toContain('BACKING_OFF → SCHEDULED');
    expect(operations).toContain('SCHEDULED → STARTED');
    expect(cancellations).toContain('SCHEDULED → BACKING_OFF');
  });
});

describe('the invariants', () => {
  const task = { state: 'scheduled' } as unknown as Execution['task'];
  const refOf = ({ ref: run }: Execution, scheduledEventId: number): OperationRef => ({
    run,
    scheduledEventId,
  });
  /** One way to break each; what is damaged is the first caller's run, after the world has come to rest. */
  const damages: Record<string, (state: EngineState, run: Execution) => unknown> = {
    'event ids count from 1 without gaps': (_state, { events }) => events.shift(),
    'a closed run owns nothing that waits': (_state, run) => run.timers.set('t', {} as never),
    'events are buffered only while a workflow task is in a worker’s hands': (_state, run) => {
      run.status = 'RUNNING';
      run.buffered = [{} as never];
    },
    'a scheduled workflow task waits in its queue and nowhere else': (_state, run) => {
      run.status = 'RUNNING';
      run.task = task;
    },
    'no task waits where a poll waits': ({ queues }) =>
      [...queues.values()].find(({ kind, polls }) => kind === 'nexus' && polls.size > 0)?.waiting.add('task'),
    'an operation that waits for its next attempt has a timer, and no other has': (_state, run) => {
      run.status = 'RUNNING';
      run.operations.set(1, { state: 'BACKING_OFF', ref: refOf(run, 1) } as never);
    },
    'a scheduled operation has exactly one start task, or waits in line': (_state, run) => {
      run.status = 'RUNNING';
      run.operations.set(1, { state: 'SCHEDULED', attempt: 0, ref: refOf(run, 1) } as never);
    },
    'as many calls are in flight as there are tasks with a ticket, and not too many': ({ outbound }) => {
      const group = expectDefined([...outbound.values()][0], 'an outbound group');
      group.inFlight++;
    },
    'an activity’s task is offered or under way, and it is where its state says': (state, { ref }) =>
      state.activityTasks.set('token', { run: ref, scheduledEventId: 5 }),
    'as many dispatches are counted in a namespace as it has Nexus tasks': ({ dispatches }) =>
      dispatches.set('orders', 7),
    'no timer is overdue': ({ timers }) =>
      timers.set(-1 as never, { kind: 'nexus-task-deadline', task: 'none' }),
    'every operation closes at most once in history': (_state, { events }) => {
      const attributes = { scheduledEventId: 99 };
      for (let count = 0; count < 2; count++) {
        events.push({ eventId: events.length + 1, eventType: 'NEXUS_OPERATION_FAILED', attributes } as never);
      }
    },
    'a standalone operation runs, or is closed and nothing of it waits': ({ standalone }, run) => {
      const operation = { ref: refOf(run, 0), timeoutTimers: [] };
      standalone.set(run.ref.runId, { operation, status: 'COMPLETED', attempt: 1 } as never);
    },
    'the latest run of a standalone operation is there': ({ currentStandalone }, { ref }) =>
      currentStandalone.set('op', ref.runId),
  };

  test.each([...invariants.keys()])('can be broken: %s', async (name) => {
    const { world } = await playRandomWorld(4);
    let last: EngineState | undefined;
    for (const { state } of steps(world)) last = state;
    const state = expectDefined(last, 'the last state');
    expect(firstBroken(state, world.driver.now())).toBeUndefined();
    damages[name]?.(state, expectDefined([...state.executions.values()][0], 'a run'));
    expect(firstBroken(state, world.driver.now())).toContain(name);
    world.dispose();
  });
});
