/**
 * Temporal's messages as this project passes them around: the field names of the protobuf definitions in
 * camel case, with these five differences from protobuf's own JSON form.
 *
 *  - Timestamps are `Instant`s and durations `DurationMs`: numbers on the virtual clock.
 *  - Enum values are written without the prefix of their enum: `NEXUS_OPERATION_SCHEDULED`.
 *  - 64-bit integers are numbers; none here comes near 2^53.
 *  - A `google.protobuf.Any` of a known type is that type's name and the message: {@link AnyMessage}.
 *  - The `attributes` oneof of events and commands is one field, told apart by the type beside it.
 *
 * A field that holds its default (empty, zero, unspecified) is absent, as on the wire.
 * Fields that these types do not mention are kept where the message is stored or passed on.
 */
import type { Base64 } from '../../base/base64.ts';
import type { DurationMs } from '../../base/time.ts';

/** A message of a type that its field does not fix. */
export interface AnyMessage<T extends string, M> {
  readonly type: T;
  readonly message: M;
}

export interface Payload {
  readonly metadata?: Readonly<Record<string, Base64>>;
  readonly data?: Base64;
}

export interface Payloads {
  readonly payloads?: readonly Payload[];
}

export interface Header {
  readonly fields?: Readonly<Record<string, Payload>>;
}

export interface WorkflowExecution {
  readonly workflowId?: string;
  readonly runId?: string;
}

export interface WorkflowType {
  readonly name?: string;
}

export interface ActivityType {
  readonly name?: string;
}

export interface TaskQueue {
  readonly name?: string;
  readonly kind?: 'NORMAL' | 'STICKY' | 'WORKER_COMMANDS';
  /** The normal queue behind a sticky one. */
  readonly normalName?: string;
}

export interface RetryPolicy {
  readonly initialInterval?: DurationMs;
  readonly backoffCoefficient?: number;
  readonly maximumInterval?: DurationMs;
  readonly maximumAttempts?: number;
  readonly nonRetryableErrorTypes?: readonly string[];
}

export interface WorkflowEventLink {
  readonly namespace?: string;
  readonly workflowId?: string;
  readonly runId?: string;
  readonly eventRef?: { readonly eventId?: number; readonly eventType?: string };
  readonly requestIdRef?: { readonly requestId?: string; readonly eventType?: string };
}

/** A standalone Nexus operation. */
export interface NexusOperationLink {
  readonly namespace?: string;
  readonly operationId?: string;
  readonly runId?: string;
}

/** A reference between executions; other kinds than these pass through untouched. */
export interface Link {
  readonly workflowEvent?: WorkflowEventLink;
  readonly nexusOperation?: NexusOperationLink;
  readonly workflow?: WorkflowLink;
}

/** To a workflow, where no event of it tells what happened. */
export interface WorkflowLink {
  readonly namespace?: string;
  readonly workflowId?: string;
  readonly runId?: string;
  readonly reason?: string;
}

export interface Callback {
  readonly nexus?: { readonly url?: string; readonly header?: Readonly<Record<string, string>> };
  readonly links?: readonly Link[];
}

export interface Memo {
  readonly fields?: Readonly<Record<string, Payload>>;
}

export interface SearchAttributes {
  readonly indexedFields?: Readonly<Record<string, Payload>>;
}

export type WorkflowIdReusePolicy =
  'ALLOW_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY' | 'REJECT_DUPLICATE' | 'TERMINATE_IF_RUNNING';

export interface UserMetadata {
  readonly summary?: Payload;
  readonly details?: Payload;
}
