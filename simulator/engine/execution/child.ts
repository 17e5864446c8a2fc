import type { RunId } from '../../protocol/ids.ts';
import type { EventAttributes, EventBody } from '../../protocol/temporal/history.ts';
import { isRunning, workflowKey, type Child, type Execution } from '../state.ts';
import type { ChildAtClose } from '../transfer.ts';
import type { Turn } from '../turn.ts';
import { closeExecution } from './close.ts';
import { requestCancel } from './control.ts';
import { recordEvent } from './record.ts';
import { startedAttributes } from './start-run.ts';
import { startOrdered } from './start.ts';

/*
 * Parents and children.
 *
 * C1. A parent has a child in `children` from its INITIATED event until the child's chain of runs has closed.
 * C2. A child that is continued as new or retried is still the same child; its parent sees the last run only.
 * C3. When a parent closes, each child's policy is applied once, to the run that is current then.
 */

type Initiated = EventAttributes['START_CHILD_WORKFLOW_EXECUTION_INITIATED'];

/** Starts the child that the event asks for and tells the parent. A parent that has closed meanwhile starts none
 * but those that it abandons anyway. */
export function startChild(turn: Turn, parent: Execution, initiatedEventId: number): void {
  const event = parent.events[initiatedEventId - 1];
  if (event?.eventType !== 'START_CHILD_WORKFLOW_EXECUTION_INITIATED') return;
  const { attributes } = event;
  if (!isRunning(parent) && attributes.parentClosePolicy !== 'ABANDON') return;
  const reply = startOrdered(turn, {
    request: requestOf(turn, parent, attributes),
    parent: parentOf(turn, parent, initiatedEventId),
  });
  if (!isRunning(parent)) return;
  if (!reply.ok) {
    recordFailedStart(turn, parent, {
      initiated: attributes,
      initiatedEventId,
      cause: reply.error.code === 'ALREADY_EXISTS' ? 'WORKFLOW_ALREADY_EXISTS' : 'NAMESPACE_NOT_FOUND',
    });
    return;
  }
  const child = parent.children.get(initiatedEventId);
  if (child !== undefined) child.runId = reply.value.runId as RunId;
  const { namespace, namespaceId, workflowId, workflowType, header } = attributes;
  recordEvent(turn, parent, {
    eventType: 'CHILD_WORKFLOW_EXECUTION_STARTED',
    attributes: {
      namespace,
      ...(namespaceId !== undefined && { namespaceId }),
      workflowExecution: { workflowId, runId: reply.value.runId },
      workflowType,
      initiatedEventId,
      ...(header !== undefined && { header }),
    },
  });
}

/** The child that an INITIATED event speaks of, before it has started. */
export const newChild = (initiatedEventId: number, initiated: Initiated): Child => ({
  initiatedEventId,
  namespace: initiated.namespace,
  workflowId: initiated.workflowId,
  workflowType: initiated.workflowType.name ?? '',
  parentClosePolicy: initiated.parentClosePolicy,
  startedEventId: 0,
});

function recordFailedStart(
  turn: Turn,
  parent: Execution,
  failed: {
    readonly initiated: Initiated;
    readonly initiatedEventId: number;
    readonly cause: 'WORKFLOW_ALREADY_EXISTS' | 'NAMESPACE_NOT_FOUND';
  },
): void {
  const { initiatedEventId, cause } = failed;
  const { namespace, namespaceId, workflowId, workflowType, control } = failed.initiated;
  const { workflowTaskCompletedEventId } = failed.initiated;
  parent.children.delete(initiatedEventId);
  recordEvent(turn, parent, {
    eventType: 'START_CHILD_WORKFLOW_EXECUTION_FAILED',
    attributes: {
      namespace,
      ...(namespaceId !== undefined && { namespaceId }),
      workflowId,
      workflowType,
      cause,
      ...(control !== undefined && { control }),
      initiatedEventId,
      workflowTaskCompletedEventId,
    },
  });
}

function requestOf(
  turn: Turn,
  parent: Execution,
  initiated: Initiated,
): Parameters<typeof startOrdered>[1]['request'] {
  const {
    parentClosePolicy: _policy,
    control: _control,
    namespaceId: _id,
    workflowTaskCompletedEventId: _completed,
    ...asked
  } = initiated;
  const replaces = parent.replaceableChildren?.delete(initiated.workflowId) === true;
  return {
    ...asked,
    requestId: turn.state.random.ids.uuid(),
    ...(replaces && { workflowIdConflictPolicy: 'TERMINATE_EXISTING' }),
  };
}

