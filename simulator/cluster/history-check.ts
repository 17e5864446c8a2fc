import { err, ok, type Result } from '../base/result.ts';
import type { EventType, HistoryEvent } from '../protocol/temporal/history.ts';

/** What the bars of an event are made of; without it an event says nothing. */
const needed: Partial<Record<EventType, readonly string[]>> = {
  WORKFLOW_EXECUTION_STARTED: ['workflowType', 'taskQueue'],
  TIMER_STARTED: ['timerId'],
  ACTIVITY_TASK_SCHEDULED: ['activityId', 'activityType', 'taskQueue'],
  WORKFLOW_EXECUTION_UPDATE_ACCEPTED: ['protocolInstanceId'],
  WORKFLOW_EXECUTION_UPDATE_COMPLETED: ['meta', 'outcome'],
  NEXUS_OPERATION_SCHEDULED: ['endpoint', 'service', 'operation'],
};

interface Loose {
  readonly eventId?: number;
  readonly eventTime?: number;
  readonly eventType?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/**
 * Events as histories have them: from the first on, one after the other, each with its time. The events come from a
 * reader that knows the definitions, so that what is there is of the right kind. The error is the predicate of a
 * sentence.
 */
export function checkedEvents(events: readonly unknown[]): Result<readonly HistoryEvent[], string> {
  if (events.length === 0) return err('holds a history without events');
  const checked: HistoryEvent[] = [];
  for (const event of events as readonly Loose[]) {
    const { eventId = 0, eventType = '', eventTime, attributes = {} } = event;
    const expected = checked.length + 1;
    if (eventId !== expected) return err(`has event ${eventId} where event ${expected} should be`);
    const name = `event ${eventId} (${eventType})`;
    if (expected === 1 && eventType !== 'WORKFLOW_EXECUTION_STARTED') {
      return err(`begins with ${name} where WORKFLOW_EXECUTION_STARTED should be`);
    }
    if (eventTime === undefined) return err(`tells no time of ${name}`);
    const missing = needed[eventType as EventType]?.find((field) => attributes[field] === undefined);
    if (missing !== undefined) return err(`tells no ${missing} of ${name}`);
    checked.push({ ...event, attributes } as unknown as HistoryEvent);
  }
  return ok(checked);
}
