import { encodeText, decodeText, type Base64 } from '../../base/base64.ts';
import { after, between } from '../../base/time.ts';
import type { Cancellation, Operation, StandaloneOperation } from '../state.ts';
import type { ResponseOf } from '../../protocol/temporal/methods.ts';
import type {
  NexusOperationExecutionCancellationInfo,
  NexusOperationExecutionInfo,
  NexusOperationExecutionListInfo,
} from '../../protocol/temporal/nexus-operation-methods.ts';
import { BREAKER_OPEN, describeCancellation } from '../nexus/describe.ts';
import { isBlocked } from '../nexus/outbound-group.ts';
import type { Turn } from '../turn.ts';
import type { Shown } from './record.ts';

/** What `DescribeNexusOperationExecution` answers, field by field as the server fills it (semantics §11.1). */
export function describeStandalone(
  turn: Turn,
  own: StandaloneOperation,
  { includeInput, includeOutcome }: Shown,
): ResponseOf<'describeNexusOperationExecution'> {
  const { input, ref } = own.operation;
  const { runId } = ref.run;
  return {
    runId,
    info: infoOf(turn, own),
    ...(includeInput === true && input !== undefined && { input }),
    ...(includeOutcome === true && own.outcome),
    longPollToken: writeLongPollToken({ runId, seen: own.transitions }),
  };
}

/** How far the reader of a description has seen its operation change. */
export interface LongPollToken {
  readonly runId: string;
  readonly seen: number;
}

const writeLongPollToken = (token: LongPollToken): Base64 => encodeText(JSON.stringify(token));

export function readLongPollToken(token: Base64): LongPollToken | undefined {
  try {
    const value: unknown = JSON.parse(decodeText(token) ?? '');
    if (typeof value !== 'object' || value === null || !('runId' in value) || !('seen' in value))
      return undefined;
    const { runId, seen } = value;
    return typeof runId === 'string' && typeof seen === 'number' ? { runId, seen } : undefined;
  } catch {
    return undefined;
  }
}

export function listedInfo(own: StandaloneOperation): NexusOperationExecutionListInfo {
  const { operation, status, closedAt, searchAttributes, transitions } = own;
  const { run } = operation.ref;
  return {
    operationId: run.workflowId,
    runId: run.runId,
    endpoint: operation.endpoint,
    service: operation.service,
    operation: operation.operation,
    scheduleTime: operation.scheduledAt,
    status,
    stateTransitionCount: transitions,
    ...(searchAttributes !== undefined && { searchAttributes }),
    ...(closedAt !== undefined && {
      closeTime: closedAt,
      executionDuration: between(operation.scheduledAt, closedAt),
    }),
  };
}

function infoOf(turn: Turn, own: StandaloneOperation): NexusOperationExecutionInfo {
  const { operation, identity, userMetadata, links, cancelRequest } = own;
  const { nexusHeader, token, timeouts, scheduledAt, cancellation } = operation;
  const { scheduleToCloseTimeout } = timeouts;
  return {
    ...listedInfo(own),
    ...timeouts,
    ...stateOf(turn, own),
    ...lastAttemptOf(operation),
    attempt: own.attempt,
    executionDuration: between(scheduledAt, own.closedAt ?? turn.now),
    requestId: operation.requestId,
    ...(scheduleToCloseTimeout !== undefined && {
      expirationTime: after(scheduledAt, scheduleToCloseTimeout),
    }),
    ...(token !== undefined && { operationToken: token }),
    ...(Object.keys(nexusHeader).length > 0 && { nexusHeader }),
    ...(userMetadata !== undefined && { userMetadata }),
    ...(links.length > 0 && { links }),
    ...(identity !== undefined && { identity }),
    ...(cancellation !== undefined && {
      cancellationInfo: {
        ...cancellationInfo(turn, operation, cancellation),
        ...(cancelRequest?.reason !== undefined && { reason: cancelRequest.reason }),
      },
    }),
  };
}

function stateOf(
  turn: Turn,
  { operation, status }: StandaloneOperation,
): Pick<NexusOperationExecutionInfo, 'state' | 'blockedReason'> {
  if (status !== 'RUNNING') return {};
  const blocked = operation.state === 'SCHEDULED' && isBlocked(turn.state, 'start', operation, turn.now);
  return blocked ? { state: 'BLOCKED', blockedReason: BREAKER_OPEN } : { state: operation.state };
}

const lastAttemptOf = ({
  lastAttemptCompleteTime,
  lastAttemptFailure,
  nextAttemptScheduleTime,
}: Operation): Pick<
  NexusOperationExecutionInfo,
  'lastAttemptCompleteTime' | 'lastAttemptFailure' | 'nextAttemptScheduleTime'
> => ({
  ...(lastAttemptCompleteTime !== undefined && { lastAttemptCompleteTime }),
  ...(lastAttemptFailure !== undefined && { lastAttemptFailure }),
  ...(nextAttemptScheduleTime !== undefined && { nextAttemptScheduleTime }),
});

/** Its attempts too are counted when they are scheduled. */
function cancellationInfo(
  turn: Turn,
  operation: Operation,
  cancellation: Cancellation,
): NexusOperationExecutionCancellationInfo {
  const info = describeCancellation(turn, operation, cancellation);
  return cancellation.state === 'SCHEDULED' ? { ...info, attempt: cancellation.attempt + 1 } : info;
}
