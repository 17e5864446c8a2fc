import type { Instant } from '../base/time.ts';
import type { RunId, SpanId } from './ids.ts';

/** One link in the answer to "why is it waiting?": what waits, for what, and until when at the latest. */
export interface WaitingCause {
  /** One clause, in the field's words. */
  readonly text: string;
  /** The bar that it is about. */
  readonly span: SpanId;
  /** The run that waits; of a standalone operation its own. */
  readonly run: RunId;
  /** What of the run keeps it waiting, by the id of the event that scheduled it; 0 for a standalone operation. */
  readonly operation?: number;
  readonly activity?: number;
  /** The breaker that refuses its call. */
  readonly breaker?: BreakerName;
  /** When it ends by itself; absent when that hangs on someone else. */
  readonly until?: Instant;
}

/** Whose calls share a breaker. */
export interface BreakerName {
  readonly calls: 'start' | 'cancel' | 'standalone';
  readonly namespace: string;
  readonly endpoint: string;
}
