import { after } from '../../base/time.ts';
import { callError, type ExternalCall } from '../../protocol/nexus-client.ts';
import type { ExternalCallPurpose } from '../fact.ts';
import type { OpenExternalCall, Ticket } from '../state.ts';
import { mintToken, record, type Turn } from '../turn.ts';

/*
 * Calls to other processes (semantics §3.3): the engine asks for them, and hears of their end through an input. So
 * a replay needs no network. While one is under way time flows, as it does while a remote worker holds a task.
 */

/** Sets a call out. It ends with its answer, or when its time is over. */
export function makeExternalCall(
  turn: Turn,
  wanted: {
    readonly purpose: ExternalCallPurpose;
    readonly call: ExternalCall;
    readonly ticket?: Ticket;
  },
): void {
  const token = mintToken(turn, 'external-call');
  const { purpose, call, ticket } = wanted;
  turn.state.externalCalls.set(token, {
    token,
    purpose,
    url: call.url,
    timer: turn.state.timers.set(after(turn.now, call.timeout), { kind: 'external-call-deadline', token }),
    ...(ticket !== undefined && { ticket }),
  });
  turn.state.held.set(token, undefined);
  record(turn, { kind: 'external-call-started', token, purpose, url: call.url });
  turn.effects.push({ kind: 'external-call', token, call });
}

/** Nobody waits for the answer any more. */
export function abandonExternalCall(turn: Turn, token: string): OpenExternalCall | undefined {
  const open = takeExternalCall(turn, token);
  if (open === undefined) return undefined;
  turn.effects.push({ kind: 'external-call-abandoned', token });
  record(turn, { kind: 'external-call-ended', token, failure: callError('the call was abandoned') });
  return open;
}

/** Takes the call out of the world. An answer that comes later finds nothing. */
export function takeExternalCall(turn: Turn, token: string): OpenExternalCall | undefined {
  const open = turn.state.externalCalls.get(token);
  if (open === undefined) return undefined;
  turn.state.timers.cancel(open.timer);
  turn.state.externalCalls.delete(token);
  turn.state.held.delete(token);
  return open;
}
