// Every state of a machine meets every trigger, through the front door: it moves as the table says, or not at all.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectDefined } from '../../simulator/base/assert.ts';
import { after, instant, ms, seconds } from '../../simulator/base/time.ts';
import { activityTransitions } from '../../simulator/engine/execution/activity.ts';
import { workflowTaskTransitions } from '../../simulator/engine/execution/workflow-task.ts';
import { callbackTransitions } from '../../simulator/engine/nexus/callback.ts';
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
import type { CallbackFault } from '../../simulator/protocol/fault.ts';
import { limitsOf } from '../../simulator/protocol/limits.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import { Stage, retryable } from './transition-stage.ts';
import { takeActivityTask, takeWorkflowTask } from './vopr/worker-moves.ts';

type Table = Readonly<Record<string, { readonly from: readonly string[]; readonly to: string }>>;

const orders = { namespace: 'orders', taskQueue: { name: 'orders' } };
const byId = { namespace: 'orders', workflowId: 'order-1', activityId: '1' };
const notImplemented = { message: 'no', nexusHandlerFailureInfo: { type: 'NOT_IMPLEMENTED' } };

interface Machine {
  readonly table: Table;
  /** How to bring a fresh one into each state. */
  readonly states: Readonly<Record<string, () => Stage>>;
  readonly triggers: Readonly<Record<string, (stage: Stage) => void>>;
  readonly stateOf: (stage: Stage) => string;
  /** Transitions that the front door brings about only together with another one, and where both end. */
  readonly together?: Readonly<Record<string, string>>;
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
  // Only a completion starts an operation that is backing off, and it closes it in the same step.
  together: { 'Started in BACKING_OFF': 'BACKING_OFF' },
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

/** A fault of the completion of every operation, in place of the one before. */
const injectFault = (stage: Stage, fault: Omit<CallbackFault, 'kind' | 'service' | 'operation'>): void => {
  stage.world.input({ kind: 'faults-cleared' });
  const rules = [{ kind: 'callback', service: 'S', operation: 'o', ...fault } as const];
  stage.world.input({ kind: 'faults-injected', rules });
};

const deliverWith = (fault: Parameters<typeof injectFault>[1]) => (stage: Stage) => {
  injectFault(stage, fault);
  stage.pass(seconds(2));
};

const closeBehind = (stage: Stage): void => {
  injectFault(stage, { lateBy: seconds(2) });
  stage.answerWorkflow('payments', [{ commandType: 'COMPLETE_WORKFLOW_EXECUTION' }]);
};

function callback(...then: ((stage: Stage) => void)[]): Stage {
  return operation(
    (stage) => stage.answer(asyncSuccess),
    (stage) => stage.start('payments', 'behind', stage),
    ...then,
  );
}

const failedDelivery = deliverWith({ fail: { type: 'UNAVAILABLE' } });
const refusedDelivery = deliverWith({ fail: { type: 'BAD_REQUEST' } });
const delivery = deliverWith({});

const callbackMachine: Machine = {
  table: callbackTransitions,
  states: {
    STANDBY: () => callback(),
    SCHEDULED: () => callback(closeBehind),
    BACKING_OFF: () => callback(closeBehind, failedDelivery),
    SUCCEEDED: () => callback(closeBehind, delivery),
    FAILED: () => callback(closeBehind, refusedDelivery),
  },
  triggers: {
    Scheduled: closeBehind,
    AttemptFailed: failedDelivery,
    Rescheduled: (stage) => {
      injectFault(stage, {});
      stage.wait();
    },
    Succeeded: delivery,
    Failed: refusedDelivery,
  },
  stateOf: (stage) => stage.world.runs[1]?.callbacks[0]?.state ?? 'none',
  // A delivery inside one machine ends in the step in which it sets out.
  together: {
    'Rescheduled in BACKING_OFF': 'SUCCEEDED',
    'Succeeded in BACKING_OFF': 'SUCCEEDED',
    'Failed in BACKING_OFF': 'FAILED',
  },
};

const takeTask = (stage: Stage): void => takeWorkflowTask(stage.world, orders);
/** The latest that was taken, which may be another one. */
const taskToken = (stage: Stage): string => stage.world.workflowTasks.at(-1)?.token ?? '';
const completeTask = (stage: Stage): void => {
  const stickyAttributes = { workerTaskQueue: { name: 'cache' }, scheduleToStartTimeout: seconds(5) };
  const answer = { namespace: 'orders', taskToken: taskToken(stage), stickyAttributes };
  stage.world.ask('respondWorkflowTaskCompleted', answer);
};

/** A task of a workflow that a worker has in its cache and may leave lying for five seconds. */
function workflowTask(...then: ((stage: Stage) => void)[]): Stage {
  const stage = new Stage();
  stage.signal();
  takeTask(stage);
  completeTask(stage);
  stage.signal();
  stage.watched = expectDefined(stage.run.task, 'the workflow task');
  for (const act of then) act(stage);
  return stage;
}

const taskEnds: Readonly<Record<string, string>> = {
  WORKFLOW_TASK_COMPLETED: 'completed',
  WORKFLOW_TASK_FAILED: 'failed',
  WORKFLOW_TASK_TIMED_OUT: 'timed-out',
};

const workflowTaskMachine: Machine = {
  table: workflowTaskTransitions,
  states: {
    scheduled: () => workflowTask(),
    started: () => workflowTask(takeTask),
    completed: () => workflowTask(takeTask, completeTask),
  },
  triggers: {
    Started: takeTask,
    Completed: completeTask,
    Failed: (stage) => {
      stage.world.ask('respondWorkflowTaskFailed', { namespace: 'orders', taskToken: taskToken(stage) });
    },
    TimedOut: (stage) => stage.pass(seconds(11)),
    Dropped: (stage) => {
      const workflowExecution = { workflowId: 'order-1' };
      stage.world.ask('terminateWorkflowExecution', { namespace: 'orders', workflowExecution });
    },
  },
  stateOf: (stage) => {
    const task = expectDefined(stage.watched, 'the workflow task');
    if (stage.run.task === task) return task.state;
    // A task that is dropped leaves no event behind.
    const end = stage.run.events.findLast(
      ({ eventType, attributes }) =>
        eventType in taskEnds &&
        'scheduledEventId' in attributes &&
        attributes.scheduledEventId === task.scheduledEventId,
    );
    return taskEnds[end?.eventType ?? ''] ?? 'dropped';
  },
};

/** What the table says of this trigger in this state. */
function expectedAfter({ table, together = {} }: Machine, state: string, trigger: string): string {
  const { from = [], to = '' } = table[trigger] ?? {};
  return together[`${trigger} in ${state}`] ?? (from.includes(state) ? to : state);
}

describe.each([
  ['an operation', operationMachine],
  ['a cancel request', cancellationMachine],
  ['an activity', activityMachine],
  ['a callback', callbackMachine],
  ['a workflow task', workflowTaskMachine],
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
