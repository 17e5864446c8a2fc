import type { NexusHandlerErrorRetryBehavior } from './temporal/failure.ts';
import type { HandlerErrorType } from './nexus.ts';

/** Makes start attempts of an operation fail before they reach a worker. Attempts count from 1, both ends in. */
export interface FaultRule {
  /** Only calls through this endpoint; all of them when absent. */
  readonly endpoint?: string;
  readonly service: string;
  readonly operation: string;
  readonly attempts: { readonly from: number; readonly to: number };
  readonly fail: {
    readonly type: HandlerErrorType;
    readonly message?: string;
    readonly retryBehavior?: NexusHandlerErrorRetryBehavior;
  };
}
