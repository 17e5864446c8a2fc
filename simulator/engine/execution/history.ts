import type { Instant } from '../../base/time.ts';
import type { EventBody, EventType, HistoryEvent } from '../../protocol/temporal/history.ts';
import type { Execution } from '../state.ts';
import { record, type Turn } from '../turn.ts';

/*
 * The history of one run (semantics §1.4).
 *
 * H1. Event ids count from 1 without gaps.
 * H2. While a workflow task is in a worker's hands, events that no command of that task made are buffered; they
 *     get their ids after the task's own events.
 * H3. On flush the events that close a Nexus operation, an activity or a child come behind the other buffered ones.
 */

/** What an event does beside being written. `buffered`: waits while a workflow task is in a worker's hands. */
export const eventTraits = {
  WORKFLOW_EXECUTION_STARTED: { wakes: false, buffered: false },
  WORKFLOW_EXECUTION_COMPLETED: { wakes: false, buffered: false },
  WORKFLOW_EXECUTION_FAILED: { wakes: false, buffered: false },
  WORKFLOW_EXECUTION_TIMED_OUT: { wakes: false, buffered: false },
  WORKFLOW_EXECUTION_CANCEL_REQUESTED: { wakes: true, buffered: true },
  WORKFLOW_EXECUTION_CANCELED: { wakes: false, buffered: false },
  WORKFLOW_EXECUTION_TERMINATED: { wakes: false, buffered: false },
  WORKFLOW_EXECUTION_SIGNALED: { wakes: true, buffered: true },
  WORKFLOW_EXECUTION_OPTIONS_UPDATED: { wakes: false, buffered: true },
  WORKFLOW_EXECUTION_UPDATE_ADMITTED: { wakes: true, buffered: true },
  WORKFLOW_EXECUTION_UPDATE_ACCEPTED: { wakes: false, buffered: false },
  WORKFLOW_EXECUTION_UPDATE_COMPLETED: { wakes: false, buffered: false },
  WORKFLOW_TASK_SCHEDULED: { wakes: false, buffered: false },
  WORKFLOW_TASK_STARTED: { wakes: false, buffered: false },
  WORKFLOW_TASK_COMPLETED: { wakes: false, buffered: false },
  WORKFLOW_TASK_FAILED: { wakes: false, buffered: false },
  WORKFLOW_TASK_TIMED_OUT: { wakes: false, buffered: false },
  ACTIVITY_TASK_SCHEDULED: { wakes: false, buffered: false },
  ACTIVITY_TASK_STARTED: { wakes: false, buffered: true },
  ACTIVITY_TASK_COMPLETED: { wakes: true, buffered: true },
  ACTIVITY_TASK_FAILED: { wakes: true, buffered: true },
  ACTIVITY_TASK_TIMED_OUT: { wakes: true, buffered: true },
  ACTIVITY_TASK_CANCEL_REQUESTED: { wakes: false, buffered: false },
  ACTIVITY_TASK_CANCELED: { wakes: true, buffered: true },
  TIMER_STARTED: { wakes: false, buffered: false },
  TIMER_FIRED: { wakes: true, buffered: true },
  TIMER_CANCELED: { wakes: false, buffered: false },
  WORKFLOW_EXECUTION_CONTINUED_AS_NEW: { wakes: false, buffered: false },
  START_CHILD_WORKFLOW_EXECUTION_INITIATED: { wakes: false, buffered: false },
  START_CHILD_WORKFLOW_EXECUTION_FAILED: { wakes: true, buffered: true },
  CHILD_WORKFLOW_EXECUTION_STARTED: { wakes: true, buffered: true },
  CHILD_WORKFLOW_EXECUTION_COMPLETED: { wakes: true, buffered: true },
  CHILD_WORKFLOW_EXECUTION_FAILED: { wakes: true, buffered: true },
  CHILD_WORKFLOW_EXECUTION_CANCELED: { wakes: true, buffered: true },
  CHILD_WORKFLOW_EXECUTION_TIMED_OUT: { wakes: true, buffered: true },
  CHILD_WORKFLOW_EXECUTION_TERMINATED: { wakes: true, buffered: true },
  SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: { wakes: false, buffered: false },
  SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: { wakes: true, buffered: true },
  EXTERNAL_WORKFLOW_EXECUTION_SIGNALED: { wakes: true, buffered: true },
  REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: { wakes: false, buffered: false },
  REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: { wakes: true, buffered: true },
  EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED: { wakes: true, buffered: true },
  MARKER_RECORDED: { wakes: false, buffered: false },
  UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: { wakes: false, buffered: false },
  WORKFLOW_PROPERTIES_MODIFIED: { wakes: false, buffered: false },
  NEXUS_OPERATION_SCHEDULED: { wakes: false, buffered: false },
  NEXUS_OPERATION_STARTED: { wakes: true, buffered: true },
  NEXUS_OPERATION_COMPLETED: { wakes: true, buffered: true },
  NEXUS_OPERATION_FAILED: { wakes: true, buffered: true },
  NEXUS_OPERATION_CANCELED: { wakes: true, buffered: true },
  NEXUS_OPERATION_TIMED_OUT: { wakes: true, buffered: true },
  NEXUS_OPERATION_CANCEL_REQUESTED: { wakes: false, buffered: false },
  NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED: { wakes: true, buffered: true },
  NEXUS_OPERATION_CANCEL_REQUEST_FAILED: { wakes: true, buffered: true },
} as const satisfies Record<EventType, { wakes: boolean; buffered: boolean }>;

