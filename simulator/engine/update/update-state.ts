import type { CallId, RunId } from '../../protocol/ids.ts';
import type { ResponseOf } from '../../protocol/temporal/methods.ts';
import type { UpdateStage } from '../../protocol/temporal/update-methods.ts';
import type { UpdateOutcome, UpdateRequest } from '../../protocol/temporal/update.ts';

/** What a client asks a running workflow to do. Rejected ones are forgotten. */
export interface WorkflowUpdate {
  readonly id: string;
  /** Absent once it is accepted. */
  request?: UpdateRequest | undefined;
  /** History has told of it already: the worker gets no message. */
  readonly inHistory: boolean;
  state: 'admitted' | 'sent' | 'accepted' | 'completed';
  /** 0 before it is accepted. */
  acceptedEventId: number;
  outcome?: UpdateOutcome | undefined;
  /** Who sent the same update before it was accepted, and wants to be called. */
  readonly attached: UpdateRequest[];
  readonly waits: Set<UpdateWait>;
}

/** A client that waits until an update has come so far. */
export interface UpdateWait {
  readonly call: CallId;
  readonly run: RunId;
  readonly update: string;
  readonly stage: UpdateStage;
  /** The request id of whoever sent it. */
  readonly requestId?: string;
  /** The update came with a start, which was answered like this. */
  readonly start?: ResponseOf<'startWorkflowExecution'>;
}
