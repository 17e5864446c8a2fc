import { assertNever } from '../../base/assert.ts';
import type { Instant } from '../../base/time.ts';
import type { SpanId } from '../../protocol/ids.ts';
import type { Lane, Span, SpanOutcome } from '../../protocol/span.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { HistoryEvent } from '../../protocol/temporal/history.ts';
import {
  STANDALONE,
  type NexusTaskPurpose,
  type OperationCallPurpose,
  type OperationRef,
  type RunRef,
  type StampedFact,
} from '../fact.ts';
import { traceActivity } from './activity-spans.ts';
import { failureTexts } from '../../spans/failure-text.ts';
import { traceEvent } from '../../spans/history-spans.ts';
import {
  attemptSpan,
  backoffSpan,
  callbackSpan,
  operationSpan,
  operationSpanOf,
  timerSpan,
  updateSpan,
  workflowSpan,
  workflowTaskSpan,
} from '../../spans/span-ids.ts';
import { SpanStore } from '../../spans/span-store.ts';
import { attemptOutcomes, callbackOutcomes, isUndrawn, targetAttributes, waitNames } from './span-words.ts';
import { traceStandalone } from './standalone-spans.ts';
import { traceUpdate } from './update-spans.ts';

/**
 * Facts → spans. What history tells is drawn from history alone, so that the history of a real cluster gives the
 * same bars; attempts, waiting and handlers come from the engine's own facts.
 */
export class Trace {
  readonly #store = new SpanStore();
  /** Nexus task → the span that shows what it is doing now. */
  readonly #tasks = new Map<
    string,
    { readonly purpose: NexusTaskPurpose; readonly lane: Lane; span: SpanId }
  >();
  /** Operation → its attempt or backoff that lasts. */
  readonly #current = new Map<SpanId, SpanId>();

  all(): Span[] {
    return this.#store.all();
  }

  takeChanged(): Span[] {
    return this.#store.takeChanged();
  }

  /** For who bounds the spans, and tells which were dropped. */
  get store(): Pick<SpanStore, 'trim' | 'takeRemoved' | 'size' | 'dropped'> {
    return this.#store;
  }

