import { ID_LENGTH_MAX } from '../../protocol/ids.ts';
import type { RequestOf } from '../../protocol/temporal/methods.ts';
import type { UpdateStage } from '../../protocol/temporal/update-methods.ts';
import type { UpdateRequest } from '../../protocol/temporal/update.ts';
import { findExecution, isRefusal } from '../execution/lookup.ts';
import { withoutCallbackLinks } from '../execution/start.ts';
import { startedAttributes } from '../execution/start-run.ts';
import { recordEvent } from '../execution/record.ts';
import { scheduleSpeculativeTask } from '../execution/workflow-task.ts';
import { notReady } from '../query.ts';
import { isRunning, type Execution } from '../state.ts';
import { refuse, type CallContext, type MethodHandler, type Turn } from '../turn.ts';
import { admitUpdate } from '../update.ts';
import { attachedBody, carriedProblem, keepCallbacks, roomProblem } from './update-callbacks.ts';
import type { UpdateWait, WorkflowUpdate } from './update-state.ts';
import { waitForUpdate } from './wait.ts';

/** A worker that has failed this often in a row would fail with the update, too. */
const FAILED_ATTEMPTS = 3;

type Request = RequestOf<'updateWorkflowExecution'>;

/** An update that may be sent: its form is right, and it has an id. */
export interface UpdateOrder {
  readonly id: string;
  readonly request: UpdateRequest;
  readonly stage: UpdateStage;
  readonly firstExecutionRunId?: string;
}

export const updateWorkflowExecution: MethodHandler<'updateWorkflowExecution'> = (turn, request, context) => {
  const problem = updateProblem(turn, request);
  if (problem !== undefined) return problem;
  const execution = findExecution(turn, { ...request, execution: request.workflowExecution });
  if (isRefusal(execution)) return execution;
  const order = orderOf(turn, request);
  const update = sendUpdate(turn, execution, order);
  if ('ok' in update) return update;
  return waitForUpdate(turn, execution, update, waitOf(execution, order, context));
};

export const pollWorkflowExecutionUpdate: MethodHandler<'pollWorkflowExecutionUpdate'> = (
  turn,
  request,
  { call },
) => {
  const { updateRef, waitPolicy } = request;
  if (updateRef === undefined) return refuse('INVALID_ARGUMENT', 'UpdateRef is not set on request.');
  const execution = findExecution(turn, { ...request, execution: updateRef.workflowExecution });
  if (isRefusal(execution)) return execution;
  const id = updateRef.updateId ?? '';
  const update = execution.updates.get(id);
  if (update === undefined) return refuse('NOT_FOUND', `update "${id}" not found`);
  const stage = waitPolicy?.lifecycleStage ?? 'ADMITTED';
  return waitForUpdate(turn, execution, update, { call, run: execution.ref.runId, update: id, stage });
};

/** What is wrong with the form of a request to update. */
export function updateProblem(
  turn: Turn,
  { request, waitPolicy }: Request,
): ReturnType<typeof refuse> | undefined {
  if (request?.meta === undefined) return refuse('INVALID_ARGUMENT', 'Update meta is not set on request.');
  if ((request.meta.updateId?.length ?? 0) > ID_LENGTH_MAX) {
    return refuse('INVALID_ARGUMENT', 'UpdateId length exceeds limit.');
  }
  if (request.input === undefined) return refuse('INVALID_ARGUMENT', 'Update input is not set on request.');
  if (request.input.name === undefined)
    return refuse('INVALID_ARGUMENT', 'Update name is not set on request.');
  if (waitPolicy?.lifecycleStage === 'ADMITTED') {
    return refuse(
      'PERMISSION_DENIED',
      'UpdateWorkflowExecution issued asynchronously and waiting on update admitted is not supported.',
    );
  }
  const problem = carriedProblem(turn, request);
  return problem === undefined ? undefined : refuse('INVALID_ARGUMENT', problem);
}

