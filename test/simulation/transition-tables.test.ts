// Every state of a machine meets every trigger, through the front door: it moves as the table says, or not at all.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectDefined } from '../../simulator/base/assert.ts';
import { createPrng } from '../../simulator/base/prng.ts';
import { after, instant, ms, seconds } from '../../simulator/base/time.ts';
import { activityTransitions } from '../../simulator/engine/execution/activity.ts';
import { cancellationTransitions } from '../../simulator/engine/nexus/cancellation.ts';
import { operationTransitions } from '../../simulator/engine/nexus/operation.ts';
import {
  askBreaker,
  breakerAt,
  breakerTransitions,
  closedBreaker,
  tellBreaker,
  type Breaker,
} from '../../simulator/engine/policy/circuit-breaker.ts';
import type { Execution } from '../../simulator/engine/state.ts';
import { limitsOf } from '../../simulator/protocol/limits.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { NexusResponse } from '../../simulator/protocol/temporal/nexus.ts';
import { RandomWorld } from './vopr/random-world.ts';
import { drawTaste } from './vopr/taste.ts';
import { takeActivityTask, takeNexusTask, takeWorkflowTask } from './vopr/worker-moves.ts';

type Table = Readonly<Record<string, { readonly from: readonly string[]; readonly to: string }>>;

const orders = { namespace: 'orders', taskQueue: { name: 'orders' } };
const billing = { namespace: 'payments', taskQueue: { name: 'billing' } };
const byId = { namespace: 'orders', workflowId: 'order-1', activityId: '1' };
const notImplemented = { message: 'no', nexusHandlerFailureInfo: { type: 'NOT_IMPLEMENTED' } };
const retryable = { message: 'no', nexusHandlerFailureInfo: { type: 'UNAVAILABLE' } };

/** One workflow, its commands and its workers, with every invariant checked after every step. */
class Stage {
  readonly world = new RandomWorld(drawTaste(createPrng('stage')), {
    seed: 1,
    profile: 'server',
    limits: {},
  });

  constructor(...commands: Command[]) {
    for (const namespace of ['orders', 'payments']) this.world.ask('registerNamespace', { namespace });
    const worker = { namespace: 'payments', taskQueue: 'billing' };
    this.world.ask('createNexusEndpoint', { spec: { name: 'pay', target: { worker } } });
    this.start('orders', 'order-1');
    this.command(...commands);
  }

  start(namespace: string, workflowId: string, callbackOf?: Stage): void {
    const {
      requestId,
      callback = '',
      callbackHeader = {},
    } = callbackOf?.world.nexusRequests[0]?.startOperation ?? {};
    const header = { ...callbackHeader, 'nexus-operation-token': 'token' };
    this.world.ask('startWorkflowExecution', {
      namespace,
      workflowId,
      workflowType: { name: 'W' },
      taskQueue: { name: namespace },
      ...(requestId !== undefined && {
        requestId,
        completionCallbacks: [{ nexus: { url: callback, header } }],
      }),
    });
  }

  /** Answers the next workflow task of the workflow with these commands. */
  command(...commands: Command[]): void {
    this.answerWorkflow('orders', commands);
  }

  answerWorkflow(namespace: string, commands: readonly Command[]): void {
    takeWorkflowTask(this.world, { namespace, taskQueue: { name: namespace } });
    const taskToken = this.world.workflowTasks.pop()?.token ?? '';
    this.world.ask('respondWorkflowTaskCompleted', { namespace, taskToken, commands });
  }

  /** Wakes the workflow and lets it do this. */
  wake(...commands: Command[]): void {
    const workflowExecution = { workflowId: 'order-1' };
    this.world.ask('signalWorkflowExecution', { namespace: 'orders', workflowExecution, signalName: 'go' });
    this.command(...commands);
  }

