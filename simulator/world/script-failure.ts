import type { Failure } from '../protocol/temporal/failure.ts';
import type { Json } from './json.ts';
import type { CallStep } from './step.ts';

/** What scripts know as `failure`: what happened to the step, without the wrapping of the call. */
export function describeFailure(failure: Failure): Json {
  const inner = innermost(failure);
  const { applicationFailureInfo, nexusHandlerFailureInfo, timeoutFailureInfo } = inner;
  const type =
    applicationFailureInfo?.type ?? nexusHandlerFailureInfo?.type ?? timeoutFailureInfo?.timeoutType;
  return { kind: kindOf(inner), type: type ?? null, message: inner.message ?? null };
}

/** As SDKs tell whether a failure is the answer to a cancellation. */
export const isCancellation = (failure: Failure): boolean =>
  innermost(failure).canceledFailureInfo !== undefined;

/** A call that was cancelled, seen from the workflow that made it (semantics §3.6). */
export const canceledCall = (
  { call }: CallStep,
  scheduledEventId: number | undefined,
  cause: Failure = { message: 'operation canceled', canceledFailureInfo: {} },
): Failure => ({
  message: 'nexus operation completed unsuccessfully',
  nexusOperationExecutionFailureInfo: {
    ...(scheduledEventId !== undefined && { scheduledEventId }),
    endpoint: call.endpoint.value,
    service: call.service,
    operation: call.operation,
  },
  cause,
});

/** What a timer or a wait fails with when its workflow is cancelled. */
export const canceledWait: Failure = { message: 'canceled', canceledFailureInfo: {} };

export const tooLarge = (message: string): Failure => ({
  message,
  applicationFailureInfo: { type: 'ValueTooLarge', nonRetryable: true },
});

function innermost(failure: Failure): Failure {
  let inner = failure;
  while (inner.nexusOperationExecutionFailureInfo !== undefined && inner.cause !== undefined) {
    inner = inner.cause;
  }
  return inner;
}

function kindOf(failure: Failure): 'canceled' | 'timed-out' | 'failed' {
  if (failure.canceledFailureInfo !== undefined) return 'canceled';
  return failure.timeoutFailureInfo === undefined ? 'failed' : 'timed-out';
}
