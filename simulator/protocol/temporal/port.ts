import type { CancellationSignal } from '../../base/cancellation.ts';
import type { Result } from '../../base/result.ts';
import type { DurationMs, Instant } from '../../base/time.ts';
import type { RequestOf, ResponseOf, TemporalMethod } from './methods.ts';

/** gRPC status names, spelled as in `google.rpc.Code`. */
export type StatusCode =
  | 'CANCELLED'
  | 'ABORTED'
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE';

/** A refusal, as the service would answer it. */
export interface ServiceError {
  readonly code: StatusCode;
  readonly message: string;
  /** A message of `temporal.api.errordetails.v1` that SDKs read to tell refusals of one code apart. */
  readonly detail?: { readonly type: string; readonly value: Readonly<Record<string, unknown>> };
}

export type Reply<M extends TemporalMethod> = Result<ResponseOf<M>, ServiceError>;

export interface CallOptions {
  /** Cancelling a poll gives its place up: it is answered empty and no task is lost. */
  readonly signal?: CancellationSignal;
}

/**
 * The part of Temporal's API that Nexus needs, as one interface with three users (gRPC clients, the scripted
 * participants of a world file, tests) and two implementations (the engine's driver, a real cluster).
 *
 * A long poll waits until there is a task or it is cancelled; how long a remote client may wait is its
 * frontend's business, because that limit runs on the wall clock and not on the virtual one.
 */
export interface TemporalPort {
  call<M extends TemporalMethod>(method: M, request: RequestOf<M>, options?: CallOptions): Promise<Reply<M>>;
}

/** Waiting on the same clock as everything else; for participants that take their time. */
export interface Sleeper {
  now(): Instant;
  /** Settles when the clock has advanced by `duration`; at once when cancelled. */
  sleep(duration: DurationMs, options?: CallOptions): Promise<void>;
}
