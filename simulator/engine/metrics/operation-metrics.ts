import { between, type Instant } from '../../base/time.ts';
import type { EventAttributes, HistoryEvent } from '../../protocol/temporal/history.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import { STANDALONE, type OperationRef, type RunRef, type StampedFact } from '../fact.ts';
import type { EngineState } from '../state.ts';
import type { CounterName } from './definitions.ts';
import type { Labels, Series } from './series.ts';

/** The workflow type under which the server counts operations that clients called. */
const STANDALONE_TYPE = '__temporal_standalone_nexus_operation__';

/** How an operation closed → its counter, and the word in the latencies' `outcome`. */
const closings = {
  COMPLETED: ['nexus_operation_success', 'succeeded'],
  FAILED: ['nexus_operation_fail', 'failed'],
  CANCELED: ['nexus_operation_cancel', 'canceled'],
  TERMINATED: ['nexus_operation_terminate', 'terminated'],
  TIMED_OUT: ['nexus_operation_timeout', 'timed_out'],
} as const satisfies Record<string, readonly [CounterName, string]>;

/** An operation as its metrics know it. */
interface Known {
  readonly labels: Labels;
  readonly scheduledAt: Instant;
  readonly startedAt?: Instant | undefined;
}

/** The outcomes and latencies of operations, whoever called them. */
export class OperationMetrics {
  readonly #series: Series;
  /** When operations of workflows that are not closed have started. */
  readonly #started = new Map<string, Instant>();

  constructor(series: Series) {
    this.#series = series;
  }

  apply(fact: StampedFact, state: Readonly<EngineState>): void {
    switch (fact.kind) {
      case 'event-recorded':
        if (fact.event.eventType.startsWith('NEXUS_OPERATION_')) this.#onEvent(fact.run, fact.event, state);
        return;
      case 'run-abandoned':
        for (const operation of fact.operations) this.#started.delete(keyOf(operation));
        return;
      case 'standalone-started': {
        const known = knownStandalone(state, fact.operation);
        if (known !== undefined) this.#begin(known, fact.startedAt);
        return;
      }
      case 'standalone-closed': {
        const known = knownStandalone(state, fact.operation);
        if (known !== undefined) this.#end(known, fact, fact.failure);
        return;
      }
      default:
    }
  }

  /** Where the calls of an operation go. */
  endpointOf(operation: OperationRef, state: Readonly<EngineState>): string {
    const { run, scheduledEventId } = operation;
    if (scheduledEventId === STANDALONE) return state.standalone.get(run.runId)?.operation.endpoint ?? '';
    return scheduledOf(state, run, scheduledEventId)?.attributes.endpoint ?? '';
  }

  #onEvent(run: RunRef, event: HistoryEvent, state: Readonly<EngineState>): void {
    switch (event.eventType) {
      case 'NEXUS_OPERATION_STARTED': {
        const { scheduledEventId } = event.attributes;
        const known = knownOf(state, run, scheduledEventId);
        if (known === undefined) return;
        this.#started.set(keyOf({ run, scheduledEventId }), event.eventTime);
        this.#begin(known, event.eventTime);
        return;
      }
      case 'NEXUS_OPERATION_COMPLETED':
      case 'NEXUS_OPERATION_FAILED':
      case 'NEXUS_OPERATION_CANCELED':
      case 'NEXUS_OPERATION_TIMED_OUT': {
        const { scheduledEventId } = event.attributes;
        const key = keyOf({ run, scheduledEventId });
        const known = knownOf(state, run, scheduledEventId);
        const startedAt = this.#started.get(key);
        this.#started.delete(key);
        if (known === undefined) return;
        const status = event.eventType.slice('NEXUS_OPERATION_'.length) as keyof typeof closings;
        const failure = 'failure' in event.attributes ? event.attributes.failure.cause : undefined;
        this.#end({ ...known, startedAt }, { status, at: event.eventTime }, failure);
        return;
      }
      default:
    }
  }

  #begin({ labels, scheduledAt }: Known, at: Instant): void {
    this.#series.observe(
      'nexus_operation_schedule_to_start_latency',
      labels,
      secondsBetween(scheduledAt, at),
    );
  }

  #end(
    { labels, scheduledAt, startedAt }: Known,
    { status, at }: { readonly status: keyof typeof closings; readonly at: Instant },
    failure: Failure | undefined,
  ): void {
    const [counter, outcome] = closings[status];
    const timeoutType = status === 'TIMED_OUT' ? timeoutTypeOf(failure) : undefined;
    const counted = timeoutType === undefined ? labels : { ...labels, timeout_type: timeoutType };
    this.#series.increment(counter, counted);
    const closed = { ...labels, outcome };
    this.#series.observe(
      'nexus_operation_schedule_to_close_latency',
      closed,
      secondsBetween(scheduledAt, at),
    );
    if (startedAt === undefined) this.#begin({ labels, scheduledAt }, at);
    else
      this.#series.observe('nexus_operation_start_to_close_latency', closed, secondsBetween(startedAt, at));
  }
}

const keyOf = ({ run, scheduledEventId }: OperationRef): string => `${run.runId}:${scheduledEventId}`;

export const secondsBetween = (from: Instant, to: Instant): number => between(from, to) / 1_000;

/** As the server writes it: `ScheduleToClose`. */
const timeoutTypeOf = (failure: Failure | undefined): string =>
  (failure?.timeoutFailureInfo?.timeoutType ?? 'UNSPECIFIED')
    .toLowerCase()
    .replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

interface Scheduled {
  readonly eventTime: Instant;
  readonly attributes: EventAttributes['NEXUS_OPERATION_SCHEDULED'];
}

function scheduledOf(state: Readonly<EngineState>, run: RunRef, id: number): Scheduled | undefined {
  const event = state.executions.get(run.runId)?.events[id - 1];
  return event?.eventType === 'NEXUS_OPERATION_SCHEDULED' ? event : undefined;
}

function knownOf(state: Readonly<EngineState>, run: RunRef, id: number): Known | undefined {
  const scheduled = scheduledOf(state, run, id);
  if (scheduled === undefined) return undefined;
  const workflowType = state.executions.get(run.runId)?.workflowType ?? '';
  return {
    labels: labelsOf(run.namespace, scheduled.attributes.endpoint, workflowType),
    scheduledAt: scheduled.eventTime,
  };
}

function knownStandalone(state: Readonly<EngineState>, { run }: OperationRef): Known | undefined {
  const operation = state.standalone.get(run.runId)?.operation;
  return (
    operation && {
      labels: labelsOf(run.namespace, operation.endpoint, STANDALONE_TYPE),
      scheduledAt: operation.scheduledAt,
      startedAt: operation.startedAt,
    }
  );
}

const labelsOf = (namespace: string, nexus_endpoint: string, workflow_type: string): Labels => ({
  namespace,
  nexus_endpoint,
  workflow_type,
});