  apply(fact: StampedFact): void {
    if (isUndrawn(fact)) return;
    switch (fact.kind) {
      case 'event-recorded':
        this.#onEvent(fact.run, fact.event);
        return;
      case 'run-expired':
      case 'run-reset':
      case 'run-abandoned':
      case 'workflow-task-abandoned':
        this.#onRunLeft(fact);
        return;
      case 'standalone-scheduled':
      case 'standalone-started':
      case 'standalone-closed':
        traceStandalone(this.#store, fact);
        if (fact.kind === 'standalone-closed') this.#endCurrent(operationSpan(fact.operation), fact.at);
        return;
      case 'update-admitted':
      case 'update-ended':
        traceUpdate(this.#store, fact);
        return;
      case 'attempt-started':
        this.#onAttemptStarted(fact);
        return;
      case 'attempt-ended':
        this.#onAttemptEnded(fact);
        return;
      case 'nexus-task-queued':
      case 'nexus-task-dispatched':
      case 'nexus-task-answered':
      case 'nexus-task-expired':
      case 'nexus-task-lost':
      case 'external-call-started':
      case 'external-call-ended':
        this.#onTask(fact);
        return;
      case 'activity-attempt-queued':
      case 'activity-attempt-started':
      case 'activity-attempt-ended':
      case 'activity-abandoned':
        traceActivity(this.#store, fact);
        return;
      case 'callback-attempt-started':
      case 'callback-attempt-ended':
        this.#onCallback(fact);
        return;
      case 'fault-fired':
        this.#onFault(fact);
        return;
      case 'outbound-wait-started':
        this.#onOutboundWait(fact);
        return;
      case 'outbound-wait-ended':
        this.#endCurrent(operationSpan(fact.operation), fact.at);
        return;
      default:
        assertNever(fact);
    }
  }

  #onEvent(run: RunRef, event: HistoryEvent): void {
    for (const ended of traceEvent(this.#store, run, event)) this.#endCurrent(ended, event.eventTime);
  }

  /** What is forgotten is not drawn any more. A run that a client deleted is: its bars tell how it ended. */
  #onExpired({ runId }: RunRef): void {
    this.#store.drop(workflowSpan(runId));
    this.#store.drop(operationSpanOf(runId, STANDALONE));
  }

  #onRunLeft(
    fact: StampedFact & {
      readonly kind: 'run-expired' | 'run-reset' | 'run-abandoned' | 'workflow-task-abandoned';
    },
  ): void {
    switch (fact.kind) {
      case 'run-expired':
        this.#onExpired(fact.run);
        return;
      case 'run-reset':
        this.#onReset(fact);
        return;
      case 'run-abandoned':
        this.#onAbandoned(fact);
        return;
      case 'workflow-task-abandoned':
        this.#store.close(workflowTaskSpan(fact.run.runId, fact.scheduledEventId), fact.at, 'canceled');
    }
  }

  /** What went on in a run ends with it. What had ended already, though its run never heard, ended as it did. */
  #onAbandoned(fact: StampedFact & { readonly kind: 'run-abandoned' }): void {
    for (const event of fact.lost) this.#onEvent(fact.run, event);
    const { runId } = fact.run;
    const spans = [
      ...fact.operations.map(operationSpan),
      ...fact.timers.map((startedEventId) => timerSpan(runId, startedEventId)),
    ];
    for (const span of spans) {
      this.#endCurrent(span, fact.at);
      this.#store.close(span, fact.at, 'canceled');
    }
  }

  #onReset(fact: StampedFact & { readonly kind: 'run-reset' }): void {
    for (const event of fact.open) {
      traceEvent(this.#store, fact.run, { ...event, eventTime: fact.at });
    }
    this.#store.addCause(workflowSpan(fact.run.runId), workflowSpan(fact.base.runId));
  }

  #onFault(fact: StampedFact & { readonly kind: 'fault-fired' }): void {
    const id = attemptSpan(fact.operation, fact.attempt);
    this.#store.annotate(id, { injectedFault: fact.rule.fail.type });
  }

