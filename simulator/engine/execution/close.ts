import type { EventBody, WorkflowExecutionStatus } from '../../protocol/temporal/history.ts';
import { deliverCallbacks } from '../nexus/callback.ts';
import { abandonOperation } from '../nexus/operation.ts';
import type { Execution } from '../state.ts';
import type { Turn } from '../turn.ts';
import { append } from './history.ts';
import { dropWorkflowTask } from './workflow-task.ts';

/** The events that close a run, and the status they leave it in. */
const closing = {
  WORKFLOW_EXECUTION_COMPLETED: 'COMPLETED',
  WORKFLOW_EXECUTION_FAILED: 'FAILED',
  WORKFLOW_EXECUTION_CANCELED: 'CANCELED',
  WORKFLOW_EXECUTION_TERMINATED: 'TERMINATED',
  WORKFLOW_EXECUTION_TIMED_OUT: 'TIMED_OUT',
} as const satisfies Partial<Record<EventBody['eventType'], WorkflowExecutionStatus>>;

export type ClosingBody = EventBody & { readonly eventType: keyof typeof closing };

/**
 * Closes a run. Its pending operations are abandoned: no cancel request goes out, and a later completion is
 * refused (semantics §1.2). What is buffered is lost with it.
 */
export function closeExecution(turn: Turn, execution: Execution, body: ClosingBody): void {
  dropWorkflowTask(turn, execution);
  execution.buffered = [];
  append(turn, execution, body);
  execution.status = closing[body.eventType];
  execution.closedAt = turn.now;
  turn.state.timers.cancel(execution.runTimer);
  for (const { timer } of execution.timers.values()) turn.state.timers.cancel(timer);
  execution.timers.clear();
  for (const operation of execution.operations.values()) abandonOperation(turn, execution, operation);
  deliverCallbacks(turn, execution);
}
