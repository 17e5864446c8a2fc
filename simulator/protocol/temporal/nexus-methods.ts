import type { DurationMs } from '../../base/time.ts';
import type { OperationCompletion } from '../nexus-client.ts';
import type { Failure } from './failure.ts';
import type { HandlerError, NexusRequest, NexusResponse } from './nexus.ts';

/** What became of a request to a Nexus worker, in the words of Nexus. */
export type DispatchOutcome =
  | { readonly response: NexusResponse }
  /** A handler failure: the worker's, or this service's own. */
  | { readonly failure: Failure; readonly fromWorker: boolean }
  /** The deprecated form in which a worker may fail. */
  | { readonly error: HandlerError };

/**
 * What the server's HTTP frontend does for Nexus callers (semantics §7). They are no RPCs of Temporal's API, and
 * nobody serves them over gRPC.
 */
export interface NexusMethods {
  /** To the workers behind an endpoint's id, or to those of a namespace and task queue. Waits for their answer. */
  dispatchNexusTask: {
    request: {
      readonly endpointId?: string;
      readonly namespace?: string;
      readonly taskQueue?: string;
      /** How long the caller waits. */
      readonly timeout?: DurationMs;
      readonly request?: NexusRequest;
    };
    response: DispatchOutcome;
  };
  completeNexusOperation: {
    request: {
      /** Where the caller believes the operation to be; absent when it does not say. */
      readonly namespace?: string;
      readonly token?: string;
      readonly completion?: OperationCompletion;
    };
    response: object;
  };
}
