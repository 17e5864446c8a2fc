import { jsonPayload } from '../../../protocol/temporal/payload.ts';
import { bufferActivityEnd, endOf } from '../activity.ts';
import { append, isActivityEndBuffered } from '../history.ts';
import { refuseCommand, type CommandHandler } from './command.ts';

/** What the server writes as details when there was no worker to ask. */
const notStarted = { payloads: [jsonPayload('ACTIVITY_ID_NOT_STARTED')] };

export const requestCancelActivityTask: CommandHandler<'REQUEST_CANCEL_ACTIVITY_TASK'> = {
  check(check, { scheduledEventId = 0 }) {
    const bad = (message: string) => refuseCommand('BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES', message);
    const pending = check.execution.activities.get(scheduledEventId);
    const known =
      pending !== undefined ||
      check.scheduledActivities.has(scheduledEventId) ||
      isActivityEndBuffered(check.execution, scheduledEventId);
    if (!known) return bad(`No activity with the scheduled event id ${scheduledEventId} is pending.`);
    const asked = (pending?.cancelRequestedEventId ?? 0) > 0;
    if (asked || check.cancelledActivities.has(scheduledEventId)) {
      return bad(
        `Cancellation of the activity with the scheduled event id ${scheduledEventId} was already requested.`,
      );
    }
    check.cancelledActivities.add(scheduledEventId);
    return undefined;
  },
  apply(turn, execution, { attributes, workflowTaskCompletedEventId }) {
    const scheduledEventId = attributes.scheduledEventId ?? 0;
    const requestedEventId = append(turn, execution, {
      eventType: 'ACTIVITY_TASK_CANCEL_REQUESTED',
      attributes: { scheduledEventId, workflowTaskCompletedEventId },
    });
    const activity = execution.activities.get(scheduledEventId);
    // Its closing event waits in the buffer: the request is on record and there is nothing left to cancel.
    if (activity === undefined) return;
    activity.cancelRequestedEventId = requestedEventId;
    if (activity.state === 'STARTED') return;
    bufferActivityEnd(turn, execution, activity, {
      eventType: 'ACTIVITY_TASK_CANCELED',
      attributes: {
        ...endOf(activity),
        details: notStarted,
        latestCancelRequestedEventId: requestedEventId,
        identity: '',
      },
    });
  },
};