  /** Takes the Nexus task that waits; without one, the latest stays in hand. */
  takeNexus(): void {
    if (this.world.engine.nextDeadline !== undefined) takeNexusTask(this.world, billing);
  }

  /** Answers the latest call of this kind, which may long be over; none, if there was none. */
  answer(response: NexusResponse, kind: 'start' | 'cancel' = 'start'): void {
    const taskToken = this.#tokenOf(kind);
    this.world.ask('respondNexusTaskCompleted', { namespace: 'payments', taskToken, response });
  }

  fail(failure = retryable, kind: 'start' | 'cancel' = 'start'): void {
    const taskToken = this.#tokenOf(kind);
    this.world.ask('respondNexusTaskFailed', { namespace: 'payments', taskToken, failure });
  }

  #tokenOf(kind: 'start' | 'cancel'): string {
    const isCancel = kind === 'cancel';
    const found = this.world.nexusTasks.findLast(
      ({ request }) => (request.cancelOperation !== undefined) === isCancel,
    );
    return found?.token ?? '';
  }

  /** Long enough for a first backoff, too short for any timeout. */
  wait(): void {
    this.pass(seconds(1.2));
  }

  pass(duration: ReturnType<typeof ms>): void {
    const target = after(this.world.now, duration);
    while (this.world.fireNext(target));
    this.world.moveTo(target);
  }

  get run(): Execution {
    return expectDefined(this.world.runs[0], 'the workflow');
  }

  /** The last event that closed something of this kind, as the state that it leaves behind. */
  closedAs(prefix: string, renamed: Readonly<Record<string, string>> = {}): string {
    const types = this.run.events.map(({ eventType }) => eventType);
    const end = types.findLast((type) =>
      new RegExp(`^${prefix}_(COMPLETED|FAILED|CANCELED|TIMED_OUT)$`).test(type),
    );
    const state = (end ?? 'none').slice(prefix.length + 1);
    return renamed[state] ?? state;
  }
}

interface Machine {
  readonly table: Table;
  /** How to bring a fresh one into each state. */
  readonly states: Readonly<Record<string, () => Stage>>;
  readonly triggers: Readonly<Record<string, (stage: Stage) => void>>;
  readonly stateOf: (stage: Stage) => string;
}

const schedule: Command = {
  commandType: 'SCHEDULE_NEXUS_OPERATION',
  attributes: { endpoint: 'pay', service: 'S', operation: 'o', scheduleToCloseTimeout: seconds(60) },
};
const cancelOperation: Command = {
  commandType: 'REQUEST_CANCEL_NEXUS_OPERATION',
  attributes: { scheduledEventId: 5 },
};
const asyncSuccess = { startOperation: { asyncSuccess: { operationToken: 'token' } } };

function operation(...then: ((stage: Stage) => void)[]): Stage {
  const stage = new Stage(schedule);
  stage.takeNexus();
  for (const act of then) act(stage);
  return stage;
}

/** The completion comes, whatever the start call has come to. */
const complete =
  (command: Command) =>
  (stage: Stage): void => {
    stage.start('payments', 'behind', stage);
    stage.answerWorkflow('payments', [command]);
  };
const failing = { message: 'no', applicationFailureInfo: { type: 'No' } };

const operationMachine: Machine = {
  table: operationTransitions,
  states: {
    SCHEDULED: () => operation(),
    BACKING_OFF: () => operation((stage) => stage.fail()),
    STARTED: () => operation((stage) => stage.answer(asyncSuccess)),
    SUCCEEDED: () => operation((stage) => stage.answer({ startOperation: { syncSuccess: {} } })),
  },
  triggers: {
    AttemptFailed: (stage) => stage.fail(),
    Rescheduled: (stage) => stage.wait(),
    Started: (stage) => stage.answer(asyncSuccess),
    Succeeded: complete({ commandType: 'COMPLETE_WORKFLOW_EXECUTION' }),
    Failed: complete({ commandType: 'FAIL_WORKFLOW_EXECUTION', attributes: { failure: failing } }),
    Canceled: complete({ commandType: 'CANCEL_WORKFLOW_EXECUTION' }),
    TimedOut: (stage) => stage.pass(seconds(60)),
  },
  stateOf: (stage) =>
    [...stage.run.operations.values()][0]?.state ??
    stage.closedAs('NEXUS_OPERATION', { COMPLETED: 'SUCCEEDED' }),
};

