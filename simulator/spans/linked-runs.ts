import type { Callback, Link, WorkflowExecution } from '../protocol/temporal/common.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import { readOperationToken } from './operation-token.ts';
import type { RunHistory } from './run-history.ts';

/** A run; without a run id the current one of its workflow. */
export interface RunAddress {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId?: string;
}

/** The runs that a history leads to, both ways: who called or started it, and whom it called or started. */
export function linkedRuns({ run, events }: RunHistory): readonly RunAddress[] {
  const found = new Map<string, RunAddress>();
  for (const event of events) {
    for (const address of addressesIn(event, run)) {
      if (address.workflowId === '' || address.runId === run.runId) continue;
      found.set(`${address.namespace}\n${address.workflowId}\n${address.runId ?? ''}`, address);
    }
  }
  return [...found.values()];
}

function addressesIn(event: HistoryEvent, own: RunAddress): readonly RunAddress[] {
  return [...linksTo(event.links), ...attributesTo(event, own)];
}

function attributesTo(event: HistoryEvent, own: RunAddress): readonly RunAddress[] {
  const sameWorkflow = (runId: string | undefined): readonly RunAddress[] =>
    runId === undefined ? [] : [{ ...own, runId }];
  switch (event.eventType) {
    case 'WORKFLOW_EXECUTION_STARTED': {
      const { completionCallbacks, parentWorkflowExecution, parentWorkflowNamespace } = event.attributes;
      return [
        ...callbacksTo(completionCallbacks),
        ...executionAt(parentWorkflowNamespace, parentWorkflowExecution),
        ...sameWorkflow(event.attributes.continuedExecutionRunId),
      ];
    }
    case 'WORKFLOW_EXECUTION_OPTIONS_UPDATED':
      return callbacksTo(event.attributes.attachedCompletionCallbacks);
    case 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW':
    case 'WORKFLOW_EXECUTION_FAILED':
    case 'WORKFLOW_EXECUTION_TIMED_OUT':
      return sameWorkflow(event.attributes.newExecutionRunId);
    case 'WORKFLOW_TASK_FAILED':
      return [...sameWorkflow(event.attributes.baseRunId), ...sameWorkflow(event.attributes.newRunId)];
    case 'CHILD_WORKFLOW_EXECUTION_STARTED':
    case 'EXTERNAL_WORKFLOW_EXECUTION_SIGNALED':
    case 'EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED':
      return executionAt(event.attributes.namespace, event.attributes.workflowExecution);
    case 'WORKFLOW_EXECUTION_SIGNALED':
    case 'WORKFLOW_EXECUTION_CANCEL_REQUESTED':
      // Workflows signal and cancel one another within their namespace.
      return executionAt(own.namespace, event.attributes.externalWorkflowExecution);
    case 'NEXUS_OPERATION_STARTED': {
      const token = readOperationToken(event.attributes.operationToken);
      return token === undefined || linksTo(event.links).length > 0 ? [] : [token];
    }
    default:
      return [];
  }
}

const callbacksTo = (callbacks: readonly Callback[] = []): readonly RunAddress[] =>
  callbacks.flatMap(({ links }) => linksTo(links));

const linksTo = (links: readonly Link[] = []): readonly RunAddress[] =>
  links.flatMap(({ workflowEvent }) => {
    const { namespace, workflowId, runId } = workflowEvent ?? {};
    return namespace === undefined || workflowId === undefined
      ? []
      : [{ namespace, workflowId, ...(runId !== undefined && { runId }) }];
  });

function executionAt(
  namespace: string | undefined,
  { workflowId, runId }: WorkflowExecution = {},
): readonly RunAddress[] {
  if (namespace === undefined || workflowId === undefined) return [];
  return [{ namespace, workflowId, ...(runId !== undefined && { runId }) }];
}
