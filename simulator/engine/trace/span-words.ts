import type { Span, SpanOutcome } from '../../protocol/span.ts';
import type { CallbackInfo } from '../../protocol/temporal/methods.ts';
import type { AttemptOutcome, StampedFact } from '../fact.ts';

/* The words in which facts become bars. */

/** Facts that no bar shows. */
const undrawn = [
  'breaker-changed',
  'limits-changed',
  'server-restarted',
  'attempt-superseded',
  'call-ended',
  'nexus-request-refused',
  'completion-received',
  'standalone-changed',
  'namespace-registered',
  'namespace-updated',
  'namespace-deleted',
  'endpoint-created',
  'endpoint-updated',
  'endpoint-deleted',
] as const satisfies readonly StampedFact['kind'][];

const undrawnKinds: ReadonlySet<string> = new Set(undrawn);

export const isUndrawn = (
  fact: StampedFact,
): fact is StampedFact & { readonly kind: (typeof undrawn)[number] } => undrawnKinds.has(fact.kind);

export const waitNames = {
  breaker: 'blocked by the circuit breaker',
  rate: 'waiting for the rate limit',
  concurrency: 'waiting for a free slot',
  buffer: 'put off by a full buffer',
} as const satisfies Record<(StampedFact & { readonly kind: 'outbound-wait-started' })['reason'], string>;

export const attemptOutcomes = {
  BACKING_OFF: 'failed',
  STARTED: 'succeeded',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELED: 'canceled',
  TIMED_OUT: 'timed-out',
} as const satisfies Record<AttemptOutcome, SpanOutcome>;

export const callbackOutcomes = {
  STANDBY: 'failed',
  SCHEDULED: 'failed',
  BACKING_OFF: 'failed',
  BLOCKED: 'failed',
  FAILED: 'failed',
  SUCCEEDED: 'succeeded',
} as const satisfies Record<CallbackInfo['state'], SpanOutcome>;

type AttemptTarget = NonNullable<(StampedFact & { readonly kind: 'attempt-started' })['target']>;

export const targetAttributes = (target: AttemptTarget): Span['attributes'] =>
  'url' in target
    ? { targetUrl: target.url }
    : { targetNamespace: target.namespace, targetTaskQueue: target.taskQueue };
