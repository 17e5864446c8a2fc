import { lowerKeys } from '../../protocol/nexus.ts';
import { after, type Instant } from '../../base/time.ts';
import type { CallbackFault } from '../../protocol/fault.ts';
import { callError, type OperationCompletion } from '../../protocol/nexus-client.ts';
import { toNexusLinks } from '../../protocol/temporal/nexus-link.ts';
import type { Link, Payload } from '../../protocol/temporal/common.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { HistoryEvent } from '../../protocol/temporal/history.ts';
import { STANDALONE, type DeliveryPurpose, type OperationRef } from '../fact.ts';
import { isRunning, openOperation, workflowKey, type Execution, type Operation } from '../state.ts';
import { record, type Turn } from '../turn.ts';
import { callbackFault, failureOf, isWithin } from '../faults/plan.ts';
import { backoffAfter } from '../policy/retry.ts';
import { failureOutcome } from './call-outcome.ts';
import { handlerFailure, isRetryableFailure } from './failure.ts';
import type { CallbackRecord } from './callback-state.ts';
import { eventLink, requestIdLink } from './links.ts';
import { abandonExternalCall, makeExternalCall } from './external-call.ts';
import { resolveOperation, startOperation } from './operation.ts';
import type { Resolution } from './owner.ts';
import {
  CALLBACK_TOKEN_HEADER,
  SYSTEM_CALLBACK_URL,
  readCallbackToken,
  type CallbackToken,
} from './token.ts';

/*
 * Completion callbacks (semantics §1.7): when a handler's workflow closes for good, or its update ends, each callback
 * that was attached to it delivers one completion to the operation it was made for. Delivery to `temporal://system` is a
 * call of this engine, so it fails for a while only where a fault asks for it; any other URL is called.
 */

export const callbackTransitions = {
  Registered: { from: [], to: 'STANDBY' },
  Scheduled: { from: ['STANDBY'], to: 'SCHEDULED' },
  AttemptFailed: { from: ['SCHEDULED'], to: 'BACKING_OFF' },
  Rescheduled: { from: ['BACKING_OFF'], to: 'SCHEDULED' },
  Succeeded: { from: ['SCHEDULED'], to: 'SUCCEEDED' },
  Failed: { from: ['SCHEDULED'], to: 'FAILED' },
} as const satisfies Record<
  string,
  { from: readonly CallbackRecord['state'][]; to: CallbackRecord['state'] }
>;

/** Delivers every callback of a run that has just closed. */
export const deliverCallbacks = (turn: Turn, execution: Execution): void =>
  deliverThose(turn, execution, ({ update }) => update === undefined);

/** Delivers the callbacks of updates that have just ended. */
export const deliverUpdateCallbacks = (turn: Turn, execution: Execution): void =>
  deliverThose(turn, execution, ({ outcome }) => outcome !== undefined);

function deliverThose(
  turn: Turn,
  execution: Execution,
  isMeant: (callback: CallbackRecord) => boolean,
): void {
  execution.callbacks.forEach((entry, index) => {
    if (entry.state !== 'STANDBY' || !isMeant(entry)) return;
    entry.state = 'SCHEDULED';
    const lateBy = faultOf(turn, entry)?.lateBy;
    if (lateBy === undefined) deliver(turn, execution, entry, index);
    else deliverAt(turn, execution, { index, at: after(turn.now, lateBy) });
  });
}

/** A delivery that was late or failed sets out now. */
export function deliverCallback(turn: Turn, execution: Execution, index: number): void {
  const entry = execution.callbacks[index];
  if (entry !== undefined) deliver(turn, execution, entry, index);
}

