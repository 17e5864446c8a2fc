import { decodeText, encodeText } from '../../base/base64.ts';
import type { Failure } from './failure.ts';
import { failureFields, readFields, writeFields } from './failure-json.ts';
import type { HandlerError, NexusFailure } from './nexus.ts';
import type { Payload } from './common.ts';
import { jsonPayload } from './payload.ts';

/*
 * Failures in the form in which Nexus carries them, to failures as history keeps them, and back (semantics §3.4).
 */

const TEMPORAL_FAILURE = 'temporal.api.failure.v1.Failure';
const HANDLER_ERROR = 'nexus.HandlerError';
const OPERATION_ERROR = 'nexus.OperationError';

/** A wrapper with this mark is there for the transport only: what counts is its cause. */
const UNWRAP = 'unwrap-error';

type Details = Readonly<Record<string, unknown>>;

export function fromNexusFailure(failure: NexusFailure): Failure {
  const { metadata = {}, message = '', stackTrace, cause } = failure;
  const base = {
    message,
    ...(stackTrace !== undefined && { stackTrace }),
    ...(cause !== undefined && { cause: fromNexusFailure(cause) }),
  };
  switch (metadata['type']) {
    case TEMPORAL_FAILURE:
      return { ...(readFields(failureFields, detailsOf(failure)) as Failure), ...base };
    case HANDLER_ERROR:
      return { ...base, ...handlerInfoOf(detailsOf(failure)) };
    case OPERATION_ERROR:
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

/** A handler's error in its old form: the deprecated `error` field of RespondNexusTaskFailed, or an HTTP status and a failure. */
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

export function toNexusFailure(failure: Failure): NexusFailure {
  const { message, stackTrace, cause, nexusHandlerFailureInfo, ...rest } = failure;
  const [type, details] =
    nexusHandlerFailureInfo === undefined
      ? [TEMPORAL_FAILURE, writeFields(failureFields, rest)]
      : [HANDLER_ERROR, handlerDetails(nexusHandlerFailureInfo, failure.encodedAttributes)];
  return {
    ...(message !== undefined && { message }),
    ...(stackTrace !== undefined && { stackTrace }),
    metadata: { type },
    details: encodeText(JSON.stringify(details)),
    ...(cause !== undefined && { cause: toNexusFailure(cause) }),
  };
}

/** An operation's error, around what the handler said. */
export const operationErrorOf = (state: string, cause: NexusFailure): NexusFailure => ({
  message: 'operation error',
  metadata: { type: OPERATION_ERROR, [UNWRAP]: 'true' },
  details: encodeText(JSON.stringify({ state })),
  cause,
});

/** A handler's error in the old form, around what the handler said. */
export const handlerErrorOf = (
  info: NonNullable<Failure['nexusHandlerFailureInfo']>,
  cause: NexusFailure,
): NexusFailure => ({
  metadata: { type: HANDLER_ERROR },
  details: encodeText(JSON.stringify(handlerDetails(info, undefined))),
  cause,
});

/** The state in an operation's error and what its handler said; `undefined` when the failure is something else. */
export function readOperationError(
  failure: NexusFailure,
): { readonly state: string; readonly cause: NexusFailure } | undefined {
  if (failure.metadata?.['type'] !== OPERATION_ERROR) return undefined;
  const { state } = detailsOf(failure);
  const isWrapper = failure.metadata[UNWRAP] === 'true' && failure.cause !== undefined;
  return {
    state: typeof state === 'string' ? state : '',
    cause: isWrapper ? (failure.cause ?? failure) : failure,
  };
}

function handlerInfoOf(details: Details): Pick<Failure, 'nexusHandlerFailureInfo' | 'encodedAttributes'> {
  const { type, retryableOverride: override, encodedAttributes } = details;
  const attributes = typeof encodedAttributes === 'string' ? objectOf(decodeText(encodedAttributes)) : {};
  const payload = readFields({ payload: 'payload' }, { payload: attributes })['payload'];
  return {
    nexusHandlerFailureInfo: {
      type: typeof type === 'string' ? type : '',
      ...(typeof override === 'boolean' && { retryBehavior: override ? 'RETRYABLE' : 'NON_RETRYABLE' }),
    },
    ...(typeof encodedAttributes === 'string' && { encodedAttributes: payload as Payload }),
  };
}

const handlerDetails = (
  { type, retryBehavior }: NonNullable<Failure['nexusHandlerFailureInfo']>,
  attributes: Payload | undefined,
): Details => ({
  ...(type !== undefined && { type }),
  ...(retryBehavior !== undefined && { retryableOverride: retryBehavior === 'RETRYABLE' }),
  ...(attributes !== undefined && { encodedAttributes: base64Url(JSON.stringify(attributes)) }),
});

const base64Url = (text: string): string =>
  encodeText(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const detailsOf = ({ details }: NexusFailure): Details => objectOf(decodeText(details ?? ''));

function objectOf(text: string | undefined): Details {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Details) : {};
  } catch {
    return {};
  }
}

/** Everything but message and stack, as one `json/plain` payload. */
const wholeOf = ({ metadata, details }: NexusFailure): Payload =>
  jsonPayload({ metadata, details: details === undefined ? undefined : decodeText(details) });
