import { expect, test } from 'vitest';
import { activityTransitions } from '../../simulator/engine/execution/activity.ts';
import { workflowTaskTransitions } from '../../simulator/engine/execution/workflow-task.ts';
import { callbackTransitions } from '../../simulator/engine/nexus/callback.ts';
import { cancellationTransitions } from '../../simulator/engine/nexus/cancellation.ts';
import { operationTransitions } from '../../simulator/engine/nexus/operation.ts';
import type { Execution } from '../../simulator/engine/state.ts';
import { updateTransitions } from '../../simulator/engine/update.ts';
import type { Check } from './vopr/random-world.ts';
import { drawStory, play } from './vopr/story.ts';

const SEEDS = 200;

type Table = Readonly<Record<string, { readonly from: readonly string[]; readonly to: string }>>;

/** The things of one kind that a run has. */
type ThingsOf = (run: Execution) => Iterable<{ readonly state: string } | undefined>;

/*
 * A poll and a child have no state to move: a poll waits until it is answered, and a child is started in the turn in
 * which it is asked for. The invariants say so.
 */

/** What each thing was in, step by step, as `from → to`. */
function observe(thingsOf: ThingsOf): ReadonlySet<string> {
  const seen = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const before = new WeakMap<object, string>();
    const look: Check = ({ executions }) => {
      for (const run of executions.values()) {
        for (const thing of thingsOf(run)) {
          if (thing === undefined) continue;
          const from = before.get(thing) ?? 'none';
          if (from !== thing.state) seen.add(`${from} → ${thing.state}`);
          before.set(thing, thing.state);
        }
      }
      return undefined;
    };
    play(drawStory(seed), look);
  }
  return seen;
}

/** Every `from → to` that a table allows, where a state may be passed through within one step. */
function allowed(table: Table): ReadonlySet<string> {
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

test.each<[string, Table, ThingsOf]>([
  ['operations', operationTransitions, ({ operations }) => operations.values()],
  [
    'cancel requests',
    cancellationTransitions,
    ({ operations }) => [...operations.values()].map(({ cancellation }) => cancellation),
  ],
  ['activities', activityTransitions, ({ activities }) => activities.values()],
  ['callbacks', callbackTransitions, ({ callbacks }) => callbacks],
  ['updates', updateTransitions, ({ updates }) => updates.values()],
  ['workflow tasks', workflowTaskTransitions, ({ task }) => [task]],
])(
  'random worlds do with %s only what their table allows, and all of it',
  (_name, table, thingsOf) => {
    const [seen, may] = [observe(thingsOf), allowed(table)];
    expect([...seen].filter((step) => !may.has(step))).toEqual([]);
    // The worlds are wild enough to mean something. What is closed is not there to be seen.
    const states = new Set([...seen].map((step) => step.split(' → ')[1] ?? ''));
    const open = Object.values(table).flatMap(({ from }) => from);
    expect(open.filter((state) => !states.has(state))).toEqual([]);
  },
  120_000,
);
