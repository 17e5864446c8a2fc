import { after, ms } from '../../base/time.ts';
import type { Failure, TimeoutType } from '../../protocol/temporal/failure.ts';
import type { NexusRequest } from '../../protocol/temporal/nexus.ts';
import { backoffAfter } from '../policy/retry.ts';
import type { Cancellation, Operation, Ticket } from '../state.ts';
import type { Turn } from '../turn.ts';
import { noteCallEnd } from './call-end.ts';
import { failureOutcome } from './call-outcome.ts';
import { cancelBudget } from './call-timeout.ts';
import { isStandalone, type OperationCallPurpose } from '../fact.ts';
import { makeExternalCall } from './external-call.ts';
import { callFailure, countedFailure, isRetryableFailure } from './failure.ts';
import { admit, giveBack } from './outbound-queue.ts';
import { ownerOf } from './owner-of.ts';
import { callTarget, endpointGone } from './target.ts';
import { enqueueNexusTask } from './task.ts';

/*
 * The cancel request's own machine (semantics §1.3). It ends when the request was delivered or refused for good;
 * the operation itself goes on until its completion or a timeout.
 */

export const cancellationTransitions = {
  Requested: { from: [], to: 'UNSPECIFIED' },
  Scheduled: { from: ['UNSPECIFIED'], to: 'SCHEDULED' },
  AttemptFailed: { from: ['SCHEDULED'], to: 'BACKING_OFF' },
  Rescheduled: { from: ['BACKING_OFF'], to: 'SCHEDULED' },
  Succeeded: { from: ['SCHEDULED'], to: 'SUCCEEDED' },
  Failed: { from: ['SCHEDULED'], to: 'FAILED' },
} as const satisfies Record<string, { from: readonly Cancellation['state'][]; to: Cancellation['state'] }>;

/** Sends the cancel request to the handler, as soon as it may set out; the operation has started. */
export function sendCancellation(turn: Turn, operation: Operation): void {
  const { cancellation } = operation;
  if (cancellation === undefined) return;
  const again = cancellation.state === 'BACKING_OFF';
  cancellation.state = 'SCHEDULED';
  cancellation.requestedAt ??= turn.now;
  cancellation.nextAttemptScheduleTime = undefined;
  if (again) ownerOf(operation).moved(turn, operation);
  const ticket = admit(turn, 'cancel', operation, cancellation.attempt + 1);
  if (ticket !== undefined) sendCancelCall(turn, operation, ticket);
}

/** Makes the call that the ticket is for. */
export function sendCancelCall(turn: Turn, operation: Operation, ticket: Ticket): void {
  const budget = cancelBudget(operation, turn.now, turn.limits);
  if (budget.timeout < turn.limits.requestTimeoutMin) {
    noteCallEnd(turn, { purpose: purposeOf(operation), ticket }, 'operation-timeout');
    giveBack(turn, ticket);
    endCancelAttempt(turn, operation, tooLittleTime(operation, budget.limitedBy));
    return;
  }
  const target = callTarget(turn.state, operation);
  const purpose = purposeOf(operation);
  const request = cancelRequest(turn, operation);
  const { timeout } = budget;
  if (target.kind === 'external') {
    makeExternalCall(turn, { purpose, ticket, call: { kind: 'cancel', url: target.url, timeout, request } });
    return;
  }
  const failure =
    target.kind === 'none'
      ? target.failure
      : enqueueNexusTask(turn, {
          purpose,
          target: target.worker,
          ticket,
          request,
          deadline: after(turn.now, ms(timeout - turn.limits.dispatchMargin)),
        });
  if (failure === undefined) return;
  // Nobody was called where there is no endpoint.
  if (failure !== endpointGone) noteCallEnd(turn, { purpose, ticket }, failureOutcome(failure));
  giveBack(turn, ticket, countedFailure(operation.ref, purpose.attempt, failure));
  endCancelAttempt(turn, operation, failure);
}

const purposeOf = ({ ref, cancellation }: Operation): OperationCallPurpose => ({
  kind: 'cancel',
  operation: ref,
  attempt: (cancellation?.attempt ?? 0) + 1,
});

/** In the words of the framework that runs the operation (semantics §0.2). */
const tooLittleTime = ({ ref }: Operation, limitedBy: TimeoutType | undefined): Failure =>
  isStandalone(ref)
    ? {
        message: 'operation timed out before cancellation could be delivered',
        timeoutFailureInfo: { ...(limitedBy !== undefined && { timeoutType: limitedBy }) },
      }
    : callFailure(ref, `not enough time to execute another request before ${limitedBy ?? 'REQUEST'} timeout`);

const cancelRequest = (turn: Turn, operation: Operation): NexusRequest => ({
  header: operation.nexusHeader,
  scheduledTime: turn.now,
  endpoint: operation.endpoint,
  capabilities: { temporalFailureResponses: true },
  cancelOperation: {
    service: operation.service,
    operation: operation.operation,
    operationId: operation.token ?? '',
    operationToken: operation.token ?? '',
  },
});

/** An attempt ended: delivered when there is no failure, else tried again if that can help. */
export function endCancelAttempt(turn: Turn, operation: Operation, failure: Failure | undefined): void {
  const { cancellation } = operation;
  if (cancellation?.state !== 'SCHEDULED') return;
  cancellation.attempt++;
  cancellation.lastAttemptCompleteTime = turn.now;
  if (failure !== undefined) cancellation.lastAttemptFailure = failure;
  // The time that is left only gets less.
  const isFinal = failure?.timeoutFailureInfo !== undefined;
  if (failure === undefined || isFinal || !isRetryableFailure(failure)) {
    endCancellation(turn, operation, failure);
    return;
  }
  cancellation.state = 'BACKING_OFF';
  const delay = backoffAfter(cancellation.attempt, turn.limits, turn.state.random.retryJitter);
  const retryAt = after(turn.now, delay);
  cancellation.nextAttemptScheduleTime = retryAt;
  cancellation.timer = turn.state.timers.set(retryAt, {
    kind: 'cancellation-backoff',
    run: operation.ref.run.runId,
    operation: operation.ref.scheduledEventId,
  });
  ownerOf(operation).moved(turn, operation);
}

function endCancellation(turn: Turn, operation: Operation, failure: Failure | undefined): void {
  const { cancellation } = operation;
  if (cancellation === undefined) return;
  cancellation.state = failure === undefined ? 'SUCCEEDED' : 'FAILED';
  ownerOf(operation).cancelEnded(turn, operation, failure);
}
