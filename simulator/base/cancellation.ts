import { toDisposable, type Disposable } from './disposable.ts';

/** Tells a waiting party that nobody needs its answer any more. */
export interface CancellationSignal {
  readonly cancelled: boolean;
  /** Calls back once, at once if already cancelled. */
  onCancelled(listener: () => void): Disposable;
}

export class CancellationSource {
  #cancelled = false;
  readonly #listeners = new Set<() => void>();

  readonly signal: CancellationSignal = this.#createSignal();

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  #createSignal(): CancellationSignal {
    const isCancelled = (): boolean => this.#cancelled;
    return {
      get cancelled() {
        return isCancelled();
      },
      onCancelled: (listener) => {
        if (this.#cancelled) {
          listener();
          return toDisposable(() => undefined);
        }
        const own = (): void => listener();
        this.#listeners.add(own);
        return toDisposable(() => this.#listeners.delete(own));
      },
    };
  }
}
