import { describe, expect, test } from 'vitest';
import { expectDefined } from '../../simulator/base/assert.ts';
import { createPrng, type Prng } from '../../simulator/base/prng.ts';
import { ms, seconds } from '../../simulator/base/time.ts';
import { activityTransitions } from '../../simulator/engine/execution/activity.ts';
import { firstBroken } from '../../simulator/engine/invariants.ts';
import type { EngineState } from '../../simulator/engine/state.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { WorkflowTask } from '../../simulator/protocol/temporal/methods.ts';
import { World } from '../harness/world.ts';
import { firstBreach } from './seed-check.ts';

/*
 * Random worlds of activities and sticky queues: workers that poll, answer, fail, keep silent, lose their cache and
 * shut down, in any order. One world by its seed: `playWorld(seed)`.
 */

const SEEDS = 150;
const STEPS = 120;
const namespace = 'orders';
const taskQueue = { name: 'orders' };
const caches = ['cache-1', 'cache-2'] as const;
const workflows = ['order-1', 'order-2', 'order-3'] as const;

interface Play {
  readonly world: World;
  readonly random: Prng;
  readonly workflowTasks: WorkflowTask[];
  readonly activityTokens: string[];
}

type Move = (play: Play) => Promise<unknown> | undefined;

const moves: readonly Move[] = [
  ({ world, random }) =>
    world.driver.call('startWorkflowExecution', {
      namespace,
      workflowId: pick(random, workflows),
      workflowType: { name: 'Checkout' },
      taskQueue,
      ...(random.chance({ of: 1, in: 3 }) && { workflowRunTimeout: seconds(1 + random.below(60)) }),
    }),
  ({ world, random }) =>
    world.driver.call('signalWorkflowExecution', { ...pickRun(random), signalName: 'go' }),
  ({ world, random }) =>
    random.chance({ of: 1, in: 4 })
      ? world.driver.call('terminateWorkflowExecution', pickRun(random))
      : undefined,
  (play) => pollWorkflow(play, { name: 'orders' }),
  (play) => pollWorkflow(play, { name: pick(play.random, caches) }),
  (play) => pollActivity(play),
  (play) => completeTask(play),
  (play) => completeTask(play),
  ({ world, random, workflowTasks }) =>
    world.driver.call('respondWorkflowTaskFailed', {
      namespace,
      taskToken: takeAny(random, workflowTasks)?.taskToken ?? '',
    }),
  ({ world, random, activityTokens }) =>
    world.driver.call('respondActivityTaskCompleted', {
      namespace,
      taskToken: takeAny(random, activityTokens) ?? '',
    }),
  ({ world, random, activityTokens }) =>
    world.driver.call('respondActivityTaskFailed', {
      namespace,
      taskToken: takeAny(random, activityTokens) ?? '',
      failure: { message: 'no', applicationFailureInfo: { nonRetryable: random.chance({ of: 1, in: 4 }) } },
    }),
  ({ world, random, activityTokens }) =>
    world.driver.call('respondActivityTaskCanceled', {
      namespace,
      taskToken: takeAny(random, activityTokens) ?? '',
    }),
  ({ world, random, activityTokens }) =>
    world.driver.call('recordActivityTaskHeartbeat', {
      namespace,
      taskToken: activityTokens[random.below(activityTokens.length + 1)] ?? '',
    }),
  ({ world, random }) =>
    world.driver.call('respondActivityTaskCompletedById', {
      namespace,
      workflowId: pick(random, workflows),
      activityId: String(random.below(4)),
    }),
  ({ world, random }) =>
    world.driver.call('shutdownWorker', { namespace, stickyTaskQueue: pick(random, caches) }),
  ({ world, random }) =>
    world.driver.call('resetStickyTaskQueue', {
      namespace,
      execution: { workflowId: pick(random, workflows) },
    }),
  ({ world, random }) => world.driver.advance(ms(random.below(8_000))),
];

async function playWorld(seed: number): Promise<World> {
  const random = createPrng(`activity-world/${seed}`);
  const world = new World({ seed, clock: { mode: 'paused' } });
  await world.namespaces(namespace);
  const play: Play = { world, random, workflowTasks: [], activityTokens: [] };
  for (let step = 0; step < STEPS; step++) await pick(random, moves)(play);
  return world;
}

/** Polls without waiting for an answer: there may be none. */
function pollWorkflow({ world, workflowTasks }: Play, queue: { readonly name: string }): undefined {
  void world.driver.call('pollWorkflowTaskQueue', { namespace, taskQueue: queue }).then((reply) => {
    if (reply.ok && reply.value.taskToken !== undefined) workflowTasks.push(reply.value);
  });
}

function pollActivity({ world, random, activityTokens }: Play): undefined {
  const rate = random.chance({ of: 1, in: 4 }) && {
    taskQueueMetadata: { maxTasksPerSecond: { value: random.below(3) } },
  };
  void world.driver.call('pollActivityTaskQueue', { namespace, taskQueue, ...rate }).then((reply) => {
    if (reply.ok && reply.value.taskToken !== undefined) activityTokens.push(reply.value.taskToken);
  });
}

async function completeTask({ world, random, workflowTasks }: Play): Promise<void> {
  const task = takeAny(random, workflowTasks);
  const reply = await world.driver.call('respondWorkflowTaskCompleted', {
    namespace,
    taskToken: task?.taskToken ?? '',
    commands: Array.from({ length: random.below(3) }, () => randomCommand(random)),
    returnNewWorkflowTask: random.chance({ of: 1, in: 2 }),
    forceCreateNewWorkflowTask: random.chance({ of: 1, in: 4 }),
    ...(random.chance({ of: 2, in: 3 }) && {
      stickyAttributes: {
        workerTaskQueue: { name: pick(random, caches) },
        scheduleToStartTimeout: seconds(5),
      },
    }),
  });
  if (reply.ok && reply.value.workflowTask !== undefined) workflowTasks.push(reply.value.workflowTask);
}