export function orderOf(turn: Turn, { request = {}, waitPolicy, firstExecutionRunId }: Request): UpdateOrder {
  const id = request.meta?.updateId ?? turn.state.random.ids.uuid();
  const { links = [], ...rest } = request;
  const own = withoutCallbackLinks(links, request.completionCallbacks);
  return {
    id,
    request: {
      ...rest,
      meta: { ...request.meta, updateId: id },
      ...(own.length > 0 && { links: own }),
    },
    stage: waitPolicy?.lifecycleStage ?? 'COMPLETED',
    ...(firstExecutionRunId !== undefined && { firstExecutionRunId }),
  };
}

export const waitOf = (
  execution: Execution,
  { id, stage, request: { requestId } }: UpdateOrder,
  { call }: Pick<CallContext, 'call'>,
): UpdateWait => ({
  call,
  run: execution.ref.runId,
  update: id,
  stage,
  ...(requestId !== undefined && { requestId }),
});

/** Finds the update of that id, or takes it in and schedules a workflow task for it if there is none. */
export function sendUpdate(
  turn: Turn,
  execution: Execution,
  order: UpdateOrder,
): WorkflowUpdate | ReturnType<typeof refuse> {
  const { id, firstExecutionRunId } = order;
  if (
    firstExecutionRunId !== undefined &&
    firstExecutionRunId !== startedAttributes(execution).firstExecutionRunId
  ) {
    return refuse('NOT_FOUND', 'workflow execution not found');
  }
  const known = execution.updates.get(id);
  if (!isRunning(execution)) return known ?? refuse('NOT_FOUND', 'workflow execution already completed');
  if ((execution.task?.attempt ?? 1) >= FAILED_ATTEMPTS) {
    return notReady('Unable to perform workflow execution update due to Workflow Task in failed state.');
  }
  if (known !== undefined) return attachCallbacks(turn, execution, known, order.request) ?? known;
  const refusal = limitRefusal(turn, execution) ?? roomProblem(turn, execution, id, order.request);
  if (refusal !== undefined) return refusal;
  const update = admitUpdate(turn, execution, id, order.request);
  scheduleSpeculativeTask(turn, execution);
  return update;
}

/** Somebody sends an update that is known already. Who sends one that is completed is told so with the answer. */
function attachCallbacks(
  turn: Turn,
  execution: Execution,
  update: WorkflowUpdate,
  request: UpdateRequest,
): ReturnType<typeof refuse> | undefined {
  const { requestId = '', completionCallbacks = [] } = request;
  const isKnown =
    update.request?.requestId === requestId ||
    update.attached.some((other) => other.requestId === requestId) ||
    execution.requests.has(requestId);
  if (completionCallbacks.length === 0 || isKnown || update.state === 'completed') return undefined;
  const problem = roomProblem(turn, execution, update.id, request);
  if (problem !== undefined) return problem;
  if (update.state === 'accepted') {
    keepCallbacks(turn, execution, update.id, {
      ...request,
      eventType: 'WORKFLOW_EXECUTION_OPTIONS_UPDATED',
    });
    recordEvent(turn, execution, attachedBody(update.id, requestId, completionCallbacks));
  } else {
    update.attached.push(request);
  }
  return undefined;
}

function limitRefusal(turn: Turn, { updates }: Execution): ReturnType<typeof refuse> | undefined {
  const { inFlightUpdatesMax, totalUpdatesMax } = turn.limits;
  const inFlight = [...updates.values()].filter(({ state }) => state !== 'completed').length;
  if (inFlight >= inFlightUpdatesMax) {
    return refuse(
      'RESOURCE_EXHAUSTED',
      `limit on number of concurrent in-flight updates has been reached (${inFlightUpdatesMax})`,
      { type: 'ResourceExhaustedFailure', value: { cause: 'CONCURRENT_LIMIT', scope: 'NAMESPACE' } },
    );
  }
  if (updates.size >= totalUpdatesMax) {
    return refuse(
      'FAILED_PRECONDITION',
      `The limit on the total number of distinct updates in this workflow has been reached (${totalUpdatesMax}). Continue-as-New to go on.`,
    );
  }
  return undefined;
}