/** Events that close a Nexus operation; the last of a flush. */
const closesOperation: ReadonlySet<EventType> = new Set([
  'NEXUS_OPERATION_COMPLETED',
  'NEXUS_OPERATION_FAILED',
  'NEXUS_OPERATION_CANCELED',
  'NEXUS_OPERATION_TIMED_OUT',
  'CHILD_WORKFLOW_EXECUTION_COMPLETED',
  'CHILD_WORKFLOW_EXECUTION_FAILED',
  'CHILD_WORKFLOW_EXECUTION_CANCELED',
  'CHILD_WORKFLOW_EXECUTION_TIMED_OUT',
  'CHILD_WORKFLOW_EXECUTION_TERMINATED',
]);

/** Events that close an activity; they too come last. */
const closesActivity: ReadonlySet<EventType> = new Set([
  'ACTIVITY_TASK_COMPLETED',
  'ACTIVITY_TASK_FAILED',
  'ACTIVITY_TASK_TIMED_OUT',
  'ACTIVITY_TASK_CANCELED',
]);

/** Writes an event and returns its id. `at` differs from now only for what was buffered. */
export function append(turn: Turn, execution: Execution, body: EventBody, at: Instant = turn.now): number {
  const eventId = execution.events.length + 1;
  const { eventType, attributes } = body;
  // A literal of what every event has, filled up by the rest: a spread would keep that outside the object.
  const event: HistoryEvent = Object.assign({ eventId, eventTime: at, eventType, attributes }, body);
  execution.events.push(event);
  if (body.eventType === 'CHILD_WORKFLOW_EXECUTION_STARTED') {
    const child = execution.children.get(body.attributes.initiatedEventId);
    if (child !== undefined) child.startedEventId = eventId;
  }
  record(turn, { kind: 'event-recorded', run: execution.ref, event });
  return eventId;
}

/** Writes the event, or keeps it until the present workflow task is over. True when it was written. */
export function appendOrBuffer(
  turn: Turn,
  execution: Execution,
  body: EventBody,
  at: Instant = turn.now,
): boolean {
  if (execution.task?.state === 'started' && eventTraits[body.eventType].buffered) {
    execution.buffered.push({ body, at });
    return false;
  }
  append(turn, execution, body, at);
  return true;
}

/** Writes what was buffered. True when something among it calls for a workflow task. */
export function flushBuffered(turn: Turn, execution: Execution): boolean {
  const buffered = execution.buffered;
  execution.buffered = [];
  const isLast = ({ body }: (typeof buffered)[number]): boolean =>
    closesOperation.has(body.eventType) || closesActivity.has(body.eventType);
  const ordered = [...buffered.filter((entry) => !isLast(entry)), ...buffered.filter(isLast)];
  const started = new Map<number, number>();
  for (const { body, at } of ordered) {
    const eventId = append(turn, execution, withStartedId(body, started), at);
    if (body.eventType === 'CHILD_WORKFLOW_EXECUTION_STARTED') {
      started.set(body.attributes.initiatedEventId, eventId);
    }
    if (body.eventType === 'ACTIVITY_TASK_STARTED') started.set(body.attributes.scheduledEventId, eventId);
  }
  return ordered.some(({ body }) => eventTraits[body.eventType].wakes);
}

/** A child that started and closed while both events were buffered: only now has the started event an id. */
function withStartedId(body: EventBody, started: ReadonlyMap<number, number>): EventBody {
  switch (body.eventType) {
    case 'CHILD_WORKFLOW_EXECUTION_COMPLETED':
    case 'CHILD_WORKFLOW_EXECUTION_FAILED':
    case 'CHILD_WORKFLOW_EXECUTION_CANCELED':
    case 'CHILD_WORKFLOW_EXECUTION_TIMED_OUT':
    case 'CHILD_WORKFLOW_EXECUTION_TERMINATED': {
      const startedEventId = started.get(body.attributes.initiatedEventId);
      if (startedEventId === undefined) return body;
      // The union is the same one that the switch narrowed; only the id changes.
      return { ...body, attributes: { ...body.attributes, startedEventId } } as EventBody;
    }
    case 'ACTIVITY_TASK_COMPLETED':
    case 'ACTIVITY_TASK_FAILED':
    case 'ACTIVITY_TASK_TIMED_OUT':
    case 'ACTIVITY_TASK_CANCELED': {
      const startedEventId = started.get(body.attributes.scheduledEventId);
      if (startedEventId === undefined) return body;
      return { ...body, attributes: { ...body.attributes, startedEventId } } as EventBody;
    }
    default:
      return body;
  }
}

/** True when an event that closes this operation waits in the buffer. */
export const isClosingBuffered = (execution: Execution, scheduledEventId: number): boolean =>
  execution.buffered.some(
    ({ body }) =>
      closesOperation.has(body.eventType) &&
      'scheduledEventId' in body.attributes &&
      body.attributes.scheduledEventId === scheduledEventId,
  );

/** True when an event that closes this activity waits in the buffer. */
export const isActivityEndBuffered = (execution: Execution, scheduledEventId: number): boolean =>
  execution.buffered.some(
    ({ body }) =>
      closesActivity.has(body.eventType) &&
      'scheduledEventId' in body.attributes &&
      body.attributes.scheduledEventId === scheduledEventId,
  );
