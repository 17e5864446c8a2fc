import type { Callback } from '../../protocol/temporal/common.ts';
import type { EventBody } from '../../protocol/temporal/history.ts';
import type { UpdateOutcome, UpdateRequest } from '../../protocol/temporal/update.ts';
import { append } from '../execution/history.ts';
import { callbackProblem, newCallback } from '../nexus/callback-record.ts';
import type { AttachedRequest, Execution } from '../state.ts';
import { refuse, type Turn } from '../turn.ts';
import type { WorkflowUpdate } from './update-state.ts';

/*
 * Callbacks that come with updates (semantics §11.3): so a handler backs a Nexus operation with an update. They are
 * a run's own once the update is accepted, and each delivers how the update ended. Where updates have no callbacks
 * (`limits.updateCallbacks`) nobody is called, and nobody is told so: that is how the server has it.
 */

type Carrier = Pick<UpdateRequest, 'requestId' | 'completionCallbacks'>;

/** Why the callbacks of a request cannot be taken; `undefined` when they can. */
export function carriedProblem(
  turn: Turn,
  { requestId, completionCallbacks = [] }: Carrier,
): string | undefined {
  if (completionCallbacks.length === 0) return undefined;
  if (requestId === undefined) {
    return 'invalid *update.Request: request_id is required when completion_callbacks are set';
  }
  const { callbacksPerWorkflowMax } = turn.limits;
  if (completionCallbacks.length > callbacksPerWorkflowMax) {
    return `cannot attach more than ${callbacksPerWorkflowMax} callbacks to a workflow`;
  }
  return completionCallbacks
    .map((callback) => callbackProblem(callback, turn.limits))
    .find((problem) => problem !== undefined);
}

/** Callbacks that a run has, and those that come with updates that it may still accept. */
export function callbackCount({ callbacks, updates }: Execution): number {
  let count = callbacks.length;
  for (const { request, inHistory, attached } of updates.values()) {
    for (const carrier of attached) count += countOf(carrier);
    if (request !== undefined && !inHistory) count += countOf(request);
  }
  return count;
}

const countOf = ({ completionCallbacks = [] }: Carrier): number => completionCallbacks.length;

/** Why a run or its update takes no more callbacks. */
export function roomProblem(
  turn: Turn,
  execution: Execution,
  update: string,
  carrier: Carrier,
): ReturnType<typeof refuse> | undefined {
  const { updateCallbacks, callbacksPerWorkflowMax, callbacksPerUpdateMax } = turn.limits;
  const more = countOf(carrier);
  if (!updateCallbacks || more === 0) return undefined;
  const all = callbackCount(execution);
  if (all + more > callbacksPerWorkflowMax) {
    return refuse(
      'FAILED_PRECONDITION',
      `cannot attach more than ${callbacksPerWorkflowMax} callbacks to a workflow (${all} callbacks already attached)`,
    );
  }
  const { request = {}, attached = [] } = execution.updates.get(update) ?? {};
  const coming = [request, ...attached].reduce((sum, each) => sum + countOf(each), 0);
  const own = coming + execution.callbacks.filter((callback) => callback.update?.id === update).length;
  return own + more > callbacksPerUpdateMax
    ? refuse(
        'FAILED_PRECONDITION',
        `cannot attach more than ${callbacksPerUpdateMax} callbacks to update "${update}" (${own} callbacks already attached)`,
      )
    : undefined;
}

/** Those that wait for an update to be accepted are in history right behind its event. */
export function writeAttached(turn: Turn, execution: Execution, { id, attached }: WorkflowUpdate): void {
  const eventType = 'WORKFLOW_EXECUTION_OPTIONS_UPDATED';
  for (const { requestId = '', completionCallbacks = [] } of attached.splice(0)) {
    keepCallbacks(turn, execution, id, { requestId, completionCallbacks, eventType });
    append(turn, execution, attachedBody(id, requestId, completionCallbacks));
  }
}

export const attachedBody = (
  updateId: string,
  attachedRequestId: string,
  attachedCompletionCallbacks: readonly Callback[],
): EventBody => ({
  eventType: 'WORKFLOW_EXECUTION_OPTIONS_UPDATED',
  attributes: {
    workflowUpdateOptions: [{ updateId, attachedRequestId, attachedCompletionCallbacks }],
  },
  workerMayIgnore: true,
});

/** The event says so: the run knows the request, and has its callbacks. */
export function keepCallbacks(
  turn: Turn,
  execution: Execution,
  update: string,
  { requestId, completionCallbacks = [], eventType }: Carrier & AttachedRequest,
): void {
  if (requestId === undefined) return;
  const { requests, callbacks } = execution;
  if (!requests.has(requestId)) requests.set(requestId, { eventType });
  if (!turn.limits.updateCallbacks) return;
  const origin = { id: update, requestId };
  callbacks.push(...completionCallbacks.map((callback) => newCallback(turn, callback, origin)));
}

/** The update has ended, or all of the run have: who is to be called is called once the turn is over. */
export function endCallbacks(
  turn: Turn,
  execution: Execution,
  outcome: UpdateOutcome,
  update?: string,
): void {
  const ended = execution.callbacks.filter(
    (callback) =>
      callback.update !== undefined &&
      callback.outcome === undefined &&
      (update === undefined || callback.update.id === update),
  );
  if (ended.length === 0) return;
  for (const callback of ended) callback.outcome = outcome;
  turn.transfers.push({ kind: 'deliver-updates', run: execution.ref.runId });
}