function deliver(turn: Turn, execution: Execution, entry: CallbackRecord, index: number): void {
  const token = tokenOf(entry);
  const target = token && targetOf(turn, token);
  const attempt = entry.attempt + 1;
  entry.state = 'SCHEDULED';
  record(turn, {
    kind: 'callback-attempt-started',
    run: execution.ref,
    index,
    attempt,
    ...(target !== undefined && { target }),
    ...(entry.update !== undefined && { update: entry.update.id }),
  });
  const fault = faultOf(turn, entry);
  if (fault?.fail !== undefined && isWithin(fault.attempts ?? EVERY_ATTEMPT, attempt)) {
    endAttempt(turn, execution, { index, entry }, failureOf(fault.fail));
  } else if (isExternal(entry)) {
    deliverOutside(turn, execution, { kind: 'callback', run: execution.ref, index, attempt });
  } else {
    const failure = deliverOnce(turn, execution, entry);
    endAttempt(turn, execution, { index, entry }, failure);
    for (let copy = 2; failure === undefined && copy <= (fault?.copies ?? 1); copy++) {
      deliverCopy(turn, execution, index, copy);
    }
  }
}

/** Delivery to another process has ended. Its run may be gone by then. */
export function endDelivery(turn: Turn, purpose: DeliveryPurpose, failure: Failure | undefined): void {
  const execution = turn.state.executions.get(purpose.run.runId);
  const entry = execution?.callbacks[purpose.index];
  if (execution !== undefined && entry !== undefined) {
    endAttempt(turn, execution, { index: purpose.index, entry }, failure);
  }
}

/** The run is deleted, and with it what it has not delivered. */
export function loseCallbacks(turn: Turn, execution: Execution): void {
  for (const { timer } of execution.callbacks) turn.state.timers.cancel(timer);
  for (const { token, purpose } of [...turn.state.externalCalls.values()]) {
    if (purpose.kind !== 'callback' || purpose.run.runId !== execution.ref.runId) continue;
    abandonExternalCall(turn, token);
    const { run, index, attempt } = purpose;
    const failure = callError('the run was deleted');
    record(turn, { kind: 'callback-attempt-ended', run, index, attempt, state: 'FAILED', failure });
  }
}

function endAttempt(
  turn: Turn,
  execution: Execution,
  { index, entry }: { readonly index: number; readonly entry: CallbackRecord },
  failure: Failure | undefined,
): void {
  const attempt = entry.attempt + 1;
  entry.attempt = attempt;
  entry.lastAttemptCompleteTime = turn.now;
  const retries = failure !== undefined && isRetryableFailure(failure);
  entry.state = failure === undefined ? 'SUCCEEDED' : retries ? 'BACKING_OFF' : 'FAILED';
  if (failure !== undefined) entry.lastAttemptFailure = failure;
  if (retries) {
    const at = after(turn.now, backoffAfter(attempt, turn.limits, turn.state.random.retryJitter));
    deliverAt(turn, execution, { index, at });
  }
  record(turn, {
    kind: 'callback-attempt-ended',
    run: execution.ref,
    index,
    attempt,
    state: entry.state,
    ...(failure !== undefined && { failure, outcome: failureOutcome(failure) }),
  });
}

/** At-least-once: a copy finds the operation closed, and that changes nothing here either. */
function deliverCopy(turn: Turn, execution: Execution, index: number, copy: number): void {
  const entry = execution.callbacks[index];
  if (entry === undefined) return;
  const { attempt } = entry;
  const delivery = { run: execution.ref, index, attempt, copy };
  const token = tokenOf(entry);
  const target = token && targetOf(turn, token);
  record(turn, { kind: 'callback-attempt-started', ...delivery, ...(target !== undefined && { target }) });
  const failure = deliverOnce(turn, execution, entry);
  record(turn, {
    kind: 'callback-attempt-ended',
    ...delivery,
    state: failure === undefined ? 'SUCCEEDED' : 'FAILED',
    ...(failure !== undefined && { failure, outcome: failureOutcome(failure) }),
  });
}

const EVERY_ATTEMPT = { from: 1, to: Number.POSITIVE_INFINITY };

