import { after, between, later, ms, type Instant } from '../../base/time.ts';
import type { Limits } from '../../protocol/limits.ts';
import { askBreaker, forcedBreaker, type Breaker } from '../policy/circuit-breaker.ts';
import { nextTokenAt, takeToken } from '../policy/token-bucket.ts';
import { jittered } from '../policy/retry.ts';
import {
  openOperations,
  type CallKind,
  type CountedFailure,
  type Operation,
  type OutboundCall,
  type OutboundGroup,
  type OutboundReason,
  type Ticket,
} from '../state.ts';
import { record, type Turn } from '../turn.ts';
import { outboundGroup, setBreaker, tellGroup } from './outbound-group.ts';

/*
 * The way out of a caller's namespace (semantics §5.1): buffer → rate and concurrency → breaker → call.
 *
 * Q1. A call that waits keeps its operation SCHEDULED: neither its attempt nor its last failure changes.
 * Q2. What breaker or buffer refuse is put off and comes again, 3 s later, then 1.5 times as long, up to 5 minutes.
 *     So a recovery is not seen at once.
 * Q3. While a breaker is not closed only the first of the calls it has refused asks again; the others would be
 *     refused anyway, and a million of them must not cost a timer each.
 */

/** A ticket for the next call of this kind, or `undefined`: then it waits, and its turn comes by itself. */
export function admit(turn: Turn, kind: CallKind, operation: Operation, attempt: number): Ticket | undefined {
  const group = outboundGroup(turn, kind, operation);
  const missing = takeSlot(turn, group);
  if (missing === undefined) return pass(turn, group, operation, { kind, attempt });
  wait(turn, group, operation, { kind, attempt, reason: missing });
  return undefined;
}

/** The same for a call that has its token already. */
export function pass(
  turn: Turn,
  group: OutboundGroup,
  operation: Operation,
  call: { readonly kind: CallKind; readonly attempt: number },
): Ticket | undefined {
  const { breaker, admitted } = askBreaker(group.breaker, turn.now);
  setBreaker(turn, group, breaker);
  if (!admitted) {
    wait(turn, group, operation, { ...call, reason: 'breaker' });
    return undefined;
  }
  endWait(turn, operation);
  group.inFlight++;
  return { group: group.key, generation: breaker.generation };
}

/** A call has ended, well or with a failure that speaks against its destination. Its slot is free, if it took one. */
export function giveBack(turn: Turn, ticket: Ticket | undefined, failure?: CountedFailure): void {
  const group = ticket && turn.state.outbound.get(ticket.group);
  if (ticket === undefined || group === undefined) return;
  group.inFlight--;
  const before = group.breaker;
  tellGroup(turn, group, { ticket, ...(failure !== undefined && { failure }) });
  if (group.breaker.kind !== before.kind) armProbe(turn, group);
  turn.freedGroups.add(group.key);
}

/** Somebody puts the breaker into another state. Calls that it has refused ask again as that state lets them. */
export function forceBreaker(turn: Turn, group: OutboundGroup, to: Breaker['kind']): void {
  group.evidence = [];
  setBreaker(turn, group, forcedBreaker(group.breaker, to, turn), true);
  armProbe(turn, group);
}

/** New settings: changed ones of the breaker replace it with a closed one (semantics §4), lines move as they may now. */
export function adoptLimits(turn: Turn, before: Limits): void {
  const { limits } = turn;
  const replaced =
    limits.breakerConsecutiveFailures !== before.breakerConsecutiveFailures ||
    limits.breakerOpenFor !== before.breakerOpenFor;
  for (const group of turn.state.outbound.values()) {
    if (replaced) forceBreaker(turn, group, 'closed');
    turn.freedGroups.add(group.key);
  }
}

/** Forgets all groups: breakers, rates and lines. Their operations are as if they had never asked to call. */
export function forgetGroups(turn: Turn): void {
  const { state } = turn;
  for (const operation of openOperations(state)) endWait(turn, operation);
  for (const group of state.outbound.values()) {
    setBreaker(turn, group, forcedBreaker(group.breaker, 'closed', turn), true);
    state.timers.cancel(group.timer);
    state.timers.cancel(group.probeTimer);
  }
  state.outbound.clear();
}

/** The calls whose turn it is, taken out of the line; one token and one slot each. */
export function nextInLine(turn: Turn, group: OutboundGroup): readonly OutboundCall[] {
  const { outboundConcurrency, outboundRatePerSecond } = turn.limits;
  const free = outboundConcurrency - group.inFlight;
  const called: OutboundCall[] = [];
  for (const call of group.waiting) {
    const bucket =
      called.length < free ? takeToken(group.bucket, outboundRatePerSecond, turn.now) : undefined;
    if (bucket === undefined) break;
    group.bucket = bucket;
    called.push(call);
  }
  for (const call of called) group.waiting.delete(call);
  armTimer(turn, group);
  return called;
}

