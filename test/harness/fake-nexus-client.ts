import type { ExternalAnswer, ExternalCall, NexusClient } from '../../simulator/protocol/nexus-client.ts';

/** Answers what a peer of another process would; `silence` is one that never does. */
export class FakeNexusClient implements NexusClient {
  /** In the order they came. */
  readonly calls: ExternalCall[] = [];
  /** Calls that nobody waits for any more. */
  readonly abandoned: ExternalCall[] = [];
  readonly #answer: (call: ExternalCall, nth: number) => ExternalAnswer | 'silence';

  constructor(answer: (call: ExternalCall, nth: number) => ExternalAnswer | 'silence') {
    this.#answer = answer;
  }

  call: NexusClient['call'] = (call, { signal }) => {
    this.calls.push(call);
    signal.onCancelled(() => this.abandoned.push(call));
    const answer = this.#answer(call, this.calls.length);
    return answer === 'silence' ? new Promise(() => undefined) : Promise.resolve(answer);
  };
}
