/** Something that must be given back exactly once. Calling `dispose` again does nothing. */
export interface Disposable {
  dispose(): void;
}

export const toDisposable = (release: () => void): Disposable => {
  let done = false;
  return {
    dispose: () => {
      if (done) return;
      done = true;
      release();
    },
  };
};

/**
 * Owns disposables and gives them back in reverse order. What is added after disposal is disposed at once.
 * All failures are reported together, so that one does not hide the others.
 */
export class DisposableStore implements Disposable {
  #items: Disposable[] = [];
  #disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.push(item);
    return item;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const failures: unknown[] = [];
    for (const item of this.#items.reverse()) {
      try {
        item.dispose();
      } catch (failure) {
        failures.push(failure);
      }
    }
    this.#items = [];
    if (failures.length > 0) throw new AggregateError(failures, 'Some resources could not be released');
  }
}
