import { after, between } from '../base/time.ts';
import type { RequestOf, WorkflowTask } from '../protocol/temporal/methods.ts';
import type { WorkflowQuery, WorkflowQueryResult } from '../protocol/temporal/query-methods.ts';
import { isServed, offer, taskQueue, withdraw } from './matching/task-queue.ts';
import { isRunning, type Execution, type Poll, type Query, type TaskQueue } from './state.ts';
import { mintToken, refuse, refuseTo, replyTo, type CallContext, type Turn } from './turn.ts';

/*
 * What clients ask running and closed workflows.
 *
 * Q1. A query sees everything that had happened to its run when it was asked: while a workflow task waits or is
 *     in a worker's hands, the query waits, and goes with the next task that starts.
 * Q2. With no workflow task about, a query is a task of its own. The worker that has the run in its cache is asked
 *     first, and gets no history; whoever else is asked gets all of it. Closed runs are in nobody's cache.
 * Q3. A query leaves no trace in history.
 *
 * Source: the server's service/history/api/queryworkflow/api.go.
 */

/** Where its run has no history to go by yet, or its worker fails again and again. */
export const notReady = (message: string): ReturnType<typeof refuse> =>
  refuse('FAILED_PRECONDITION', message, { type: 'WorkflowNotReadyFailure', value: {} });

const closedBeforeStart = notReady('Workflow execution closed before WorkflowTaskStarted event');

export function askRun(turn: Turn, execution: Execution, asked: WorkflowQuery, { call }: CallContext): void {
  const query: Query = { call, run: execution.ref.runId, asked, token: mintToken(turn, 'query') };
  turn.state.queries.set(query.token, query);
  turn.state.waitingCalls.set(call, { kind: 'query', query });
  if (mayGoAlone(execution)) dispatch(turn, execution, query);
}

/** True when nothing is under way that the query would have to see. */
export const mayGoAlone = (execution: Execution): boolean =>
  execution.previousStartedEventId > 0 && (!isRunning(execution) || execution.task === undefined);

/** The queries of a run that wait for its workflow task. */
export const bufferedQueries = (turn: Turn, execution: Execution): readonly Query[] =>
  turn.state.queries.size === 0
    ? []
    : [...turn.state.queries.values()].filter(
        ({ run, queue }) => run === execution.ref.runId && queue === undefined,
      );

/** The queries that go with the workflow task that starts now. */
export function attachedQueries(turn: Turn, execution: Execution): Pick<WorkflowTask, 'queries'> {
  const queries = bufferedQueries(turn, execution);
  if (queries.length === 0) return {};
  return { queries: Object.fromEntries(queries.map(({ token, asked }) => [token, asked])) };
}

/** Passes on what the worker answered with its workflow task. */
export function answerQueries(
  turn: Turn,
  execution: Execution,
  results: RequestOf<'respondWorkflowTaskCompleted'>['queryResults'] = {},
): void {
  for (const query of bufferedQueries(turn, execution)) {
    const result = Object.hasOwn(results, query.token) ? results[query.token] : undefined;
    if (result !== undefined) answerQuery(turn, query, result);
  }
}

/** No workflow task follows: the queries that still wait for one are asked on their own. */
export function releaseQueries(turn: Turn, execution: Execution): void {
  for (const query of bufferedQueries(turn, execution)) {
    if (mayGoAlone(execution)) dispatch(turn, execution, query);
    else if (!isRunning(execution)) refuseQuery(turn, query, closedBeforeStart);
  }
}

export function answerQuery(turn: Turn, query: Query, result: WorkflowQueryResult): void {
  const { resultType, answer, errorMessage = '', failure } = result;
  if (resultType === 'ANSWERED') {
    forget(turn, query);
    replyTo(turn, query.call, answer === undefined ? {} : { queryResult: answer });
    return;
  }
  const detail = { type: 'QueryFailedFailure', value: failure === undefined ? {} : { failure } };
  refuseQuery(turn, query, refuse('INVALID_ARGUMENT', errorMessage, detail));
}