  #onAttemptStarted(fact: StampedFact & { readonly kind: 'attempt-started' }): void {
    const operation = operationSpan(fact.operation);
    this.#endCurrent(operation, fact.at);
    const id = attemptSpan(fact.operation, fact.attempt);
    const of = this.#store.get(operation);
    // After a restart of the server the same attempt sets out once more.
    const start = this.#store.get(id)?.start ?? fact.at;
    this.#store.open({
      id,
      kind: 'attempt',
      parent: operation,
      name: `attempt ${fact.attempt}`,
      lane: laneOf(fact.operation.run),
      start,
      attributes: {
        attempt: fact.attempt,
        operation: of?.name ?? '',
        ...(fact.target !== undefined && targetAttributes(fact.target)),
      },
      causes: [],
      ...(of?.code !== undefined && { code: of.code }),
    });
    this.#current.set(operation, id);
    this.#store.annotate(operation, { attempts: fact.attempt });
  }

  #onAttemptEnded(fact: StampedFact & { readonly kind: 'attempt-ended' }): void {
    const operation = operationSpan(fact.operation);
    const id = attemptSpan(fact.operation, fact.attempt);
    const failure = fact.failure && failureTexts(fact.failure);
    this.#store.close(id, fact.at, attemptOutcomes[fact.outcome], failure);
    this.#current.delete(operation);
    if (fact.retryAt === undefined) return;
    const backoff = backoffSpan(fact.operation, fact.attempt);
    const of = this.#store.get(operation);
    this.#store.open({
      id: backoff,
      kind: 'backoff',
      parent: operation,
      name: `backoff after attempt ${fact.attempt}`,
      lane: laneOf(fact.operation.run),
      start: fact.at,
      attributes: { attempt: fact.attempt, operation: of?.name ?? '', nextAttemptAt: fact.retryAt },
      causes: [id],
      ...(of?.code !== undefined && { code: of.code }),
    });
    this.#current.set(operation, backoff);
  }

  #onOutboundWait(fact: StampedFact & { readonly kind: 'outbound-wait-started' }): void {
    const operation = operationSpan(fact.operation);
    this.#endCurrent(operation, fact.at);
    const of = this.#store.get(operation);
    const kind = fact.reason === 'breaker' ? 'breaker-wait' : 'rate-wait';
    const id = `${kind}:${operation}:${fact.calls}:${fact.attempt}:${fact.at}` as SpanId;
    this.#store.open({
      id,
      kind,
      parent: operation,
      name: `${waitNames[fact.reason]} before ${fact.calls === 'cancel' ? 'cancel ' : ''}attempt ${fact.attempt}`,
      lane: laneOf(fact.operation.run),
      start: fact.at,
      attributes: { attempt: fact.attempt, operation: of?.name ?? '', reason: fact.reason },
      causes: [],
      ...(of?.code !== undefined && { code: of.code }),
    });
    this.#current.set(operation, id);
  }

  #onTask(fact: TaskFact): void {
    switch (fact.kind) {
      case 'nexus-task-queued':
        this.#onTaskQueued(fact);
        return;
      case 'nexus-task-dispatched':
        this.#onTaskDispatched(fact);
        return;
      case 'nexus-task-answered':
        this.#endTask(fact, fact.failure === undefined ? 'succeeded' : 'failed', fact.failure);
        return;
      case 'nexus-task-expired':
        this.#endTask(fact, 'timed-out', undefined);
        return;
      case 'nexus-task-lost':
        this.#endTask(fact, 'canceled', undefined);
        return;
      case 'external-call-started':
        this.#onExternalCall(fact);
        return;
      case 'external-call-ended': {
        const outcome = fact.failure === undefined ? 'succeeded' : 'failed';
        this.#endTask({ task: fact.token, at: fact.at }, outcome, fact.failure);
        return;
      }
    }
  }

  #onTaskQueued(fact: StampedFact & { readonly kind: 'nexus-task-queued' }): void {
    const { purpose } = fact;
    const lane = { namespace: fact.namespace, track: `queue ${fact.taskQueue}` };
    const id = `wait:${fact.task}` as SpanId;
    this.#tasks.set(fact.task, { purpose, lane, span: id });
    this.#store.open({
      id,
      kind: 'queue-wait',
      ...withParent(purpose),
      name: `waiting for a worker on ${fact.taskQueue}`,
      lane,
      start: fact.at,
      attributes: { taskQueue: fact.taskQueue },
      causes: [],
      ...this.#codeBehind(purpose),
    });
  }

  #onTaskDispatched(fact: StampedFact & { readonly kind: 'nexus-task-dispatched' }): void {
    const task = this.#tasks.get(fact.task);
    if (task === undefined) return;
    const waited = this.#store.get(task.span);
    if (waited?.start !== fact.at || !this.#store.discard(task.span)) {
      this.#store.close(task.span, fact.at, 'succeeded');
    }
    task.span = this.#openHandler(fact.task, fact.at, { ...task, attributes: { worker: fact.identity } });
  }

  #onExternalCall(fact: StampedFact & { readonly kind: 'external-call-started' }): void {
    const { token, purpose, url } = fact;
    // A delivery has a bar of its own.
    if (purpose.kind === 'callback') return;
    const lane = { namespace: 'external', track: /^[^/]*\/\/[^/?#]*/.exec(url)?.[0] ?? url };
    const span = this.#openHandler(token, fact.at, { purpose, lane, attributes: { url } });
    this.#tasks.set(token, { purpose, lane, span });
  }

  #openHandler(
    task: string,
    start: Instant,
    handled: {
      readonly purpose: NexusTaskPurpose;
      readonly lane: Lane;
      readonly attributes: Span['attributes'];
    },
  ): SpanId {
    const { purpose, lane, attributes } = handled;
    const isDispatch = purpose.kind === 'dispatch';
    const verb = (isDispatch ? purpose.asks : purpose.kind) === 'cancel' ? 'cancel ' : '';
    const name = isDispatch
      ? `${purpose.service}.${purpose.operation}`
      : this.#store.get(operationSpan(purpose.operation))?.name;
    const { parent } = withParent(purpose);
    const id = `handler:${task}` as SpanId;
    this.#store.open({
      id,
      kind: 'handler',
      ...(parent !== undefined && { parent }),
      name: `${verb}${name ?? ''}`,
      lane,
      start,
      attributes: { ...attributes, ...(!isDispatch && { attempt: purpose.attempt }) },
      causes: parent === undefined ? [] : [parent],
      ...this.#codeBehind(purpose),
    });
    return id;
  }

  #endTask(
    ended: { readonly task: string; readonly at: Instant },
    outcome: SpanOutcome,
    failure: Failure | undefined,
  ): void {
    const shown = this.#tasks.get(ended.task);
    if (shown === undefined) return;
    this.#tasks.delete(ended.task);
    this.#store.close(shown.span, ended.at, outcome, failure && failureTexts(failure));
  }

  #onCallback(
    fact: StampedFact & { readonly kind: 'callback-attempt-started' | 'callback-attempt-ended' },
  ): void {
    if (fact.kind === 'callback-attempt-started') this.#onCallbackStarted(fact);
    else this.#onCallbackEnded(fact);
  }

  #onCallbackStarted(fact: StampedFact & { readonly kind: 'callback-attempt-started' }): void {
    const { copy } = fact;
    const id = callbackSpan(fact.run, fact);
    this.#store.open({
      id,
      kind: 'callback',
      parent: workflowSpan(fact.run.runId),
      name: copy === undefined ? 'completion callback' : `completion callback, copy ${copy}`,
      lane: laneOf(fact.run),
      start: fact.at,
      attributes: { attempt: fact.attempt, ...(copy !== undefined && { copy }) },
      causes: [this.#endedBefore(fact)],
      ...(fact.target !== undefined && this.#codeOf(fact.target)),
    });
    if (fact.target !== undefined) this.#store.addCause(operationSpan(fact.target), id);
  }

  /** What a completion tells of: an update, if it has a bar. One that a reset carried over has none until it is accepted. */
  #endedBefore({ run, update }: StampedFact & { readonly kind: 'callback-attempt-started' }): SpanId {
    const bar = update === undefined ? undefined : this.#store.get(updateSpan(run.runId, update));
    return bar?.id ?? workflowSpan(run.runId);
  }

  #onCallbackEnded(fact: StampedFact & { readonly kind: 'callback-attempt-ended' }): void {
    const id = callbackSpan(fact.run, fact);
    const failure = fact.failure && failureTexts(fact.failure);
    this.#store.close(id, fact.at, callbackOutcomes[fact.state], failure);
  }

  /** The operation closed or moved on: whatever it was doing ends there. */
  #endCurrent(operation: SpanId, at: Instant): void {
    const current = this.#current.get(operation);
    if (current === undefined) return;
    this.#current.delete(operation);
    const isAttempt = this.#store.get(current)?.kind === 'attempt';
    this.#store.close(current, at, isAttempt ? 'canceled' : 'succeeded');
  }

  #codeBehind(purpose: NexusTaskPurpose): { readonly code: NonNullable<Span['code']> } | undefined {
    if (purpose.kind !== 'dispatch') return this.#codeOf(purpose.operation);
    const { service, operation } = purpose;
    return { code: { kind: 'operation', service, operation } };
  }

  #codeOf(operation: OperationRef): { readonly code: NonNullable<Span['code']> } | undefined {
    const code = this.#store.get(operationSpan(operation))?.code;
    return code && { code };
  }
}

type TaskFact = StampedFact & {
  readonly kind:
    | `nexus-task-${'queued' | 'dispatched' | 'answered' | 'expired' | 'lost'}`
    | `external-call-${'started' | 'ended'}`;
};
const laneOf = (run: RunRef): Lane => ({ namespace: run.namespace, track: run.workflowId });

/** A request from outside is part of nothing that is drawn. */
const withParent = (purpose: NexusTaskPurpose): { readonly parent?: SpanId } =>
  purpose.kind === 'dispatch' ? {} : { parent: parentOf(purpose) };

const parentOf = (purpose: OperationCallPurpose): SpanId =>
  purpose.kind === 'start'
    ? attemptSpan(purpose.operation, purpose.attempt)
    : operationSpan(purpose.operation);
