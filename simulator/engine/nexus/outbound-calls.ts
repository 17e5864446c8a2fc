import { openOperation, type OutboundCall } from '../state.ts';
import type { Turn } from '../turn.ts';
import { sendCancellation, sendCancelCall } from './cancellation.ts';
import { makeStartAttempt, makeStartCall } from './outbound.ts';
import { outboundGroup } from './outbound-group.ts';
import { nextInLine, nextProbe, pass } from './outbound-queue.ts';

/** Lets the lines move in which something became free. A call that ends at once frees its slot again. */
export function runFreedCalls(turn: Turn): void {
  for (const key of turn.freedGroups) {
    turn.freedGroups.delete(key);
    const group = turn.state.outbound.get(key);
    if (group === undefined) continue;
    for (const call of nextInLine(turn, group)) runCall(turn, call);
  }
}

/** The first of the calls that a breaker has refused asks again. */
export function probe(turn: Turn, key: string): void {
  const group = turn.state.outbound.get(key);
  const call = group && nextProbe(group);
  if (call !== undefined) retryCall(turn, call);
}

/** A call that was put off comes again, from the beginning. */
export function retryCall(turn: Turn, call: OutboundCall): void {
  const operation = openOperation(turn.state, call.run, call.operation);
  if (operation?.outboundCall !== call) return;
  if (call.kind === 'start') makeStartAttempt(turn, operation);
  else sendCancellation(turn, operation);
}

function runCall(turn: Turn, call: OutboundCall): void {
  const operation = openOperation(turn.state, call.run, call.operation);
  if (operation?.outboundCall !== call) return;
  const ticket = pass(turn, outboundGroup(turn, call.kind, operation), operation, call);
  if (ticket === undefined) return;
  if (call.kind === 'start') makeStartCall(turn, operation, ticket);
  else sendCancelCall(turn, operation, ticket);
}
