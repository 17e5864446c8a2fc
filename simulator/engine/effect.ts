import type { Result } from '../base/result.ts';
import type { CallId } from '../protocol/ids.ts';
import type { ExternalCall } from '../protocol/nexus-client.ts';
import type { ServiceError } from '../protocol/temporal/port.ts';

/** What the driver is to do. The engine never does anything itself. */
export type Effect =
  /** Answer a call. */
  | { readonly kind: 'reply'; readonly call: CallId; readonly reply: Result<unknown, ServiceError> }
  /** Make a call to another process; its answer comes as an input. */
  | { readonly kind: 'external-call'; readonly token: string; readonly call: ExternalCall }
  /** Nobody waits for the answer any more. */
  | { readonly kind: 'external-call-abandoned'; readonly token: string };
