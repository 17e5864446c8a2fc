import type { Event } from '../base/emitter.ts';
import type { Result } from '../base/result.ts';
import type {
  NotificationMethod,
  NotificationParams,
  ParamsOf,
  RequestMethod,
  ResultOf,
} from '../protocol/contract.ts';

/** A refusal that the user reads: one sentence with what to do. */
export interface Refusal {
  readonly message: string;
}

/** Methods that a session answers itself: they are about the connection, not about the world. */
export type SessionMethod =
  'timeline/subscribe' | 'timeline/unsubscribe' | 'facts/subscribe' | 'facts/unsubscribe';

export type WorldMethod = Exclude<RequestMethod, SessionMethod>;

export type Notification = {
  readonly [M in NotificationMethod]: { readonly method: M; readonly params: NotificationParams<M> };
}[NotificationMethod];

/** What a control connection may ask of the simulation behind it. */
export interface ControlPort {
  request<M extends WorldMethod>(method: M, params: ParamsOf<M>): Promise<Result<ResultOf<M>, Refusal>>;
  /** Everything that is on the timeline now. */
  timeline(): ResultOf<'timeline/subscribe'>;
  /** Every notification; a session passes on `timeline/changed` and `facts/recorded` only while subscribed. */
  readonly onNotification: Event<Notification>;
}