function deliverAt(
  turn: Turn,
  execution: Execution,
  delivery: { readonly index: number; readonly at: Instant },
): void {
  const { index, at } = delivery;
  const entry = execution.callbacks[index];
  const purpose = { kind: 'callback-delivery', run: execution.ref.runId, index } as const;
  if (entry !== undefined) entry.timer = turn.state.timers.set(at, purpose);
}

const isExternal = ({ callback }: CallbackRecord): boolean => callback.nexus?.url !== SYSTEM_CALLBACK_URL;

function deliverOutside(turn: Turn, execution: Execution, purpose: DeliveryPurpose): void {
  const entry = execution.callbacks[purpose.index];
  if (entry === undefined) return;
  const { url = '' } = entry.callback.nexus ?? {};
  const header = headerOf(entry);
  makeExternalCall(turn, {
    purpose,
    call: {
      kind: 'complete',
      url,
      timeout: turn.limits.callbackTimeout,
      header,
      completion: {
        ...completionOf(resolutionOf(execution, entry)),
        operationToken: header['nexus-operation-token'] ?? '',
        startedAt: execution.startedAt,
        ...(execution.closedAt !== undefined && { closedAt: execution.closedAt }),
        links: toNexusLinks([linkOf(execution, entry)]),
      },
    },
  });
}

/** One delivery. Returns why it was refused, if it was. */
function deliverOnce(turn: Turn, execution: Execution, entry: CallbackRecord): Failure | undefined {
  const token = tokenOf(entry);
  if (token === undefined) {
    record(turn, { ...unreadableCompletion });
    return handlerFailure('BAD_REQUEST', 'invalid callback token');
  }
  return complete(turn, token, {
    resolution: resolutionOf(execution, entry),
    operationToken: headerOf(entry)['nexus-operation-token'] ?? '',
    links: [linkOf(execution, entry)],
    startedAt: execution.startedAt,
  });
}

/** To the event with which it came. */
function linkOf({ ref, requests }: Execution, { update }: CallbackRecord): Link {
  const { eventType } = requests.get(update?.requestId ?? '') ?? {};
  return update === undefined || eventType === undefined
    ? eventLink(ref, 1, 'WORKFLOW_EXECUTION_STARTED')
    : requestIdLink(ref, update.requestId, eventType);
}

/** Nobody can say whose it is. */
export const unreadableCompletion = { kind: 'completion-received', outcome: 'error_bad_request' } as const;

const headerOf = (entry: CallbackRecord): Record<string, string> =>
  lowerKeys(entry.callback.nexus?.header ?? {});

const tokenOf = (entry: CallbackRecord): CallbackToken | undefined =>
  readCallbackToken(headerOf(entry)[CALLBACK_TOKEN_HEADER] ?? '');

/** The fault that is planned for the operation this callback completes. */
function faultOf(turn: Turn, entry: CallbackRecord): CallbackFault | undefined {
  if (turn.state.faults.length === 0) return undefined;
  const token = tokenOf(entry);
  const called = token && whatWasCalled(turn, token);
  return called && callbackFault(turn.state.faults, called);
}

/** Also of an operation that is closed. */
function whatWasCalled(
  turn: Turn,
  { run, scheduledEventId }: CallbackToken,
): { readonly service: string; readonly operation: string } | undefined {
  if (scheduledEventId === STANDALONE) return turn.state.standalone.get(run)?.operation;
  const scheduled = turn.state.executions.get(run)?.events[scheduledEventId - 1];
  return scheduled?.eventType === 'NEXUS_OPERATION_SCHEDULED' ? scheduled.attributes : undefined;
}

export interface Completion {
  readonly resolution: Resolution;
  readonly operationToken: string;
  readonly links: readonly Link[];
  readonly startedAt: Execution['startedAt'];
}

