import type { EventBody, WorkflowExecutionStatus } from '../../protocol/temporal/history.ts';
import { deliverCallbacks } from '../nexus/callback.ts';
import { abandonOperation } from '../nexus/operation.ts';
import { releaseQueries } from '../query.ts';
import { expiryOf } from '../expiry.ts';
import type { Execution } from '../state.ts';
import { record, type Turn } from '../turn.ts';
import type { Follower } from './continue-run.ts';
import { abandonActivity } from './activity.ts';
import { append } from './history.ts';
import { endUpdates } from '../update.ts';
import { beginFirstTask, startRun } from './start-run.ts';
import { dropWorkflowTask } from './workflow-task.ts';

/** The events that close a run, and the status they leave it in. */
const closing = {
  WORKFLOW_EXECUTION_COMPLETED: 'COMPLETED',
  WORKFLOW_EXECUTION_FAILED: 'FAILED',
  WORKFLOW_EXECUTION_CANCELED: 'CANCELED',
  WORKFLOW_EXECUTION_TERMINATED: 'TERMINATED',
  WORKFLOW_EXECUTION_TIMED_OUT: 'TIMED_OUT',
  WORKFLOW_EXECUTION_CONTINUED_AS_NEW: 'CONTINUED_AS_NEW',
} as const satisfies Partial<Record<EventBody['eventType'], WorkflowExecutionStatus>>;

export type ClosingBody = EventBody & { readonly eventType: keyof typeof closing };

/**
 * Closes a run for good: its callbacks are delivered and its parent hears of it. Its pending operations are
 * abandoned: no cancel request goes out, and a later completion is refused (semantics §1.2). What is buffered is
 * lost with it.
 */
export function closeExecution(turn: Turn, execution: Execution, body: ClosingBody): void {
  end(turn, execution, body);
  leaveChildren(turn, execution);
  deliverCallbacks(turn, execution);
  turn.transfers.push({ kind: 'tell-parent', run: execution.ref.runId });
}

/** Closes a run that another one follows: callbacks and parent wait for the last of the chain. */
export function closeWithFollower(
  turn: Turn,
  execution: Execution,
  body: ClosingBody,
  follower: Follower,
): void {
  end(turn, execution, body);
  leaveChildren(turn, execution);
  beginFirstTask(turn, startRun(turn, follower));
}

/** Closes a run in whose place a reset puts another one: callbacks, and children if it keeps them, are that one's. */
export function closeForReset(
  turn: Turn,
  execution: Execution,
  how: { readonly body: ClosingBody; readonly keepsChildren: boolean },
): void {
  end(turn, execution, how.body, 'reset');
  if (!how.keepsChildren) leaveChildren(turn, execution);
}

function end(turn: Turn, execution: Execution, body: ClosingBody, how: 'closed' | 'reset' = 'closed'): void {
  noteAbandoned(turn, execution);
  dropWorkflowTask(turn, execution);
  execution.buffered = [];
  append(turn, execution, body);
  execution.status = closing[body.eventType];
  execution.closedAt = turn.now;
  execution.expiry = expiryOf(turn, execution.ref);
  turn.state.timers.cancel(execution.runTimer);
  turn.state.timers.cancel(execution.firstTaskTimer);
  execution.firstTaskTimer = undefined;
  for (const { timer } of execution.timers.values()) turn.state.timers.cancel(timer);
  execution.timers.clear();
  for (const activity of [...execution.activities.values()]) abandonActivity(turn, execution, activity);
  for (const operation of [...execution.operations.values()]) abandonOperation(turn, execution, operation);
  endUpdates(turn, execution, body.eventType === 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW' ? 'continued' : how);
  releaseQueries(turn, execution);
}

/** What closes together with the run leaves no event behind, nor does what was buffered. */
function noteAbandoned(turn: Turn, execution: Execution): void {
  const { ref, buffered, operations, timers } = execution;
  if (buffered.length + operations.size + timers.size === 0) return;
  record(turn, {
    kind: 'run-abandoned',
    run: ref,
    lost: buffered.map(({ body, at }) => ({ ...body, eventId: 0, eventTime: at })),
    operations: [...operations.values()].map((operation) => operation.ref),
    timers: [...timers.values()].map(({ startedEventId }) => startedEventId),
  });
}

/** What becomes of the children is each one's parent close policy. */
function leaveChildren(turn: Turn, execution: Execution): void {
  for (const child of execution.children.values()) {
    const { namespace, workflowId, runId, initiatedEventId, parentClosePolicy: policy } = child;
    if (runId === undefined || policy === 'ABANDON') continue;
    turn.transfers.push({
      kind: 'parent-closed',
      run: execution.ref.runId,
      child: { namespace, workflowId, runId, initiatedEventId, policy },
    });
  }
  execution.children.clear();
}
