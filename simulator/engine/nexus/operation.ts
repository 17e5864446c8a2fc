import { after, later, type Instant } from '../../base/time.ts';
import type { EventAttributes } from '../../protocol/temporal/history.ts';
import type { Failure, TimeoutType } from '../../protocol/temporal/failure.ts';
import type { Link } from '../../protocol/temporal/common.ts';
import { isStandalone, type RunRef } from '../fact.ts';
import { record, type Turn } from '../turn.ts';
import { append } from '../execution/history.ts';
import { backoffAfter } from '../policy/retry.ts';
import type { Execution, Operation } from '../state.ts';
import { sendCancellation } from './cancellation.ts';
import { isRetryableFailure } from './failure.ts';
import { endWait } from './outbound-queue.ts';
import { ownerOf } from './owner-of.ts';
import type { Resolution } from './owner.ts';

/*
 * The operation machine (semantics §1.2; the server's components/nexusoperations/statemachine.go).
 *
 * O1. A closed operation is not in its execution's `operations` any more; nothing can happen to it.
 * O2. Attempts and time-outs move it only while its caller runs.
 * O3. A completion may arrive in any state, even before the answer of the start call.
 */

/** Transition → where it may begin and where it ends. Closed states leave only their event behind. */
export const operationTransitions = {
  Scheduled: { from: [], to: 'SCHEDULED' },
  AttemptFailed: { from: ['SCHEDULED'], to: 'BACKING_OFF' },
  Rescheduled: { from: ['BACKING_OFF'], to: 'SCHEDULED' },
  Started: { from: ['SCHEDULED', 'BACKING_OFF'], to: 'STARTED' },
  Succeeded: { from: ['SCHEDULED', 'BACKING_OFF', 'STARTED'], to: 'SUCCEEDED' },
  Failed: { from: ['SCHEDULED', 'BACKING_OFF', 'STARTED'], to: 'FAILED' },
  Canceled: { from: ['SCHEDULED', 'BACKING_OFF', 'STARTED'], to: 'CANCELED' },
  TimedOut: { from: ['SCHEDULED', 'BACKING_OFF', 'STARTED'], to: 'TIMED_OUT' },
} as const satisfies Record<string, { from: readonly Operation['state'][]; to: string }>;

/** How one attempt ends. */
export type AttemptEnd =
  | Resolution
  | { readonly state: 'STARTED'; readonly token: string; readonly links: readonly Link[] }
  /** A handler error or a failed call; whether it is retried depends on the failure itself. */
  | { readonly state: 'ERROR'; readonly failure: Failure };

/** The attempt that is under way ended; later answers to it change nothing. */
export function endAttempt(turn: Turn, operation: Operation, end: AttemptEnd): void {
  const attempt = operation.attempt + 1;
  const conclude = (outcome: 'STARTED' | Resolution['state'], failure?: Failure): void => {
    record(turn, {
      kind: 'attempt-ended',
      operation: operation.ref,
      attempt,
      outcome,
      ...(failure !== undefined && { failure }),
    });
    operation.attempt = attempt;
  };
  switch (end.state) {
    case 'ERROR':
      if (isRetryableFailure(end.failure)) {
        backOff(turn, operation, end.failure);
        return;
      }
      conclude('FAILED', end.failure);
      resolveOperation(turn, operation, { state: 'FAILED', cause: end.failure });
      return;
    case 'STARTED':
      conclude('STARTED');
      startOperation(turn, operation, end);
      return;
    case 'SUCCEEDED':
    case 'TIMED_OUT':
      conclude(end.state);
      resolveOperation(turn, operation, end);
      return;
    case 'FAILED':
    case 'CANCELED':
      conclude(end.state, end.cause);
      resolveOperation(turn, operation, end);
      return;
  }
}

/** The handler works on it: SCHEDULED or BACKING_OFF → STARTED. */
export function startOperation(
  turn: Turn,
  operation: Operation,
  started: { readonly token: string; readonly links: readonly Link[]; readonly at?: Instant },
): void {
  clearBackoff(turn, operation);
  endWait(turn, operation);
  operation.state = 'STARTED';
  operation.token = started.token;
  operation.startedAt = started.at ?? turn.now;
  ownerOf(operation).started(turn, operation, started.links);
  const isCancelled = operation.cancellation !== undefined;
  if (isCancelled) sendCancellation(turn, operation);
  // An early return of the older framework: with a cancel already asked for, it is not armed (semantics §0.2).
  if (!isCancelled || isStandalone(operation.ref)) armStartToClose(turn, operation);
}

/** Closes the operation and tells its owner. */
export function resolveOperation(turn: Turn, operation: Operation, resolution: Resolution): void {
  disarm(turn, operation);
  ownerOf(operation).closed(turn, operation, resolution);
}

/** Forgets the operation without a word to anyone: what happens when its caller closes. */
export function abandonOperation(turn: Turn, execution: Execution, operation: Operation): void {
  disarm(turn, operation);
  execution.operations.delete(operation.ref.scheduledEventId);
}

/** Nothing that concerns it comes due any more. */
export function disarm(turn: Turn, operation: Operation): void {
  clearBackoff(turn, operation);
  endWait(turn, operation);
  for (const timer of operation.timeoutTimers) turn.state.timers.cancel(timer);
  turn.state.timers.cancel(operation.cancellation?.timer);
}

