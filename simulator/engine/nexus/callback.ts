import type { Callback, Link, Payload } from '../../protocol/temporal/common.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { HistoryEvent } from '../../protocol/temporal/history.ts';
import type { OperationRef } from '../fact.ts';
import { isRunning, type CallbackRecord, type Execution } from '../state.ts';
import { record, type Turn } from '../turn.ts';
import { handlerFailure } from './failure.ts';
import { eventLink } from './links.ts';
import { resolveOperation, startOperation, type Resolution } from './operation.ts';
import {
  CALLBACK_TOKEN_HEADER,
  SYSTEM_CALLBACK_URL,
  readCallbackToken,
  type CallbackToken,
} from './token.ts';

/*
 * Completion callbacks (semantics §1.7): when a handler's workflow closes for good, each callback that was
 * attached to it delivers one completion to the operation it was made for. Delivery inside one simulator is a
 * call of this engine, so it either succeeds or is refused for good.
 */

/** Why a callback cannot be attached; `undefined` when it can (`callback.allowedAddresses` is empty here). */
export function callbackProblem(callback: Callback): string | undefined {
  const url = callback.nexus?.url;
  if (url === SYSTEM_CALLBACK_URL) return undefined;
  return `invalid callback url "${url ?? ''}": only ${SYSTEM_CALLBACK_URL} is allowed, pass on the callback URL of the Nexus request`;
}

export const newCallback = (turn: Turn, callback: Callback): CallbackRecord => ({
  callback,
  registeredAt: turn.now,
  state: 'STANDBY',
  attempt: 0,
});

/** Delivers every callback of a run that has just closed. */
export function deliverCallbacks(turn: Turn, execution: Execution): void {
  execution.callbacks.forEach((entry, index) => {
    if (entry.state === 'STANDBY') deliver(turn, execution, entry, index);
  });
}

function deliver(turn: Turn, execution: Execution, entry: CallbackRecord, index: number): void {
  const header = lowerKeys(entry.callback.nexus?.header ?? {});
  const token = readCallbackToken(header[CALLBACK_TOKEN_HEADER] ?? '');
  const target = token && targetOf(turn, token);
  const attempt = entry.attempt + 1;
  record(turn, {
    kind: 'callback-attempt-started',
    run: execution.ref,
    index,
    attempt,
    ...(target !== undefined && { target }),
  });
  const failure =
    token === undefined
      ? handlerFailure('BAD_REQUEST', 'invalid callback token')
      : complete(turn, token, {
          resolution: resolutionOf(execution),
          operationToken: header['nexus-operation-token'] ?? '',
          link: eventLink(execution.ref, 1, 'WORKFLOW_EXECUTION_STARTED'),
          startedAt: execution.startedAt,
        });
  entry.attempt = attempt;
  entry.lastAttemptCompleteTime = turn.now;
  entry.state = failure === undefined ? 'SUCCEEDED' : 'FAILED';
  if (failure !== undefined) {
    entry.lastAttemptFailure = failure;
  }
  record(turn, {
    kind: 'callback-attempt-ended',
    run: execution.ref,
    index,
    attempt,
    state: entry.state,
    ...(failure !== undefined && { failure }),
  });
}

interface Completion {
  readonly resolution: Resolution;
  readonly operationToken: string;
  readonly link: Link;
  readonly startedAt: Execution['startedAt'];
}

/** The caller's side of a completion. Returns why it was refused, if it was. */
function complete(turn: Turn, token: CallbackToken, completion: Completion): Failure | undefined {
  const execution = turn.state.executions.get(token.run);
  const operation = execution?.operations.get(token.scheduledEventId);
  if (execution === undefined || !isRunning(execution) || operation?.requestId !== token.requestId) {
    return handlerFailure('NOT_FOUND', 'operation not found');
  }
  if (operation.state !== 'STARTED') {
    // The completion overtook the answer of the start call, so the started event is made up from it.
    startOperation(turn, execution, operation, {
      token: completion.operationToken,
      links: [completion.link],
      at: completion.startedAt,
    });
  }
  resolveOperation(turn, execution, operation, completion.resolution);
  return undefined;
}

function targetOf(turn: Turn, token: CallbackToken): OperationRef | undefined {
  const execution = turn.state.executions.get(token.run);
  return execution && { run: execution.ref, scheduledEventId: token.scheduledEventId };
}

/** How a workflow's close maps to a completion: the table of semantics §1.7. */
function resolutionOf(execution: Execution): Resolution {
  const event: HistoryEvent | undefined = execution.events.at(-1);
  switch (event?.eventType) {
    case 'WORKFLOW_EXECUTION_COMPLETED': {
      const result: Payload | undefined = event.attributes.result?.payloads?.[0];
      return { state: 'SUCCEEDED', ...(result !== undefined && { result }) };
    }
    case 'WORKFLOW_EXECUTION_FAILED':
      return { state: 'FAILED', cause: event.attributes.failure };
    case 'WORKFLOW_EXECUTION_CANCELED':
      return {
        state: 'CANCELED',
        cause: {
          message: 'operation canceled',
          canceledFailureInfo: {
            ...(event.attributes.details !== undefined && { details: event.attributes.details }),
          },
        },
      };
    case 'WORKFLOW_EXECUTION_TERMINATED':
      return { state: 'FAILED', cause: { message: 'operation terminated', terminatedFailureInfo: {} } };
    default:
      return {
        state: 'FAILED',
        cause: {
          message: 'operation exceeded internal timeout',
          timeoutFailureInfo: { timeoutType: 'START_TO_CLOSE' },
        },
      };
  }
}

const lowerKeys = (header: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(header).map(([key, value]) => [key.toLowerCase(), value]));
