import type { Base64 } from '../../base/base64.ts';
import type { Instant } from '../../base/time.ts';
import type { Payload } from './common.ts';
import type { Failure, NexusHandlerErrorRetryBehavior } from './failure.ts';

/** A link as Nexus carries it: `temporal:///namespaces/…` and the type of what it refers to (semantics §1.6). */
export interface NexusLink {
  readonly url?: string;
  readonly type?: string;
}

/** `temporal.api.nexus.v1.Failure`; `details` holds JSON. */
export interface NexusFailure {
  readonly message?: string;
  readonly stackTrace?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly details?: Base64;
  readonly cause?: NexusFailure;
}

export interface HandlerError {
  readonly errorType?: string;
  readonly failure?: NexusFailure;
  readonly retryBehavior?: NexusHandlerErrorRetryBehavior;
}

export interface StartOperationRequest {
  readonly service?: string;
  readonly operation?: string;
  readonly requestId?: string;
  readonly callback?: string;
  readonly callbackHeader?: Readonly<Record<string, string>>;
  readonly payload?: Payload;
  readonly links?: readonly NexusLink[];
}

export interface CancelOperationRequest {
  readonly service?: string;
  readonly operation?: string;
  readonly operationId?: string;
  readonly operationToken?: string;
}

/** What a Nexus worker is asked; exactly one of the two operations is set (semantics §8.2). */
export interface NexusRequest {
  readonly header?: Readonly<Record<string, string>>;
  readonly scheduledTime?: Instant;
  readonly endpoint?: string;
  readonly capabilities?: { readonly temporalFailureResponses?: boolean };
  readonly startOperation?: StartOperationRequest;
  readonly cancelOperation?: CancelOperationRequest;
}

/** One of the four is set. `operationError` is the old form of `failure` (semantics §8.3). */
export interface StartOperationResponse {
  readonly syncSuccess?: { readonly payload?: Payload; readonly links?: readonly NexusLink[] };
  readonly asyncSuccess?: {
    readonly operationId?: string;
    readonly operationToken?: string;
    readonly links?: readonly NexusLink[];
  };
  readonly operationError?: { readonly operationState?: string; readonly failure?: NexusFailure };
  readonly failure?: Failure;
}

export interface NexusResponse {
  readonly startOperation?: StartOperationResponse;
  readonly cancelOperation?: object;
}

export interface EndpointTarget {
  readonly worker?: { readonly namespace?: string; readonly taskQueue?: string };
  readonly external?: { readonly url?: string };
}

export interface EndpointSpec {
  readonly name?: string;
  readonly description?: Payload;
  readonly target?: EndpointTarget;
}

/** An entry of the registry as OperatorService shows it (semantics §6.1). */
export interface NexusEndpoint {
  readonly version: number;
  readonly id: string;
  readonly spec: EndpointSpec;
  readonly createdTime: Instant;
  /** Absent until the first update. */
  readonly lastModifiedTime?: Instant;
  readonly urlPrefix: string;
}
