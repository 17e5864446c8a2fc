import type { Instant } from '../../base/time.ts';
import { type Child, type EngineState, type Execution } from '../state.ts';
import { callbackSpan, workflowSpan } from '../../spans/span-ids.ts';
import { cause, inTime, left, whoseTurn, whyFailed, type Said } from './cause.ts';

/** Its first task that is not due yet, or its workflow task; `undefined` when neither keeps it waiting. */
export function ofTask(execution: Execution, now: Instant): Said | undefined {
  const { task, ref, firstTaskTimer } = execution;
  const span = workflowSpan(ref.runId);
  if (firstTaskTimer?.state === 'set') {
    const until = firstTaskTimer.at;
    return cause(`${ref.workflowId} starts later: its first workflow task is due${inTime(now, until)}`, {
      span,
      until,
    });
  }
  if (task?.state === 'started') {
    const until = task.timer?.at;
    const limit = until === undefined ? '' : `; it times out in ${left(now, until)}`;
    return cause(`worker ${task.identity} has its workflow task, attempt ${task.attempt}${limit}`, {
      span,
      until,
    });
  }
  if (task === undefined) return undefined;
  const { queue, timer } = task;
  if (queue.name !== execution.taskQueue.name) {
    const until = timer?.at;
    const text = `its workflow task waits for the worker that has it in its cache, on ${queue.name}; any worker may take it`;
    return cause(`${text}${inTime(now, until)}`, { span, until });
  }
  return cause(
    `its workflow task waits on task queue ${queue.name} of ${ref.namespace}: ${whoseTurn(queue)}`,
    { span },
  );
}

/** The timer that fires next; `undefined` without one. */
export function ofTimer(execution: Execution, now: Instant): Said | undefined {
  const { ref } = execution;
  const [timerId, timer] = [...execution.timers].sort(([, a], [, b]) => a.timer.at - b.timer.at)[0] ?? [];
  if (timer === undefined) return undefined;
  const until = timer.timer.at;
  return cause(`timer ${timerId ?? ''} of ${ref.workflowId} fires in ${left(now, until)}`, {
    span: workflowSpan(ref.runId),
    until,
  });
}

/** It goes on when this child closes. */
export const ofChild = ({ ref }: Execution, { workflowId, workflowType }: Child): Said =>
  cause(`${ref.workflowId} waits for its child ${workflowId} (${workflowType}) to close`, {
    span: workflowSpan(ref.runId),
  });

/** The completions that a closed run has still to deliver. */
export function ofCallbacks(state: Readonly<EngineState>, execution: Execution, now: Instant): Said[] {
  const { ref, callbacks } = execution;
  return callbacks.flatMap(({ state: at, attempt, lastAttemptFailure }, index) => {
    if (at !== 'BACKING_OFF' && at !== 'SCHEDULED') return [];
    const until = deliveryOf(state, execution, index);
    const failed =
      attempt === 0 ? 'is late' : `backs off: attempt ${attempt} failed (${whyFailed(lastAttemptFailure)})`;
    const text = `the completion callback of ${ref.workflowId} ${failed}; it is delivered${inTime(now, until)}`;
    return [
      cause(text, {
        span: attempt === 0 ? workflowSpan(ref.runId) : callbackSpan(ref, { index, attempt }),
        until,
      }),
    ];
  });
}

const deliveryOf = (
  { timers }: Readonly<EngineState>,
  { ref }: Execution,
  index: number,
): Instant | undefined =>
  timers
    .live()
    .find(
      ({ purpose }) =>
        purpose.kind === 'callback-delivery' && purpose.run === ref.runId && purpose.index === index,
    )?.at;
