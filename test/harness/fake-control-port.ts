import { Emitter } from '../../simulator/base/emitter.ts';
import { ok, type Result } from '../../simulator/base/result.ts';
import { instant } from '../../simulator/base/time.ts';
import type { ControlPort, Notification, Refusal, WorldMethod } from '../../simulator/driver/port.ts';
import type { ParamsOf, ResultOf } from '../../simulator/protocol/contract.ts';
import type { SpanId } from '../../simulator/protocol/ids.ts';
import type { Span } from '../../simulator/protocol/span.ts';

type Answer = (method: WorldMethod, params: unknown) => Promise<Result<unknown, Refusal>>;

/** A twin of the simulation behind a control connection. */
export class FakeControlPort implements ControlPort {
  readonly asked: { readonly method: WorldMethod; readonly params: unknown }[] = [];
  readonly #notifications = new Emitter<Notification>();
  readonly onNotification = this.#notifications.event;
  spans: readonly Span[] = [];
  answer: Answer = () => Promise.resolve(ok({}));

  request<M extends WorldMethod>(method: M, params: ParamsOf<M>): Promise<Result<ResultOf<M>, Refusal>> {
    this.asked.push({ method, params });
    return this.answer(method, params) as Promise<Result<ResultOf<M>, Refusal>>;
  }

  timeline(): ResultOf<'timeline/subscribe'> {
    return { run: 1, spans: [...this.spans], now: instant(0) };
  }

  notify(notification: Notification): void {
    this.#notifications.fire(notification);
  }

  /** Announces one changed span. */
  change(id: string, attributes: Span['attributes'] = {}, run = 1): void {
    this.notify({
      method: 'timeline/changed',
      params: { run, spans: [span(id, attributes)], now: instant(0) },
    });
  }
}

export const span = (id: string, attributes: Span['attributes'] = {}): Span => ({
  id: id as SpanId,
  kind: 'timer',
  name: id,
  lane: { namespace: 'storefront', track: 'w' },
  start: instant(0),
  attributes,
  causes: [],
});
