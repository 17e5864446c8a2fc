import { ok } from '../../base/result.ts';
import { after, ms } from '../../base/time.ts';
import type { RunId } from '../../protocol/ids.ts';
import type { HistoryEvent } from '../../protocol/temporal/history.ts';
import type { RequestOf } from '../../protocol/temporal/methods.ts';
import { isRunning, workflowKey, type Execution } from '../state.ts';
import { record, refuse, type MethodHandler, type Turn } from '../turn.ts';
import { closeForReset } from './close.ts';
import { append, flushBuffered } from './history.ts';
import { findExecution, isRefusal } from './lookup.ts';
import { applyEvent, openTimers, resume } from './reset-rebuild.ts';
import { reapply } from './reset-reapply.ts';
import { armRunTimer, newExecution, newRunId, register, startedAttributes } from './start-run.ts';
import { dropWorkflowTask, scheduleWorkflowTask } from './workflow-task.ts';

type Request = RequestOf<'resetWorkflowExecution'>;

/**
 * Puts a new run in the place of a workflow's current one. The new run shares the history of the old one up to a
 * workflow task, which has failed there, and goes on from that point.
 */
export const resetWorkflowExecution: MethodHandler<'resetWorkflowExecution'> = (turn, request) => {
  const base = findExecution(turn, { ...request, execution: request.workflowExecution });
  if (isRefusal(base)) return base;
  const current = currentOf(turn, base);
  const { requestId = turn.state.random.ids.uuid() } = request;
  if (current.requests.get(requestId)?.eventType === 'WORKFLOW_EXECUTION_STARTED') {
    return ok({ runId: current.ref.runId });
  }
  const finishId = request.workflowTaskFinishEventId ?? 0;
  const problem = finishProblem(base, finishId);
  if (problem !== undefined) return refuse('INVALID_ARGUMENT', problem);
  const runId = newRunId(turn);
  const { reason = '' } = request;
  endCurrent(turn, { base, current, reason });
  const later = eventsAfter(turn, base, finishId);
  const execution = rebuild(turn, base, { runId, requestId, finishId });
  failTask(turn, execution, { reason, baseRunId: base.ref.runId });
  failStartedActivities(turn, execution, reason);
  base.resetTo = runId;
  reapply(turn, execution, later, excludedTypes(request));
  resume(turn, execution);
  scheduleWorkflowTask(turn, execution);
  return ok({ runId });
};

function currentOf(turn: Turn, base: Execution): Execution {
  const runId = turn.state.currentRuns.get(workflowKey(base.ref.namespace, base.ref.workflowId));
  return (runId === undefined ? undefined : turn.state.executions.get(runId)) ?? base;
}

/** A run can go on only from where a workflow task was waiting or in a worker's hands. */
function finishProblem({ events }: Execution, finishId: number): string | undefined {
  if (finishId <= 1 || finishId > events.length) {
    return 'Workflow task finish ID must be > 1 && <= workflow last event ID.';
  }
  const last = events
    .slice(0, finishId - 1)
    .findLast(({ eventType }) => eventType.startsWith('WORKFLOW_TASK_'));
  return last?.eventType === 'WORKFLOW_TASK_SCHEDULED' || last?.eventType === 'WORKFLOW_TASK_STARTED'
    ? undefined
    : `Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: ${finishId}`;
}

/** What is buffered is written first, so that it can come again. */
function endCurrent(
  turn: Turn,
  runs: { readonly base: Execution; readonly current: Execution; readonly reason: string },
): void {
  const { base, current, reason } = runs;
  if (!isRunning(current)) return;
  dropWorkflowTask(turn, current);
  flushBuffered(turn, current);
  closeForReset(turn, current, {
    body: {
      eventType: 'WORKFLOW_EXECUTION_TERMINATED',
      attributes: { ...(reason !== '' && { reason }), identity: 'history-resetter' },
    },
    keepsChildren: current === base,
  });
}

/** Everything that happened since: to this run, and to those that continued it as new. */
function eventsAfter(turn: Turn, base: Execution, finishId: number): readonly HistoryEvent[] {
  const later = base.events.slice(finishId - 1);
  for (let last = base.events.at(-1); last?.eventType === 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW';) {
    const next = turn.state.executions.get(last.attributes.newExecutionRunId as RunId);
    later.push(...(next?.events ?? []));
    last = next?.events.at(-1);
  }
  return later;
}

