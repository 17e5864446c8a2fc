/** Deletions that are let pass before it is worth looking. */
const SLACK = 16;

/**
 * A map, in the order of insertion, whose entries come and go all the time.
 *
 * V8's own map goes on in a new table when its table is used up, and the old table points at the new one. As soon
 * as one of them has become old, every later one outlives the young collections with all that stood in it. Here a
 * new map takes over instead, to which nothing old points. So do not delete while you iterate: iterate over a copy.
 */
export class TransientMap<K, V> {
  #entries = new Map<K, V>();
  #deleted = 0;

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  set(key: K, value: V): void {
    this.#entries.set(key, value);
  }

  /** True when it was there. */
  delete(key: K): boolean {
    const known = this.#entries.delete(key);
    if (known && ++this.#deleted > this.#entries.size + SLACK) {
      this.#entries = new Map(this.#entries);
      this.#deleted = 0;
    }
    return known;
  }

  keys(): IterableIterator<K> {
    return this.#entries.keys();
  }

  values(): IterableIterator<V> {
    return this.#entries.values();
  }
}
