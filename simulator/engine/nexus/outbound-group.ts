import type { Instant } from '../../base/time.ts';
import { breakerAt, closedBreaker, tellBreaker, type Breaker } from '../policy/circuit-breaker.ts';
import { fullBucket } from '../policy/token-bucket.ts';
import type { CallKind, CountedFailure, EngineState, Operation, OutboundGroup, Ticket } from '../state.ts';
import { isStandalone, type CallGroup } from '../fact.ts';
import { record, type Turn } from '../turn.ts';

export const outboundGroup = (turn: Turn, kind: CallKind, operation: Operation): OutboundGroup =>
  namedGroup(turn, {
    kind: groupOf(kind, operation),
    namespace: operation.ref.run.namespace,
    endpoint: operation.endpoint,
  });

export function namedGroup(
  turn: Turn,
  { kind, namespace, endpoint }: Pick<OutboundGroup, 'kind' | 'namespace' | 'endpoint'>,
): OutboundGroup {
  const key = groupKey(kind, namespace, endpoint);
  const known = turn.state.outbound.get(key);
  if (known !== undefined) return known;
  const created: OutboundGroup = {
    key,
    kind,
    namespace,
    endpoint,
    breaker: closedBreaker,
    bucket: fullBucket(turn.limits.outboundRatePerSecond, turn.now),
    inFlight: 0,
    waiting: new Set(),
    blocked: new Set(),
    evidence: [],
  };
  turn.state.outbound.set(key, created);
  return created;
}

/** Start and cancel calls of standalone operations share one group: they run in the newer framework (semantics §0.2). */
export const groupOf = (kind: CallKind, { ref }: Operation): CallGroup =>
  isStandalone(ref) ? 'standalone' : kind;

/** Anything but closed blocks, half-open too (semantics §1.2). */
export function isBlocked(
  state: Readonly<EngineState>,
  kind: CallKind,
  operation: Operation,
  now: Instant,
): boolean {
  const group = state.outbound.get(
    groupKey(groupOf(kind, operation), operation.ref.run.namespace, operation.endpoint),
  );
  return group !== undefined && breakerAt(group.breaker, now).kind !== 'closed';
}

/** Tells the breaker how a call ended, and the world when that changed it. */
export function tellGroup(
  turn: Turn,
  group: OutboundGroup,
  ended: { readonly ticket: Ticket; readonly failure?: CountedFailure },
): void {
  const failed = ended.failure !== undefined;
  const result = { generation: ended.ticket.generation, failed, now: turn.now };
  const counted = breakerAt(group.breaker, turn.now).generation === ended.ticket.generation;
  if (counted)
    group.evidence = ended.failure === undefined ? [] : [...group.evidence, ended.failure].slice(-10);
  setBreaker(turn, group, tellBreaker(group.breaker, result, turn.limits));
}

export function setBreaker(turn: Turn, group: OutboundGroup, breaker: Breaker, forced = false): void {
  const from = group.breaker.kind;
  group.breaker = breaker;
  if (from === breaker.kind) return;
  const { kind, namespace, endpoint } = group;
  record(turn, {
    kind: 'breaker-changed',
    calls: kind,
    namespace,
    endpoint,
    from,
    to: breaker.kind,
    ...(forced && { forced: true }),
    ...(breaker.kind === 'open' && { until: breaker.until }),
  });
}

const groupKey = (kind: CallGroup, namespace: string, endpoint: string): string =>
  `${kind}\0${namespace}\0${endpoint}`;
