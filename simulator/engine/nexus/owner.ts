import type { Failure, TimeoutType } from '../../protocol/temporal/failure.ts';
import type { Link, Payload } from '../../protocol/temporal/common.ts';
import type { Operation } from '../state.ts';
import type { Turn } from '../turn.ts';

/** How an operation ends. */
export type Resolution =
  | { readonly state: 'SUCCEEDED'; readonly result?: Payload; readonly links?: readonly Link[] }
  | { readonly state: 'FAILED' | 'CANCELED'; readonly cause: Failure }
  | { readonly state: 'TIMED_OUT'; readonly timeoutType: TimeoutType };

/**
 * What an operation belongs to, as its machine sees it: who keeps the record of what becomes of it. The machine
 * has moved the operation before it tells its owner.
 */
export interface OperationOwner {
  /** It is STARTED; its token and the moment are on it. */
  started(turn: Turn, operation: Operation, links: readonly Link[]): void;
  /** It is over. Nothing of it waits any more. */
  closed(turn: Turn, operation: Operation, resolution: Resolution): void;
  /** Its cancel request was delivered, or never will be. */
  cancelEnded(turn: Turn, operation: Operation, failure: Failure | undefined): void;
  /** It backs off, or sets out again; or its cancel request does. */
  moved(turn: Turn, operation: Operation): void;
  /** Who calls, as the handler is told. */
  callerLink(operation: Operation): Link;
}
