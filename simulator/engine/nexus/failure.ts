import { decodeText } from '../../base/base64.ts';
import { parseDuration } from '../../base/time.ts';
import { isRetryable, type HandlerErrorType } from '../../protocol/nexus.ts';
import type { Payload } from '../../protocol/temporal/common.ts';
import type { Failure, TimeoutType } from '../../protocol/temporal/failure.ts';
import type { HandlerError, NexusFailure, StartOperationResponse } from '../../protocol/temporal/nexus.ts';
import { jsonPayload } from '../../protocol/temporal/payload.ts';
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

/** The deprecated `error` field of RespondNexusTaskFailed. */
export function fromHandlerError(error: HandlerError): Failure {
  const cause = error.failure === undefined ? undefined : fromNexusFailure(error.failure);
  return {
    message: cause?.message ?? 'handler error',
    nexusHandlerFailureInfo: {
      type: error.errorType ?? '',
      ...(error.retryBehavior !== undefined && { retryBehavior: error.retryBehavior }),
    },
    ...(cause !== undefined && { cause }),
  };
}

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

function fromNexusFailure(failure: NexusFailure): Failure {
  const { metadata = {}, message = '', stackTrace, cause } = failure;
  const base = {
    message,
    ...(stackTrace !== undefined && { stackTrace }),
    ...(cause !== undefined && { cause: fromNexusFailure(cause) }),
  };
  switch (metadata['type']) {
    case 'temporal.api.failure.v1.Failure':
      return { ...fromProtoJson(detailsOf(failure)), ...base };
    case 'nexus.HandlerError': {
      const details = detailsOf(failure);
      const override = details['retryableOverride'];
      return {
        ...base,
        nexusHandlerFailureInfo: {
          type: typeof details['type'] === 'string' ? details['type'] : '',
          ...(typeof override === 'boolean' && { retryBehavior: override ? 'RETRYABLE' : 'NON_RETRYABLE' }),
        },
      };
    }
    case 'nexus.OperationError':
      return detailsOf(failure)['state'] === 'canceled'
        ? { ...base, canceledFailureInfo: {} }
        : { ...base, applicationFailureInfo: { type: 'OperationError', nonRetryable: true } };
    default:
      return {
        ...base,
        applicationFailureInfo: { type: 'NexusFailure', details: { payloads: [wholeOf(failure)] } },
      };
  }
}

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

function detailsOf(failure: NexusFailure): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(decodeText(failure.details ?? '') ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Everything but message and stack, as one `json/plain` payload. */
function wholeOf({ metadata, details }: NexusFailure): Payload {
  return jsonPayload({ metadata, details: details === undefined ? undefined : decodeText(details) });
}

const enumPrefixes =
  /^(NEXUS_HANDLER_ERROR_RETRY_BEHAVIOR|TIMEOUT_TYPE|RETRY_STATE|APPLICATION_ERROR_CATEGORY)_/;

/** Protobuf's JSON form of a Failure → ours: enums lose their prefix, durations become numbers. */
function fromProtoJson(value: unknown, key = ''): Failure {
  const convert = (item: unknown, name: string): unknown => {
    if (typeof item === 'string') {
      return name === 'nextRetryDelay' ? parseDuration(item) : item.replace(enumPrefixes, '');
    }
    if (Array.isArray(item)) return item.map((element: unknown) => convert(element, name));
    if (typeof item !== 'object' || item === null) return item;
    return Object.fromEntries(Object.entries(item).map(([field, inner]) => [field, convert(inner, field)]));
  };
  return convert(value, key) as Failure;
}
