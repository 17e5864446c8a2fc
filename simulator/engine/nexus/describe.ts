import type {
  NexusOperationCancellationInfo,
  PendingNexusOperationInfo,
} from '../../protocol/temporal/methods.ts';
import type { Cancellation, Operation } from '../state.ts';
import type { Turn } from '../turn.ts';
import { isBlocked } from './outbound-group.ts';

/** The server's words, also for a breaker that is half-open. */
export const BREAKER_OPEN = 'The circuit breaker is open.';

/** Field by field as the server fills it (semantics §1.2). */
export function describeOperation(turn: Turn, operation: Operation): PendingNexusOperationInfo {
  const blocked = operation.state === 'SCHEDULED' && isBlocked(turn.state, 'start', operation, turn.now);
  const { token, nextAttemptScheduleTime } = operation;
  return {
    endpoint: operation.endpoint,
    service: operation.service,
    operation: operation.operation,
    scheduledEventId: operation.ref.scheduledEventId,
    scheduledTime: operation.scheduledAt,
    state: blocked ? 'BLOCKED' : operation.state,
    ...(blocked && { blockedReason: BREAKER_OPEN }),
    attempt: operation.attempt,
    ...operation.timeouts,
    ...(token !== undefined && { operationId: token, operationToken: token }),
    ...(operation.lastAttemptCompleteTime !== undefined && {
      lastAttemptCompleteTime: operation.lastAttemptCompleteTime,
    }),
    ...(operation.lastAttemptFailure !== undefined && { lastAttemptFailure: operation.lastAttemptFailure }),
    ...(nextAttemptScheduleTime !== undefined && { nextAttemptScheduleTime }),
    ...(operation.cancellation !== undefined && {
      cancellationInfo: describeCancellation(turn, operation, operation.cancellation),
    }),
  };
}

/** Like the operation itself (semantics §1.3). */
export function describeCancellation(
  turn: Turn,
  operation: Operation,
  cancellation: Cancellation,
): NexusOperationCancellationInfo {
  const { state, requestedAt, attempt } = cancellation;
  const { lastAttemptCompleteTime, lastAttemptFailure, nextAttemptScheduleTime } = cancellation;
  const blocked = state === 'SCHEDULED' && isBlocked(turn.state, 'cancel', operation, turn.now);
  return {
    ...(requestedAt !== undefined && { requestedTime: requestedAt }),
    ...(state !== 'UNSPECIFIED' && { state: blocked ? 'BLOCKED' : state }),
    ...(blocked && { blockedReason: BREAKER_OPEN }),
    ...(attempt > 0 && { attempt }),
    ...(lastAttemptCompleteTime !== undefined && { lastAttemptCompleteTime }),
    ...(lastAttemptFailure !== undefined && { lastAttemptFailure }),
    ...(nextAttemptScheduleTime !== undefined && { nextAttemptScheduleTime }),
  };
}
