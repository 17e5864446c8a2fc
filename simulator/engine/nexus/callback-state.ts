import type { Instant } from '../../base/time.ts';
import type { Callback } from '../../protocol/temporal/common.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { CallbackInfo } from '../../protocol/temporal/methods.ts';
import type { UpdateOutcome } from '../../protocol/temporal/update.ts';
import type { Timer } from '../timers.ts';

/** A callback that was attached to a run or to an update of it. */
export interface CallbackRecord {
  readonly callback: Callback;
  readonly registeredAt: Instant;
  /** The update whose end it waits for, instead of the end of its run, and the request that brought it. */
  readonly update?: { readonly id: string; readonly requestId: string };
  /** How that update has ended. */
  outcome?: UpdateOutcome;
  state: CallbackInfo['state'];
  attempt: number;
  lastAttemptCompleteTime?: Instant;
  lastAttemptFailure?: Failure;
  /** Set while a delivery is late or will be repeated. */
  timer?: Timer | undefined;
}
