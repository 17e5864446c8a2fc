import { CancellationSource } from '../base/cancellation.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Effect } from '../engine/effect.ts';
import type { Input } from '../engine/input.ts';
import { callError, type ExternalAnswer, type NexusClient } from '../protocol/nexus-client.ts';

export type ExternalEffect = Exclude<Effect, { readonly kind: 'reply' }>;

/** Makes the calls that the engine asks for, and turns what comes of them into inputs. */
export class ExternalCalls implements Disposable {
  readonly #client: NexusClient;
  readonly #send: (input: Input) => void;
  readonly #open = new Map<string, CancellationSource>();

  constructor(client: NexusClient | undefined, send: (input: Input) => void) {
    this.#client = client ?? noClient;
    this.#send = send;
  }

  perform(effect: ExternalEffect): void {
    if (effect.kind === 'external-call-abandoned') {
      this.#open.get(effect.token)?.cancel();
      this.#open.delete(effect.token);
      return;
    }
    const { token, call } = effect;
    const source = new CancellationSource();
    this.#open.set(token, source);
    void this.#client.call(call, { signal: source.signal }).then(
      (answer) => this.#end(token, answer),
      (problem: unknown) => this.#end(token, { failure: callError(String(problem)) }),
    );
  }

  dispose(): void {
    for (const source of this.#open.values()) source.cancel();
    this.#open.clear();
  }

  #end(token: string, answer: ExternalAnswer): void {
    if (!this.#open.delete(token)) return;
    this.#send({ kind: 'external-call-ended', token, answer });
  }
}

/** For worlds that stay within their process. */
const noClient: NexusClient = {
  call: () => Promise.resolve({ failure: callError('this simulation makes no calls to other processes') }),
};
