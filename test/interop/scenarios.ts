// The table: every row is played by every pair of languages that it asks for, while time leaps.
import type { WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';
import { days, hours, minutes, seconds } from '../../simulator/base/time.ts';
import type { Cell } from './cell.ts';
import { failures } from './failure-scenarios.ts';
import { deserted, endpointOf } from './interop-world.ts';
import type { Scenario } from './scenario.ts';
import { cancellationTypes, type CancellationType } from './typescript/contract.ts';

const delivered = ['CancelRequested', 'CancelRequestCompleted', 'Canceled'];
const asynchronous = ['Scheduled', 'Started', 'Completed'];

/** What the caller sees after `Started`, whether it waits for the desk to tidy up, and how the desk's run ends. */
const cancelled: Readonly<
  Record<
    CancellationType,
    { readonly events: readonly string[]; readonly waits: boolean; readonly end: 'completed' | 'canceled' }
  >
> = {
  ABANDON: { events: [], waits: false, end: 'completed' },
  TRY_CANCEL: { events: delivered, waits: false, end: 'canceled' },
  WAIT_CANCELLATION_REQUESTED: { events: delivered, waits: false, end: 'canceled' },
  WAIT_CANCELLATION_COMPLETED: { events: delivered, waits: true, end: 'canceled' },
};

const results: readonly Scenario[] = [
  {
    name: 'a synchronous operation',
    across: 'pairs',
    play: async (cell) => {
      const { outcome, events } = await cell.call({ operation: 'echo', job: { text: 'hello' } });
      expect(outcome.answer).toEqual({ text: 'hello', language: cell.desk, attempt: 0 });
      expect(events).toEqual(['Scheduled', 'Completed']);
    },
  },
  {
    name: 'an operation that a workflow run carries out, linked both ways',
    across: 'pairs',
    play: async (cell) => {
      const id = cell.newId();
      const caller = await cell.begin({ operation: 'work', job: { id, text: 'a letter', ms: minutes(1) } });
      expect(await caller.result()).toMatchObject({
        answer: { text: 'worked on a letter', language: cell.desk },
      });
      expect(await cell.nexusEvents(caller)).toEqual(asynchronous);
      const started = await cell.untilCaller(caller, 'nexusOperationStartedEventAttributes');
      expect(started.links).toMatchObject([{ workflowEvent: { namespace: 'desks', workflowId: id } }]);
      const run = await cell.untilDesk(id, 'workflowExecutionStartedEventAttributes');
      expect(run.workflowExecutionStartedEventAttributes?.completionCallbacks).toMatchObject([
        { links: [{ workflowEvent: { namespace: 'callers', workflowId: caller.workflowId } }] },
      ]);
    },
  },
  {
    name: "a standalone operation, started by the SDK's client",
    across: 'pairs',
    play: async (cell) => {
      const job = cell.job({ text: 'alone', ms: 20 });
      const caller = await cell.startCaller('standalone', endpointOf(cell.desk), job);
      expect(await caller.result()).toMatchObject({ text: 'worked on alone', language: cell.desk });
      const described = await cell.world.callers.nexus.getHandle(job.id).describe();
      expect(described).toMatchObject({ status: 'COMPLETED', service: 'JobDesk', operation: 'work' });
    },
  },
];

const messages: readonly Scenario[] = [
  {
    name: 'two callers attached to one run, which a signal-backed operation ends',
    across: 'pairs',
    play: async (cell) => {
      const id = cell.newId();
      const [first, second] = [await join(cell, id), await join(cell, id)];
      const attached = await cell.untilDesk(id, 'workflowExecutionOptionsUpdatedEventAttributes');
      expect(attached.workflowExecutionOptionsUpdatedEventAttributes).toMatchObject({
        attachedCompletionCallbacks: [{}],
      });
      const { outcome } = await cell.call({ operation: 'release', job: { id, text: 'for both' } });
      expect(outcome.answer).toMatchObject({ text: 'released', language: cell.desk });
      for (const caller of [first, second]) {
        expect(await caller.result()).toMatchObject({ answer: { text: 'for both', language: cell.desk } });
        expect(await cell.nexusEvents(caller)).toEqual(asynchronous);
      }
    },
  },
  {
    name: 'a query-backed operation',
    across: 'pairs',
    play: async (cell) => {
      const id = cell.newId();
      const joined = await join(cell, id, 'first text');
      const { outcome, events } = await cell.call({ operation: 'ask', job: { id } });
      expect(outcome.answer).toMatchObject({ text: 'first text', language: cell.desk });
      expect(events).toEqual(['Scheduled', 'Completed']);
      await cell.call({ operation: 'release', job: { id } });
      await joined.result();
    },
  },
  {
    name: 'an operation that waits for an update',
    across: 'pairs',
    play: (cell) => update(cell, 'adjust', { events: ['Scheduled', 'Completed'], ms: 0 }),
  },
  {
    name: 'an update-backed operation',
    across: 'pairs',
    play: (cell) => update(cell, 'revise', { events: asynchronous, ms: hours(1) }),
  },
];

const cancellations = cancellationTypes.map((cancellationType): Scenario => {
  const { events, waits, end } = cancelled[cancellationType];
  return {
    name: `a cancellation with ${cancellationType}`,
    across: 'pairs',
    play: async (cell) => {
      const id = cell.newId();
      const called = await cell.call({
        operation: 'work',
        job: { id, ms: days(1) },
        cancellationType,
        cancel: true,
        linger: hours(1),
      });
      expect(called.outcome.failure).toMatchObject({ kind: 'canceled', operation: 'work' });
      // The desk tidies up for ten minutes.
      expect(called.outcome.waited >= minutes(10)).toBe(waits);
      expect(called.events).toEqual(['Scheduled', 'Started', ...events]);
      const ended = cell.world.desks.workflow.getHandle(id).result();
      await (end === 'completed'
        ? expect(ended).resolves.toMatchObject({ language: cell.desk })
        : expect(ended).rejects.toThrow('Workflow execution cancelled'));
    },
  };
});

const timeouts: readonly Scenario[] = [
  {
    name: 'a schedule-to-close timeout',
    across: 'pairs',
    play: async (cell) => {
      const job = { ms: days(1) };
      const { outcome, events } = await cell.call({
        operation: 'work',
        job,
        scheduleToClose: minutes(10),
      });
      expect(outcome.failure).toMatchObject({ kind: 'timeout', type: 'SCHEDULE_TO_CLOSE' });
      expect(events).toEqual(['Scheduled', 'Started', 'TimedOut']);
    },
  },
  {
    name: 'a start-to-close timeout',
    across: 'pairs',
    play: async (cell) => {
      const { outcome, events } = await cell.call({
        operation: 'work',
        job: { ms: days(1) },
        startToClose: minutes(10),
      });
      expect(outcome.failure).toMatchObject({ kind: 'timeout', type: 'START_TO_CLOSE' });
      expect(events).toEqual(['Scheduled', 'Started', 'TimedOut']);
    },
  },
  {
    name: 'a schedule-to-start timeout where no worker is',
    across: 'languages',
    play: async (cell) => {
      const { outcome, events } = await cell.call({
        endpoint: deserted,
        operation: 'echo',
        scheduleToStart: seconds(30),
      });
      expect(outcome.failure).toMatchObject({ kind: 'timeout', type: 'SCHEDULE_TO_START' });
      expect(events).toEqual(['Scheduled', 'TimedOut']);
    },
  },
];

const long: readonly Scenario[] = [
  {
    name: 'an operation of 60 days',
    across: 'pairs',
    long: true,
    play: async (cell) => {
      const { outcome } = await cell.call({ operation: 'work', job: { ms: days(60) } });
      expect(outcome.answer?.language).toBe(cell.desk);
      expect(outcome.waited).toBeGreaterThanOrEqual(days(60));
    },
  },
  {
    name: 'an operation whose pauses between attempts grow to an hour',
    across: 'pairs',
    long: true,
    play: async (cell) => {
      const job = { refusal: 'plain', times: 14 };
      const { outcome } = await cell.call({ operation: 'refuse', job });
      expect(outcome.answer).toMatchObject({ language: cell.desk, attempt: 15 });
      // The pauses double from a second; the last two are an hour, less a fifth at most.
      expect(outcome.waited).toBeGreaterThanOrEqual(0.8 * (seconds(2 ** 12 - 1) + 2 * hours(1)));
    },
  },
  {
    name: 'a workflow that sleeps 3 days',
    across: 'languages',
    long: true,
    play: async (cell) => {
      const handle = await cell.startCaller('rest', days(3));
      expect(await handle.result()).toMatchObject({ text: 'rested', language: cell.caller });
      const { startTime, closeTime } = await handle.describe();
      expect((closeTime?.getTime() ?? 0) - startTime.getTime()).toBeGreaterThanOrEqual(days(3));
    },
  },
  {
    name: 'an activity that is tried again after an hour',
    across: 'languages',
    long: true,
    play: async (cell) => {
      const handle = await cell.startCaller('persist');
      expect(await handle.result()).toEqual({ text: 'done at last', language: cell.caller, attempt: 2 });
      const { startTime, closeTime } = await handle.describe();
      expect((closeTime?.getTime() ?? 0) - startTime.getTime()).toBeGreaterThanOrEqual(hours(1));
    },
  },
];

export const scenarios: readonly Scenario[] = [
  ...results,
  ...messages,
  ...failures,
  ...cancellations,
  ...timeouts,
  ...long,
];

async function join(cell: Cell, id: string, text = ''): Promise<WorkflowHandle> {
  const caller = await cell.begin({ operation: 'join', job: { id, text } });
  await cell.untilCaller(caller, 'nexusOperationStartedEventAttributes');
  return caller;
}

/** Changes the text of a run through one of the operations that update it, which takes so many milliseconds. */
async function update(
  cell: Cell,
  operation: 'adjust' | 'revise',
  expected: { readonly events: readonly string[]; readonly ms: number },
): Promise<void> {
  const id = cell.newId();
  const joined = await join(cell, id);
  const { outcome, events } = await cell.call({ operation, job: { id, text: 'new', ms: expected.ms } });
  expect(outcome.answer).toMatchObject({ text: 'revised to new', language: cell.desk });
  expect(outcome.waited).toBeGreaterThanOrEqual(expected.ms);
  expect(events).toEqual(expected.events);
  const asked = await cell.call({ operation: 'ask', job: { id } });
  expect(asked.outcome.answer?.text).toBe('new');
  await cell.call({ operation: 'release', job: { id } });
  await joined.result();
}
