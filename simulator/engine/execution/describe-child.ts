import type { PendingChildExecutionInfo } from '../../protocol/temporal/methods.ts';
import type { WorkflowExecutionInfo } from '../../protocol/temporal/workflow-execution-info.ts';
import type { Child, Execution } from '../state.ts';
import { startedAttributes } from './start-run.ts';

export const describeChild = (child: Child): PendingChildExecutionInfo => ({
  workflowId: child.workflowId,
  ...(child.runId !== undefined && { runId: child.runId }),
  workflowTypeName: child.workflowType,
  initiatedId: child.initiatedEventId,
  parentClosePolicy: child.parentClosePolicy,
});

/** Where a run stands in its chain and family. */
export function describeFamily(
  execution: Execution,
): Pick<WorkflowExecutionInfo, 'firstRunId' | 'parentNamespaceId' | 'parentExecution' | 'rootExecution'> {
  const started = startedAttributes(execution);
  const { workflowId, runId } = execution.ref;
  const { parentWorkflowNamespaceId: parentNamespaceId, parentWorkflowExecution: parentExecution } = started;
  return {
    firstRunId: started.firstExecutionRunId,
    ...(parentNamespaceId !== undefined && { parentNamespaceId }),
    ...(parentExecution !== undefined && { parentExecution }),
    rootExecution: started.rootWorkflowExecution ?? { workflowId, runId },
  };
}
