import { describe, expect, test } from 'vitest';
import { expectDefined } from '../../simulator/base/assert.ts';
import { NEVER } from '../../simulator/engine/expiry.ts';
import { invariants } from '../../simulator/engine/invariants.ts';
import type { OperationRef } from '../../simulator/engine/fact.ts';
import type { EngineState, Execution } from '../../simulator/engine/state.ts';
import type { RandomWorld } from './vopr/random-world.ts';
import { drawStory, play } from './vopr/story.ts';

/** A world in which operations were called, at rest. */
function playedWorld(): RandomWorld {
  for (let seed = 1; ; seed++) {
    const { world } = play(drawStory(seed));
    if (world.engine.state.outbound.size > 0) return world;
  }
}

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
      [...queues.values()].forEach(({ waiting, polls }) =>
        polls.set(1 as never, waiting.add('task') as never),
      ),
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
    'a query is its client’s, and waits in its queue and nowhere else': ({ queries }, { ref }) =>
      queries.set('lost', { call: -1 as never, run: ref.runId, asked: {}, token: 'lost' }),
    'an update comes to its end, with its run at the latest': (_state, run) =>
      run.updates.set('lost', {
        id: 'lost',
        inHistory: false,
        state: 'completed',
        acceptedEventId: 0,
        attached: [],
        waits: new Set(),
      }),
    'no timer is overdue': ({ timers }) =>
      timers.set(-1 as never, { kind: 'nexus-task-deadline', task: 'none' }),
    'every timer belongs to what waits for it': ({ timers }, { ref }) =>
      timers.set(1e9 as never, { kind: 'workflow-timer', run: ref.runId, timerId: 'none' }),
    'what an operation has is what its state says': (_state, run) =>
      run.operations.set(1, { state: 'STARTED', ref: refOf(run, 1) } as never),
    'a cancel request is on its way once, as its state says': (_state, run) =>
      run.operations.set(1, {
        state: 'STARTED',
        ref: refOf(run, 1),
        cancellation: { state: 'SCHEDULED' },
      } as never),
    'calls that wait stand in the line that their reason names, and the line moves': ({ outbound }) =>
      [...outbound.values()].forEach(({ waiting }) => waiting.add({ run: 'none' } as never)),
    'a half-open breaker has let one probe through, or none': ({ outbound }) => {
      const group = expectDefined([...outbound.values()][0], 'an outbound group');
      group.breaker = { kind: 'half-open', generation: 9, probing: true };
    },
    'the run that goes on is the current one of its workflow': ({ currentRuns }) =>
      currentRuns.set('other', 'none' as never),
    'a started workflow task is known by its token and has a timeout': ({ workflowTasks }, { ref }) =>
      workflowTasks.set('token', ref.runId),
    'what other processes hold is still there': ({ held }) => held.set('token', 'worker'),
    'a child goes on, or its parent has heard of its end': ({ executions }, run) => {
      run.events.splice(1);
      executions.set('none' as never, run);
      run.children.set(1, { workflowId: 'none', runId: 'none' } as never);
    },
    'a callback is delivered when its run has closed for good': (_state, run) =>
      run.callbacks.push({ state: 'BACKING_OFF' } as never),
    'who waits for an answer waits where it comes from': (_state, run) =>
      run.waits.set(1 as never, {} as never),
    'a standalone operation runs, or is closed and nothing of it waits': ({ standalone }, run) => {
      const operation = { ref: refOf(run, 0), timeoutTimers: [] };
      standalone.set(run.ref.runId, { operation, status: 'COMPLETED', attempt: 1 } as never);
    },
    'the latest run of a standalone operation is there': ({ currentStandalone }, { ref }) =>
      currentStandalone.set('op', ref.runId),
    'what has closed expires once, and nothing else does': ({ expiries }, { ref }) =>
      expiries.set(NEVER, ref.runId),
    'every operation closes at most once in history': (_state, { events }) => {
      const attributes = { scheduledEventId: 99 };
      for (let count = 0; count < 2; count++) {
        events.push({ eventId: events.length + 1, eventType: 'NEXUS_OPERATION_FAILED', attributes } as never);
      }
    },
  };

  test.each([...invariants])('can be broken: %s', (name, check) => {
    const { engine, now } = playedWorld();
    // The damage is the test's; the engine does not mind.
    const state = engine.state as EngineState;
    expect(check(state, now)).toBeUndefined();
    damages[name]?.(state, expectDefined([...state.executions.values()][0], 'a run'));
    expect(check(state, now)).toBeDefined();
  });
});