/** The caller's side of a completion. Returns why it was refused, if it was. */
export function complete(turn: Turn, token: CallbackToken, completion: Completion): Failure | undefined {
  const operation = calledOperation(turn, token);
  const { executions, standalone } = turn.state;
  const called = executions.get(token.run)?.ref ?? standalone.get(token.run)?.operation.ref.run;
  const outcome = operation === undefined ? 'error_not_found' : 'success';
  record(turn, { kind: 'completion-received', namespace: called?.namespace ?? '', outcome });
  if (operation === undefined) return handlerFailure('NOT_FOUND', 'operation not found');
  if (operation.state !== 'STARTED') {
    // The completion overtook the answer of the start call, so the started event is made up from it.
    startOperation(turn, operation, {
      token: completion.operationToken,
      links: completion.links,
      at: completion.startedAt,
    });
  }
  resolveOperation(turn, operation, completion.resolution);
  return undefined;
}

/** The operation in the run that called, or else in the run that a reset put in its place. */
function calledOperation(turn: Turn, token: CallbackToken): Operation | undefined {
  if (token.scheduledEventId === STANDALONE) {
    const operation = openOperation(turn.state, token.run, STANDALONE);
    return operation?.requestId === token.requestId ? operation : undefined;
  }
  const called = turn.state.executions.get(token.run);
  if (called === undefined) return undefined;
  const currentRun = turn.state.currentRuns.get(workflowKey(called.ref.namespace, called.ref.workflowId));
  const current = currentRun === undefined ? undefined : turn.state.executions.get(currentRun);
  for (const execution of [called, current]) {
    const operation = execution?.operations.get(token.scheduledEventId);
    if (execution === undefined || !isRunning(execution)) continue;
    if (operation?.requestId === token.requestId) return operation;
  }
  return undefined;
}

function targetOf(turn: Turn, token: CallbackToken): OperationRef | undefined {
  const { executions, standalone } = turn.state;
  const run = executions.get(token.run)?.ref ?? standalone.get(token.run)?.operation.ref.run;
  const last = run && { run, scheduledEventId: token.scheduledEventId };
  return calledOperation(turn, token)?.ref ?? last;
}

type Outcome = Exclude<Resolution, { readonly state: 'TIMED_OUT' | 'TERMINATED' }>;

function completionOf(outcome: Outcome): Pick<OperationCompletion, 'state' | 'result' | 'failure'> {
  if (outcome.state === 'SUCCEEDED') {
    return { state: 'succeeded', ...(outcome.result !== undefined && { result: outcome.result }) };
  }
  return { state: outcome.state === 'FAILED' ? 'failed' : 'canceled', failure: outcome.cause };
}

function resolutionOf(execution: Execution, { outcome }: CallbackRecord): Outcome {
  if (outcome === undefined) return closeOf(execution);
  if (outcome.failure !== undefined) return { state: 'FAILED', cause: outcome.failure };
  const result = outcome.success?.payloads?.[0];
  return { state: 'SUCCEEDED', ...(result !== undefined && { result }) };
}

/** How a workflow's close maps to a completion: the table of semantics §1.7. */
function closeOf(execution: Execution): Outcome {
  const event: HistoryEvent | undefined = execution.events.at(-1);
  switch (event?.eventType) {
    case 'WORKFLOW_EXECUTION_COMPLETED': {
      const result: Payload | undefined = event.attributes.result?.payloads?.[0];
      return { state: 'SUCCEEDED', ...(result !== undefined && { result }) };
    }
    case 'WORKFLOW_EXECUTION_FAILED':
      return { state: 'FAILED', cause: event.attributes.failure };
    case 'WORKFLOW_EXECUTION_CANCELED':
      return {
        state: 'CANCELED',
        cause: {
          message: 'operation canceled',
          canceledFailureInfo: {
            ...(event.attributes.details !== undefined && { details: event.attributes.details }),
          },
        },
      };
    case 'WORKFLOW_EXECUTION_TERMINATED':
      return { state: 'FAILED', cause: { message: 'operation terminated', terminatedFailureInfo: {} } };
    default:
      return {
        state: 'FAILED',
        cause: {
          message: 'operation exceeded internal timeout',
          timeoutFailureInfo: { timeoutType: 'START_TO_CLOSE' },
        },
      };
  }
}
