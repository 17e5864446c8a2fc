import type { Instant } from '../../base/time.ts';
import type { Payloads } from '../../protocol/temporal/common.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { EventAttributes } from '../../protocol/temporal/history.ts';
import type { ActivityRef } from '../fact.ts';
import type { Timer } from '../timers.ts';

/** An activity that is not closed. Closed ones live on in history only. */
export interface Activity {
  readonly ref: ActivityRef;
  readonly scheduled: EventAttributes['ACTIVITY_TASK_SCHEDULED'];
  readonly firstScheduledAt: Instant;
  state: 'SCHEDULED' | 'BACKING_OFF' | 'STARTED';
  /** Counts from 1. */
  attempt: number;
  /** When the present attempt was offered to workers, or will be. */
  scheduledAt: Instant;
  /** Of the present attempt; empty while it waits for its turn. */
  token: string;
  startedAt: Instant;
  requestId: string;
  /** The worker that has it, or had it last. */
  identity: string;
  lastHeartbeatAt?: Instant | undefined;
  heartbeatDetails?: Payloads | undefined;
  lastFailure?: Failure;
  lastAttemptCompleteTime?: Instant;
  /** The CANCEL_REQUESTED event; 0 while nobody has asked. */
  cancelRequestedEventId: number;
  /** Those of the present attempt. */
  timers: Timer[];
  heartbeatTimer?: Timer | undefined;
  closeTimer?: Timer | undefined;
}
