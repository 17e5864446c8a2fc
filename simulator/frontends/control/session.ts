import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { ControlPort, SessionMethod } from '../../driver/port.ts';
import { rpcErrors, type NotificationMethod } from '../../protocol/contract.ts';
import type { WallTimer } from '../wall-timer.ts';
import { errorText, readRequest, resultText, type ContractRequest, type RequestId } from './json-rpc.ts';
import { Outbox, type Wire } from './outbox.ts';

export interface SessionContext {
  readonly port: ControlPort;
  readonly timer: WallTimer;
  /** Told of failures that are this program's own; the client gets an error. */
  readonly onFailure: (method: string, problem: unknown) => void;
}

/** Requests of one session that may be unanswered at once. */
export const UNANSWERED_MAX = 64;

/** A session whose client leaves this many bytes unread is ended. */
export const BUFFERED_MAX = 64 * 1024 * 1024;

/** One client: its requests, its subscription, and what is still to be told to it. */
export class Session implements Disposable {
  readonly #wire: Wire;
  readonly #context: SessionContext;
  readonly #outbox: Outbox;
  readonly #held = new DisposableStore();
  #subscribed = false;
  #hearsFacts = false;
  #unanswered = 0;

  constructor(wire: Wire, context: SessionContext) {
    this.#wire = wire;
    this.#context = context;
    this.#outbox = this.#held.add(new Outbox(wire, context.timer));
    this.#held.add(
      context.port.onNotification((notification) => {
        if (this.#wants(notification.method)) this.#outbox.add(notification);
      }),
    );
  }

  /** Takes one message of the client. Every message with an id is answered, whatever it contains. */
  receive(text: string): void {
    const request = readRequest(text);
    if (!request.ok) this.#send(errorText(request.error));
    else if (this.#unanswered >= UNANSWERED_MAX) this.#refuse(request.value.id, tooMany);
    else this.#answer(request.value);
  }

  dispose(): void {
    this.#held.dispose();
  }

  #wants(method: NotificationMethod): boolean {
    if (method === 'timeline/changed') return this.#subscribed;
    return method !== 'facts/recorded' || this.#hearsFacts;
  }

  #answer(request: ContractRequest): void {
    switch (request.method) {
      case 'timeline/subscribe':
        // The snapshot holds everything so far; what was waiting to be sent is in it.
        this.#outbox.dropTimeline();
        this.#subscribed = true;
        this.#reply(request.id, this.#context.port.timeline());
        return;
      case 'timeline/unsubscribe':
        this.#subscribed = false;
        this.#outbox.dropTimeline();
        this.#reply(request.id, {});
        return;
      case 'facts/subscribe': {
        const { run, now } = this.#context.port.timeline();
        this.#hearsFacts = true;
        this.#reply(request.id, { run, now });
        return;
      }
      case 'facts/unsubscribe':
        this.#hearsFacts = false;
        this.#outbox.dropFacts();
        this.#reply(request.id, {});
        return;
      case 'simulator/shutdown':
        // The answer has to leave before the process does.
        this.#reply(request.id, {}, () => void this.#ask(request));
        return;
      default:
        void this.#ask(request).then((send) => send());
    }
  }

  /** Asks the port; the returned function sends its answer. */
  async #ask(request: Exclude<ContractRequest, { method: SessionMethod }>): Promise<() => void> {
    const { id, method, params } = request;
    this.#unanswered += 1;
    try {
      const answer = await this.#context.port.request(method, params);
      return answer.ok ? () => this.#reply(id, answer.value) : () => this.#refuse(id, answer.error.message);
    } catch (problem) {
      this.#context.onFailure(method, problem);
      return () => this.#refuse(id, `The simulator failed to answer ${method}: ${String(problem)}`);
    } finally {
      this.#unanswered -= 1;
    }
  }

  #reply(id: RequestId | undefined, result: unknown, sent?: () => void): void {
    if (id === undefined) sent?.();
    else this.#send(resultText(id, result), sent);
  }

  #refuse(id: RequestId | undefined, message: string): void {
    if (id !== undefined) this.#send(errorText({ id, code: rpcErrors.refused, message }));
  }

  #send(text: string, sent?: () => void): void {
    if (this.#wire.bufferedAmount > BUFFERED_MAX)
      this.#wire.close(1013, 'The client does not read its answers.');
    else this.#wire.send(text, sent);
  }
}

const tooMany = `More than ${UNANSWERED_MAX} requests are unanswered. Wait for some of them and try again.`;
