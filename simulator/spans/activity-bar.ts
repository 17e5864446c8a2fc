import type { RunRef } from '../protocol/ids.ts';
import type { Span } from '../protocol/span.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import { activitySpan, workflowSpan } from './span-ids.ts';

/** The bar of the whole activity. */
export const openedActivity = (
  run: RunRef,
  event: HistoryEvent & { readonly eventType: 'ACTIVITY_TASK_SCHEDULED' },
): Span => ({
  id: activitySpan(run.runId, event.eventId),
  kind: 'activity',
  parent: workflowSpan(run.runId),
  name: event.attributes.activityType.name ?? '',
  lane: { namespace: run.namespace, track: run.workflowId },
  start: event.eventTime,
  attributes: {
    activityId: event.attributes.activityId,
    taskQueue: event.attributes.taskQueue.name ?? '',
    scheduledEventId: event.eventId,
  },
  causes: [],
});