/** Hands the query to a poll. */
export function startQuery(turn: Turn, query: Query, poll: Poll): void {
  const execution = turn.state.executions.get(query.run);
  if (execution === undefined) return;
  if (poll.remote) turn.state.held.set(query.token, poll.identity);
  replyTo(turn, poll.call, describe(execution, query, poll));
}

/** The worker that has the run in its cache did not answer, or is gone: any worker may, with the whole history. */
export function leaveStickyQuery(turn: Turn, query: Query): void {
  const execution = turn.state.executions.get(query.run);
  if (execution === undefined) return;
  execution.sticky = undefined;
  withdrawTask(turn, query);
  // An answer that comes late is of a task that is no more.
  turn.state.queries.delete(query.token);
  query.token = mintToken(turn, 'query');
  turn.state.queries.set(query.token, query);
  dispatch(turn, execution, query);
}

/** The client waits no longer. Without any worker it hears of that rather than of its own patience. */
export function giveUpQuery(turn: Turn, query: Query): void {
  const { queue } = query;
  const unattended = queue?.waiting.has(query.token) === true && !isAttended(turn, queue);
  refuseQuery(
    turn,
    query,
    unattended
      ? refuse('FAILED_PRECONDITION', 'no poller seen for task queue recently, worker may be down')
      : refuse('DEADLINE_EXCEEDED', 'context deadline exceeded'),
  );
}

export function refuseQuery(turn: Turn, query: Query, refusal: ReturnType<typeof refuse>): void {
  forget(turn, query);
  refuseTo(turn, query.call, refusal);
}

function dispatch(turn: Turn, execution: Execution, query: Query): void {
  query.queue = queueFor(turn, execution);
  const { sticky } = execution;
  if (sticky?.taskQueue.name === query.queue.name) {
    query.timer = turn.state.timers.set(after(turn.now, sticky.scheduleToStartTimeout), {
      kind: 'sticky-query-timeout',
      query: query.token,
    });
  }
  const poll = offer(query.queue, query.token);
  if (poll !== undefined) startQuery(turn, query, poll);
}

function queueFor(turn: Turn, execution: Execution): TaskQueue {
  const { ref, sticky } = execution;
  if (sticky !== undefined && isRunning(execution)) {
    const queue = taskQueue(turn.state, ref.namespace, 'workflow', sticky.taskQueue.name);
    if (isServed(turn, queue)) return queue;
    execution.sticky = undefined;
  }
  return taskQueue(turn.state, ref.namespace, 'workflow', execution.taskQueue.name);
}

const isAttended = (turn: Turn, { polls, attendants, lastPolledAt }: TaskQueue): boolean =>
  polls.size > 0 ||
  attendants.size > 0 ||
  (lastPolledAt !== undefined && between(lastPolledAt, turn.now) < turn.limits.queryPollerWindow);

function withdrawTask(turn: Turn, query: Query): void {
  turn.state.timers.cancel(query.timer);
  query.timer = undefined;
  if (query.queue !== undefined) withdraw(query.queue, query.token);
  turn.state.held.delete(query.token);
}

function forget(turn: Turn, query: Query): void {
  withdrawTask(turn, query);
  turn.state.queries.delete(query.token);
}

function describe(execution: Execution, query: Query, poll: Poll): WorkflowTask {
  const cached = execution.sticky?.taskQueue.name === poll.queue.name;
  return {
    taskToken: query.token,
    workflowExecution: { workflowId: execution.ref.workflowId, runId: execution.ref.runId },
    workflowType: { name: execution.workflowType },
    previousStartedEventId: execution.previousStartedEventId,
    attempt: 1,
    history: { events: cached ? [] : [...execution.events] },
    query: query.asked,
    workflowExecutionTaskQueue: { name: execution.taskQueue.name, kind: 'NORMAL' },
  };
}
