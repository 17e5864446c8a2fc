import { callTimedOut } from '../../protocol/nexus-client.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { NexusResponse } from '../../protocol/temporal/nexus.ts';
import { operationEnd } from './failure.ts';
import type { Resolution } from './owner.ts';

/* How calls end, in the words of the server's metrics (semantics §9.1). */

type StartEnd =
  | { readonly state: 'STARTED' | Resolution['state'] }
  | { readonly state: 'ERROR'; readonly failure: Failure };

/** Of a start call of a caller. */
export function startOutcome(end: StartEnd): string {
  switch (end.state) {
    case 'STARTED':
      return 'pending';
    case 'SUCCEEDED':
      return 'successful';
    case 'FAILED':
    case 'CANCELED':
      return `operation-unsuccessful:${end.state.toLowerCase()}`;
    case 'TIMED_OUT':
      return 'operation-timeout';
    case 'ERROR':
      return failureOutcome(end.failure);
  }
}

/** Of any call that ended with a failure. */
export function failureOutcome(failure: Failure): string {
  const type = failure.nexusHandlerFailureInfo?.type;
  if (type !== undefined) return `handler-error:${type}`;
  if (failure === callTimedOut) return 'request-timeout';
  return failure.message?.startsWith(INVALID_TOKEN) === true ? 'invalid-operation-token' : 'unknown-error';
}

/** How the failure of a call begins that was answered with a token that is too long. */
export const INVALID_TOKEN = 'invalid operation token';

/** Of a request, at the frontend through which a worker answered it. */
export function answerOutcome(asks: 'start' | 'cancel', { startOperation }: NexusResponse): string {
  if (asks === 'cancel') return 'success';
  if (startOperation?.syncSuccess !== undefined) return 'sync_success';
  if (startOperation?.asyncSuccess !== undefined) return 'async_success';
  const end = operationEnd(startOperation ?? {});
  return end === undefined ? 'handler_error:EMPTY_OUTCOME' : 'operation_error';
}
