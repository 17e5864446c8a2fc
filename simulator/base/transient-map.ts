/** Deletions that are let pass before it is worth looking. */
const SLACK = 16;

/**
 * A map, in the order of insertion, that is empty most of the time or whose entries come and go all the time.
 *
 * It has no table while it is empty: one takes 150 bytes, and every run has half a dozen maps. And V8's own map
 * goes on in a new table when its table is used up, and the old table points at the new one: as soon as one of
 * them has become old, every later one outlives the young collections with all that stood in it. Here a new map
 * takes over instead, to which nothing old points. So to delete while you iterate, iterate over a copy.
 */
export class TransientMap<K, V> implements Iterable<[K, V]> {
  #entries: Map<K, V> | undefined;
  #deleted = 0;

  get size(): number {
    return this.#entries?.size ?? 0;
  }

  get(key: K): V | undefined {
    return this.#entries?.get(key);
  }

  has(key: K): boolean {
    return this.#entries?.has(key) === true;
  }

  set(key: K, value: V): void {
    this.#entries ??= new Map<K, V>();
    this.#entries.set(key, value);
  }

  /** True when it was there. */
  delete(key: K): boolean {
    if (this.#entries?.delete(key) !== true) return false;
    if (this.#entries.size === 0) this.clear();
    else if (++this.#deleted > this.#entries.size + SLACK) {
      this.#entries = new Map(this.#entries);
      this.#deleted = 0;
    }
    return true;
  }

  clear(): void {
    this.#entries = undefined;
    this.#deleted = 0;
  }

  keys(): Iterable<K> {
    return this.#entries?.keys() ?? [];
  }

  values(): Iterable<V> {
    return this.#entries?.values() ?? [];
  }

  [Symbol.iterator](): Iterator<[K, V]> {
    return (this.#entries ?? ([] as [K, V][]))[Symbol.iterator]();
  }
}
