import type { Instant } from '../../base/time.ts';
import type { Activity } from '../execution/activity-state.ts';
import { queueKey, type EngineState, type Execution } from '../state.ts';
import { activitySpan } from '../../spans/span-ids.ts';
import { cause, inTime, left, whoseTurn, whyFailed, type Said } from './cause.ts';

/** Why an activity is not closed yet. */
export function ofActivity(
  state: Readonly<EngineState>,
  { ref: run }: Execution,
  activity: Activity,
  now: Instant,
): Said {
  const { scheduled, attempt, ref } = activity;
  const span = activitySpan(run.runId, ref.scheduledEventId);
  const name = `activity ${scheduled.activityId} (${scheduled.activityType.name ?? ''})`;
  switch (activity.state) {
    case 'BACKING_OFF': {
      const until = activity.scheduledAt;
      const failed = `attempt ${attempt - 1} failed (${whyFailed(activity.lastFailure)})`;
      return cause(`${name} backs off: ${failed}; the next one sets out${inTime(now, until)}`, {
        span,
        until,
      });
    }
    case 'STARTED': {
      const { heartbeatTimer, identity } = activity;
      const beats = heartbeatTimer?.state === 'set';
      const until = beats ? heartbeatTimer.at : nextOf(activity);
      const end = beats ? `; its heartbeat is due${inTime(now, until)}` : timesOut(now, until);
      return cause(`${name}, attempt ${attempt}, is in the hands of worker ${identity}${end}`, {
        span,
        until,
      });
    }
    case 'SCHEDULED': {
      const queueName = scheduled.taskQueue.name ?? '';
      const queue = state.queues.get(queueKey(run.namespace, 'activity', queueName));
      const where = `${name}, attempt ${attempt}, waits on task queue ${queueName} of ${run.namespace}`;
      const token = queue?.rate?.timer;
      if (token?.state === 'set') {
        const rate = `${queue?.rate?.perSecond ?? 0} a second`;
        const until = token.at;
        return cause(`${where}: its rate is ${rate}; it gives the next task out${inTime(now, until)}`, {
          span,
          until,
        });
      }
      const until = nextOf(activity);
      return cause(`${where}: ${whoseTurn(queue)}${timesOut(now, until)}`, { span, until });
    }
  }
}

const timesOut = (now: Instant, until: Instant | undefined): string =>
  until === undefined ? '' : `; it times out in ${left(now, until)}`;

/** When the first of its time-outs is due. */
function nextOf({ timers, closeTimer }: Activity): Instant | undefined {
  const set = [...timers, closeTimer].filter((timer) => timer?.state === 'set');
  return set.map((timer) => timer?.at).sort((a = 0 as Instant, b = 0 as Instant) => a - b)[0];
}
