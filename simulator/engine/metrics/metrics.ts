import type { Instant } from '../../base/time.ts';
import type { OperationRef, RunRef, StampedFact } from '../fact.ts';
import type { EngineState } from '../state.ts';
import { OperationMetrics, secondsBetween } from './operation-metrics.ts';
import { Series, type Gauge, type Labels } from './series.ts';

type FactOf<K extends StampedFact['kind']> = Extract<StampedFact, { readonly kind: K }>;

/** A request that workers have, or wait for. */
interface Asked {
  readonly labels: Labels;
  readonly at: Instant;
}

const methods = {
  outbound: { start: 'StartOperation', cancel: 'CancelOperation' },
  frontend: { start: 'StartNexusOperation', cancel: 'CancelNexusOperation' },
} as const;

/** The server's word for what a label does not know. */
const UNKNOWN = '_unknown_';

/** Outcomes of requests to workers that are no errors. */
const answered: ReadonlySet<string> = new Set([
  'sync_success',
  'async_success',
  'success',
  'operation_error',
]);

/**
 * Facts → the server's metrics of Nexus (semantics §9.1). Names and labels are the server's, latencies are those of
 * the virtual clock. It reads the state that a fact left behind and changes nothing.
 */
export class Metrics {
  readonly #series = new Series();
  readonly #operations = new OperationMetrics(this.#series);
  /** Calls that are under way, by purpose. */
  readonly #calls = new Map<string, Instant>();
  readonly #asked = new Map<string, Asked>();
  readonly #deliveries = new Map<string, Instant>();
  readonly #rateWaits = new Map<string, { readonly at: Instant; readonly labels: Labels }>();

  /** What has been counted so far, in the text exposition format of Prometheus. */
  text(gauges: readonly Gauge[]): string {
    return this.#series.text(gauges);
  }

  apply(fact: StampedFact, state: Readonly<EngineState>): void {
    switch (fact.kind) {
      case 'call-ended':
        this.#onCallEnded(fact);
        return;
      case 'nexus-task-queued':
        this.#onQueued(fact);
        return;
      case 'nexus-task-answered':
      case 'nexus-task-expired':
      case 'nexus-task-lost':
        this.#onTaskEnded(fact);
        return;
      case 'external-call-started':
        if (fact.purpose.kind !== 'callback') this.#calls.set(callKey(fact.purpose), fact.at);
        return;
      case 'nexus-request-refused':
        this.#onRefused(fact);
        return;
      case 'callback-attempt-started':
      case 'callback-attempt-ended':
        this.#onDelivery(fact, state);
        return;
      case 'completion-received':
        this.#onCompletion(fact);
        return;
      case 'outbound-wait-started':
      case 'outbound-wait-ended':
        this.#onWait(fact, state);
        return;
      case 'server-restarted':
        // Calls that were under way are lost with its memory, and set out anew.
        for (const lost of [this.#calls, this.#asked, this.#deliveries, this.#rateWaits]) lost.clear();
        return;
      default:
        this.#operations.apply(fact, state);
    }
  }

  #onCallEnded(fact: FactOf<'call-ended'>): void {
    const { operation, calls, attempt, endpoint, outcome, fromWorker } = fact;
    const labels = {
      namespace: operation.run.namespace,
      destination: endpoint,
      method: methods.outbound[calls],
      outcome,
      failure_source: fromWorker === true ? 'worker' : UNKNOWN,
    };
    const key = callKey({ kind: calls, operation, attempt });
    const started = this.#calls.get(key) ?? fact.at;
    this.#calls.delete(key);
    this.#series.increment('nexus_outbound_requests', labels);
    this.#series.observe('nexus_outbound_latency', labels, secondsBetween(started, fact.at));
  }

  #onQueued(fact: FactOf<'nexus-task-queued'>): void {
    const { task, purpose, namespace, endpoint = UNKNOWN, at } = fact;
    const asks = purpose.kind === 'dispatch' ? purpose.asks : purpose.kind;
    if (purpose.kind !== 'dispatch') this.#calls.set(callKey(purpose), at);
    const labels = { namespace, nexus_endpoint: endpoint, method: methods.frontend[asks] };
    this.#asked.set(task, { labels, at });
  }