const cancelled = (...then: ((stage: Stage) => void)[]): Stage =>
  operation(
    (stage) => stage.answer(asyncSuccess),
    (stage) => stage.command(cancelOperation),
    (stage) => stage.takeNexus(),
    ...then,
  );

const cancellationMachine: Machine = {
  table: cancellationTransitions,
  states: {
    UNSPECIFIED: () => operation((stage) => stage.wake(cancelOperation)),
    SCHEDULED: () => cancelled(),
    BACKING_OFF: () => cancelled((stage) => stage.fail(retryable, 'cancel')),
    SUCCEEDED: () => cancelled((stage) => stage.answer({ cancelOperation: {} }, 'cancel')),
    FAILED: () => cancelled((stage) => stage.fail(notImplemented, 'cancel')),
  },
  triggers: {
    Scheduled: (stage) => stage.answer(asyncSuccess, 'start'),
    AttemptFailed: (stage) => stage.fail(retryable, 'cancel'),
    Rescheduled: (stage) => stage.wait(),
    Succeeded: (stage) => stage.answer({ cancelOperation: {} }, 'cancel'),
    Failed: (stage) => stage.fail(notImplemented, 'cancel'),
  },
  stateOf: (stage) => [...stage.run.operations.values()][0]?.cancellation?.state ?? 'none',
};

const scheduleActivity: Command = {
  commandType: 'SCHEDULE_ACTIVITY_TASK',
  attributes: {
    activityId: '1',
    activityType: { name: 'A' },
    startToCloseTimeout: seconds(40),
    scheduleToCloseTimeout: seconds(60),
  },
};

function activity(...then: ((stage: Stage) => void)[]): Stage {
  const stage = new Stage(scheduleActivity);
  for (const act of then) act(stage);
  return stage;
}

const takeActivity = (stage: Stage): void => takeActivityTask(stage.world, orders);
const failActivity =
  (nonRetryable: boolean) =>
  (stage: Stage): void => {
    const failure = { message: 'no', applicationFailureInfo: { nonRetryable } };
    stage.world.ask('respondActivityTaskFailedById', { ...byId, failure });
  };
const completeActivity = (stage: Stage): void => {
  stage.world.ask('respondActivityTaskCompletedById', byId);
};

const activityMachine: Machine = {
  table: activityTransitions,
  states: {
    SCHEDULED: () => activity(),
    STARTED: () => activity(takeActivity),
    BACKING_OFF: () => activity(takeActivity, failActivity(false)),
    COMPLETED: () => activity(completeActivity),
  },
  triggers: {
    Started: takeActivity,
    AttemptFailed: failActivity(false),
    Rescheduled: (stage) => stage.wait(),
    Completed: completeActivity,
    Failed: failActivity(true),
    TimedOut: (stage) => stage.pass(seconds(61)),
    Canceled: (stage) => {
      const attributes = { scheduledEventId: 5 };
      stage.wake({ commandType: 'REQUEST_CANCEL_ACTIVITY_TASK', attributes });
      stage.world.ask('respondActivityTaskCanceledById', byId);
    },
  },
  stateOf: (stage) => [...stage.run.activities.values()][0]?.state ?? stage.closedAs('ACTIVITY_TASK'),
};

/** Transitions that the front door brings about only together with another one. */
const together: Readonly<Record<string, string>> = {
  // Only a completion starts an operation that is backing off, and it closes it in the same step.
  'Started in BACKING_OFF': 'BACKING_OFF',
};

