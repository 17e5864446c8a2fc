import type { RequestOf, TemporalMethod } from '../protocol/temporal/methods.ts';
import type { CallOptions, Reply, TemporalPort } from '../protocol/temporal/port.ts';

type Handle<M extends TemporalMethod> = (
  request: RequestOf<M>,
  options: CallOptions | undefined,
) => Promise<Reply<M>>;

export type Handles = { readonly [M in TemporalMethod]?: Handle<M> };

/** A port that answers these methods by itself and passes the others on. */
export const intercept = (port: TemporalPort, handles: Handles): TemporalPort => ({
  call: <M extends TemporalMethod>(method: M, request: RequestOf<M>, options?: CallOptions) => {
    const handle: Handle<M> | undefined = handles[method];
    return handle === undefined ? port.call(method, request, options) : handle(request, options);
  },
});