/** Forgets that this operation has a call in line; it was called, or it closed. */
export function endWait(turn: Turn, operation: Operation): void {
  const { outboundCall } = operation;
  if (outboundCall === undefined) return;
  turn.state.timers.cancel(outboundCall.timer);
  const group = outboundGroup(turn, outboundCall.kind, operation);
  group.waiting.delete(outboundCall);
  if (group.blocked.delete(outboundCall)) armProbe(turn, group);
  operation.outboundCall = undefined;
  record(turn, { kind: 'outbound-wait-ended', operation: operation.ref });
}

/** The call that asks the breaker next; taken out of the line. */
export function nextProbe(group: OutboundGroup): OutboundCall | undefined {
  const [first] = group.blocked;
  if (first !== undefined) group.blocked.delete(first);
  return first;
}

/** When a call that was first refused at `since` asks for the first time at or after `from`: Q2. */
export function nextAsk(since: Instant, from: Instant, limits: Limits): Instant {
  const { outboundRetryInitialInterval: initial, outboundRetryMaxInterval: max } = limits;
  let at: Instant = since;
  for (
    let delay: number = initial;
    at < from || at === since;
    delay = Math.min(Math.trunc(delay * 1.5), max)
  ) {
    // Once the delays have stopped growing the rest is one division.
    const steps = delay < max ? 1 : Math.max(1, Math.ceil(between(at, from) / max));
    at = after(at, ms(delay * steps));
  }
  return at;
}

/** Takes a token when there is a slot and one is there; else says what is missing. */
function takeSlot(turn: Turn, group: OutboundGroup): OutboundReason | undefined {
  const { outboundConcurrency, outboundRatePerSecond, outboundBuffer } = turn.limits;
  const full = group.waiting.size >= outboundBuffer ? 'buffer' : undefined;
  if (group.inFlight >= outboundConcurrency) return full ?? 'concurrency';
  const bucket = takeToken(group.bucket, outboundRatePerSecond, turn.now);
  if (bucket === undefined) return full ?? 'rate';
  group.bucket = bucket;
  return undefined;
}

function wait(
  turn: Turn,
  group: OutboundGroup,
  operation: Operation,
  why: { readonly kind: CallKind; readonly attempt: number; readonly reason: OutboundReason },
): void {
  const { kind, attempt, reason } = why;
  const known = operation.outboundCall;
  const call: OutboundCall = known ?? {
    kind,
    attempt,
    reason,
    run: operation.ref.run.runId,
    operation: operation.ref.scheduledEventId,
    since: turn.now,
    refusals: 0,
  };
  operation.outboundCall = call;
  const isNew = known?.reason !== reason;
  call.reason = reason;
  if (reason === 'buffer') {
    putOff(turn, call);
  } else if (reason === 'breaker') {
    group.blocked.add(call);
    armProbe(turn, group);
  } else {
    group.waiting.add(call);
    armTimer(turn, group);
  }
  if (!isNew) return;
  if (known !== undefined) record(turn, { kind: 'outbound-wait-ended', operation: operation.ref });
  record(turn, { kind: 'outbound-wait-started', operation: operation.ref, calls: kind, attempt, reason });
}

/** Q2. */
function putOff(turn: Turn, call: OutboundCall): void {
  const { outboundRetryInitialInterval: initial, outboundRetryMaxInterval: max } = turn.limits;
  const base = ms(Math.min(Math.trunc(initial * 1.5 ** Math.min(call.refusals, 40)), max));
  call.refusals++;
  call.timer = turn.state.timers.set(after(turn.now, jittered(base, turn.state.random.retryJitter)), {
    kind: 'outbound-retry',
    run: call.run,
    operation: call.operation,
  });
}

/** Wakes the line up when the next token is there; a freed slot wakes it by itself. */
function armTimer(turn: Turn, group: OutboundGroup): void {
  turn.state.timers.cancel(group.timer);
  group.timer = undefined;
  if (group.waiting.size === 0 || group.inFlight >= turn.limits.outboundConcurrency) return;
  const at: Instant = nextTokenAt(group.bucket, turn.limits.outboundRatePerSecond, turn.now);
  group.timer = turn.state.timers.set(at, { kind: 'outbound-drain', group: group.key });
}

/** Wakes the first refused call up; once the breaker is closed, all of them, each at its own time. */
function armProbe(turn: Turn, group: OutboundGroup): void {
  turn.state.timers.cancel(group.probeTimer);
  group.probeTimer = undefined;
  const { breaker } = group;
  if (breaker.kind === 'closed') {
    for (const call of group.blocked) {
      call.timer = turn.state.timers.set(nextAsk(call.since, turn.now, turn.limits), {
        kind: 'outbound-retry',
        run: call.run,
        operation: call.operation,
      });
    }
    group.blocked.clear();
    return;
  }
  const [first] = group.blocked;
  if (first === undefined) return;
  // An open breaker whose time is over is half-open as soon as someone asks; a probe cannot set out in the past.
  const from = breaker.kind === 'open' ? later(breaker.until, turn.now) : turn.now;
  group.probeTimer = turn.state.timers.set(nextAsk(first.since, from, turn.limits), {
    kind: 'outbound-probe',
    group: group.key,
  });
}