/** What the table says of this trigger in this state. */
function expectedAfter({ table }: Machine, state: string, trigger: string): string {
  const { from = [], to = '' } = table[trigger] ?? {};
  return together[`${trigger} in ${state}`] ?? (from.includes(state) ? to : state);
}

describe.each([
  ['an operation', operationMachine],
  ['a cancel request', cancellationMachine],
  ['an activity', activityMachine],
] as const)('%s', (_name, machine) => {
  const states = Object.keys(machine.states);
  const triggers = Object.keys(machine.triggers);

  test.each(states)('can be %s', (state) => {
    const stage = machine.states[state]?.();
    expect(stage && machine.stateOf(stage)).toBe(state);
  });

  test.each(states.flatMap((state) => triggers.map((trigger) => [state, trigger] as const)))(
    '%s, %s: moves as the table says, or not at all',
    (state, trigger) => {
      const stage = expectDefined(machine.states[state], state)();
      machine.triggers[trigger]?.(stage);
      expect(machine.stateOf(stage)).toBe(expectedAfter(machine, state, trigger));
    },
  );

  test('has a trigger for every transition, and reaches every state', () => {
    const first = Object.values(machine.table).filter(({ from }) => from.length === 0);
    const reached = new Set(first.map(({ to }) => to));
    for (let before = 0; before < reached.size;) {
      before = reached.size;
      for (const { from, to } of Object.values(machine.table)) {
        if (from.some((state) => reached.has(state))) reached.add(to);
      }
    }
    const named = Object.entries(machine.table).flatMap(([name, { from, to }]) => [
      ...(from.length === 0 || name in machine.triggers ? [] : [name]),
      ...[...from, to].filter((state) => !reached.has(state)),
    ]);
    expect(named).toEqual([]);
  });
});

describe('a breaker', () => {
  const limits = { ...limitsOf('server'), breakerConsecutiveFailures: 3, breakerOpenFor: seconds(10) };
  const step = fc.oneof(
    fc.record({ kind: fc.constant('ask' as const) }),
    fc.record({ kind: fc.constant('tell' as const), failed: fc.boolean(), late: fc.boolean() }),
    fc.record({ kind: fc.constant('wait' as const), for: fc.integer({ min: 0, max: 15_000 }) }),
  );
  const allowed = new Set(
    Object.values(breakerTransitions).flatMap(({ from, to }) => from.map((start) => `${start} → ${to}`)),
  );

  test('moves only as its table says, counts no late answer, and lets one probe through', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        let breaker: Breaker = closedBreaker;
        let now = instant(0);
        let admitted: number[] = [];
        for (const next of steps) {
          // What time alone does to it is a move of its own.
          const before = breakerAt(breaker, now);
          let moved: Breaker = before;
          if (next.kind === 'wait') {
            now = after(now, ms(next.for));
            moved = breakerAt(before, now);
          } else if (next.kind === 'ask') {
            const asked = askBreaker(before, now);
            moved = asked.breaker;
            expect(asked.admitted).toBe(
              before.kind === 'closed' || (before.kind === 'half-open' && !before.probing),
            );
            if (asked.admitted) admitted.push(moved.generation);
          } else {
            const generation = next.late ? before.generation - 1 : admitted.pop();
            if (generation === undefined) continue;
            moved = tellBreaker(before, { generation, failed: next.failed, now }, limits);
            if (generation !== before.generation) expect(moved).toEqual(before);
          }
          if (moved.kind !== before.kind) {
            expect(allowed).toContain(`${before.kind} → ${moved.kind}`);
            seen.add(`${before.kind} → ${moved.kind}`);
            expect(moved.generation).toBe(before.generation + 1);
            admitted = admitted.slice(-5);
          }
          breaker = moved;
        }
      }),
      { numRuns: 500 },
    );
    expect(seen).toEqual(allowed);
  });
});
