import type { BreakerKind, Fact } from '../engine/fact.ts';

/** Most changes that are kept of one breaker; in a long run the latest count. */
const CHANGES_MAX = 1_000;

/** The states that each circuit breaker for start calls went through. */
export class BreakerRecord {
  readonly #changes = new Map<string, BreakerKind[]>();

  apply(fact: Fact): void {
    if (fact.kind !== 'breaker-changed' || fact.calls !== 'start') return;
    const key = keyOf(fact.namespace, fact.endpoint);
    const changes = this.#changes.get(key) ?? [];
    changes.push(fact.to);
    if (changes.length > CHANGES_MAX) changes.shift();
    this.#changes.set(key, changes);
  }

  /** After `closed`, in order. */
  statesOf(namespace: string, endpoint: string): readonly BreakerKind[] {
    return this.#changes.get(keyOf(namespace, endpoint)) ?? [];
  }
}

const keyOf = (namespace: string, endpoint: string): string => JSON.stringify([namespace, endpoint]);
