import type { ExternalFailedCause } from '../../protocol/temporal/run-event.ts';
import type { RunId } from '../../protocol/ids.ts';
import type { WorkflowExecution } from '../../protocol/temporal/common.ts';
import { isRunning, type Execution } from '../state.ts';
import type { Turn } from '../turn.ts';
import { requestCancel } from './control.ts';
import { findExecution, findRunning, isRefusal } from './lookup.ts';
import { recordEvent } from './record.ts';
import { signal } from './signal-run.ts';
import { startedAttributes } from './start-run.ts';

/* What a running workflow asks of another one: a signal, or to cancel itself. The answer is an event of its own. */

interface Target {
  readonly namespace: string;
  readonly namespaceId?: string;
  readonly workflowExecution: WorkflowExecution;
  readonly childWorkflowOnly?: boolean;
}

export function signalExternal(turn: Turn, from: Execution, initiatedEventId: number): void {
  const event = from.events[initiatedEventId - 1];
  if (event?.eventType !== 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED' || !isRunning(from)) return;
  const { attributes } = event;
  const { workflowTaskCompletedEventId, signalName, input, header } = attributes;
  const answer = { ...answerTo(attributes), initiatedEventId };
  const target = targetOf(turn, from, attributes, findRunning);
  if (typeof target === 'string') {
    recordEvent(turn, from, {
      eventType: 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED',
      attributes: { ...answer, cause: target, workflowTaskCompletedEventId },
    });
    return;
  }
  signal(turn, target, {
    signalName,
    ...(input !== undefined && { input }),
    ...(header !== undefined && { header }),
    identity: 'history-service',
    externalWorkflowExecution: { workflowId: from.ref.workflowId, runId: from.ref.runId },
  });
  recordEvent(turn, from, { eventType: 'EXTERNAL_WORKFLOW_EXECUTION_SIGNALED', attributes: answer });
}

export function cancelExternal(turn: Turn, from: Execution, initiatedEventId: number): void {
  const event = from.events[initiatedEventId - 1];
  if (event?.eventType !== 'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED' || !isRunning(from)) return;
  const { attributes } = event;
  const { workflowTaskCompletedEventId, reason } = attributes;
  const { control, ...answer } = answerTo(attributes);
  const target = targetOf(turn, from, attributes, findExecution);
  if (typeof target === 'string') {
    recordEvent(turn, from, {
      eventType: 'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED',
      attributes: {
        ...answer,
        ...(control !== undefined && { control }),
        cause: target,
        workflowTaskCompletedEventId,
        initiatedEventId,
      },
    });
    return;
  }
  requestCancel(turn, target, {
    ...(reason !== undefined && { cause: reason }),
    identity: 'history-service',
    externalInitiatedEventId: initiatedEventId,
    externalWorkflowExecution: { workflowId: from.ref.workflowId, runId: from.ref.runId },
  });
  recordEvent(turn, from, {
    eventType: 'EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED',
    attributes: { ...answer, initiatedEventId },
  });
}

function answerTo(initiated: Target & { readonly control?: string }): {
  readonly namespace: string;
  readonly namespaceId?: string;
  readonly workflowExecution: WorkflowExecution;
  readonly control?: string;
} {
  const { namespace, namespaceId, workflowExecution, control } = initiated;
  return {
    namespace,
    ...(namespaceId !== undefined && { namespaceId }),
    workflowExecution,
    ...(control !== undefined && { control }),
  };
}

/** The run to act on, or why there is none. A workflow cannot reach itself this way. */
function targetOf(
  turn: Turn,
  from: Execution,
  asked: Target,
  find: typeof findExecution,
): Execution | ExternalFailedCause {
  const { namespace, workflowExecution: execution, childWorkflowOnly } = asked;
  if (!turn.state.namespaces.has(namespace)) return 'NAMESPACE_NOT_FOUND';
  const notFound = 'EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND';
  if (namespace === from.ref.namespace && execution.workflowId === from.ref.workflowId) return notFound;
  const found = find(turn, { namespace, execution });
  if (isRefusal(found)) return notFound;
  if (childWorkflowOnly !== true || !isRunning(found)) return found;
  const { parentWorkflowExecution: parent } = startedAttributes(found);
  const isChild = parent?.workflowId === from.ref.workflowId && isSameChain(turn, from, parent.runId);
  return isChild ? found : notFound;
}

/** A child knows the run that started it, which a reset may have replaced since. */
function isSameChain(turn: Turn, from: Execution, parentRunId: string | undefined): boolean {
  if (parentRunId === undefined || parentRunId === from.ref.runId) return parentRunId !== undefined;
  return isSameChain(turn, from, turn.state.executions.get(parentRunId as RunId)?.resetTo);
}
