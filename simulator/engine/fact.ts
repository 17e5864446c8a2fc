import type { Instant } from '../base/time.ts';
import {
  STANDALONE,
  type CallId,
  type NamespaceName,
  type OperationRef,
  type RunRef,
} from '../protocol/ids.ts';
import type { Limits } from '../protocol/limits.ts';
import type { AttemptFault } from '../protocol/fault.ts';
import type { Failure } from '../protocol/temporal/failure.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import type { CallbackInfo } from '../protocol/temporal/methods.ts';
import type { NexusOperationExecutionStatus } from '../protocol/temporal/nexus-operation-methods.ts';
import type { NexusEndpoint } from '../protocol/temporal/nexus.ts';

export { STANDALONE };
export type { OperationRef, RunRef };

export const isStandalone = ({ scheduledEventId }: OperationRef): boolean => scheduledEventId === STANDALONE;

/** Whose calls share breaker and limits: standalone operations do not tell starts from cancels (semantics §0.2). */
export type CallGroup = 'start' | 'cancel' | 'standalone';

/** An activity is known by its run and the id of its SCHEDULED event. */
export interface ActivityRef {
  readonly run: RunRef;
  readonly scheduledEventId: number;
}

/** How an attempt of an activity ended. */
export type ActivityOutcome = 'succeeded' | 'failed' | 'canceled' | 'timed-out';

/** A start or cancel call of an operation. */
export interface OperationCallPurpose {
  readonly kind: 'start' | 'cancel';
  readonly operation: OperationRef;
  readonly attempt: number;
}

/** A request of a caller outside, which waits for the answer (semantics §7). */
export interface DispatchPurpose {
  readonly kind: 'dispatch';
  readonly call: CallId;
  readonly asks: 'start' | 'cancel';
  readonly service: string;
  readonly operation: string;
}

/** What a Nexus task is for. */
export type NexusTaskPurpose = OperationCallPurpose | DispatchPurpose;

/** One try to deliver the completion of a run to the callback at `index`. */
export interface DeliveryPurpose {
  readonly kind: 'callback';
  readonly run: RunRef;
  readonly index: number;
  readonly attempt: number;
}

/** What a call to another process is for. */
export type ExternalCallPurpose = OperationCallPurpose | DeliveryPurpose;

export type BreakerKind = 'closed' | 'open' | 'half-open';

/** How an attempt ended; the names are those of the state the operation is in afterwards. */
export type AttemptOutcome = 'BACKING_OFF' | 'STARTED' | 'SUCCEEDED' | 'FAILED' | 'CANCELED' | 'TIMED_OUT';

