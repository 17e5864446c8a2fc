import { ok } from '../../base/result.ts';
import { byteLength, decodeText, encodeText, utf8Length } from '../../base/base64.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { NexusFailure, NexusResponse, StartOperationResponse } from '../../protocol/temporal/nexus.ts';
import type { OperationCallPurpose, OperationRef } from '../fact.ts';
import { openOperation, type NexusTask, type Ticket } from '../state.ts';
import { record, refuse, type MethodHandler, type Turn } from '../turn.ts';
import { endCancelAttempt } from './cancellation.ts';
import { answerOutcome, failureOutcome, INVALID_TOKEN, startOutcome } from './call-outcome.ts';
import { noteCallEnd } from './call-end.ts';
import { settleDispatch } from './dispatch.ts';
import { callFailure, countedFailure, handlerFailure, operationEnd } from './failure.ts';
import { fromHandlerError } from '../../protocol/temporal/nexus-failure.ts';
import { noValue } from '../../protocol/temporal/payload.ts';
import { fromNexusLinks } from '../../protocol/temporal/nexus-link.ts';
import { endAttempt, type AttemptEnd } from './operation.ts';
import { giveBack } from './outbound-queue.ts';
import { loseNexusTask, removeNexusTask } from './task.ts';

/*
 * Answers of Nexus workers (semantics §8.3, §8.4), and the answer that never came. An answer that is refused as
 * invalid leaves the task where it is: the worker may answer again, or the attempt ends at its deadline.
 */

export const respondNexusTaskCompleted: MethodHandler<'respondNexusTaskCompleted'> = (turn, request) => {
  const task = findTask(turn, request);
  if ('ok' in task) return task;
  const problem = responseProblem(request.response, turn.limits);
  if (problem !== undefined) return refuse('INVALID_ARGUMENT', problem);
  const { purpose, ticket } = task;
  const { response = {} } = request;
  const outcome = answerOutcome(purpose.kind === 'dispatch' ? purpose.asks : purpose.kind, response);
  record(turn, { kind: 'nexus-task-answered', task: task.token, outcome });
  removeNexusTask(turn, task);
  if (purpose.kind === 'dispatch') settleDispatch(turn, purpose, { response });
  else settleResponse(turn, { purpose, ticket, fromWorker: true }, response);
  return ok({});
};

export const respondNexusTaskFailed: MethodHandler<'respondNexusTaskFailed'> = (turn, request) => {
  const task = findTask(turn, request);
  if ('ok' in task) return task;
  const { error, failure } = request;
  if (error === undefined && failure === undefined) {
    return refuse('INVALID_ARGUMENT', 'request must contain error or failure');
  }
  if (failure !== undefined && failure.nexusHandlerFailureInfo === undefined) {
    return refuse(
      'INVALID_ARGUMENT',
      'request Failure must contain error or failure with NexusHandlerFailureInfo',
    );
  }
  if (hasBadDetails(error?.failure)) {
    return refuse('INVALID_ARGUMENT', 'failure details must be JSON serializable');
  }
  const told = failure ?? fromHandlerError(error ?? {});
  record(turn, { kind: 'nexus-task-answered', task: task.token, failure: told });
  removeNexusTask(turn, task);
  const { purpose, ticket } = task;
  if (purpose.kind !== 'dispatch') settleFailure(turn, { purpose, ticket, fromWorker: true }, told);
  else settleDispatch(turn, purpose, failure ? { failure, fromWorker: true } : { error: error ?? {} });
  return ok({});
};

/** Nobody took the task, or its taker never answered: the same to the caller (semantics §5.3). */
export function expireNexusTask(turn: Turn, task: NexusTask): void {
  record(turn, { kind: 'nexus-task-expired', task: task.token });
  removeNexusTask(turn, task);
  settleTask(turn, task, {
    failure: handlerFailure('UPSTREAM_TIMEOUT', 'upstream timeout'),
    fromWorker: true,
  });
}

/** The queue of the task goes; its caller hears why. */
export function failNexusTask(turn: Turn, task: NexusTask, failure: Failure): void {
  loseNexusTask(turn, task);
  settleTask(turn, task, { failure, fromWorker: false });
}

function settleTask(
  turn: Turn,
  { purpose, ticket }: NexusTask,
  ended: { readonly failure: Failure; readonly fromWorker: boolean },
): void {
  if (purpose.kind === 'dispatch') settleDispatch(turn, purpose, ended);
  else settleFailure(turn, { purpose, ticket, fromWorker: ended.fromWorker }, ended.failure);
}

function findTask(
  turn: Turn,
  request: { readonly namespace?: string; readonly taskToken?: string },
): NexusTask | ReturnType<typeof refuse> {
  const task = turn.state.nexusTasks.get(request.taskToken ?? '');
  if (task?.dispatched !== true) {
    return refuse('NOT_FOUND', 'Nexus task not found or already expired');
  }
  if (task.queue.namespace !== request.namespace) {
    return refuse('INVALID_ARGUMENT', 'Operation requested with a token from a different namespace.');
  }
  return task;
}

