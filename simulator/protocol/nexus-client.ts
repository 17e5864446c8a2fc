/**
 * The way out to Nexus services of other processes: endpoints with an external URL, and callbacks that were given
 * with one. The engine says what is asked, in the words of Nexus; whoever implements {@link NexusClient} puts it on
 * the wire and reads the answer (semantics §3.3, §7.2, §7.4, §7.6).
 */
import type { CancellationSignal } from '../base/cancellation.ts';
import type { DurationMs, Instant } from '../base/time.ts';
import type { Payload } from './temporal/common.ts';
import type { Failure } from './temporal/failure.ts';
import type { NexusLink, NexusRequest, NexusResponse } from './temporal/nexus.ts';

/** How an operation ended, for whoever called it. */
export interface OperationCompletion {
  readonly state: 'succeeded' | 'failed' | 'canceled';
  /** Of one that succeeded. */
  readonly result?: Payload;
  /** Of one that did not. */
  readonly failure?: Failure;
  readonly operationToken?: string;
  readonly startedAt?: Instant;
  readonly closedAt?: Instant;
  readonly links?: readonly NexusLink[];
}

export type ExternalCall =
  | {
      readonly kind: 'start' | 'cancel';
      /** Of the service's endpoint; service and operation are appended to its path. */
      readonly url: string;
      /** What the peer is told to have; who called gives up by itself. */
      readonly timeout: DurationMs;
      /** A callback to `temporal://system` is one to the caller's own process. */
      readonly request: NexusRequest;
    }
  | {
      readonly kind: 'complete';
      readonly url: string;
      readonly timeout: DurationMs;
      readonly header: Readonly<Record<string, string>>;
      readonly completion: OperationCompletion;
    };

/** A failure that is no handler error says that the call itself went wrong. */
export type ExternalAnswer = { readonly response: NexusResponse } | { readonly failure: Failure };

export interface NexusClient {
  /** Never rejects. A call that was cancelled may be answered with anything. */
  call(call: ExternalCall, options: { readonly signal: CancellationSignal }): Promise<ExternalAnswer>;
}

/** No answer in time: what the caller sees hides how far the call had come (semantics §3.3). */
export const callTimedOut: Failure = {
  message: 'request timed out',
  applicationFailureInfo: { type: 'CallError' },
};

/** What a caller sees of a call that did not lead to an answer in the words of Nexus. */
export const callError = (message: string, nonRetryable = false): Failure => ({
  message,
  applicationFailureInfo: { type: 'CallError', ...(nonRetryable && { nonRetryable }) },
});
