import { eventTraits } from '../../../simulator/engine/execution/history.ts';
import type { StampedFact } from '../../../simulator/engine/fact.ts';
import type { Execution } from '../../../simulator/engine/state.ts';
import type { EventType, HistoryEvent } from '../../../simulator/protocol/temporal/history.ts';

/* When a history is well formed (semantics §1.4; H1 to H3 of the engine's `history.ts`). */

type Step = 'opens' | 'goes on' | 'ends';

interface Part {
  /** What the event is about. */
  readonly of: string;
  /** The attribute that holds the id of the event by which it opened; the event itself, where there is none. */
  readonly by?: string;
  readonly step: Step;
}

const ends = (of: string, by: string): Part => ({ of, by, step: 'ends' });
const goesOn = (of: string, by: string): Part => ({ of, by, step: 'goes on' });
const opens = (of: string): Part => ({ of, step: 'opens' });

/** What opens, goes on and ends with each event. What is not listed stands alone. */
const parts: Readonly<Partial<Record<EventType, Part>>> = {
  NEXUS_OPERATION_SCHEDULED: opens('operation'),
  NEXUS_OPERATION_STARTED: goesOn('operation', 'scheduledEventId'),
  NEXUS_OPERATION_CANCEL_REQUESTED: goesOn('operation', 'scheduledEventId'),
  NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED: goesOn('operation', 'scheduledEventId'),
  NEXUS_OPERATION_CANCEL_REQUEST_FAILED: goesOn('operation', 'scheduledEventId'),
  NEXUS_OPERATION_COMPLETED: ends('operation', 'scheduledEventId'),
  NEXUS_OPERATION_FAILED: ends('operation', 'scheduledEventId'),
  NEXUS_OPERATION_CANCELED: ends('operation', 'scheduledEventId'),
  NEXUS_OPERATION_TIMED_OUT: ends('operation', 'scheduledEventId'),
  ACTIVITY_TASK_SCHEDULED: opens('activity'),
  ACTIVITY_TASK_STARTED: goesOn('activity', 'scheduledEventId'),
  ACTIVITY_TASK_CANCEL_REQUESTED: goesOn('activity', 'scheduledEventId'),
  ACTIVITY_TASK_COMPLETED: ends('activity', 'scheduledEventId'),
  ACTIVITY_TASK_FAILED: ends('activity', 'scheduledEventId'),
  ACTIVITY_TASK_TIMED_OUT: ends('activity', 'scheduledEventId'),
  ACTIVITY_TASK_CANCELED: ends('activity', 'scheduledEventId'),
  TIMER_STARTED: opens('timer'),
  TIMER_FIRED: ends('timer', 'startedEventId'),
  TIMER_CANCELED: ends('timer', 'startedEventId'),
  START_CHILD_WORKFLOW_EXECUTION_INITIATED: opens('child'),
  START_CHILD_WORKFLOW_EXECUTION_FAILED: ends('child', 'initiatedEventId'),
  CHILD_WORKFLOW_EXECUTION_STARTED: goesOn('child', 'initiatedEventId'),
  CHILD_WORKFLOW_EXECUTION_COMPLETED: ends('child', 'initiatedEventId'),
  CHILD_WORKFLOW_EXECUTION_FAILED: ends('child', 'initiatedEventId'),
  CHILD_WORKFLOW_EXECUTION_CANCELED: ends('child', 'initiatedEventId'),
  CHILD_WORKFLOW_EXECUTION_TIMED_OUT: ends('child', 'initiatedEventId'),
  CHILD_WORKFLOW_EXECUTION_TERMINATED: ends('child', 'initiatedEventId'),
  SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: opens('signal'),
  SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: ends('signal', 'initiatedEventId'),
  EXTERNAL_WORKFLOW_EXECUTION_SIGNALED: ends('signal', 'initiatedEventId'),
  REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: opens('cancel request'),
  REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: ends('cancel request', 'initiatedEventId'),
  EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED: ends('cancel request', 'initiatedEventId'),
  WORKFLOW_TASK_SCHEDULED: opens('workflow task'),
  WORKFLOW_TASK_STARTED: goesOn('workflow task', 'scheduledEventId'),
  WORKFLOW_TASK_COMPLETED: ends('workflow task', 'scheduledEventId'),
  WORKFLOW_TASK_FAILED: ends('workflow task', 'scheduledEventId'),
  WORKFLOW_TASK_TIMED_OUT: ends('workflow task', 'scheduledEventId'),
};

/** Events that name the STARTED event of what they end; 0 where it never started. */
const namesStart: ReadonlySet<string> = new Set(['activity', 'child', 'workflow task']);

const closesRun = /^WORKFLOW_EXECUTION_(COMPLETED|FAILED|CANCELED|TERMINATED|TIMED_OUT|CONTINUED_AS_NEW)$/;

/** What is wrong with a history, closed or not. */
export function historyProblem({ events, status, ref }: Execution): string | undefined {
  const found = shapeProblem(events, status !== 'RUNNING') ?? partsProblem(events) ?? tasksProblem(events);
  return found && `a history is well formed: ${ref.workflowId} ${found}`;
}

