import { assertNever } from '../base/assert.ts';
import type { HandlerErrorType } from '../protocol/nexus.ts';
import type { Payload } from '../protocol/temporal/common.ts';
import type { NexusHandlerErrorRetryBehavior } from '../protocol/temporal/failure.ts';
import type { NexusLink, NexusResponse } from '../protocol/temporal/nexus.ts';
import type { RequestOf } from '../protocol/temporal/methods.ts';
import type { ServiceError, StatusCode } from '../protocol/temporal/port.ts';

/** What a handler came to, before it is written the way the caller's server can read. */
export type HandlerAnswer =
  | { readonly kind: 'sync'; readonly payload?: Payload }
  | { readonly kind: 'async'; readonly token: string; readonly links: readonly NexusLink[] }
  | { readonly kind: 'canceled-accepted' }
  | { readonly kind: 'operation-error'; readonly state: 'failed' | 'canceled'; readonly message: string }
  | HandlerErrorAnswer;

export interface HandlerErrorAnswer {
  readonly kind: 'handler-error';
  readonly type: HandlerErrorType;
  readonly message: string;
  readonly retryBehavior?: NexusHandlerErrorRetryBehavior;
}

/** The request that carries the answer, without the fields that say which task it is for. */
export type AnswerBody =
  | { readonly method: 'respondNexusTaskCompleted'; readonly body: { readonly response: NexusResponse } }
  | {
      readonly method: 'respondNexusTaskFailed';
      readonly body: Pick<RequestOf<'respondNexusTaskFailed'>, 'error' | 'failure'>;
    };

/** Writes an answer as SDK workers do; the old forms are for callers that do not know Temporal's failures. */
export function writeAnswer(answer: HandlerAnswer, knowsFailures: boolean): AnswerBody {
  switch (answer.kind) {
    case 'sync':
      return completed({
        startOperation: { syncSuccess: answer.payload === undefined ? {} : { payload: answer.payload } },
      });
    case 'async': {
      const { token, links } = answer;
      const found = links.length > 0 ? { links } : {};
      return completed({
        startOperation: { asyncSuccess: { operationId: token, operationToken: token, ...found } },
      });
    }
    case 'canceled-accepted':
      return completed({ cancelOperation: {} });
    case 'operation-error':
      return completed({ startOperation: operationError(answer, knowsFailures) });
    case 'handler-error':
      return { method: 'respondNexusTaskFailed', body: handlerError(answer, knowsFailures) };
    default:
      return assertNever(answer);
  }
}

const completed = (response: NexusResponse): AnswerBody => ({
  method: 'respondNexusTaskCompleted',
  body: { response },
});

function operationError(
  answer: Extract<HandlerAnswer, { kind: 'operation-error' }>,
  knowsFailures: boolean,
): NonNullable<NexusResponse['startOperation']> {
  const { state, message } = answer;
  if (!knowsFailures) return { operationError: { operationState: state, failure: { message } } };
  return state === 'canceled'
    ? { failure: { message, canceledFailureInfo: {} } }
    : { failure: { message, applicationFailureInfo: { type: 'OperationError', nonRetryable: true } } };
}

function handlerError(
  answer: HandlerErrorAnswer,
  knowsFailures: boolean,
): Pick<RequestOf<'respondNexusTaskFailed'>, 'error' | 'failure'> {
  const { type, message, retryBehavior } = answer;
  const behavior = retryBehavior === undefined ? {} : { retryBehavior };
  if (knowsFailures) return { failure: { message, nexusHandlerFailureInfo: { type, ...behavior } } };
  return { error: { errorType: type, failure: { message }, ...behavior } };
}

/** What a refusal of Temporal's API turns into when a handler does not catch it (semantics §3.5). */
export function fromServiceError(error: ServiceError): HandlerErrorAnswer {
  const type = typeOfCode[error.code];
  const final = error.code === 'ALREADY_EXISTS' || error.code === 'FAILED_PRECONDITION';
  return {
    kind: 'handler-error',
    type,
    message: error.message,
    ...(final && { retryBehavior: 'NON_RETRYABLE' as const }),
  };
}

const typeOfCode = {
  CANCELLED: 'INTERNAL',
  ABORTED: 'UNAVAILABLE',
  INVALID_ARGUMENT: 'BAD_REQUEST',
  DEADLINE_EXCEEDED: 'UPSTREAM_TIMEOUT',
  NOT_FOUND: 'NOT_FOUND',
  ALREADY_EXISTS: 'INTERNAL',
  PERMISSION_DENIED: 'INTERNAL',
  RESOURCE_EXHAUSTED: 'RESOURCE_EXHAUSTED',
  FAILED_PRECONDITION: 'INTERNAL',
  UNIMPLEMENTED: 'NOT_IMPLEMENTED',
  INTERNAL: 'INTERNAL',
  UNAVAILABLE: 'UNAVAILABLE',
} as const satisfies Record<StatusCode, HandlerErrorType>;
