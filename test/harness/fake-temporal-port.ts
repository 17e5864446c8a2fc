import type { RequestOf, TemporalMethod } from '../../simulator/protocol/temporal/methods.ts';
import type { CallOptions, Reply, TemporalPort } from '../../simulator/protocol/temporal/port.ts';

type Answer<M extends TemporalMethod> = (
  request: RequestOf<M>,
  options: CallOptions,
) => Reply<M> | Promise<Reply<M>>;

export type Answers = { readonly [M in TemporalMethod]?: Answer<M> };

export interface RecordedCall {
  readonly method: TemporalMethod;
  readonly request: unknown;
}

/** A twin of the engine's port: answers what it was told to answer and remembers what it was asked. */
export class FakeTemporalPort implements TemporalPort {
  readonly calls: RecordedCall[] = [];
  readonly #answers: Answers;

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  async call<M extends TemporalMethod>(
    method: M,
    request: RequestOf<M>,
    options: CallOptions = {},
  ): Promise<Reply<M>> {
    this.calls.push({ method, request });
    const answer: Answer<M> | undefined = this.#answers[method];
    if (answer !== undefined) return answer(request, options);
    return { ok: false, error: { code: 'UNIMPLEMENTED', message: `the test has no answer for ${method}` } };
  }
}

/** Waits as a long poll does: until it is cancelled, then answers with `empty`. */
export const untilCancelled = <T>(options: CallOptions, empty: T): Promise<{ ok: true; value: T }> =>
  new Promise((resolve) => {
    options.signal?.onCancelled(() => resolve({ ok: true, value: empty }));
  });
