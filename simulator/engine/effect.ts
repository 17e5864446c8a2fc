import type { Result } from '../base/result.ts';
import type { CallId } from '../protocol/ids.ts';
import type { ServiceError } from '../protocol/temporal/port.ts';

/** What the driver is to do: answer a call. The engine never does anything itself. */
export interface Effect {
  readonly kind: 'reply';
  readonly call: CallId;
  readonly reply: Result<unknown, ServiceError>;
}