/** The operation as scheduled: writes its event, and arms the timers that run from there. */
export function scheduleOperation(
  turn: Turn,
  execution: Execution,
  body: Parameters<typeof append>[2] & { readonly eventType: 'NEXUS_OPERATION_SCHEDULED' },
): Operation {
  const eventId = append(turn, execution, body);
  const { attributes } = body;
  const operation = operationOf(execution, { eventId, eventTime: turn.now, attributes });
  execution.operations.set(eventId, operation);
  armScheduleTimeouts(turn, operation);
  return operation;
}

/* Shared by all operations that have none. */
const noTimers: Operation['timeoutTimers'] = [];
const noHeader: Operation['nexusHeader'] = {};

/** The operation that a SCHEDULED event speaks of, or would if there were one, before anything has happened to it. */
export function operationOf(
  caller: { readonly ref: RunRef },
  event: {
    readonly eventId: number;
    readonly eventTime: Instant;
    readonly attributes: Omit<EventAttributes['NEXUS_OPERATION_SCHEDULED'], 'workflowTaskCompletedEventId'>;
  },
): Operation {
  const { attributes } = event;
  const { scheduleToCloseTimeout, scheduleToStartTimeout, startToCloseTimeout } = attributes;
  return {
    ref: { run: caller.ref, scheduledEventId: event.eventId },
    endpoint: attributes.endpoint,
    endpointId: attributes.endpointId,
    service: attributes.service,
    operation: attributes.operation,
    ...(attributes.input !== undefined && { input: attributes.input }),
    nexusHeader: attributes.nexusHeader ?? noHeader,
    requestId: attributes.requestId,
    timeouts: {
      ...(scheduleToCloseTimeout !== undefined && { scheduleToCloseTimeout }),
      ...(scheduleToStartTimeout !== undefined && { scheduleToStartTimeout }),
      ...(startToCloseTimeout !== undefined && { startToCloseTimeout }),
    },
    scheduledAt: event.eventTime,
    state: 'SCHEDULED',
    attempt: 0,
    timeoutTimers: noTimers,
  };
}

/** Arms the timeouts that count from the SCHEDULED event; one that is over already fires at once. */
export function armScheduleTimeouts(turn: Turn, operation: Operation): void {
  const { scheduleToCloseTimeout, scheduleToStartTimeout } = operation.timeouts;
  for (const [timeoutType, timeout] of [
    ['SCHEDULE_TO_CLOSE', scheduleToCloseTimeout],
    ['SCHEDULE_TO_START', scheduleToStartTimeout],
  ] as const) {
    if (timeout === undefined) continue;
    armTimeout(turn, operation, timeoutType, after(operation.scheduledAt, timeout));
  }
}

/** Start-to-close, for an operation that has started. */
export function armStartToClose(turn: Turn, operation: Operation): void {
  const { startToCloseTimeout } = operation.timeouts;
  if (startToCloseTimeout === undefined || operation.startedAt === undefined) return;
  armTimeout(turn, operation, 'START_TO_CLOSE', after(operation.startedAt, startToCloseTimeout));
}

function armTimeout(turn: Turn, operation: Operation, timeoutType: TimeoutType, at: Instant): void {
  // Not pushed: an array that grows by a push takes room for 17, and there may be a million of these.
  operation.timeoutTimers = operation.timeoutTimers.concat(
    turn.state.timers.set(later(at, turn.now), {
      kind: 'operation-timeout',
      run: operation.ref.run.runId,
      operation: operation.ref.scheduledEventId,
      timeoutType,
    }),
  );
}

/** A time-out timer fired. Schedule-to-start means nothing once the operation has started. */
export function timeOutOperation(turn: Turn, operation: Operation, timeoutType: TimeoutType): void {
  if (timeoutType === 'SCHEDULE_TO_START' && operation.state === 'STARTED') return;
  resolveOperation(turn, operation, { state: 'TIMED_OUT', timeoutType });
}

/** BACKING_OFF → SCHEDULED; the caller makes the next attempt. */
export function rescheduleOperation(turn: Turn, operation: Operation): void {
  operation.state = 'SCHEDULED';
  operation.nextAttemptScheduleTime = undefined;
  operation.backoffTimer = undefined;
  ownerOf(operation).moved(turn, operation);
}

function backOff(turn: Turn, operation: Operation, failure: Failure): void {
  const attempt = operation.attempt + 1;
  const retryAt = after(turn.now, backoffAfter(attempt, turn.limits, turn.state.random.retryJitter));
  operation.attempt = attempt;
  operation.state = 'BACKING_OFF';
  operation.lastAttemptCompleteTime = turn.now;
  operation.lastAttemptFailure = failure;
  operation.nextAttemptScheduleTime = retryAt;
  operation.backoffTimer = turn.state.timers.set(retryAt, {
    kind: 'operation-backoff',
    run: operation.ref.run.runId,
    operation: operation.ref.scheduledEventId,
  });
  record(turn, {
    kind: 'attempt-ended',
    operation: operation.ref,
    attempt,
    outcome: 'BACKING_OFF',
    failure,
    retryAt,
  });
  ownerOf(operation).moved(turn, operation);
}

function clearBackoff(turn: Turn, operation: Operation): void {
  turn.state.timers.cancel(operation.backoffTimer);
  operation.backoffTimer = undefined;
  operation.nextAttemptScheduleTime = undefined;
}
