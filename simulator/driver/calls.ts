import { err, type Result } from '../base/result.ts';
import type { CallInput, Input } from '../engine/input.ts';
import type { CallId } from '../protocol/ids.ts';
import type { RequestOf, TemporalMethod } from '../protocol/temporal/methods.ts';
import type { CallOptions, Reply, ServiceError, TemporalPort } from '../protocol/temporal/port.ts';
import type { Caller } from './driver-options.ts';
import { gone, type Writer } from './writer.ts';

/** Takes an input on its way to the writer. False when the world has ended. */
export type Send = (input: Input, caller: Caller) => boolean;

/** Turns calls that wait into inputs of the engine, and the engine's replies into answers. */
export class Calls {
  readonly #writer: Writer;
  readonly #send: Send;

  constructor(writer: Writer, send: Send) {
    this.#writer = writer;
    this.#send = send;
  }

  portOf(caller: Caller): TemporalPort {
    return { call: (method, request, options) => this.#call(caller, method, request, options) };
  }

  /** Sends the input of a call and waits for its answer; cancelling gives the call up. */
  async wait(
    caller: Caller,
    options: CallOptions,
    input: (call: CallId) => Input,
  ): Promise<Result<unknown, ServiceError>> {
    const { call, answer } = this.#writer.openCall();
    if (!this.#send(input(call), caller)) return err(this.#writer.ended ?? gone);
    const cancelling = options.signal?.onCancelled(() => {
      if (this.#writer.isOpen(call)) this.#send({ kind: 'call-cancelled', call }, caller);
    });
    return answer.finally(() => cancelling?.dispose());
  }

  async #call<M extends TemporalMethod>(
    caller: Caller,
    method: M,
    request: RequestOf<M>,
    options: CallOptions = {},
  ): Promise<Reply<M>> {
    const remote = caller === 'remote';
    // The compiler cannot see that method and request of one `M` make one member of the union.
    const input = (call: CallId): Input => ({ kind: 'call', call, method, request, remote }) as CallInput;
    return (await this.wait(caller, options, input)) as Reply<M>;
  }
}