  #onTaskEnded(fact: FactOf<'nexus-task-answered' | 'nexus-task-expired' | 'nexus-task-lost'>): void {
    const asked = this.#asked.get(fact.task);
    this.#asked.delete(fact.task);
    // What is lost with the memory of the server is lost to its metrics, too.
    if (asked === undefined || fact.kind === 'nexus-task-lost') return;
    const outcome = fact.kind === 'nexus-task-expired' ? 'handler_timeout' : answerOf(fact);
    this.#endRequest({ ...asked.labels, outcome }, secondsBetween(asked.at, fact.at));
  }

  #onRefused({ asks, namespace, endpoint = UNKNOWN, outcome }: FactOf<'nexus-request-refused'>): void {
    if (namespace === undefined) this.#series.increment('nexus_request_preprocess_errors', {});
    else {
      const labels = { namespace, nexus_endpoint: endpoint, method: methods.frontend[asks], outcome };
      this.#endRequest(labels, 0);
    }
  }

  #endRequest(labels: Labels & { readonly outcome: string }, seconds: number): void {
    this.#series.increment('nexus_requests', labels);
    this.#series.observe('nexus_latency', labels, seconds);
    if (!answered.has(labels.outcome)) this.#series.increment('nexus_request_errors', labels);
  }

  #onDelivery(
    fact: FactOf<'callback-attempt-started' | 'callback-attempt-ended'>,
    state: Readonly<EngineState>,
  ): void {
    const { run, index, attempt, copy = 1, at } = fact;
    const key = `${run.runId}:${index}:${attempt}:${copy}`;
    if (fact.kind === 'callback-attempt-started') {
      this.#deliveries.set(key, at);
      return;
    }
    const started = this.#deliveries.get(key) ?? at;
    this.#deliveries.delete(key);
    const labels = {
      namespace: run.namespace,
      destination: destinationOf(state, run, index),
      outcome: deliveryOutcome(fact),
    };
    this.#series.increment('callback_outbound_requests', labels);
    this.#series.observe('callback_outbound_latency', labels, secondsBetween(started, at));
  }

  #onCompletion({ namespace, outcome }: FactOf<'completion-received'>): void {
    if (namespace === undefined) {
      this.#series.increment('nexus_completion_request_preprocess_errors', {});
      return;
    }
    this.#series.increment('nexus_completion_requests', { namespace, outcome });
    // Taking it in is done within one instant.
    this.#series.observe('nexus_completion_latency', { namespace, outcome }, 0);
  }

  #onWait(fact: FactOf<'outbound-wait-started' | 'outbound-wait-ended'>, state: Readonly<EngineState>): void {
    const { operation, at } = fact;
    const key = operationKey(operation);
    const waited = this.#rateWaits.get(key);
    this.#rateWaits.delete(key);
    if (fact.kind === 'outbound-wait-ended') {
      if (waited === undefined) return;
      const seconds = secondsBetween(waited.at, at);
      this.#series.observe('rate_limited_task_runnable_wait_time', waited.labels, seconds);
      return;
    }
    const labels = {
      namespace: operation.run.namespace,
      destination: this.#operations.endpointOf(operation, state),
    };
    if (fact.reason === 'breaker') this.#series.increment('circuit_breaker_executable_blocked', labels);
    else if (fact.reason === 'buffer')
      this.#series.increment('dynamic_worker_pool_scheduler_rejected_tasks', labels);
    else if (fact.reason === 'rate') this.#rateWaits.set(key, { at, labels });
  }
}

const operationKey = ({ run, scheduledEventId }: OperationRef): string => `${run.runId}:${scheduledEventId}`;

const callKey = (call: {
  readonly kind: 'start' | 'cancel';
  readonly operation: OperationRef;
  readonly attempt: number;
}): string => `${call.kind}:${operationKey(call.operation)}:${call.attempt}`;

function answerOf({ failure, outcome = 'internal_error' }: FactOf<'nexus-task-answered'>): string {
  if (failure === undefined) return outcome;
  return `handler_error:${failure.nexusHandlerFailureInfo?.type ?? 'UNKNOWN'}`;
}

function deliveryOutcome({ failure, outcome }: FactOf<'callback-attempt-ended'>): string {
  return failure === undefined ? 'success' : (outcome ?? 'unknown-error');
}

/** Scheme and host; of a run that is gone nobody knows. */
function destinationOf(state: Readonly<EngineState>, { runId }: RunRef, index: number): string {
  const url = state.executions.get(runId)?.callbacks[index]?.callback.nexus?.url ?? '';
  return /^[^/]*\/\/[^/?#]*/.exec(url)?.[0] ?? UNKNOWN;
}
