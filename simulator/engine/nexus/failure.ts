import { isRetryable, type HandlerErrorType } from '../../protocol/nexus.ts';
import type { Failure, TimeoutType } from '../../protocol/temporal/failure.ts';
import type { StartOperationResponse } from '../../protocol/temporal/nexus.ts';
import { fromNexusFailure } from '../../protocol/temporal/nexus-failure.ts';
import { isStandalone, type OperationRef } from '../fact.ts';
import type { CountedFailure, Operation } from '../state.ts';

/*
 * Failures as Nexus workers send them, in the old form and the new, to failures as history keeps them
 * (semantics §3.4 and §3.5).
 */

/** How an operation ended that its handler ended with an error. */
export interface OperationEnd {
  readonly state: 'FAILED' | 'CANCELED';
  readonly cause: Failure;
}

export const handlerFailure = (type: HandlerErrorType, message: string): Failure => ({
  message,
  nexusHandlerFailureInfo: { type },
});

/**
 * A call that failed for good, and not by the answer of a handler. Standalone operations run in the server's newer
 * framework, which stores it in another form (semantics §0.2).
 */
export const callFailure = (operation: OperationRef, message: string): Failure =>
  isStandalone(operation)
    ? { message, serverFailureInfo: { nonRetryable: true } }
    : { message, applicationFailureInfo: { type: 'CallError', nonRetryable: true } };

/** Anything that is not a handler error is a failed call, which is always worth another try. */
export function isRetryableFailure(failure: Failure): boolean {
  const handler = failure.nexusHandlerFailureInfo;
  if (handler !== undefined) return isRetryable(handler.type ?? '', handler.retryBehavior);
  return (failure.applicationFailureInfo ?? failure.serverFailureInfo)?.nonRetryable !== true;
}

/** What speaks against the destination: only what is worth another try (semantics §4). */
export const countedFailure = (
  operation: OperationRef,
  attempt: number,
  failure: Failure | undefined,
): CountedFailure | undefined =>
  failure !== undefined && isRetryableFailure(failure)
    ? { operation, attempt, type: failure.nexusHandlerFailureInfo?.type ?? 'CallError' }
    : undefined;

/** The operation error in a start response, in whichever form it came; `undefined` when it holds none. */
export function operationEnd(response: StartOperationResponse): OperationEnd | undefined {
  if (response.failure !== undefined) {
    const { failure } = response;
    return { state: failure.canceledFailureInfo === undefined ? 'FAILED' : 'CANCELED', cause: failure };
  }
  if (response.operationError === undefined) return undefined;
  const { operationState, failure } = response.operationError;
  const cause = fromNexusFailure(failure ?? {});
  return operationState === 'canceled'
    ? { state: 'CANCELED', cause: asCanceled(cause) }
    : { state: 'FAILED', cause };
}

/** A cancelled operation always ends with a CanceledFailure, whatever its handler sent. */
export const asCanceled = (failure: Failure): Failure =>
  failure.canceledFailureInfo === undefined
    ? { message: failure.message ?? 'operation canceled', canceledFailureInfo: {}, cause: failure }
    : failure;

/** The failure of FAILED, CANCELED and TIMED_OUT events: what happened, around why (semantics §1.4). */
export const operationFailure = (operation: Operation, cause: Failure): Failure => ({
  message: 'nexus operation completed unsuccessfully',
  nexusOperationExecutionFailureInfo: {
    scheduledEventId: operation.ref.scheduledEventId,
    endpoint: operation.endpoint,
    service: operation.service,
    operation: operation.operation,
    ...(operation.token !== undefined && { operationId: operation.token, operationToken: operation.token }),
  },
  cause,
});

export const timeoutFailure = (timeoutType: TimeoutType): Failure => ({
  message: 'operation timed out',
  timeoutFailureInfo: { timeoutType },
});
