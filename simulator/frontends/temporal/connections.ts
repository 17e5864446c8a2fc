import type { Disposable } from '../../base/disposable.ts';

/** Knows which workers poll over which connections, and tells of each that it has gone when its last one ends. */
export class Connections implements Disposable {
  readonly #pollers = new Map<string, Set<string>>();
  #onWorkerGone: (identity: string) => void;

  constructor(onWorkerGone: (identity: string) => void) {
    this.#onWorkerGone = onWorkerGone;
  }

  /** `peer` is `host:port`, as the gRPC library names it. */
  opened(peer: string): void {
    this.#pollers.set(peer, new Set());
  }

  /** A call that arrives when its connection has ended already counts for nothing. */
  polled(peer: string, identity: string): void {
    this.#pollers.get(peer)?.add(identity);
  }

  closed(peer: string): void {
    const pollers = this.#pollers.get(peer) ?? [];
    this.#pollers.delete(peer);
    for (const identity of pollers) {
      if (![...this.#pollers.values()].some((others) => others.has(identity))) this.#onWorkerGone(identity);
    }
  }

  /** When the server ends, it is not the workers that have gone. */
  dispose(): void {
    this.#onWorkerGone = () => undefined;
  }
}
