import { Buffer } from 'node:buffer';
import { handlerErrors, type HandlerErrorType } from '../../protocol/nexus.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import { handlerErrorOf, operationErrorOf, toNexusFailure } from '../../protocol/temporal/nexus-failure.ts';
import type { DispatchOutcome } from '../../protocol/temporal/nexus-methods.ts';
import type { NexusFailure, NexusResponse, StartOperationResponse } from '../../protocol/temporal/nexus.ts';
import type { ServiceError, StatusCode } from '../../protocol/temporal/port.ts';
import { toContent, type Content, type PayloadCodec } from './content.ts';
import { writeFailure } from './failure-body.ts';
import { writeLinks } from './link-header.ts';

/** An HTTP response, ready to be written. */
export interface HttpAnswer {
  readonly status: number;
  readonly header: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** What an answer depends on besides what became of the request. */
export interface Asker {
  readonly asks: 'start' | 'cancel';
  /** It understands Temporal's failure details; if not, wrappers are removed. */
  readonly understandsFailures: boolean;
}

const nothing = Buffer.alloc(0);
const json = { 'content-type': 'application/json' };
const fromWorker = { 'temporal-nexus-failure-source': 'worker' };

/** What the caller of a worker hears (semantics §7.3, §7.4). */
export function dispatchAnswer(outcome: DispatchOutcome, asker: Asker, codec: PayloadCodec): HttpAnswer {
  if ('failure' in outcome) {
    const answer = failureAnswer(toNexusFailure(outcome.failure), infoOf(outcome.failure), asker);
    return outcome.fromWorker ? withHeader(answer, fromWorker) : answer;
  }
  if ('error' in outcome) {
    const { errorType = '', failure = {}, retryBehavior } = outcome.error;
    const info = { type: errorType, ...(retryBehavior !== undefined && { retryBehavior }) };
    return withHeader(failureAnswer(handlerErrorOf(info, failure), info, asker), fromWorker);
  }
  return asker.asks === 'cancel'
    ? { status: 202, header: {}, body: nothing }
    : startAnswer(outcome.response, asker, codec);
}

/** The service's own refusal, in a sentence. */
export function refusal(type: HandlerErrorType, message: string): HttpAnswer {
  const failure: Failure = { message, nexusHandlerFailureInfo: { type } };
  return failureAnswer(toNexusFailure(failure), { type }, { understandsFailures: true });
}

/** A refusal of the port (semantics §3.5); its message is for the caller. */
export const serviceRefusal = ({ code, message }: ServiceError): HttpAnswer =>
  refusal(handlerErrorTypes[code], message);

/** Temporal's status codes as Nexus handler errors. */
const handlerErrorTypes = {
  INVALID_ARGUMENT: 'BAD_REQUEST',
  FAILED_PRECONDITION: 'BAD_REQUEST',
  ALREADY_EXISTS: 'BAD_REQUEST',
  NOT_FOUND: 'NOT_FOUND',
  PERMISSION_DENIED: 'UNAUTHORIZED',
  RESOURCE_EXHAUSTED: 'RESOURCE_EXHAUSTED',
  UNIMPLEMENTED: 'NOT_IMPLEMENTED',
  DEADLINE_EXCEEDED: 'UPSTREAM_TIMEOUT',
  UNAVAILABLE: 'UNAVAILABLE',
  INTERNAL: 'INTERNAL',
  CANCELLED: 'INTERNAL',
  ABORTED: 'UNAVAILABLE',
} as const satisfies Record<StatusCode, HandlerErrorType>;

/** Headers that describe a body. */
export const contentHeaders = ({ header, body }: Content): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(header).map(([name, value]) => [`content-${name}`, value])),
  'content-length': String(body.length),
});

function startAnswer({ startOperation = {} }: NexusResponse, asker: Asker, codec: PayloadCodec): HttpAnswer {
  const { syncSuccess, asyncSuccess } = startOperation;
  if (syncSuccess !== undefined) {
    const content = toContent(syncSuccess.payload, codec);
    return {
      status: 200,
      header: { ...contentHeaders(content), ...linkHeader(syncSuccess) },
      body: content.body,
    };
  }
  if (asyncSuccess !== undefined) {
    const token = asyncSuccess.operationToken ?? asyncSuccess.operationId ?? '';
    const body = Buffer.from(JSON.stringify({ token, state: 'running' }));
    return { status: 201, header: { ...json, ...linkHeader(asyncSuccess) }, body };
  }
  const { state, failure } = operationErrorIn(startOperation);
  const told = asker.understandsFailures ? operationErrorOf(state, failure) : failure;
  const header = { ...json, ...fromWorker, 'nexus-operation-state': state };
  return { status: 424, header, body: writeFailure(told) };
}

function operationErrorIn({ operationError, failure }: StartOperationResponse): {
  readonly state: string;
  readonly failure: NexusFailure;
} {
  if (failure !== undefined) {
    const state = failure.canceledFailureInfo === undefined ? 'failed' : 'canceled';
    return { state, failure: toNexusFailure(failure) };
  }
  const { operationState = 'failed', failure: told = {} } = operationError ?? {};
  return { state: operationState === 'canceled' ? 'canceled' : 'failed', failure: told };
}

type HandlerInfo = NonNullable<Failure['nexusHandlerFailureInfo']>;

const infoOf = ({ nexusHandlerFailureInfo }: Failure): HandlerInfo => nexusHandlerFailureInfo ?? {};

const retryValues = { RETRYABLE: 'true', NON_RETRYABLE: 'false' } as const;

function failureAnswer(
  failure: NexusFailure,
  { type = '', retryBehavior }: HandlerInfo,
  { understandsFailures }: Pick<Asker, 'understandsFailures'>,
): HttpAnswer {
  const told = understandsFailures ? failure : (failure.cause ?? failure);
  const retryable = retryBehavior === undefined ? undefined : retryValues[retryBehavior];
  return {
    status: Object.hasOwn(handlerErrors, type) ? handlerErrors[type as HandlerErrorType].httpStatus : 500,
    header: { ...json, ...(retryable !== undefined && { 'nexus-request-retryable': retryable }) },
    body: writeFailure(told),
  };
}

function linkHeader({
  links = [],
}: {
  readonly links?: readonly { url?: string; type?: string }[];
}): Record<string, readonly string[]> {
  const written = writeLinks(links);
  return written.length === 0 ? {} : { 'nexus-link': written };
}

const withHeader = (answer: HttpAnswer, header: Readonly<Record<string, string>>): HttpAnswer => ({
  ...answer,
  header: { ...answer.header, ...header },
});
