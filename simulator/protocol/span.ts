import type { Instant } from '../base/time.ts';
import type { SpanId } from './ids.ts';

/**
 * One bar of the timeline. Crosses to: timeline, debug adapter, command line. Additive changes only; see
 * `protocolVersion` in `contract.ts`.
 *
 * A span that lasts has no `end`. Spans are sent whole, and again whole whenever they change.
 */
export interface Span {
  readonly id: SpanId;
  readonly kind: SpanKind;
  /** The span that this one is a part of: attempt → operation → workflow. */
  readonly parent?: SpanId;
  readonly name: string;
  readonly lane: Lane;
  readonly start: Instant;
  readonly end?: Instant;
  readonly outcome?: SpanOutcome;
  /** Why it failed: the messages of the failure and its causes, outermost first. */
  readonly failure?: readonly string[];
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Spans that this one was caused by, besides its parent. */
  readonly causes: readonly SpanId[];
  readonly code?: CodeReference;
}

/** Where a span is drawn: a namespace, and in it one workflow or one task queue. */
export interface Lane {
  readonly namespace: string;
  readonly track: string;
}

/** What the span runs, in wire names, for finding the line of code behind it. */
export type CodeReference =
  | {
      readonly kind: 'operation';
      readonly service: string;
      readonly operation: string;
      readonly endpoint?: string;
    }
  | { readonly kind: 'workflow'; readonly workflowType: string };

export const spanKinds = {
  workflow: 'Workflow execution, from start to close',
  'workflow-task': 'Workflow task in a worker’s hands',
  timer: 'Workflow timer',
  operation: 'Nexus operation, from scheduled to closed',
  attempt: 'One try to start an operation or to run an activity',
  activity: 'Activity, from scheduled to closed',
  backoff: 'Waiting for the next try',
  'queue-wait': 'Waiting for a worker to take the task',
  'breaker-wait': 'Refused by the circuit breaker, waiting to ask again',
  'rate-wait': 'Waiting for a free slot or the next token of its destination',
  handler: 'Nexus handler in a worker’s hands',
  update: 'Workflow update, from admitted to completed',
  callback: 'One try to deliver the completion',
} as const satisfies Record<string, string>;

export type SpanKind = keyof typeof spanKinds;

export type SpanOutcome = 'succeeded' | 'failed' | 'canceled' | 'timed-out' | 'terminated';
