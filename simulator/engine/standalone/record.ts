import type { Instant } from '../../base/time.ts';
import type { CallId, RunId } from '../../protocol/ids.ts';
import type { Link, SearchAttributes, UserMetadata } from '../../protocol/temporal/common.ts';
import type {
  NexusOperationExecutionStatus,
  NexusOperationOutcome,
  NexusOperationWaitStage,
} from '../../protocol/temporal/nexus-operation-methods.ts';
import type { Timer } from '../timers.ts';

/** What a standalone operation keeps beside what its machine moves; workflows have their history for it. */
export interface StandaloneRecord {
  /** The request id of the start; handlers see the operation's own. */
  readonly startRequestId: string;
  readonly identity?: string;
  readonly searchAttributes?: SearchAttributes;
  readonly userMetadata?: UserMetadata;
  status: NexusOperationExecutionStatus;
  closedAt?: Instant;
  /** When the closed operation is forgotten. */
  expiry?: Timer<RunId>;
  outcome: NexusOperationOutcome;
  /** Attempts that were scheduled: 1 during the first (the server's CHASM counting). */
  attempt: number;
  /** How often anything about it has changed. */
  transitions: number;
  /** What handlers linked it to. */
  links: readonly Link[];
  cancelRequest?: { readonly requestId: string; readonly reason?: string };
  terminateRequestId?: string;
  readonly waits: Map<CallId, StandaloneWait>;
}

/** Somebody who waits for news of a standalone operation. */
export interface StandaloneWait {
  readonly call: CallId;
  readonly run: RunId;
  readonly wanted: Wanted;
}

export type Wanted =
  | { readonly kind: 'stage'; readonly stage: NexusOperationWaitStage }
  | { readonly kind: 'change'; readonly since: number; readonly shown: Shown };

/** What a description shows beside the state. */
export interface Shown {
  readonly includeInput?: boolean;
  readonly includeOutcome?: boolean;
}
