import type { EventBody, HistoryEvent } from '../../protocol/temporal/history.ts';
import type { ResetReapplyExcludeType } from '../../protocol/temporal/methods.ts';
import type { Execution } from '../state.ts';
import type { Turn } from '../turn.ts';
import { append } from './history.ts';
import { applyEvent } from './reset-rebuild.ts';

/*
 * What came from outside after the point that a run is reset to comes again to the new run (semantics §1.4,
 * "Reset"; the server's service/history/ndc/workflow_resetter.go). What the workflow itself did does not.
 */

/** Which events come again, and the type by which a client can keep them away. */
const reapplied: Readonly<Partial<Record<HistoryEvent['eventType'], ResetReapplyExcludeType | 'NEVER'>>> = {
  WORKFLOW_EXECUTION_SIGNALED: 'SIGNAL',
  WORKFLOW_EXECUTION_CANCEL_REQUESTED: 'CANCEL_REQUEST',
  WORKFLOW_EXECUTION_OPTIONS_UPDATED: 'NEVER',
  WORKFLOW_EXECUTION_UPDATE_ADMITTED: 'UPDATE',
  WORKFLOW_EXECUTION_UPDATE_ACCEPTED: 'UPDATE',
  NEXUS_OPERATION_STARTED: 'NEXUS',
  NEXUS_OPERATION_COMPLETED: 'NEXUS',
  NEXUS_OPERATION_FAILED: 'NEXUS',
  NEXUS_OPERATION_CANCELED: 'NEXUS',
  NEXUS_OPERATION_TIMED_OUT: 'NEXUS',
  CHILD_WORKFLOW_EXECUTION_STARTED: 'NEVER',
  CHILD_WORKFLOW_EXECUTION_COMPLETED: 'NEVER',
  CHILD_WORKFLOW_EXECUTION_FAILED: 'NEVER',
  CHILD_WORKFLOW_EXECUTION_CANCELED: 'NEVER',
  CHILD_WORKFLOW_EXECUTION_TIMED_OUT: 'NEVER',
  CHILD_WORKFLOW_EXECUTION_TERMINATED: 'NEVER',
};

/** Writes those of `events` that come again into the new run's history, in their order. */
export function reapply(
  turn: Turn,
  execution: Execution,
  events: readonly HistoryEvent[],
  excluded: ReadonlySet<string>,
): void {
  for (const event of events) {
    const type = reapplied[event.eventType];
    if (type === undefined || excluded.has(type) || !isWanted(execution, event)) continue;
    const { eventId: _id, eventTime: _time, ...old } = event;
    const body = inNewRun(execution, old);
    const eventId = append(turn, execution, body);
    applyEvent(turn, execution, { ...body, eventId, eventTime: turn.now });
  }
}

/** Whether the new run has what the event is about, and it is still open there. */
function isWanted(execution: Execution, event: HistoryEvent): boolean {
  switch (event.eventType) {
    case 'WORKFLOW_EXECUTION_CANCEL_REQUESTED':
      return !execution.cancelRequested;
    case 'WORKFLOW_EXECUTION_UPDATE_ADMITTED':
      return !execution.updates.has(event.attributes.request.meta?.updateId ?? '');
    case 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED': {
      const { protocolInstanceId, acceptedRequest } = event.attributes;
      return acceptedRequest !== undefined && !execution.updates.has(protocolInstanceId);
    }
    case 'NEXUS_OPERATION_STARTED':
    case 'NEXUS_OPERATION_COMPLETED':
    case 'NEXUS_OPERATION_FAILED':
    case 'NEXUS_OPERATION_CANCELED':
    case 'NEXUS_OPERATION_TIMED_OUT': {
      const { scheduledEventId, requestId } = event.attributes;
      const operation = execution.operations.get(scheduledEventId);
      if (operation?.requestId !== requestId) return false;
      return event.eventType !== 'NEXUS_OPERATION_STARTED' || operation.state !== 'STARTED';
    }
    case 'CHILD_WORKFLOW_EXECUTION_STARTED': {
      const child = execution.children.get(event.attributes.initiatedEventId);
      return child !== undefined && child.runId === undefined;
    }
    case 'CHILD_WORKFLOW_EXECUTION_COMPLETED':
    case 'CHILD_WORKFLOW_EXECUTION_FAILED':
    case 'CHILD_WORKFLOW_EXECUTION_CANCELED':
    case 'CHILD_WORKFLOW_EXECUTION_TIMED_OUT':
    case 'CHILD_WORKFLOW_EXECUTION_TERMINATED':
      return execution.children.has(event.attributes.initiatedEventId);
    default:
      return true;
  }
}

/** What was accepted there is to be accepted here anew. The end of a child names its started event, which may have another id here. */
function inNewRun(execution: Execution, body: EventBody): EventBody {
  if (body.eventType === 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED') {
    const { acceptedRequest: request = {} } = body.attributes;
    return { eventType: 'WORKFLOW_EXECUTION_UPDATE_ADMITTED', attributes: { request, origin: 'REAPPLY' } };
  }
  if (!('initiatedEventId' in body.attributes) || !('startedEventId' in body.attributes)) return body;
  const child = execution.children.get(body.attributes.initiatedEventId);
  if (child === undefined) return body;
  // Only the number changes; the pair of type and attributes stays the one that it was.
  return { ...body, attributes: { ...body.attributes, startedEventId: child.startedEventId } } as EventBody;
}