function responseProblem(response: NexusResponse | undefined, limits: Limits): string | undefined {
  if (response === undefined) return 'Request is nil.';
  const { asyncSuccess, operationError } = response.startOperation ?? {};
  if (asyncSuccess !== undefined) {
    const token = tokenOf(asyncSuccess);
    if (token === '') return 'missing opration token in response';
    const excess = tokenExcess(token, limits);
    if (excess !== undefined) return `operation token length exceeds allowed limit (${excess})`;
  }
  return hasBadDetails(operationError?.failure) ? 'failure details must be JSON serializable' : undefined;
}

/** Present length and allowed length of a token that is too long. */
function tokenExcess(token: string, { operationTokenBytesMax: max }: Limits): string | undefined {
  const length = utf8Length(token);
  return length > max ? `${length}/${max}` : undefined;
}

const tokenOf = (success: { readonly operationToken?: string; readonly operationId?: string }): string =>
  success.operationToken ?? success.operationId ?? '';

function hasBadDetails(failure: NexusFailure | undefined): boolean {
  if (failure?.details === undefined) return false;
  try {
    JSON.parse(decodeText(failure.details) ?? '');
    return false;
  } catch {
    return true;
  }
}

function startEnd(response: StartOperationResponse, of: OperationRef, limits: Limits): AttemptEnd {
  const { syncSuccess, asyncSuccess } = response;
  if (asyncSuccess !== undefined) {
    const token = tokenOf(asyncSuccess);
    const excess = tokenExcess(token, limits);
    if (excess !== undefined) {
      const message = `${INVALID_TOKEN}: length exceeds allowed limit (${excess})`;
      return { state: 'ERROR', failure: callFailure(of, message) };
    }
    return { state: 'STARTED', token, links: fromNexusLinks(asyncSuccess.links) };
  }
  if (syncSuccess !== undefined) {
    const { payload, links } = syncSuccess;
    if (byteLength(payload?.data ?? encodeText('')) > limits.payloadBytesMax) {
      return { state: 'ERROR', failure: callFailure(of, 'http: response body too large') };
    }
    return {
      state: 'SUCCEEDED',
      result: payload ?? noValue,
      links: fromNexusLinks(links),
    };
  }
  const end = operationEnd(response);
  return end ?? { state: 'ERROR', failure: handlerFailure('INTERNAL', 'empty outcome') };
}

/** A start or cancel call that has ended, by whichever way it was made. */
export interface EndedCall {
  readonly purpose: OperationCallPurpose;
  readonly ticket: Ticket | undefined;
  /** The worker that was asked said so, or kept silent. */
  readonly fromWorker?: boolean;
}

/** The handler answered. An answer to another question than the one that was asked is none. */
export function settleResponse(turn: Turn, call: EndedCall, response: NexusResponse): void {
  const { startOperation, cancelOperation } = response;
  const expected = call.purpose.kind === 'start' ? startOperation : cancelOperation;
  if (expected === undefined) settleFailure(turn, call, handlerFailure('INTERNAL', 'empty outcome'));
  else if (call.purpose.kind === 'cancel') settleCancel(turn, call, undefined);
  else settleStart(turn, call, startEnd(startOperation ?? {}, call.purpose.operation, turn.limits));
}

/** The handler refused, or it could not be asked. */
export function settleFailure(turn: Turn, call: EndedCall, failure: Failure): void {
  if (call.purpose.kind === 'cancel') settleCancel(turn, call, failure);
  else settleStart(turn, call, { state: 'ERROR', failure });
}

function settleCancel(turn: Turn, call: EndedCall, failure: Failure | undefined): void {
  const { purpose, ticket } = call;
  noteCallEnd(turn, call, failure === undefined ? 'successful' : failureOutcome(failure));
  giveBack(turn, ticket, countedFailure(purpose.operation, purpose.attempt, failure));
  const { run, scheduledEventId } = purpose.operation;
  const operation = openOperation(turn.state, run.runId, scheduledEventId);
  if (operation !== undefined) endCancelAttempt(turn, operation, failure);
}

/** An answer counts only if the operation still waits for this very attempt. */
function settleStart(turn: Turn, call: EndedCall, end: AttemptEnd): void {
  const { purpose, ticket } = call;
  const { operation: ref, attempt } = purpose;
  noteCallEnd(turn, call, startOutcome(end));
  giveBack(turn, ticket, countedFailure(ref, attempt, end.state === 'ERROR' ? end.failure : undefined));
  const operation = openOperation(turn.state, ref.run.runId, ref.scheduledEventId);
  if (operation?.state !== 'SCHEDULED' || operation.attempt + 1 !== attempt) {
    record(turn, { kind: 'attempt-superseded', operation: ref, attempt });
    return;
  }
  endAttempt(turn, operation, end);
}