function parentOf(
  turn: Turn,
  parent: Execution,
  initiatedEventId: number,
): NonNullable<Parameters<typeof startOrdered>[1]['parent']> {
  const { namespace, workflowId, runId } = parent.ref;
  const namespaceId = turn.state.namespaces.get(namespace)?.id;
  return {
    parentWorkflowNamespace: namespace,
    ...(namespaceId !== undefined && { parentWorkflowNamespaceId: namespaceId }),
    parentWorkflowExecution: { workflowId, runId },
    parentInitiatedEventId: initiatedEventId,
    rootWorkflowExecution: startedAttributes(parent).rootWorkflowExecution ?? { workflowId, runId },
  };
}

/** A run has closed for good: its parent, if it has one that still runs, hears how. */
export function tellParent(turn: Turn, execution: Execution): void {
  const { parentInitiatedEventId = 0, firstExecutionRunId } = startedAttributes(execution);
  const parent = parentRun(turn, execution);
  const child = parent?.children.get(parentInitiatedEventId);
  // After a reset the parent may have another child in the same place.
  if (parent === undefined || child?.runId !== firstExecutionRunId) return;
  const body = endOf(turn, execution, child);
  if (body === undefined) return;
  parent.children.delete(parentInitiatedEventId);
  recordEvent(turn, parent, body);
}

/** The run of the parent that goes on: the one that started the child, or one that a reset put in its place. */
function parentRun(turn: Turn, execution: Execution): Execution | undefined {
  const { parentWorkflowNamespace = '', parentWorkflowExecution } = startedAttributes(execution);
  const key = workflowKey(parentWorkflowNamespace, parentWorkflowExecution?.workflowId ?? '');
  const runId = turn.state.currentRuns.get(key);
  const run = runId === undefined ? undefined : turn.state.executions.get(runId);
  return run !== undefined && isRunning(run) ? run : undefined;
}

function endOf(turn: Turn, execution: Execution, child: Child): EventBody | undefined {
  const event = execution.events.at(-1);
  const namespaceId = turn.state.namespaces.get(child.namespace)?.id;
  const common = {
    namespace: child.namespace,
    ...(namespaceId !== undefined && { namespaceId }),
    workflowExecution: { workflowId: child.workflowId, runId: execution.ref.runId },
    workflowType: { name: child.workflowType },
    initiatedEventId: child.initiatedEventId,
    startedEventId: child.startedEventId,
  };
  switch (event?.eventType) {
    case 'WORKFLOW_EXECUTION_COMPLETED': {
      const { result } = event.attributes;
      const attributes = { ...common, ...(result !== undefined && { result }) };
      return { eventType: 'CHILD_WORKFLOW_EXECUTION_COMPLETED', attributes };
    }
    case 'WORKFLOW_EXECUTION_FAILED': {
      const { failure, retryState } = event.attributes;
      return { eventType: 'CHILD_WORKFLOW_EXECUTION_FAILED', attributes: { ...common, failure, retryState } };
    }
    case 'WORKFLOW_EXECUTION_CANCELED': {
      const { details } = event.attributes;
      const attributes = { ...common, ...(details !== undefined && { details }) };
      return { eventType: 'CHILD_WORKFLOW_EXECUTION_CANCELED', attributes };
    }
    case 'WORKFLOW_EXECUTION_TIMED_OUT': {
      const { retryState } = event.attributes;
      return { eventType: 'CHILD_WORKFLOW_EXECUTION_TIMED_OUT', attributes: { ...common, retryState } };
    }
    case 'WORKFLOW_EXECUTION_TERMINATED':
      return { eventType: 'CHILD_WORKFLOW_EXECUTION_TERMINATED', attributes: common };
    default:
      return undefined;
  }
}

/** The parent has closed: ends the child's current run, or asks it to end. */
export function applyParentClosePolicy(turn: Turn, parent: Execution, child: ChildAtClose): void {
  const runId = turn.state.currentRuns.get(workflowKey(child.namespace, child.workflowId));
  const run = runId === undefined ? undefined : turn.state.executions.get(runId);
  if (run === undefined || !isRunning(run)) return;
  if (startedAttributes(run).firstExecutionRunId !== child.runId) return;
  const { workflowId, runId: parentRunId } = parent.ref;
  switch (child.policy) {
    case 'TERMINATE':
      closeExecution(turn, run, {
        eventType: 'WORKFLOW_EXECUTION_TERMINATED',
        attributes: { reason: 'by parent close policy', identity: 'history-service' },
      });
      return;
    case 'REQUEST_CANCEL':
      requestCancel(turn, run, {
        cause: 'by parent close policy',
        identity: 'history-service',
        externalInitiatedEventId: child.initiatedEventId,
        externalWorkflowExecution: { workflowId, runId: parentRunId },
      });
      return;
  }
}
