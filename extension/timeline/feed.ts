import { DisposableStore, type Disposable } from '../../simulator/base/disposable.ts';
import { Emitter, type Event } from '../../simulator/base/emitter.ts';
import { instant, ORIGIN, type Instant } from '../../simulator/base/time.ts';
import type { ClockState, NotificationParams } from '../../simulator/protocol/contract.ts';
import type { SpanId } from '../../simulator/protocol/ids.ts';
import type { Span } from '../../simulator/protocol/span.ts';
import type { ClientError } from '../clients/client-error.ts';
import type { Notification } from '../clients/simulator-client.ts';
import type { SimulatorSession } from '../clients/simulator-session.ts';
import type { Connection, ToPage } from './messages.ts';

/** Spans in one message to a page: a page that takes in a large run must stay answerable. */
export const SPANS_PER_MESSAGE = 5_000;

/** The part of the session that the feed listens to. */
type FeedSource = Pick<SimulatorSession, 'client' | 'connection' | 'onConnectionChanged' | 'onNotification'>;

type TimelineChange = NotificationParams<'timeline/changed'>;

/**
 * What timelines show, kept in the extension host: a page that was hidden starts from nothing and is given
 * everything again. Subscribes whenever the simulator is connected, so that a restored connection resyncs.
 */
export class TimelineFeed implements Disposable {
  readonly onMessage: Event<ToPage>;
  readonly #messages = new Emitter<ToPage>();
  readonly #source: FeedSource;
  readonly #report: (error: ClientError) => void;
  readonly #owned = new DisposableStore();
  readonly #spans = new Map<SpanId, Span>();
  #dropped = 0;
  #held: TimelineChange[] | undefined;
  #run: number | undefined;
  #now: Instant = ORIGIN;
  #clock: ClockState | undefined;
  #finished: NotificationParams<'world/finished'> | undefined;

  constructor(source: FeedSource, report: (error: ClientError) => void) {
    this.#source = source;
    this.#report = report;
    this.onMessage = this.#messages.event;
    this.#owned.add(this.#messages);
    this.#owned.add(source.onConnectionChanged((connection) => this.#connected(connection)));
    this.#owned.add(source.onNotification((notification) => this.#notified(notification)));
  }

  get now(): Instant {
    return this.#now;
  }

  get clock(): ClockState | undefined {
    return this.#clock;
  }

  /** The result of the present run, once it has one. */
  get finished(): NotificationParams<'world/finished'> | undefined {
    return this.#finished;
  }

  /** Everything that a page must hear that has just been opened. */
  snapshot(): readonly ToPage[] {
    const messages: ToPage[] = [{ type: 'connection', connection: this.#source.connection }];
    if (this.#run !== undefined) {
      const spans = [...this.#spans.values()];
      messages.push(...this.#chunks({ run: this.#run, spans }, true));
    }
    if (this.#clock !== undefined) messages.push({ type: 'clock', clock: this.#clock });
    if (this.#finished !== undefined && this.#finished.run === this.#run)
      messages.push({ type: 'finished', ...this.#finished });
    return messages;
  }

  /** Takes in the state of the clock, as it was notified or as the answer to a command. */
  tick(clock: ClockState): void {
    this.#clock = clock;
    // Time never goes back within a run: this may be older than the spans that have come.
    this.#now = instant(Math.max(this.#now, clock.now));
    this.#messages.fire({ type: 'clock', clock });
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #connected(connection: Connection): void {
    // Another process counts its runs from the beginning again.
    if (connection.kind === 'starting') this.#forget();
    this.#messages.fire({ type: 'connection', connection });
    if (connection.kind === 'connected') void this.#subscribe();
  }

  #forget(): void {
    this.#held = undefined;
    this.#run = undefined;
    this.#now = ORIGIN;
    this.#clock = undefined;
    this.#finished = undefined;
    this.#spans.clear();
    this.#dropped = 0;
  }

  async #subscribe(): Promise<void> {
    const client = this.#source.client;
    if (client === undefined) return;
    const held: TimelineChange[] = [];
    this.#held = held;
    const timeline = await client.request('timeline/subscribe', {});
    // Another connection may have begun to subscribe meanwhile.
    if (this.#held !== held) return;
    this.#held = undefined;
    if (!timeline.ok) {
      // A connection that is lost now says so itself, and subscribes again when it is back.
      if (timeline.error.kind !== 'disconnected') this.#report(timeline.error);
      return;
    }
    this.#begin(timeline.value.run);
    this.#take(timeline.value);
    for (const message of this.#chunks(timeline.value, true)) this.#messages.fire(message);
    for (const change of held) this.#changed(change);
    const described = await client.request('simulator/describe', {});
    if (described.ok) this.tick(described.value.clock);
  }

  #notified(notification: Notification): void {
    switch (notification.method) {
      case 'timeline/changed':
        // Until the reply is taken in, what comes is newer than the reply and waits for it.
        if (this.#held === undefined) this.#changed(notification.params);
        else this.#held.push(notification.params);
        return;
      case 'clock/changed':
        this.tick(notification.params);
        return;
      case 'world/finished':
        this.#finished = notification.params;
        this.#messages.fire({ type: 'finished', ...notification.params });
        return;
      case 'facts/recorded':
        // The timeline draws spans; it has not asked for facts.
        return;
    }
  }

  #changed(change: TimelineChange): void {
    const { run } = change;
    if (this.#run !== undefined && run < this.#run) return;
    const first = run !== this.#run;
    if (first) this.#begin(run);
    this.#take(change);
    for (const message of this.#chunks(change, first)) this.#messages.fire(message);
  }

  #begin(run: number): void {
    if (this.#run !== run && this.#finished?.run !== run) this.#finished = undefined;
    this.#run = run;
    this.#now = ORIGIN;
    this.#spans.clear();
    this.#dropped = 0;
  }

  #take({ spans, now, removed = [], dropped }: TimelineChange): void {
    for (const id of removed) this.#spans.delete(id);
    this.#dropped = dropped ?? this.#dropped;
    for (const span of spans) this.#spans.set(span.id, span);
    this.#now = instant(Math.max(this.#now, now));
  }

  #chunks(
    { run, spans, removed = [] }: Pick<TimelineChange, 'run' | 'spans' | 'removed'>,
    first: boolean,
  ): readonly ToPage[] {
    const count = Math.max(1, Math.ceil(spans.length / SPANS_PER_MESSAGE));
    return Array.from({ length: count }, (_, index) => ({
      type: 'spans',
      run,
      first: first && index === 0,
      ...(index === 0 && removed.length > 0 && { removed }),
      ...(this.#dropped > 0 && { dropped: this.#dropped }),
      spans: spans.slice(index * SPANS_PER_MESSAGE, (index + 1) * SPANS_PER_MESSAGE),
      now: this.#now,
    }));
  }
}
