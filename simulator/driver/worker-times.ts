import { ok } from '../base/result.ts';
import { days, ms, parseDuration, type DurationMs } from '../base/time.ts';
import type { ClockMode } from '../protocol/contract.ts';
import type { ActivityTask } from '../protocol/temporal/activity-methods.ts';
import type { NexusTask } from '../protocol/temporal/methods.ts';
import type { TemporalPort } from '../protocol/temporal/port.ts';

/*
 * Workers of other processes measure the time that they are given on their own clock. Where virtual time goes more
 * slowly than theirs, they are given more of it, so that they do not give up before the machine does; the machine's
 * own deadlines stay where they are. A heartbeat timeout is passed on as it is: workers pace their heartbeats by it,
 * and with a longer one they would be too late when time goes on.
 */

/** What a worker is given while time stands still: longer than anybody pauses, shorter than timers' limits (24 days). */
const whileStanding = days(7);

/** The same port, with the times in its tasks as the worker's clock must measure them. */
export const withWorkerTimes = (port: TemporalPort, mode: () => ClockMode): TemporalPort => ({
  call: async (method, request, options) => {
    const reply = await port.call(method, request, options);
    if (!reply.ok) return reply;
    const stretch = stretchIn(mode());
    if (stretch === undefined) return reply;
    // A method and its response always belong together; the compiler cannot see which one this is.
    if (method === 'pollNexusTaskQueue') return ok(nexusTask(reply.value as NexusTask, stretch) as never);
    if (method === 'pollActivityTaskQueue')
      return ok(activityTask(reply.value as ActivityTask, stretch) as never);
    return reply;
  },
});

type Stretch = (duration: DurationMs) => DurationMs;

/** How much of its own time a worker has for so much virtual time; `undefined` when that is the same. */
function stretchIn(mode: ClockMode): Stretch | undefined {
  switch (mode.mode) {
    case 'run':
      return undefined;
    case 'paced':
      // Time that goes faster waits for workers: C3 of the virtual clock.
      return mode.rate < 1 ? (duration) => ms(Math.ceil(duration / mode.rate)) : undefined;
    case 'paused':
      return (duration) => ms(Math.max(duration, whileStanding));
  }
}

function nexusTask(task: NexusTask, stretch: Stretch): NexusTask {
  const { request } = task;
  const left = parseDuration(request?.header?.['request-timeout'] ?? '');
  if (request === undefined || left === undefined) return task;
  // In one unit: not every SDK reads a duration of several.
  const timeout = `${String(stretch(left) / 1_000)}s`;
  const header = { ...request.header, 'request-timeout': timeout, 'Request-Timeout': timeout };
  return { ...task, request: { ...request, header } };
}

function activityTask(task: ActivityTask, stretch: Stretch): ActivityTask {
  const { startToCloseTimeout = 0, scheduleToCloseTimeout = 0 } = task;
  return {
    ...task,
    // None is written as 0, and stays none.
    ...(startToCloseTimeout > 0 && { startToCloseTimeout: stretch(ms(startToCloseTimeout)) }),
    ...(scheduleToCloseTimeout > 0 && { scheduleToCloseTimeout: stretch(ms(scheduleToCloseTimeout)) }),
  };
}
