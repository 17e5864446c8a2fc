import { encodeText } from '../base/base64.ts';
import { err, ok } from '../base/result.ts';
import type { Instant } from '../base/time.ts';
import type { CallId } from '../protocol/ids.ts';
import type { Limits } from '../protocol/limits.ts';
import type { Reply, ServiceError, StatusCode } from '../protocol/temporal/port.ts';
import type { RequestOf, TemporalMethod } from '../protocol/temporal/methods.ts';
import type { Effect } from './effect.ts';
import type { Fact, StampedFact } from './fact.ts';
import type { EngineState } from './state.ts';
import type { Transfer } from './transfer.ts';

/** One `dispatch` under way: the state it may change, the instant it happens at, and what comes of it. */
export interface Turn {
  readonly state: EngineState;
  readonly limits: Limits;
  readonly now: Instant;
  readonly facts: StampedFact[];
  readonly effects: Effect[];
  /** Done one after the other when the input has been handled; each may add more. */
  readonly transfers: Transfer[];
  /** Outbound groups in which a slot or a token became free; their lines move at the end of the turn. */
  readonly freedGroups: Set<string>;
}

/** Stamps the fact in place: every caller hands over a fresh one, and a copy of each would cost a third of all time. */
export function record(turn: Turn, fact: Fact): void {
  turn.facts.push(Object.assign(fact, { at: turn.now }));
}

/** Answers a call that had to wait. Calls that answer at once return their reply instead. */
export function replyTo(turn: Turn, call: CallId, value: unknown): void {
  turn.state.waitingCalls.delete(call);
  turn.effects.push({ kind: 'reply', call, reply: ok(value) });
}

/** Refuses a call that had to wait. */
export function refuseTo(turn: Turn, call: CallId, refusal: ReturnType<typeof refuse>): void {
  turn.state.waitingCalls.delete(call);
  turn.effects.push({ kind: 'reply', call, reply: refusal });
}

/** Tokens are opaque to their readers; being base64 they cross every wire unchanged. */
export const mintToken = (turn: Turn, kind: string): string => encodeText(`${kind}/${++turn.state.tokens}`);

export interface CallContext {
  readonly call: CallId;
  readonly remote: boolean;
}

/** Answers a request, or `undefined` when the answer comes later through {@link replyTo}. */
export type MethodHandler<M extends TemporalMethod> = (
  turn: Turn,
  request: RequestOf<M>,
  context: CallContext,
) => Reply<M> | undefined;

/** A refusal in the service's words. */
export const refuse = (
  code: StatusCode,
  message: string,
  detail?: ServiceError['detail'],
): { readonly ok: false; readonly error: ServiceError } =>
  err({ code, message, ...(detail !== undefined && { detail }) });
