import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { err, type Result } from '../base/result.ts';
import { ORIGIN, type Instant } from '../base/time.ts';
import { Engine } from '../engine/engine.ts';
import type { StampedFact } from '../engine/fact.ts';
import type { Input } from '../engine/input.ts';
import { Metrics } from '../engine/metrics/metrics.ts';
import { Trace } from '../engine/trace/spans.ts';
import { StorageError, type Journal, type JournalEntry } from '../persistence/journal.ts';
import type { CallId } from '../protocol/ids.ts';
import type { Limits } from '../protocol/limits.ts';
import type { RegistrySnapshot } from '../protocol/registry.ts';
import type { ServiceError } from '../protocol/temporal/port.ts';
import { BreakerRecord } from './breaker-record.ts';
import type { ExternalEffect } from './external-calls.ts';

export interface WriterOptions {
  readonly seed: number;
  readonly limits: Limits;
  readonly journal: Journal | undefined;
  /** Told once when the journal cannot be written; nothing is taken or acknowledged from then on. */
  readonly onFailed: (failure: StorageError) => void;
}

type Answer = Result<unknown, ServiceError>;

/**
 * Journals inputs, gives them to the engine, and passes on what comes of them. It knows no time of its own.
 *
 * W1. What the journal does not hold is not acknowledged: when it cannot be written, whoever waits is told so.
 */
export class Writer implements Disposable {
  readonly engine: Engine;
  readonly trace = new Trace();
  readonly breakers = new BreakerRecord();
  readonly metrics = new Metrics();
  readonly factsRecorded = new Emitter<readonly StampedFact[]>();
  readonly registryChanged = new Emitter<RegistrySnapshot>();
  readonly externalEffect = new Emitter<ExternalEffect>();
  readonly #journal: Journal | undefined;
  readonly #onFailed: (failure: StorageError) => void;
  readonly #calls = new Map<CallId, (answer: Answer) => void>();
  #nextCall = 1;
  #ended: ServiceError | undefined;

  constructor({ seed, limits, journal, onFailed }: WriterOptions) {
    this.engine = new Engine({ seed, limits });
    this.#journal = journal;
    this.#onFailed = onFailed;
  }

  /** Why nothing is taken any more. */
  get ended(): ServiceError | undefined {
    return this.#ended;
  }

  /** A new call, and the promise of its answer. */
  openCall(): { readonly call: CallId; readonly answer: Promise<Answer> } {
    const call = this.#nextCall++ as CallId;
    const answer = new Promise<Answer>((resolve) => this.#calls.set(call, resolve));
    return { call, answer };
  }

  isOpen(call: CallId): boolean {
    return this.#calls.has(call);
  }

  /** Returns how many callers were answered; calls to other processes are for whoever listens to them. */
  dispatch(input: Input, now: Instant): number {
    if (!this.#keep((journal) => journal.append({ at: now, input }))) return 0;
    const { facts, effects } = this.engine.dispatch(input, now);
    // Who is answered may rely on it, even if this process is killed in the next moment.
    if (effects.length > 0 && !this.commit()) return 0;
    let registryChanged = false;
    for (const fact of facts) {
      this.trace.apply(fact);
      this.breakers.apply(fact);
      this.metrics.apply(fact, this.engine.state);
      registryChanged ||= fact.kind.startsWith('endpoint-') || fact.kind.startsWith('namespace-');
    }
    this.trace.store.trim(this.engine.limits.spansMax);
    // Whoever listens keeps it, too, and may find that it cannot.
    if (registryChanged) this.registryChanged.fire(this.registry());
    let answered = 0;
    for (const effect of effects) {
      if (effect.kind !== 'reply') {
        this.externalEffect.fire(effect);
        continue;
      }
      answered++;
      const resolve = this.#calls.get(effect.call);
      this.#calls.delete(effect.call);
      resolve?.(effect.reply);
    }
    if (facts.length > 0) this.factsRecorded.fire(facts);
    return answered;
  }

  /** Makes all inputs so far survive the death of this process; false when that cannot be. */
  commit(): boolean {
    return this.#keep((journal) => journal.commit());
  }

  /** Brings the engine to where a journal ended. Returns that instant. Nobody who waited then still waits. */
  resume(past: Iterable<JournalEntry>): Instant {
    let now = ORIGIN;
    for (const { at, input } of past) {
      now = at;
      for (const fact of this.engine.dispatch(input as Input, at).facts) {
        this.trace.apply(fact);
        this.breakers.apply(fact);
        this.metrics.apply(fact, this.engine.state);
      }
      this.trace.store.trim(this.engine.limits.spansMax);
      const { call } = input as { readonly call?: number };
      this.#nextCall = Math.max(this.#nextCall, (call ?? 0) + 1);
    }
    // The process that served them has ended, and so have its connections.
    this.dispatch({ kind: 'server-restarted', workers: 'gone' }, now);
    for (const call of [...this.engine.state.waitingCalls.keys()]) {
      this.dispatch({ kind: 'call-cancelled', call }, now);
    }
    this.commit();
    return now;
  }

  registry(): RegistrySnapshot {
    const { namespaces, endpoints } = this.engine.state;
    return { namespaces: [...namespaces.values()], endpoints: [...endpoints.values()] };
  }

  /** Tells whoever still waits that the service is gone. */
  dispose(): void {
    this.#end(gone);
    this.#written((journal) => journal.end());
    this.factsRecorded.dispose();
    this.registryChanged.dispose();
    this.externalEffect.dispose();
  }

  #keep(write: (journal: Journal) => void): boolean {
    return this.#ended === undefined && this.#written(write);
  }

  #written(write: (journal: Journal) => void): boolean {
    try {
      if (this.#journal !== undefined) write(this.#journal);
      return true;
    } catch (failure) {
      if (!(failure instanceof StorageError)) throw failure;
      this.#end({ code: 'UNAVAILABLE', message: failure.message });
      this.#onFailed(failure);
      return false;
    }
  }

  #end(why: ServiceError): void {
    this.#ended ??= why;
    for (const resolve of this.#calls.values()) resolve(err(this.#ended));
    this.#calls.clear();
  }
}

export const gone: ServiceError = {
  code: 'UNAVAILABLE',
  message: 'This world has ended. Connect again to the one that took its place.',
};
