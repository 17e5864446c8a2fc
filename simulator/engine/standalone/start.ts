import { ok } from '../../base/result.ts';
import { lowerKeys } from '../../protocol/nexus.ts';
import type { NamespaceName, RunId, WorkflowId } from '../../protocol/ids.ts';
import type { StartNexusOperationExecutionRequest } from '../../protocol/temporal/nexus-operation-methods.ts';
import { STANDALONE, type RunRef } from '../fact.ts';
import { boundTimeouts, setTimeoutOf, within } from '../nexus/bound-timeouts.ts';
import { armScheduleTimeouts, operationOf } from '../nexus/operation.ts';
import { makeStartAttempt } from '../nexus/outbound.ts';
import { endpointByName } from '../registry/endpoints.ts';
import { workflowKey, type Operation, type StandaloneOperation } from '../state.ts';
import { record, refuse, type MethodHandler, type Turn } from '../turn.ts';
import { startProblem } from './check.ts';
import { notServed, type Refusal } from './lookup.ts';

/** Starts a run of an operation id, or finds that the id is taken (semantics §11.1). */
export const startNexusOperationExecution: MethodHandler<'startNexusOperationExecution'> = (
  turn,
  request,
) => {
  const refusal = refusalOf(turn, request);
  if (refusal !== undefined) return refusal;
  const currentRun = turn.state.currentStandalone.get(keyOf(request));
  const current = currentRun === undefined ? undefined : turn.state.standalone.get(currentRun);
  if (current === undefined) return startNew(turn, request);
  if (current.startRequestId === request.requestId) return existing(current);
  if (current.status !== 'RUNNING') {
    return mayFollow(request, current) ? startNew(turn, request) : alreadyStarted(current);
  }
  return request.idConflictPolicy === 'USE_EXISTING' ? existing(current) : alreadyStarted(current);
};

function refusalOf(turn: Turn, request: StartNexusOperationExecutionRequest): Refusal | undefined {
  const { namespace = '', endpoint = '' } = request;
  const refusal = notServed(turn, namespace);
  if (refusal !== undefined) return refusal;
  const problem = startProblem(request, turn.limits);
  if (problem !== undefined) return refuse('INVALID_ARGUMENT', problem);
  if (endpointByName(turn.state, endpoint) === undefined) {
    return refuse('NOT_FOUND', `could not find Nexus endpoint by name: ${endpoint}`);
  }
  return turn.state.allowedCallers.get(endpoint)?.has(namespace) === false
    ? refuse('PERMISSION_DENIED', `caller namespace "${namespace}" unauthorized for "${endpoint}"`)
    : undefined;
}

function mayFollow(request: StartNexusOperationExecutionRequest, closed: StandaloneOperation): boolean {
  switch (request.idReusePolicy) {
    case 'REJECT_DUPLICATE':
      return false;
    case 'ALLOW_DUPLICATE_FAILED_ONLY':
      return closed.status !== 'COMPLETED';
    default:
      return true;
  }
}

function startNew(
  turn: Turn,
  request: StartNexusOperationExecutionRequest,
): ReturnType<typeof startNexusOperationExecution> {
  const { identity, searchAttributes, userMetadata } = request;
  const operation = newOperation(turn, request);
  const { ref, endpoint, service, operation: name, requestId } = operation;
  turn.state.standalone.set(ref.run.runId, {
    operation,
    startRequestId: request.requestId ?? turn.state.random.ids.uuid(),
    ...(identity !== undefined && { identity }),
    ...(searchAttributes !== undefined && { searchAttributes }),
    ...(userMetadata !== undefined && { userMetadata }),
    status: 'RUNNING',
    outcome: {},
    attempt: 1,
    transitions: 1,
    links: [],
    waits: new Map(),
  });
  turn.state.currentStandalone.set(keyOf(request), ref.run.runId);
  record(turn, { kind: 'standalone-scheduled', operation: ref, endpoint, service, name, requestId });
  armScheduleTimeouts(turn, operation);
  makeStartAttempt(turn, operation);
  return ok({ runId: ref.run.runId, started: true });
}

function newOperation(turn: Turn, request: StartNexusOperationExecutionRequest): Operation {
  const { endpoint = '', service = '', operation = '', input, nexusHeader = {} } = request;
  const cap = setTimeoutOf(turn.limits.scheduleToCloseMax);
  const asked = setTimeoutOf(request.scheduleToCloseTimeout);
  const ref: RunRef = {
    namespace: (request.namespace ?? '') as NamespaceName,
    workflowId: (request.operationId ?? '') as WorkflowId,
    runId: turn.state.random.ids.uuid() as RunId,
  };
  const attributes = {
    endpoint,
    endpointId: endpointByName(turn.state, endpoint)?.id ?? '',
    service,
    operation,
    ...(input !== undefined && { input }),
    ...boundTimeouts(request, within(asked ?? cap, cap)),
    ...(Object.keys(nexusHeader).length > 0 && { nexusHeader: lowerKeys(nexusHeader) }),
    requestId: turn.state.random.ids.uuid(),
  };
  return operationOf({ ref }, { eventId: STANDALONE, eventTime: turn.now, attributes });
}

const keyOf = ({ namespace = '', operationId = '' }: StartNexusOperationExecutionRequest): string =>
  workflowKey(namespace, operationId);

const existing = ({ operation }: StandaloneOperation): ReturnType<typeof startNexusOperationExecution> =>
  ok({ runId: operation.ref.run.runId, started: false });

function alreadyStarted({ operation, startRequestId }: StandaloneOperation): Refusal {
  const { runId } = operation.ref.run;
  return refuse(
    'ALREADY_EXISTS',
    `nexus operation execution already started: request_id=${startRequestId}, run_id=${runId}`,
    { type: 'NexusOperationExecutionAlreadyStartedFailure', value: { startRequestId, runId } },
  );
}
