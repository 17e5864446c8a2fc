import { ok, type Result } from '../../base/result.ts';
import { between } from '../../base/time.ts';
import type { NexusOperationExecutionStatus } from '../../protocol/temporal/nexus-operation-methods.ts';
import type { StandaloneOperation } from '../state.ts';
import { refuse, type MethodHandler, type Turn } from '../turn.ts';
import { matches, type ValueOf } from '../visibility/match.ts';
import { countedBy } from '../visibility/count.ts';
import { pageOf, type Place } from '../visibility/page.ts';
import { parseQuery, type Attributes, type Query } from '../visibility/query.ts';
import { listedInfo } from './describe.ts';
import { notServed, type Refusal } from './lookup.ts';

/** As queries write them. */
const statusNames = {
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELED: 'Canceled',
  TERMINATED: 'Terminated',
  TIMED_OUT: 'TimedOut',
} as const satisfies Record<NexusOperationExecutionStatus, string>;

const attributes = {
  Endpoint: 'keyword',
  Service: 'keyword',
  Operation: 'keyword',
  RequestId: 'keyword',
  ExecutionStatus: Object.values(statusNames),
  OperationId: 'keyword',
  RunId: 'keyword',
  StartTime: 'time',
  ExecutionTime: 'time',
  CloseTime: 'time',
  ExecutionDuration: 'duration',
  StateTransitionCount: 'number',
} as const satisfies Attributes;

const valuesOf = (own: StandaloneOperation): ValueOf => {
  const { operation, status, closedAt, transitions } = own;
  const { run } = operation.ref;
  const values: Readonly<Record<keyof typeof attributes, ReturnType<ValueOf>>> = {
    Endpoint: operation.endpoint,
    Service: operation.service,
    Operation: operation.operation,
    RequestId: operation.requestId,
    ExecutionStatus: statusNames[status],
    OperationId: run.workflowId,
    RunId: run.runId,
    StartTime: operation.scheduledAt,
    ExecutionTime: operation.scheduledAt,
    CloseTime: closedAt,
    ExecutionDuration: closedAt && between(operation.scheduledAt, closedAt),
    StateTransitionCount: transitions,
  };
  return (attribute) => values[attribute as keyof typeof attributes];
};

export const listNexusOperationExecutions: MethodHandler<'listNexusOperationExecutions'> = (
  turn,
  request,
) => {
  const found = select(turn, request);
  if (!found.ok) return found;
  const { query, operations } = found.value;
  if (query.groupBy !== undefined) {
    return refuse('INVALID_ARGUMENT', 'invalid query: GROUP BY counts, and this is a list');
  }
  const page = pageOf(turn, operations, placeOf, request);
  if (!page.ok) return page;
  const { items, nextPageToken } = page.value;
  return ok({ operations: items.map(listedInfo), ...(nextPageToken !== undefined && { nextPageToken }) });
};

export const countNexusOperationExecutions: MethodHandler<'countNexusOperationExecutions'> = (
  turn,
  request,
) => {
  const found = select(turn, request);
  if (!found.ok) return found;
  const { query, operations } = found.value;
  if (query.groupBy === undefined) return ok({ count: operations.length });
  if (query.groupBy !== 'ExecutionStatus') {
    const message = `invalid query: 'GROUP BY' clause is not supported for search attribute ${query.groupBy}, only for ExecutionStatus`;
    return refuse('INVALID_ARGUMENT', message);
  }
  return ok({ count: operations.length, groups: countedBy(operations, ({ status }) => statusNames[status]) });
};

/** The operations of a namespace that a query asks for. */
function select(
  turn: Turn,
  { namespace = '', query: text = '' }: { readonly namespace?: string; readonly query?: string },
): Result<{ readonly query: Query; readonly operations: readonly StandaloneOperation[] }, Refusal['error']> {
  const refusal = notServed(turn, namespace);
  if (refusal !== undefined) return refusal;
  const query = parseQuery(text, attributes);
  if (!query.ok) return refuse('INVALID_ARGUMENT', query.error);
  const { where } = query.value;
  const operations = [...turn.state.standalone.values()].filter(
    (own) =>
      own.operation.ref.run.namespace === namespace && (where === undefined || matches(where, valuesOf(own))),
  );
  return ok({ query: query.value, operations });
}

const placeOf = ({ closedAt, operation }: StandaloneOperation): Place => ({
  closed: closedAt ?? Number.MAX_SAFE_INTEGER,
  started: operation.scheduledAt,
  run: operation.ref.run.runId,
});
