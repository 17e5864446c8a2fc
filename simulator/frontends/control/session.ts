import { createMessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import type { Message, MessageConnection } from 'vscode-jsonrpc/node';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { ControlPort, SessionMethod } from '../../driver/port.ts';
import { rpcErrors, type NotificationMethod } from '../../protocol/contract.ts';
import { SocketReader, SocketWriter } from '../../rpc/socket-messages.ts';
import type { WallTimer } from '../wall-timer.ts';
import { Outbox } from './outbox.ts';
import { readRequest, type ContractRequest, type RequestId } from './read-request.ts';

export interface SessionContext {
  readonly port: ControlPort;
  readonly timer: WallTimer;
  /** Told of failures that are this program's own; the client gets an error. */
  readonly onFailure: (method: string, problem: unknown) => void;
}

/** Where texts go, and how much of what was sent the other side has not taken yet. */
export interface Wire {
  /** Calls `sent` when the text has left this process, or never will. */
  send(text: string, sent: () => void): void;
  /** Bytes that wait for the other side. */
  readonly bufferedAmount: number;
  close(code: number, reason: string): void;
}

/** Requests of one session that may be unanswered at once. */
export const UNANSWERED_MAX = 64;

/** A session whose client leaves this many bytes unread is ended. */
export const BUFFERED_MAX = 64 * 1024 * 1024;

/** One client: its requests, its subscription, and what is still to be told to it. */
export class Session implements Disposable {
  readonly #wire: Wire;
  readonly #context: SessionContext;
  readonly #reader = new SocketReader((text) => this.#read(text));
  readonly #writer = new SocketWriter((text) => this.#send(text));
  readonly #connection: MessageConnection;
  readonly #outbox: Outbox;
  readonly #held = new DisposableStore();
  /** Ids of requests that are being answered, as text: a connection takes 1 and "1" for the same. */
  readonly #ids = new Set<string>();
  #unanswered = 0;
  #subscribed = false;
  #hearsFacts = false;

  constructor(wire: Wire, context: SessionContext) {
    this.#wire = wire;
    this.#context = context;
    this.#connection = this.#held.add(
      createMessageConnection(this.#reader, this.#writer, undefined, {
        messageStrategy: { handleMessage: (message, next) => this.#handle(message as ContractRequest, next) },
      }),
    );
    this.#outbox = this.#held.add(
      new Outbox(
        {
          tell: (method, params) => void this.#connection.sendNotification(method, params),
          get bufferedAmount() {
            return wire.bufferedAmount;
          },
        },
        context.timer,
      ),
    );
    this.#held.add(
      context.port.onNotification((notification) => {
        if (this.#wants(notification.method)) this.#outbox.add(notification);
      }),
    );
    const answer = (method: string, params: unknown): Promise<unknown> => {
      const request = { method, params } as ContractRequest;
      return this.#guarded(request, () => this.#answer(request));
    };
    this.#connection.onRequest(answer);
    this.#connection.onNotification(async (method, params) => {
      await answer(method, params);
    });
    this.#connection.listen();
  }

  /** Takes one message of the client. Every message with an id is answered, whatever it contains. */
  receive(text: string): void {
    this.#reader.take(text);
  }

  dispose(): void {
    this.#held.dispose();
  }

  /** What the connection must not see is answered here: it would queue without bound, or lose one of two. */
  #read(text: string): ContractRequest | undefined {
    const request = readRequest(text);
    if (!request.ok) {
      const { id, code, message } = request.error;
      this.#refuse(id ?? null, code, message);
      return undefined;
    }
    const { id } = request.value;
    const isTwice = id !== undefined && this.#ids.has(String(id));
    if (isTwice || this.#unanswered >= UNANSWERED_MAX) {
      const message = isTwice ? twice(id) : tooMany;
      if (id !== undefined) this.#refuse(id, rpcErrors.refused, message);
      return undefined;
    }
    this.#unanswered += 1;
    if (id !== undefined) this.#ids.add(String(id));
    return request.value;
  }

  #refuse(id: RequestId | null, code: number, message: string): void {
    const error = { jsonrpc: '2.0', id, error: { code, message } };
    void this.#writer.write(error);
  }

  async #handle(request: ContractRequest, next: (message: Message) => void | Promise<void>): Promise<void> {
    try {
      await next(request);
    } finally {
      this.#unanswered -= 1;
      this.#ids.delete(String(request.id));
    }
    // The answer has to leave before the process does.
    if (request.method === 'simulator/shutdown') await this.#guarded(request, () => this.#ask(request));
  }

  #wants(method: NotificationMethod): boolean {
    if (method === 'timeline/changed') return this.#subscribed;
    return method !== 'facts/recorded' || this.#hearsFacts;
  }

  #answer(request: ContractRequest): unknown {
    switch (request.method) {
      case 'timeline/subscribe':
        // The snapshot holds everything so far; what was waiting to be sent is in it.
        this.#outbox.dropTimeline();
        this.#outbox.giveWay();
        this.#subscribed = true;
        return this.#context.port.timeline();
      case 'timeline/unsubscribe':
        this.#subscribed = false;
        this.#outbox.dropTimeline();
        return {};
      case 'facts/subscribe': {
        const { run, now } = this.#context.port.timeline();
        this.#outbox.giveWay();
        this.#hearsFacts = true;
        return { run, now };
      }
      case 'facts/unsubscribe':
        this.#hearsFacts = false;
        this.#outbox.dropFacts();
        return {};
      case 'simulator/shutdown':
        return {};
      default:
        return this.#ask(request);
    }
  }

  async #ask({ method, params }: Exclude<ContractRequest, { method: SessionMethod }>): Promise<unknown> {
    const answer = await this.#context.port.request(method, params);
    return answer.ok ? answer.value : new ResponseError(rpcErrors.refused, answer.error.message);
  }

  async #guarded({ method }: ContractRequest, answer: () => unknown): Promise<unknown> {
    try {
      return await answer();
    } catch (problem) {
      this.#context.onFailure(method, problem);
      const message = `The simulator failed to answer ${method}: ${String(problem)}`;
      return new ResponseError(rpcErrors.refused, message);
    }
  }

  #send(text: string): Promise<void> {
    if (this.#wire.bufferedAmount > BUFFERED_MAX) {
      this.#wire.close(1013, 'The client does not read its answers.');
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#wire.send(text, resolve));
  }
}

const tooMany = `More than ${UNANSWERED_MAX} requests are unanswered. Wait for some of them and try again.`;

const twice = (id: RequestId): string =>
  `The request before with the id ${JSON.stringify(id)} is not answered yet. Give every request an id of its own.`;
