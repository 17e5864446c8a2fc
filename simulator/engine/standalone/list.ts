import { decodeText, encodeText, type Base64 } from '../../base/base64.ts';
import { ok, type Result } from '../../base/result.ts';
import { between } from '../../base/time.ts';
import type { Payload } from '../../protocol/temporal/common.ts';
import type { NexusOperationExecutionStatus } from '../../protocol/temporal/nexus-operation-methods.ts';
import { jsonPayload } from '../../protocol/temporal/payload.ts';
import type { StandaloneOperation } from '../state.ts';
import { refuse, type MethodHandler, type Turn } from '../turn.ts';
import { matches, type ValueOf } from '../visibility/match.ts';
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
  const after = request.nextPageToken === undefined ? undefined : readPlace(request.nextPageToken);
  if (request.nextPageToken !== undefined && after === undefined) {
    return refuse('INVALID_ARGUMENT', 'next_page_token is not one that a list call returned');
  }
  const { visibilityPageSizeMax: max } = turn.limits;
  const { pageSize = max } = request;
  const sorted = operations.map(placeOf).sort(byPlace);
  const rest = after === undefined ? sorted : sorted.filter((place) => byPlace(place, after) > 0);
  const page = rest.slice(0, pageSize > 0 && pageSize <= max ? pageSize : max);
  const last = page.at(-1);
  return ok({
    operations: page.map(({ own }) => listedInfo(own)),
    ...(last !== undefined && rest.length > page.length && { nextPageToken: writePlace(last) }),
  });
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
  const counts = new Map<string, number>();
  for (const { status } of operations) {
    const name = statusNames[status];
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const groups = [...counts].map(([name, count]) => ({ groupValues: [keyword(name)], count }));
  return ok({ count: operations.length, groups });
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

/** Where an operation stands in a list: those that run come first, then the latest. */
interface Place {
  readonly closed: number;
  readonly started: number;
  readonly run: string;
}

const placeOf = (own: StandaloneOperation): Place & { readonly own: StandaloneOperation } => ({
  closed: own.closedAt ?? Number.MAX_SAFE_INTEGER,
  started: own.operation.scheduledAt,
  run: own.operation.ref.run.runId,
  own,
});

const byPlace = (a: Place, b: Place): number =>
  b.closed - a.closed || b.started - a.started || (a.run < b.run ? -1 : a.run > b.run ? 1 : 0);

const writePlace = ({ closed, started, run }: Place): Base64 =>
  encodeText(JSON.stringify([closed, started, run]));

function readPlace(token: Base64): Place | undefined {
  try {
    const value: unknown = JSON.parse(decodeText(token) ?? '');
    if (!Array.isArray(value)) return undefined;
    const [closed, started, run] = value as readonly unknown[];
    return typeof closed === 'number' && typeof started === 'number' && typeof run === 'string'
      ? { closed, started, run }
      : undefined;
  } catch {
    return undefined;
  }
}

/** A value of a search attribute; SDKs read its type. */
function keyword(value: string): Payload {
  const { metadata, ...data } = jsonPayload(value);
  return { ...data, metadata: { ...metadata, type: encodeText('Keyword') } };
}
