import { ok } from '../../base/result.ts';
import { after, seconds } from '../../base/time.ts';
import type { RequestOf } from '../../protocol/temporal/methods.ts';
import { findExecution, isRefusal } from '../execution/lookup.ts';
import { answerQuery, askRun, bufferedQueries, mayGoAlone, notReady } from '../query.ts';
import { isRunning, type Execution } from '../state.ts';
import { refuse, type MethodHandler, type Turn } from '../turn.ts';

/** A worker that has failed this often in a row would fail with the query, too. */
const FAILED_ATTEMPTS = 3;

/** How long clients of the SDKs wait for an answer. The engine does not see their deadlines. */
const CLIENT_PATIENCE = seconds(10);

export const queryWorkflow: MethodHandler<'queryWorkflow'> = (turn, request, context) => {
  const execution = findExecution(turn, request);
  if (isRefusal(execution)) return execution;
  const { query } = request;
  if (query === undefined) return refuse('INVALID_ARGUMENT', 'WorkflowQuery is not set on request.');
  if (query.queryType === undefined) return refuse('INVALID_ARGUMENT', 'QueryType is not set on request.');
  if (isRejected(execution, request)) return ok({ queryRejected: { status: execution.status } });
  const refusal = refusalOf(turn, execution);
  if (refusal !== undefined) return refusal;
  askRun(turn, execution, query, context);
  return undefined;
};

export const respondQueryTaskCompleted: MethodHandler<'respondQueryTaskCompleted'> = (turn, request) => {
  const query = turn.state.queries.get(request.taskToken ?? '');
  if (query?.queue === undefined) {
    return refuse('NOT_FOUND', 'query task not found, or already expired');
  }
  const { completedType, queryResult, errorMessage, failure } = request;
  answerQuery(turn, query, {
    ...(completedType !== undefined && { resultType: completedType }),
    ...(queryResult !== undefined && { answer: queryResult }),
    ...(errorMessage !== undefined && { errorMessage }),
    ...(failure !== undefined && { failure }),
  });
  return ok({});
};

/** What the client said about closed workflows. */
function isRejected(execution: Execution, { queryRejectCondition }: RequestOf<'queryWorkflow'>): boolean {
  if (isRunning(execution)) return false;
  if (queryRejectCondition === 'NOT_OPEN') return true;
  return queryRejectCondition === 'NOT_COMPLETED_CLEANLY' && execution.status !== 'COMPLETED';
}

function refusalOf(turn: Turn, execution: Execution): ReturnType<typeof refuse> | undefined {
  if (!isRunning(execution) && execution.previousStartedEventId === 0) {
    return notReady('Workflow execution closed before WorkflowTaskStarted event');
  }
  const begins = execution.firstTaskTimer?.at;
  if (begins !== undefined && begins > after(turn.now, CLIENT_PATIENCE)) {
    return notReady('Workflow task is not scheduled yet.');
  }
  if ((execution.task?.attempt ?? 1) >= FAILED_ATTEMPTS) {
    return notReady('Unable to query workflow due to Workflow Task in failed state.');
  }
  if (mayGoAlone(execution)) return undefined;
  return bufferedQueries(turn, execution).length < turn.limits.bufferedQueriesMax
    ? undefined
    : refuse(
        'RESOURCE_EXHAUSTED',
        'consistent query buffer is full, this may be caused by too many queries and workflow not able to process query fast enough',
        { type: 'ResourceExhaustedFailure', value: { cause: 'BUSY_WORKFLOW', scope: 'NAMESPACE' } },
      );
}
