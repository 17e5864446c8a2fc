import { err, ok, type Result } from '../base/result.ts';
import type { ParamsOf, RequestMethod, ResultOf } from '../protocol/contract.ts';
import type { RequestOf, ResponseOf, TemporalMethod } from '../protocol/temporal/methods.ts';
import type { Driver } from './driver.ts';
import type { Refusal } from './port.ts';

export type Answer<T> = Result<T, Refusal>;

/** What answers the requests of the contract whose names are `M`. */
export type HandlersOf<M extends RequestMethod> = {
  readonly [Each in M]: (params: ParamsOf<Each>) => Answer<ResultOf<Each>> | Promise<Answer<ResultOf<Each>>>;
};

/** Asks Temporal's API of the present world, past any inputs that wait to be stepped through. */
export async function call<M extends TemporalMethod>(
  driver: Driver,
  method: M,
  request: RequestOf<M>,
): Promise<Answer<ResponseOf<M>>> {
  const reply = await driver.console.call(method, request);
  return reply.ok ? reply : err({ message: reply.error.message });
}

/** The answer to a request that has nothing to tell but that it was done. */
export async function done(answer: Promise<Answer<unknown>>): Promise<Answer<Record<string, never>>> {
  const { ok: agreed, ...rest } = await answer;
  return agreed || !('error' in rest) ? ok({}) : err(rest.error);
}
