import { err, ok, type Result } from '../../base/result.ts';
import type { RequestOf, TemporalMethod } from '../../protocol/temporal/methods.ts';
import type { ServiceError } from '../../protocol/temporal/port.ts';

/** Real milliseconds; the numbers are the Temporal server's own. */
const longPollLimits = {
  /** A poll ends after this long, whatever its deadline. */
  pollMax: 60_000,
  /** A look at a standalone operation ends after this long. */
  operationMax: 60_000,
  /** A wait for new history events, or for an update, ends after this long. */
  historyMax: 20_000,
  /** A query ends after this long where its client has set no deadline. */
  queryMax: 30_000,
  /** An empty answer leaves this long before the client's deadline, so that it arrives in time. */
  headStart: 1_000,
  /** Polls whose deadline is nearer than this are refused. */
  deadlineMin: 2_000,
} as const;

type PollMethod = 'pollWorkflowTaskQueue' | 'pollActivityTaskQueue' | 'pollNexusTaskQueue';

const pollMethods: ReadonlySet<string> = new Set([
  'pollWorkflowTaskQueue',
  'pollActivityTaskQueue',
  'pollNexusTaskQueue',
] satisfies PollMethod[]);

export const isPoll = (method: TemporalMethod): boolean => pollMethods.has(method);

const updateMethods: ReadonlySet<string> = new Set([
  'updateWorkflowExecution',
  'pollWorkflowExecutionUpdate',
  'executeMultiOperation',
] satisfies TemporalMethod[]);

/**
 * How long a call may wait for something to happen, in real milliseconds; `undefined` when it does not wait.
 * `remaining` is the time to the client's deadline, `Infinity` when it has set none.
 */
export function waitLimit<M extends TemporalMethod>(
  method: M,
  request: RequestOf<M>,
  remaining: number,
): Result<number | undefined, ServiceError> {
  const { pollMax, operationMax, historyMax, queryMax, headStart, deadlineMin } = longPollLimits;
  if (isPoll(method)) {
    if (remaining === Infinity) return err(refusal('INVALID_ARGUMENT', 'Context timeout is not set.'));
    if (remaining < deadlineMin) {
      return err(refusal('FAILED_PRECONDITION', 'Context timeout is too short.'));
    }
    return ok(Math.min(pollMax, remaining - headStart));
  }
  if (method === 'getWorkflowExecutionHistory' && 'waitNewEvent' in request && request.waitNewEvent) {
    return ok(Math.max(0, Math.min(historyMax, remaining - headStart)));
  }
  if (method === 'pollNexusOperationExecution' || 'longPollToken' in request) {
    return ok(Math.max(0, Math.min(operationMax, remaining - headStart)));
  }
  if (updateMethods.has(method)) return ok(Math.max(0, Math.min(historyMax, remaining - headStart)));
  if (method === 'queryWorkflow') {
    return ok(remaining === Infinity ? queryMax : Math.max(0, remaining - headStart));
  }
  return ok(undefined);
}

const refusal = (code: ServiceError['code'], message: string): ServiceError => ({ code, message });