function randomCommand(random: Prng): Command {
  switch (random.below(6)) {
    case 0:
      return {
        commandType: 'REQUEST_CANCEL_ACTIVITY_TASK',
        attributes: { scheduledEventId: 5 + random.below(6) },
      };
    case 1:
      return { commandType: 'COMPLETE_WORKFLOW_EXECUTION' };
    default:
      return {
        commandType: 'SCHEDULE_ACTIVITY_TASK',
        attributes: {
          activityId: String(random.below(4)),
          activityType: { name: 'Charge' },
          startToCloseTimeout: seconds(1 + random.below(10)),
          ...(random.chance({ of: 1, in: 2 }) && { scheduleToCloseTimeout: seconds(1 + random.below(20)) }),
          ...(random.chance({ of: 1, in: 2 }) && { scheduleToStartTimeout: seconds(1 + random.below(10)) }),
          ...(random.chance({ of: 1, in: 2 }) && { heartbeatTimeout: seconds(1 + random.below(3)) }),
          retryPolicy: { maximumAttempts: random.below(4) },
        },
      };
  }
}

const pickRun = (random: Prng) => ({ namespace, workflowExecution: { workflowId: pick(random, workflows) } });

function pick<T>(random: Prng, choices: readonly T[]): T {
  return expectDefined(choices[random.below(choices.length)], 'a choice');
}

/** Takes one of the items; now and then none. */
function takeAny<T>(random: Prng, items: T[]): T | undefined {
  return items.splice(random.below(items.length + 1), 1)[0];
}

/** What each open activity went through, step by step, as `from → to`. */
class Observer {
  readonly seen = new Set<string>();
  #before = new Map<string, string>();

  look(state: Readonly<EngineState>): void {
    const now = new Map<string, string>();
    for (const { ref, activities } of state.executions.values()) {
      for (const activity of activities.values()) {
        now.set(`${ref.runId}/${activity.ref.scheduledEventId}`, activity.state);
      }
    }
    for (const [id, to] of now) {
      const from = this.#before.get(id) ?? 'none';
      if (from !== to) this.seen.add(`${from} → ${to}`);
    }
    this.#before = now;
  }
}

/** Every `from → to` of the table, and those in which an attempt is taken as soon as it is offered. */
function allowedTransitions(): Set<string> {
  const pairs = Object.values(activityTransitions).flatMap(({ from, to }) =>
    (from.length === 0 ? ['none'] : from).map((start: string) => [start, to] as const),
  );
  const offered = pairs.filter(([, to]) => to === 'SCHEDULED').map(([from]) => `${from} → STARTED`);
  return new Set([...pairs.map(([from, to]) => `${from} → ${to}`), ...offered]);
}

describe('random worlds of activities and sticky queues', () => {
  test('hold every invariant after every step, and see all that there is', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const world = await playWorld(seed);
      const header = expectDefined(world.journal.header, 'the journal header');
      const breach = firstBreach(header, world.journal.entries, firstBroken);
      expect(breach, `seed ${seed}`).toBeUndefined();
      for (const workflowId of workflows) {
        const reply = await world.driver.call('getWorkflowExecutionHistory', {
          namespace,
          execution: { workflowId },
        });
        for (const { eventType } of reply.ok ? (reply.value.history.events ?? []) : []) seen.add(eventType);
      }
      world.dispose();
    }
    // The worlds are wild enough to mean something.
    expect([...seen].filter((type) => type.startsWith('ACTIVITY_')).sort()).toEqual([
      'ACTIVITY_TASK_CANCELED',
      'ACTIVITY_TASK_CANCEL_REQUESTED',
      'ACTIVITY_TASK_COMPLETED',
      'ACTIVITY_TASK_FAILED',
      'ACTIVITY_TASK_SCHEDULED',
      'ACTIVITY_TASK_STARTED',
      'ACTIVITY_TASK_TIMED_OUT',
    ]);
    expect(seen).toContain('WORKFLOW_TASK_TIMED_OUT');
  });

  test('make only the transitions of the table', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed += 5) {
      const world = await playWorld(seed);
      const observer = new Observer();
      const header = expectDefined(world.journal.header, 'the journal header');
      firstBreach(header, world.journal.entries, (state) => {
        observer.look(state);
        return undefined;
      });
      for (const step of observer.seen) seen.add(step);
      world.dispose();
    }
    const allowed = allowedTransitions();
    expect([...seen].filter((step) => !allowed.has(step))).toEqual([]);
    expect(seen).toContain('STARTED → BACKING_OFF');
    expect(seen).toContain('BACKING_OFF → SCHEDULED');
  });

  test('leave histories in which every closing event points at its own start', async () => {
    for (let seed = 1; seed <= SEEDS; seed += 5) {
      const world = await playWorld(seed);
      for (const workflowId of workflows) {
        const reply = await world.driver.call('getWorkflowExecutionHistory', {
          namespace,
          execution: { workflowId },
        });
        const events = reply.ok ? (reply.value.history.events ?? []) : [];
        for (const { attributes, eventType } of events) {
          if (!eventType.startsWith('ACTIVITY_') || !('startedEventId' in attributes)) continue;
          if (attributes.startedEventId === 0 || !('scheduledEventId' in attributes)) continue;
          expect(events[attributes.startedEventId - 1]).toMatchObject({
            eventType: 'ACTIVITY_TASK_STARTED',
            attributes: { scheduledEventId: attributes.scheduledEventId },
          });
        }
      }
      world.dispose();
    }
  });
});
