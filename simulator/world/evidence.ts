import type { Instant } from '../base/time.ts';
import type { Span } from '../protocol/span.ts';
import type { Failure } from '../protocol/temporal/failure.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import type { DescribeWorkflowExecutionResponse } from '../protocol/temporal/methods.ts';
import type { TemporalPort } from '../protocol/temporal/port.ts';
import { readHistory } from './read-history.ts';
import { describeFailure } from './script-failure.ts';
import type { BreakerState, ExpectedFailure, World } from './world.ts';

/** What a run left behind, to be held against the file's expectations. */
export interface Evidence {
  readonly world: World;
  readonly port: TemporalPort;
  readonly spans: readonly Span[];
  /** When the world came to rest. */
  readonly endedAt: Instant;
  /** The states a breaker went through after `closed`, in order; absent where nobody can tell. */
  readonly breakerStates?: (caller: string, endpoint: string) => readonly BreakerState[];
}

/** Ids are unique per namespace; the file's own starts come first, then every namespace in order. */
export async function findWorkflow(
  workflowId: string,
  { world, port }: Evidence,
): Promise<{ namespace: string; description: DescribeWorkflowExecutionResponse } | string> {
  const started = world.start.filter((start) => start.id.value === workflowId);
  const places = started.length > 0 ? started.map((start) => start.namespace) : world.namespaces;
  for (const { value: namespace } of places) {
    const reply = await port.call('describeWorkflowExecution', { namespace, execution: { workflowId } });
    if (reply.ok) return { namespace, description: reply.value };
    if (reply.error.code !== 'NOT_FOUND') return `it could not be looked up: ${reply.error.message}`;
  }
  return 'no workflow with this id was started';
}

export async function historyOf(
  workflowId: string,
  namespace: string,
  port: TemporalPort,
): Promise<readonly HistoryEvent[]> {
  const events = await readHistory(port, { namespace, execution: { workflowId } });
  return events.ok ? events.value : [];
}

/** What is wrong with a failure, when it is not the expected one; the innermost cause counts. */
export function failureShortfall(
  failure: Failure | undefined,
  { type, message }: ExpectedFailure,
): string | undefined {
  if (failure === undefined) return 'it has not failed';
  const found = describeFailure(failure);
  if (type !== undefined && found.type !== type) return `it failed with ${found.type ?? 'no type'}`;
  if (message === undefined || found.message === message) return undefined;
  return `it failed with ${JSON.stringify(found.message ?? '')}`;
}
