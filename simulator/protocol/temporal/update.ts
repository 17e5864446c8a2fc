/** The messages of the update protocol: what clients ask running workflows to do, and what workers say to it. */
import type { AnyMessage, Callback, Header, Link, Payloads } from './common.ts';
import type { Failure } from './failure.ts';

export interface UpdateMeta {
  readonly updateId?: string;
  readonly identity?: string;
}

export interface UpdateRequest {
  readonly meta?: UpdateMeta;
  readonly input?: { readonly header?: Header; readonly name?: string; readonly args?: Payloads };
  readonly requestId?: string;
  readonly completionCallbacks?: readonly Callback[];
  readonly links?: readonly Link[];
}

export interface UpdateOutcome {
  readonly success?: Payloads;
  readonly failure?: Failure;
}

export interface UpdateAcceptance {
  readonly acceptedRequestMessageId?: string;
  readonly acceptedRequestSequencingEventId?: number;
  readonly acceptedRequest?: UpdateRequest;
}

export interface UpdateRejection {
  readonly rejectedRequestMessageId?: string;
  readonly rejectedRequestSequencingEventId?: number;
  readonly rejectedRequest?: UpdateRequest;
  readonly failure?: Failure;
}

export interface UpdateResponse {
  readonly meta?: UpdateMeta;
  readonly outcome?: UpdateOutcome;
}

/** The messages of the update protocol. */
export type UpdateMessage =
  | AnyMessage<'temporal.api.update.v1.Request', UpdateRequest>
  | AnyMessage<'temporal.api.update.v1.Acceptance', UpdateAcceptance>
  | AnyMessage<'temporal.api.update.v1.Rejection', UpdateRejection>
  | AnyMessage<'temporal.api.update.v1.Response', UpdateResponse>;

/** A message that goes with a workflow task, or comes back with its completion. */
export interface ProtocolMessage {
  readonly id?: string;
  /** The update that it is about. */
  readonly protocolInstanceId?: string;
  /** The event after which the worker is to read it. */
  readonly eventId?: number;
  readonly body?: UpdateMessage;
}