/** The new run as the old one was just before the event `finishId`. Its timeouts count from now. */
function rebuild(
  turn: Turn,
  base: Execution,
  reset: { readonly runId: RunId; readonly requestId: string; readonly finishId: number },
): Execution {
  const { namespace, workflowId } = base.ref;
  const attributes = startedAttributes(base);
  const { workflowExecutionTimeout: whole = ms(0) } = attributes;
  const execution: Execution = {
    ...newExecution(turn, { namespace, workflowId, ...reset, attributes }),
    executionTime: turn.now,
    expiresAt: whole > 0 ? after(turn.now, whole) : undefined,
  };
  const [kept, dropped] = [base.events.slice(0, reset.finishId - 1), base.events.slice(reset.finishId - 1)];
  for (const event of kept) {
    execution.events.push(event);
    applyEvent(turn, execution, event);
  }
  for (const { eventType, attributes: asked } of dropped) {
    if (eventType === 'START_CHILD_WORKFLOW_EXECUTION_INITIATED') {
      (execution.replaceableChildren ??= new Set()).add(asked.workflowId);
    }
  }
  base.children.clear();
  // Whoever started the old run finds the new one under the same request id.
  for (const [id, how] of base.requests) {
    if (how.eventType === 'WORKFLOW_EXECUTION_STARTED') execution.requests.set(id, how);
  }
  register(turn, execution);
  record(turn, { kind: 'run-reset', run: execution.ref, base: base.ref, open: openEvents(execution) });
  armRunTimer(turn, execution);
  return execution;
}

/** The events whose bars last: that of the run, and those of what is open in it. */
function openEvents(execution: Execution): readonly HistoryEvent[] {
  const { operations, activities } = execution;
  const timers = openTimers(execution);
  const isOpen = (id: number): boolean => operations.has(id) || activities.has(id) || timers.has(id);
  return execution.events.filter(({ eventId }) => eventId === 1 || isOpen(eventId));
}

function failTask(
  turn: Turn,
  execution: Execution,
  reset: { readonly reason: string; readonly baseRunId: RunId },
): void {
  const { reason, baseRunId } = reset;
  const identity = 'history-service';
  const task = execution.events.findLast(({ eventType }) => eventType.startsWith('WORKFLOW_TASK_'));
  const isStarted = task?.eventType === 'WORKFLOW_TASK_STARTED';
  const scheduledEventId = isStarted ? task.attributes.scheduledEventId : (task?.eventId ?? 0);
  const requestId = turn.state.random.ids.uuid();
  const startedEventId = isStarted
    ? task.eventId
    : append(turn, execution, {
        eventType: 'WORKFLOW_TASK_STARTED',
        attributes: { scheduledEventId, identity, requestId, historySizeBytes: 0 },
      });
  append(turn, execution, {
    eventType: 'WORKFLOW_TASK_FAILED',
    attributes: {
      scheduledEventId,
      startedEventId,
      cause: 'RESET_WORKFLOW',
      failure: { message: reason, resetWorkflowFailureInfo: {} },
      identity,
      baseRunId,
      newRunId: execution.ref.runId,
    },
  });
}

/** No worker has the attempt of an activity that had started in the part of history that is kept. */
function failStartedActivities(turn: Turn, execution: Execution, reason: string): void {
  for (const { eventType, eventId: startedEventId, attributes } of [...execution.events]) {
    if (eventType !== 'ACTIVITY_TASK_STARTED' || !execution.activities.delete(attributes.scheduledEventId))
      continue;
    append(turn, execution, {
      eventType: 'ACTIVITY_TASK_FAILED',
      attributes: {
        scheduledEventId: attributes.scheduledEventId,
        startedEventId,
        failure: { message: reason, resetWorkflowFailureInfo: {} },
        retryState: 'NON_RETRYABLE_FAILURE',
        ...(attributes.identity !== undefined && { identity: attributes.identity }),
      },
    });
  }
}

/** The deprecated `resetReapplyType` says what to keep, its successor what to leave out. */
function excludedTypes(request: Request): ReadonlySet<string> {
  const { resetReapplyType, resetReapplyExcludeTypes = [] } = request;
  return new Set<string>([
    ...resetReapplyExcludeTypes,
    ...(resetReapplyType === 'NONE' ? ['SIGNAL', 'UPDATE'] : resetReapplyType === 'SIGNAL' ? ['UPDATE'] : []),
  ]);
}
