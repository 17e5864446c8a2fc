import type { DurationMs } from '../base/time.ts';
import type { NexusHandlerErrorRetryBehavior } from './temporal/failure.ts';
import type { HandlerErrorType } from './nexus.ts';

/** Something that goes wrong on purpose. Off unless a rule asks for it. */
export type FaultRule = AttemptFault | CallbackFault;

interface Failing {
  readonly type: HandlerErrorType;
  readonly message?: string;
  readonly retryBehavior?: NexusHandlerErrorRetryBehavior;
}

/** Attempts count from 1, both ends in. */
export interface AttemptRange {
  readonly from: number;
  readonly to: number;
}

/** Makes start attempts of an operation fail before they reach a worker. */
export interface AttemptFault {
  readonly kind: 'attempt';
  /** Only calls through this endpoint; all of them when absent. */
  readonly endpoint?: string;
  readonly service: string;
  readonly operation: string;
  readonly attempts: AttemptRange;
  readonly fail: Failing;
}

/** Disturbs the delivery of an operation's completion. */
export interface CallbackFault {
  readonly kind: 'callback';
  readonly service: string;
  readonly operation: string;
  /** The first delivery sets out this much later. */
  readonly lateBy?: DurationMs;
  /** How often the completion is delivered; the repeats find the operation closed. */
  readonly copies?: number;
  /** These delivery attempts fail before they reach the caller. */
  readonly attempts?: AttemptRange;
  readonly fail?: Failing;
}
