import type { Instant } from '../base/time.ts';
import type { SpanId } from './ids.ts';

/** One link in the answer to "why is it waiting?": what waits, for what, and until when at the latest. */
export interface WaitingCause {
  /** One clause, in the field's words. */
  readonly text: string;
  /** The bar that it is about. */
  readonly span: SpanId;
  /** When it ends by itself; absent when that hangs on someone else. */
  readonly until?: Instant;
}
