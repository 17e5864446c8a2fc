import type { DurationMs } from '../../base/time.ts';
import type { Failure, RetryState } from '../../protocol/temporal/failure.ts';
import type { Execution } from '../state.ts';
import type { Turn } from '../turn.ts';
import { decideRetry } from './activity-retry.ts';
import { closeExecution, closeWithFollower, type ClosingBody } from './close.ts';
import { retryOf } from './continue-run.ts';
import { startedAttributes } from './start-run.ts';

/** The run fails; where its retry policy says so, another run tries again. */
export function failExecution(
  turn: Turn,
  execution: Execution,
  failed: { readonly failure: Failure; readonly workflowTaskCompletedEventId: number },
): void {
  closeOrRetry(turn, execution, failed.failure, (end) => ({
    eventType: 'WORKFLOW_EXECUTION_FAILED',
    attributes: { ...failed, ...end },
  }));
}

/** The time of the run is over, or that of its whole chain: only the first is worth another try. */
export function timeOutExecution(turn: Turn, execution: Execution): void {
  const eventType = 'WORKFLOW_EXECUTION_TIMED_OUT';
  if (execution.expiresAt !== undefined && execution.expiresAt <= turn.now) {
    closeExecution(turn, execution, { eventType, attributes: { retryState: 'TIMEOUT' } });
    return;
  }
  const failure = {
    message: 'workflow timeout',
    timeoutFailureInfo: { timeoutType: 'START_TO_CLOSE' },
  } as const;
  closeOrRetry(turn, execution, failure, (end) => ({ eventType, attributes: end }));
}

function closeOrRetry(
  turn: Turn,
  execution: Execution,
  failure: Failure,
  body: (end: { readonly retryState: RetryState; readonly newExecutionRunId?: string }) => ClosingBody,
): void {
  const decision = decide(turn, execution, failure);
  if (decision.state !== 'IN_PROGRESS') {
    closeExecution(turn, execution, body({ retryState: decision.state }));
    return;
  }
  const next = retryOf(turn, execution, { failure, backoff: decision.delay });
  const end = body({ retryState: 'IN_PROGRESS', newExecutionRunId: next.runId });
  closeWithFollower(turn, execution, end, next);
}

type Decision =
  | { readonly state: 'IN_PROGRESS'; readonly delay: DurationMs }
  | { readonly state: Exclude<RetryState, 'IN_PROGRESS'> };

function decide(turn: Turn, execution: Execution, failure: Failure): Decision {
  const started = startedAttributes(execution);
  if (started.retryPolicy === undefined) return { state: 'RETRY_POLICY_NOT_SET' };
  return decideRetry(started.retryPolicy, {
    failure,
    attempt: started.attempt,
    now: turn.now,
    expiresAt: execution.expiresAt,
  });
}
