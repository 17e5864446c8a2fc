import type { Instant } from '../base/time.ts';
import type { RunRef } from '../protocol/ids.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import type { PendingActivityInfo } from '../protocol/temporal/activity-methods.ts';
import type { CallbackInfo, PendingNexusOperationInfo } from '../protocol/temporal/methods.ts';

/** One run as its server tells of it. */
export interface RunHistory {
  readonly run: RunRef;
  /** In the order of their ids, the first ones included. */
  readonly events: readonly HistoryEvent[];
  /** What only a description tells; an exported history comes without. */
  readonly described?: DescribedRun;
}

/** What is pending in a run, and what became of its callbacks, at an instant. */
export interface DescribedRun {
  readonly at: Instant;
  readonly pendingActivities?: readonly Told<PendingActivityInfo>[];
  readonly pendingNexusOperations?: readonly Told<PendingNexusOperationInfo>[];
  readonly callbacks?: readonly Told<CallbackInfo>[];
}

/** As it comes from the wire, where zeros are left out. */
export type Told<T> = Partial<T>;
