import { ok, type Result } from '../../base/result.ts';
import type {
  ExecutionPage,
  FilteredListRequest,
  ListRequest,
} from '../../protocol/temporal/visibility-methods.ts';
import { describeRun } from '../execution/describe-run.ts';
import { namespaceNotFound } from '../registry/namespaces.ts';
import { settableAttributes } from '../registry/search-attributes.ts';
import type { Execution } from '../state.ts';
import { refuse, type MethodHandler, type Turn } from '../turn.ts';
import { countedBy } from './count.ts';
import { matches } from './match.ts';
import { pageOf, type Place } from './page.ts';
import { parseQuery, type Condition, type Query } from './query.ts';
import { runAttributes, runValues, statusNames } from './run-values.ts';

type Refusal = ReturnType<typeof refuse>;
type Answer = Result<ExecutionPage, Refusal['error']>;

export const listWorkflowExecutions: MethodHandler<'listWorkflowExecutions'> = (turn, request) =>
  list(turn, request);

/** Scanning was once the way to read all in any order; today it is the same as listing. */
export const scanWorkflowExecutions: MethodHandler<'scanWorkflowExecutions'> = (turn, request) =>
  list(turn, request);

export const listArchivedWorkflowExecutions: MethodHandler<'listArchivedWorkflowExecutions'> = () =>
  refuse('INVALID_ARGUMENT', 'Cluster is not configured for visibility archival.');

export const listOpenWorkflowExecutions: MethodHandler<'listOpenWorkflowExecutions'> = (turn, request) =>
  listFiltered(turn, request, [is('ExecutionStatus', statusNames.RUNNING)]);

export const listClosedWorkflowExecutions: MethodHandler<'listClosedWorkflowExecutions'> = (
  turn,
  request,
) => {
  const status = request.statusFilter?.status;
  return listFiltered(turn, request, [
    { kind: 'not', of: is('ExecutionStatus', statusNames.RUNNING) },
    ...(status === undefined ? [] : [is('ExecutionStatus', statusNames[status])]),
  ]);
};

export const countWorkflowExecutions: MethodHandler<'countWorkflowExecutions'> = (turn, request) => {
  const found = select(turn, request);
  if (!found.ok) return found;
  const { query, runs } = found.value;
  if (query.groupBy === undefined) return ok({ count: runs.length });
  if (query.groupBy !== 'ExecutionStatus') {
    const message = `invalid query: 'GROUP BY' clause is not supported for search attribute ${query.groupBy}, only for ExecutionStatus`;
    return refuse('INVALID_ARGUMENT', message);
  }
  return ok({ count: runs.length, groups: countedBy(runs, ({ status }) => statusNames[status]) });
};

function list(turn: Turn, request: ListRequest): Answer {
  const found = select(turn, request);
  if (!found.ok) return found;
  if (found.value.query.groupBy !== undefined) {
    return refuse('INVALID_ARGUMENT', 'invalid query: GROUP BY counts, and this is a list');
  }
  return pageOfRuns(turn, found.value.runs, request);
}

function listFiltered(turn: Turn, request: FilteredListRequest, conditions: readonly Condition[]): Answer {
  const { namespace = '', maximumPageSize, nextPageToken, startTimeFilter = {} } = request;
  if (!turn.state.namespaces.has(namespace)) return namespaceNotFound(namespace);
  const { earliestTime, latestTime } = startTimeFilter;
  if (earliestTime !== undefined && latestTime !== undefined && earliestTime > latestTime) {
    return refuse(
      'INVALID_ARGUMENT',
      'EarliestTime in StartTimeFilter should not be larger than LatestTime.',
    );
  }
  const { executionFilter, typeFilter } = request;
  const of = [...conditions];
  if (executionFilter !== undefined) of.push(is('WorkflowId', executionFilter.workflowId ?? ''));
  if (typeFilter !== undefined) of.push(is('WorkflowType', typeFilter.name ?? ''));
  const runs = runsOf(turn, namespace, { kind: 'and', of }).filter(
    ({ startedAt }) => startedAt >= (earliestTime ?? startedAt) && startedAt <= (latestTime ?? startedAt),
  );
  return pageOfRuns(turn, runs, {
    ...(maximumPageSize !== undefined && { pageSize: maximumPageSize }),
    ...(nextPageToken !== undefined && { nextPageToken }),
  });
}

const is = (attribute: string, value: string): Condition => ({ kind: 'compare', attribute, by: '=', value });

/** The runs of a namespace that a query asks for. */
function select(
  turn: Turn,
  { namespace = '', query: text = '' }: { readonly namespace?: string; readonly query?: string },
): Result<{ readonly query: Query; readonly runs: readonly Execution[] }, Refusal['error']> {
  if (!turn.state.namespaces.has(namespace)) return namespaceNotFound(namespace);
  const query = parseQuery(text, runAttributes(turn.state, namespace));
  if (!query.ok) return refuse('INVALID_ARGUMENT', query.error);
  return ok({ query: query.value, runs: runsOf(turn, namespace, query.value.where) });
}

function runsOf({ state }: Turn, namespace: string, where: Condition | undefined): Execution[] {
  const types = settableAttributes(state, namespace);
  return [...state.executions.values()].filter(
    (execution) =>
      execution.ref.namespace === namespace &&
      (where === undefined || matches(where, runValues(execution, types))),
  );
}

function pageOfRuns(turn: Turn, runs: readonly Execution[], wanted: Parameters<typeof pageOf>[3]): Answer {
  const page = pageOf(turn, runs, placeOf, wanted);
  if (!page.ok) return page;
  const { items, nextPageToken } = page.value;
  return ok({
    executions: items.map((execution) => describeRun(turn.state, execution)),
    ...(nextPageToken !== undefined && { nextPageToken }),
  });
}

const placeOf = ({ closedAt, startedAt, ref }: Execution): Place => ({
  closed: closedAt ?? Number.MAX_SAFE_INTEGER,
  started: startedAt,
  run: ref.runId,
});