/** Finished facts, in the past tense. Spans, subscribers and checks are fed with them; nothing reads them back. */
export type Fact =
  | {
      readonly kind: 'namespace-registered' | 'namespace-updated' | 'namespace-deleted';
      readonly namespace: NamespaceName;
    }
  | {
      readonly kind: 'endpoint-created' | 'endpoint-updated' | 'endpoint-deleted';
      readonly endpoint: NexusEndpoint;
    }
  | { readonly kind: 'event-recorded'; readonly run: RunRef; readonly event: HistoryEvent }
  /** A run took another one's place. Its history begins with a part of that one's; `open` is what lasts in it. */
  | {
      readonly kind: 'run-reset';
      readonly run: RunRef;
      readonly base: RunRef;
      readonly open: readonly HistoryEvent[];
    }
  /** A run closed over what went on in it; `lost` is what it would have been told next. */
  | {
      readonly kind: 'run-abandoned';
      readonly run: RunRef;
      readonly lost: readonly HistoryEvent[];
      readonly operations: readonly OperationRef[];
      /** By their STARTED events. */
      readonly timers: readonly number[];
    }
  /** A run or a standalone operation has been closed for so long, or so many have been since, that it is forgotten. */
  | { readonly kind: 'run-expired'; readonly run: RunRef; readonly why: 'retention' | 'count' }
  /** Its run closed while a worker had it. */
  | { readonly kind: 'workflow-task-abandoned'; readonly run: RunRef; readonly scheduledEventId: number }
  | {
      readonly kind: 'attempt-started';
      readonly operation: OperationRef;
      readonly attempt: number;
      /** Absent when the endpoint could not be resolved. */
      readonly target?: { readonly namespace: string; readonly taskQueue: string } | { readonly url: string };
    }
  | {
      readonly kind: 'attempt-ended';
      readonly operation: OperationRef;
      readonly attempt: number;
      readonly outcome: AttemptOutcome;
      readonly failure?: Failure;
      readonly retryAt?: Instant;
    }
  | {
      readonly kind: 'standalone-scheduled';
      readonly operation: OperationRef;
      readonly endpoint: string;
      readonly service: string;
      readonly name: string;
      readonly requestId: string;
    }
  | {
      readonly kind: 'standalone-started';
      readonly operation: OperationRef;
      readonly token: string;
      readonly startedAt: Instant;
    }
  | {
      readonly kind: 'standalone-closed';
      readonly operation: OperationRef;
      readonly status: Exclude<NexusOperationExecutionStatus, 'RUNNING'>;
      readonly failure?: Failure;
    }
  /** Anything that its description shows, these two included, is not what it was. */
  | { readonly kind: 'standalone-changed'; readonly operation: OperationRef }
  | {
      readonly kind: 'update-admitted';
      readonly run: RunRef;
      readonly update: string;
      readonly name: string;
    }
  /** History does not tell of it: a worker rejected it, or it ended with its run. */
  | {
      readonly kind: 'update-ended';
      readonly run: RunRef;
      readonly update: string;
      readonly outcome: 'failed' | 'canceled';
      readonly failure?: Failure;
    }
  /** An attempt's answer came after the operation had moved on; it changed nothing. */
  | { readonly kind: 'attempt-superseded'; readonly operation: OperationRef; readonly attempt: number }
  /** A start or cancel call waits; its operation stays as it is meanwhile. */
  | {
      readonly kind: 'outbound-wait-started';
      readonly operation: OperationRef;
      readonly calls: 'start' | 'cancel';
      readonly attempt: number;
      readonly reason: 'breaker' | 'rate' | 'concurrency' | 'buffer';
    }
  | { readonly kind: 'outbound-wait-ended'; readonly operation: OperationRef }
  | {
      readonly kind: 'breaker-changed';
      readonly calls: CallGroup;
      readonly namespace: string;
      readonly endpoint: string;
      readonly from: BreakerKind;
      readonly to: BreakerKind;
      /** By somebody's hand, or by new settings. */
      readonly forced?: true;
      /** When an open breaker lets a probe through. */
      readonly until?: Instant;
    }
  /** A start or cancel call has ended, whatever that means for its operation. */
  | {
      readonly kind: 'call-ended';
      readonly operation: OperationRef;
      readonly calls: 'start' | 'cancel';
      readonly attempt: number;
      readonly endpoint: string;
      /** In the words of the server's metrics (semantics §9.1). */
      readonly outcome: string;
      /** The handler itself said so, or kept silent. */
      readonly fromWorker?: true;
    }
  /** A request was refused before it was offered to workers. */
  | {
      readonly kind: 'nexus-request-refused';
      readonly asks: 'start' | 'cancel';
      /** Absent where none was found. */
      readonly namespace?: string;
      readonly endpoint?: string;
      readonly outcome: string;
    }
  /** A completion arrived at its caller's side; without a namespace it could not be read. */
  | { readonly kind: 'completion-received'; readonly namespace?: string; readonly outcome: string }
  | {
      readonly kind: 'nexus-task-queued';
      readonly task: string;
      readonly purpose: NexusTaskPurpose;
      readonly namespace: string;
      readonly taskQueue: string;
      /** Absent for a request to a task queue. */
      readonly endpoint?: string;
    }
  | {
      readonly kind: 'activity-attempt-queued';
      readonly activity: ActivityRef;
      readonly attempt: number;
      readonly taskQueue: string;
    }
  | {
      readonly kind: 'activity-attempt-started';
      readonly activity: ActivityRef;
      readonly attempt: number;
      readonly identity: string;
    }
  /** Also of an attempt that was still to be made when its activity closed. */
  | {
      readonly kind: 'activity-attempt-ended';
      readonly activity: ActivityRef;
      readonly attempt: number;
      readonly outcome: ActivityOutcome;
      readonly failure?: Failure;
      readonly retryAt?: Instant;
    }
  /** Its run closed before it did. */
  | { readonly kind: 'activity-abandoned'; readonly activity: ActivityRef }
  | { readonly kind: 'nexus-task-dispatched'; readonly task: string; readonly identity: string }
  | {
      readonly kind: 'nexus-task-answered';
      readonly task: string;
      readonly failure?: Failure;
      /** In the words of the server's metrics; absent with a failure. */
      readonly outcome?: string;
    }
  | {
      readonly kind: 'external-call-started';
      readonly token: string;
      readonly purpose: ExternalCallPurpose;
      readonly url: string;
    }
  | { readonly kind: 'external-call-ended'; readonly token: string; readonly failure?: Failure }
  | { readonly kind: 'nexus-task-expired'; readonly task: string }
  /** It went with the memory of the server, or with its namespace. */
  | { readonly kind: 'nexus-task-lost'; readonly task: string }
  | {
      readonly kind: 'callback-attempt-started';
      readonly run: RunRef;
      readonly index: number;
      readonly attempt: number;
      /** From 2 on: how often the network has delivered this attempt. */
      readonly copy?: number;
      readonly target?: OperationRef;
      /** Whose end it tells of, if not that of the run. */
      readonly update?: string;
    }
  | {
      readonly kind: 'callback-attempt-ended';
      readonly run: RunRef;
      readonly index: number;
      readonly attempt: number;
      readonly copy?: number;
      readonly state: CallbackInfo['state'];
      readonly failure?: Failure;
      /** In the words of the server's metrics; present with a failure. */
      readonly outcome?: string;
    }
  | { readonly kind: 'limits-changed'; readonly changes: Partial<Limits> }
  | { readonly kind: 'server-restarted' }
  | {
      readonly kind: 'fault-fired';
      readonly operation: OperationRef;
      readonly attempt: number;
      readonly rule: AttemptFault;
    };

export type StampedFact = Fact & { readonly at: Instant };
