import { Heap } from '../base/heap.ts';
import type { Instant } from '../base/time.ts';
import type { CallId, RunId } from '../protocol/ids.ts';
import type { TimeoutType } from '../protocol/temporal/failure.ts';

/** What a timer is for. Data, not a function, so that the whole state can be written down. */
export type TimerPurpose =
  | { readonly kind: 'sleep'; readonly call: CallId }
  | { readonly kind: 'workflow-timer'; readonly run: RunId; readonly timerId: string }
  | { readonly kind: 'workflow-task-timeout'; readonly run: RunId }
  /** Nobody took a task from the sticky queue in time. */
  | { readonly kind: 'sticky-task-timeout'; readonly run: RunId }
  /** The worker that has the run in its cache did not answer a query in time. */
  | { readonly kind: 'sticky-query-timeout'; readonly query: string }
  | { readonly kind: 'run-timeout'; readonly run: RunId }
  | { readonly kind: 'activity-retry'; readonly run: RunId; readonly activity: number }
  | {
      readonly kind: 'activity-timeout';
      readonly run: RunId;
      readonly activity: number;
      readonly timeoutType: TimeoutType;
    }
  | { readonly kind: 'first-workflow-task'; readonly run: RunId }
  | { readonly kind: 'operation-backoff'; readonly run: RunId; readonly operation: number }
  | { readonly kind: 'cancellation-backoff'; readonly run: RunId; readonly operation: number }
  | {
      readonly kind: 'operation-timeout';
      readonly run: RunId;
      readonly operation: number;
      readonly timeoutType: TimeoutType;
    }
  | { readonly kind: 'nexus-task-deadline'; readonly task: string }
  /** A call to another process is out of time. */
  | { readonly kind: 'external-call-deadline'; readonly token: string }
  /** A task queue may give out its next task. */
  | { readonly kind: 'queue-token'; readonly queue: string }
  /** A call that breaker or buffer refused comes again. */
  | { readonly kind: 'outbound-retry'; readonly run: RunId; readonly operation: number }
  /** The first of the calls that a breaker has refused asks again. */
  | { readonly kind: 'outbound-probe'; readonly group: string }
  /** The next token of an outbound group is there. */
  | { readonly kind: 'outbound-drain'; readonly group: string }
  | { readonly kind: 'callback-delivery'; readonly run: RunId; readonly index: number };

export interface Timer<P = TimerPurpose> {
  readonly at: Instant;
  readonly seq: number;
  readonly purpose: P;
  state: 'set' | 'fired' | 'cancelled';
}

/** How many cancelled timers are kept in any case, so that a small heap is not gone through at every turn. */
const CANCELLED_KEPT = 256;

/**
 * Timers, each for one purpose.
 *
 * T1. Timers fire in (at, seq) order: equal deadlines in the order they were set.
 * T2. A cancelled timer never fires and never holds the clock: `next` looks past it.
 * T3. Cancelled timers are let go when there are many of them: most timers are cancelled, long before they are due.
 */
export class Timers<P = TimerPurpose> {
  readonly #heap = new Heap<Timer<P>>((a, b) => a.at < b.at || (a.at === b.at && a.seq < b.seq));
  #seq = 0;
  #live = 0;

  /** Timers that are still to fire. */
  get size(): number {
    return this.#live;
  }

  set(at: Instant, purpose: P): Timer<P> {
    const timer: Timer<P> = { at, seq: this.#seq++, purpose, state: 'set' };
    this.#heap.push(timer);
    this.#live++;
    return timer;
  }

  cancel(timer: Timer<P> | undefined): void {
    if (timer?.state !== 'set') return;
    timer.state = 'cancelled';
    this.#live--;
    if (this.#heap.size - this.#live > this.#live / 4 + CANCELLED_KEPT) {
      this.#heap.retain(({ state }) => state === 'set');
    }
  }

  next(): Timer<P> | undefined {
    for (let top = this.#heap.peek(); top !== undefined; top = this.#heap.peek()) {
      if (top.state === 'set') return top;
      this.#heap.pop();
    }
    return undefined;
  }

  /** Takes the earliest timer if it is due. */
  takeDue(now: Instant): Timer<P> | undefined {
    const timer = this.next();
    if (timer === undefined || timer.at > now) return undefined;
    this.#heap.pop();
    timer.state = 'fired';
    this.#live--;
    return timer;
  }

  live(): readonly Timer<P>[] {
    return this.#heap.values().filter((timer) => timer.state === 'set');
  }
}
