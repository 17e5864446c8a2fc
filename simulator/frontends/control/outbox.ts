import type { Disposable } from '../../base/disposable.ts';
import type { Instant } from '../../base/time.ts';
import type { Notification } from '../../driver/port.ts';
import type { ClockState, NotificationMethod, NotificationParams } from '../../protocol/contract.ts';
import type { SpanId } from '../../protocol/ids.ts';
import type { Span } from '../../protocol/span.ts';
import type { WallTimer } from '../wall-timer.ts';

/** Where notifications go, and how much of what was sent the other side has not taken yet. */
export interface Outlet {
  tell(method: NotificationMethod, params: object): void;
  /** Bytes that wait for the other side. */
  readonly bufferedAmount: number;
}

/** Real milliseconds between two rounds of notifications: at most 30 a second. */
export const ROUND_MS = 34;

/** While more than this many bytes wait, changes are kept back and only their latest state is sent later. */
export const BUFFERED_HIGH = 1024 * 1024;

/** Dropped spans that wait; more are told however much else waits, so that who reads nothing is found out. */
export const REMOVED_MAX = 10_000;

/** Facts that wait for a client at the most; of more than twice as many the oldest are dropped. */
export const FACTS_MAX = 10_000;

/**
 * Sends notifications in rounds. Of a span and of the clock only the latest state matters, so what changes
 * many times between two rounds is sent once, and what waits is bounded by the number of spans.
 */
export class Outbox implements Disposable {
  readonly #outlet: Outlet;
  readonly #timer: WallTimer;
  #timeline: Changes | undefined;
  #clock: ClockState | undefined;
  #facts: NotificationParams<'facts/recorded'> | undefined;
  #finished: NotificationParams<'world/finished'>[] = [];
  #nextRoundAt = -Infinity;
  #nextRound: Disposable | undefined;

  constructor(outlet: Outlet, timer: WallTimer) {
    this.#outlet = outlet;
    this.#timer = timer;
  }

  add(notification: Notification): void {
    switch (notification.method) {
      case 'timeline/changed':
        this.#merge(notification.params);
        break;
      case 'clock/changed':
        this.#clock = notification.params;
        break;
      case 'facts/recorded':
        this.#gather(notification.params);
        break;
      case 'world/finished':
        this.#finished.push(notification.params);
        break;
    }
    this.#round();
  }

  /** What is told from here on comes after the answer that is on its way: a round later. */
  giveWay(): void {
    this.#nextRoundAt = this.#timer.now() + ROUND_MS;
  }

  /** Forgets changes that a snapshot already contains, or that nobody wants any more. */
  dropTimeline(): void {
    this.#timeline = undefined;
  }

  /** Forgets facts that nobody wants any more. */
  dropFacts(): void {
    this.#facts = undefined;
  }

  dispose(): void {
    this.#nextRound?.dispose();
  }

  #merge(params: NotificationParams<'timeline/changed'>): void {
    const { run, spans, now, removed = [], dropped } = params;
    // A new run makes everything of the one before it worthless.
    if (this.#timeline?.run !== run) this.#timeline = { run, spans: new Map(), removed: [], now };
    this.#timeline.now = now;
    for (const span of spans) this.#timeline.spans.set(span.id, span);
    for (const id of removed) {
      this.#timeline.spans.delete(id);
      this.#timeline.removed.push(id);
    }
    if (dropped !== undefined) this.#timeline.dropped = dropped;
  }

  #gather({ run, facts, dropped }: NotificationParams<'facts/recorded'>): void {
    if (this.#facts?.run !== run) this.#facts = { run, facts: [], dropped: 0 };
    const waiting = this.#facts;
    for (const fact of facts) waiting.facts.push(fact);
    waiting.dropped += dropped;
    // Cut back now and then, not for each fact: moving the rest up costs as much as there is.
    if (waiting.facts.length <= 2 * FACTS_MAX) return;
    waiting.dropped += waiting.facts.length - FACTS_MAX;
    waiting.facts = waiting.facts.slice(-FACTS_MAX);
  }

  #round(): void {
    if (this.#nextRound !== undefined) return;
    const wait = this.#nextRoundAt - this.#timer.now();
    if (wait > 0) this.#arm(wait);
    else if (this.#outlet.bufferedAmount > BUFFERED_HIGH && !this.#isPressed) this.#arm(ROUND_MS);
    else this.#flush();
  }

  get #isPressed(): boolean {
    return (this.#timeline?.removed.length ?? 0) > REMOVED_MAX;
  }

  #arm(delayMs: number): void {
    this.#nextRound = this.#timer.after(delayMs, () => {
      this.#nextRound = undefined;
      this.#round();
    });
  }

  #flush(): void {
    const [timeline, clock, finished, facts] = [this.#timeline, this.#clock, this.#finished, this.#facts];
    const isNothing = timeline === undefined && clock === undefined && facts === undefined;
    if (isNothing && finished.length === 0) return;
    this.#timeline = undefined;
    this.#facts = undefined;
    this.#clock = undefined;
    this.#finished = [];
    if (timeline !== undefined) {
      const { run, spans, removed, dropped, now } = timeline;
      this.#outlet.tell('timeline/changed', {
        run,
        spans: [...spans.values()],
        now,
        ...(removed.length > 0 && { removed }),
        ...(dropped !== undefined && { dropped }),
      });
    }
    if (facts !== undefined) this.#outlet.tell('facts/recorded', facts);
    if (clock !== undefined) this.#outlet.tell('clock/changed', clock);
    // Last: whoever hears that a world has finished has seen all of it.
    for (const params of finished) this.#outlet.tell('world/finished', params);
    this.#nextRoundAt = this.#timer.now() + ROUND_MS;
  }
}

interface Changes {
  readonly run: number;
  readonly spans: Map<SpanId, Span>;
  readonly removed: SpanId[];
  dropped?: number;
  now: Instant;
}
