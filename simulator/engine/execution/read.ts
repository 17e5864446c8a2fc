import { ok } from '../../base/result.ts';
import type { WorkflowExecution } from '../../protocol/temporal/common.ts';
import type { CallbackInfo, ResponseOf } from '../../protocol/temporal/methods.ts';
import type { CallbackRecord } from '../nexus/callback-state.ts';
import type { Execution, HistoryWait } from '../state.ts';
import { isRunning } from '../state.ts';
import { describeOperation } from '../nexus/describe.ts';
import { refuse, type MethodHandler } from '../turn.ts';
import { describeActivity } from './activity-describe.ts';
import { historyAnswer, readCursor, writeCursor, type HistoryCursor } from './history-wait.ts';
import { describeChild } from './describe-child.ts';
import { describeConfig, describeMore, describeRun, describeTask } from './describe-run.ts';
import { findExecution, isRefusal } from './lookup.ts';

/** Events per page when the client does not say, and the most it can ask for. */
const PAGE_SIZE_MAX = 1_000;

export const getWorkflowExecutionHistory: MethodHandler<'getWorkflowExecutionHistory'> = (
  turn,
  request,
  { call },
) => {
  const cursor = request.nextPageToken === undefined ? undefined : readCursor(request.nextPageToken);
  if (request.nextPageToken !== undefined && cursor === undefined) return badPageToken;
  if (isOfAnotherRun(request, cursor)) return otherRun;
  const execution = findExecution(turn, {
    namespace: request.namespace,
    execution: cursor === undefined ? request.execution : { ...request.execution, runId: cursor.run },
  });
  if (isRefusal(execution)) return execution;
  const closeEventOnly = request.historyEventFilterType === 'CLOSE_EVENT';
  const from = cursor?.from ?? 0;
  if (request.waitNewEvent !== true) return ok(page(execution, { from, closeEventOnly, ...sizeOf(request) }));
  const wait: HistoryWait = { call, run: execution.ref.runId, closeEventOnly, from, ...sizeOf(request) };
  const answer = historyAnswer(execution, wait);
  if (answer !== undefined) return ok(answer);
  execution.waits.set(call, wait);
  turn.state.waitingCalls.set(call, { kind: 'history', wait });
  return undefined;
};

/** From the last event to the first. A page goes on where the one before it ended, whatever has come since. */
export const getWorkflowExecutionHistoryReverse: MethodHandler<'getWorkflowExecutionHistoryReverse'> = (
  turn,
  request,
) => {
  const cursor = request.nextPageToken === undefined ? undefined : readCursor(request.nextPageToken);
  if (request.nextPageToken !== undefined && cursor === undefined) return badPageToken;
  if (isOfAnotherRun(request, cursor)) return otherRun;
  const { namespace, execution: named } = request;
  const execution = findExecution(turn, {
    namespace,
    execution: cursor === undefined ? named : { ...named, runId: cursor.run },
  });
  if (isRefusal(execution)) return execution;
  const end = Math.min(cursor?.from ?? execution.events.length, execution.events.length);
  const begin = Math.max(0, end - sizeOf(request).size);
  return ok({
    history: { events: execution.events.slice(begin, end).reverse() },
    ...(begin > 0 && { nextPageToken: writeCursor({ run: execution.ref.runId, from: begin }) }),
  });
};

const badPageToken = refuse(
  'INVALID_ARGUMENT',
  'Invalid NextPageToken: expected one that an earlier page returned.',
);

const otherRun = refuse('INVALID_ARGUMENT', 'RunId in the request does not match the NextPageToken.');

const isOfAnotherRun = (
  { execution }: { readonly execution?: WorkflowExecution },
  cursor: HistoryCursor | undefined,
): boolean => cursor !== undefined && execution?.runId !== undefined && execution.runId !== cursor.run;

const sizeOf = (request: { readonly maximumPageSize?: number }): { readonly size: number } => ({
  size: Math.min(Math.max(request.maximumPageSize ?? PAGE_SIZE_MAX, 1), PAGE_SIZE_MAX),
});

function page(
  execution: Execution,
  wanted: { readonly from: number; readonly size: number; readonly closeEventOnly: boolean },
): ResponseOf<'getWorkflowExecutionHistory'> {
  if (wanted.closeEventOnly)
    return { history: { events: isRunning(execution) ? [] : execution.events.slice(-1) } };
  const end = wanted.from + wanted.size;
  return {
    history: { events: execution.events.slice(wanted.from, end) },
    ...(end < execution.events.length && {
      nextPageToken: writeCursor({ run: execution.ref.runId, from: end }),
    }),
  };
}

export const describeWorkflowExecution: MethodHandler<'describeWorkflowExecution'> = (turn, request) => {
  const execution = findExecution(turn, request);
  if (isRefusal(execution)) return execution;
  return ok({
    executionConfig: describeConfig(execution),
    workflowExecutionInfo: describeRun(turn.state, execution),
    workflowExtendedInfo: describeMore(execution),
    ...(execution.task !== undefined && { pendingWorkflowTask: describeTask(execution.task) }),
    pendingActivities: [...execution.activities.values()].map(describeActivity),
    pendingChildren: [...execution.children.values()].map(describeChild),
    pendingNexusOperations: isRunning(execution)
      ? [...execution.operations.values()].map((operation) => describeOperation(turn, operation))
      : [],
    callbacks: execution.callbacks.map(describeCallback),
  });
};

const describeCallback = (entry: CallbackRecord): CallbackInfo => ({
  callback: entry.callback,
  trigger:
    entry.update === undefined
      ? { workflowClosed: {} }
      : { updateWorkflowExecutionCompleted: { updateId: entry.update.id } },
  registrationTime: entry.registeredAt,
  state: entry.state,
  attempt: entry.attempt,
  ...(entry.lastAttemptCompleteTime !== undefined && {
    lastAttemptCompleteTime: entry.lastAttemptCompleteTime,
  }),
  ...(entry.lastAttemptFailure !== undefined && { lastAttemptFailure: entry.lastAttemptFailure }),
  ...(entry.state === 'BACKING_OFF' && entry.timer && { nextAttemptScheduleTime: entry.timer.at }),
});