/** H3, seen where it happens: among what one step flushes, the events that close something come last. */
export function stepProblem(facts: readonly StampedFact[]): string | undefined {
  let [run, closed] = ['', false];
  for (const fact of facts) {
    if (fact.kind !== 'event-recorded') continue;
    const { eventType, attributes } = fact.event;
    // What comes again after a reset comes in the order in which it came first.
    const isReset = 'cause' in attributes && attributes.cause === 'RESET_WORKFLOW';
    const endsTask = !isReset && /^WORKFLOW_TASK_(COMPLETED|FAILED|TIMED_OUT)$/.test(eventType);
    if (endsTask) [run, closed] = [fact.run.runId, false];
    else if (eventType === 'WORKFLOW_TASK_SCHEDULED') run = '';
    else if (fact.run.runId === run && eventTraits[eventType].buffered) {
      const isClosing = parts[eventType]?.step === 'ends' && /^(NEXUS|ACTIVITY|CHILD)/.test(eventType);
      if (closed && !isClosing) return `what closes something is flushed last: ${eventType} comes behind`;
      closed ||= isClosing;
    }
  }
  return undefined;
}

function shapeProblem(events: readonly HistoryEvent[], isClosed: boolean): string | undefined {
  const stray = events.findIndex(({ eventId }, index) => eventId !== index + 1);
  if (stray >= 0) return `has event ${events[stray]?.eventId ?? 0} at place ${stray + 1}`;
  const starts = events.filter(({ eventType }) => eventType === 'WORKFLOW_EXECUTION_STARTED');
  if (starts.length !== 1 || starts[0] !== events[0]) return 'does not begin with its one started event';
  const closing = events.findIndex(({ eventType }) => closesRun.test(eventType));
  const expected = isClosed ? events.length - 1 : -1;
  return closing === expected
    ? undefined
    : `has its closing event at place ${closing + 1} of ${events.length}`;
}

interface Open {
  readonly of: string;
  readonly requestId: unknown;
  startedEventId: number;
  ended: boolean;
  readonly seen: Set<EventType>;
}

/** Everything opens before it goes on and ends, ends once, and nothing comes after its end. */
function partsProblem(events: readonly HistoryEvent[]): string | undefined {
  const open = new Map<number, Open>();
  for (const event of events) {
    const part = parts[event.eventType];
    if (part === undefined) continue;
    const attributes: Readonly<Record<string, unknown>> = { ...event.attributes };
    if (part.by === undefined) {
      const { requestId } = attributes;
      open.set(event.eventId, { of: part.of, requestId, startedEventId: 0, ended: false, seen: new Set() });
      continue;
    }
    const problem = stepOf(event, part, open.get(Number(attributes[part.by])));
    if (problem !== undefined) return `${event.eventType} ${event.eventId} ${problem}`;
  }
  return undefined;
}

function stepOf(event: HistoryEvent, part: Part, open: Open | undefined): string | undefined {
  if (open?.of !== part.of) return `is about no ${part.of}`;
  if (open.ended) return `comes after the end of its ${part.of}`;
  if (open.seen.has(event.eventType)) return 'comes twice';
  open.seen.add(event.eventType);
  const attributes: Readonly<Record<string, unknown>> = { ...event.attributes };
  const { requestId } = attributes;
  if (part.of === 'operation' && requestId !== undefined && requestId !== open.requestId) {
    return 'has another request id';
  }
  if (event.eventType.endsWith('_STARTED')) open.startedEventId = event.eventId;
  if (part.step !== 'ends') return undefined;
  open.ended = true;
  if (!namesStart.has(part.of) || event.eventType === 'START_CHILD_WORKFLOW_EXECUTION_FAILED')
    return undefined;
  return attributes['startedEventId'] === open.startedEventId
    ? undefined
    : `names ${String(attributes['startedEventId'])} as its started event, not ${open.startedEventId}`;
}

/** W1 and H2: one workflow task at a time, and nothing is written while it is in a worker's hands. */
function tasksProblem(events: readonly HistoryEvent[]): string | undefined {
  let task: 'none' | 'scheduled' | 'started' = 'none';
  for (const { eventType, eventId } of events) {
    if (eventType === 'WORKFLOW_TASK_SCHEDULED') {
      if (task !== 'none') return `schedules a second workflow task with event ${eventId}`;
      task = 'scheduled';
    } else if (eventType === 'WORKFLOW_TASK_STARTED') {
      task = 'started';
    } else if (parts[eventType]?.of === 'workflow task') {
      task = 'none';
    } else if (task === 'started' && !closesRun.test(eventType)) {
      // A reset writes what was buffered before it closes the run, so that it can come again.
      const last = events.at(-1);
      const byReset =
        last?.eventType === 'WORKFLOW_EXECUTION_TERMINATED' &&
        last.attributes.identity === 'history-resetter';
      if (!byReset) return `writes ${eventType} ${eventId} while a workflow task is under way`;
    }
  }
  return undefined;
}
