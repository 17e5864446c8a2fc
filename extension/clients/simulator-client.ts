import WebSocket from 'ws';
import * as z from 'zod';
import { Emitter, type Event } from '../../simulator/base/emitter.ts';
import { err, ok, type Result } from '../../simulator/base/result.ts';
import {
  notifications,
  requests,
  type NotificationMethod,
  type NotificationParams,
  type ParamsOf,
  type RequestMethod,
  type ResultOf,
} from '../../simulator/protocol/contract.ts';
import type { ClientError } from './client-error.ts';

export type Notification = {
  readonly [M in NotificationMethod]: { readonly method: M; readonly params: NotificationParams<M> };
}[NotificationMethod];

export type Link = 'connected' | 'reconnecting' | 'closed';

interface ClientOptions {
  readonly url: string;
  readonly token: string;
  /** Told about messages that were dropped because they break the contract. */
  readonly log: (line: string) => void;
  /** Calls back after a while; the default is the wall clock's. */
  readonly schedule?: (callback: () => void, delayMs: number) => void;
}

/** Largest message from the simulator, in bytes: the whole timeline of a large run. */
const MESSAGE_BYTES_MAX = 256 * 1_048_576;
const HANDSHAKE_MS_MAX = 5_000;
const RETRY_FIRST_MS = 100;
const RETRY_MS_MAX = 2_000;

const frame = z.union([
  z.object({ id: z.number(), result: z.unknown() }),
  z.object({ id: z.number(), error: z.object({ code: z.number(), message: z.string() }) }),
  z.object({ method: z.string(), params: z.unknown() }),
]);

interface Pending {
  readonly method: RequestMethod;
  readonly settle: (result: Result<unknown, ClientError>) => void;
}

/**
 * Speaks the control contract. A lost connection is restored until `close`; after that `onLinkChanged` says
 * 'connected' again, and whoever subscribed must do so anew, because the simulator has forgotten it.
 */
export class SimulatorClient {
  readonly onNotification: Event<Notification>;
  readonly onLinkChanged: Event<Link>;
  readonly #notified = new Emitter<Notification>();
  readonly #linked = new Emitter<Link>();
  readonly #options: ClientOptions;
  readonly #pending = new Map<number, Pending>();
  #socket: WebSocket | undefined;
  #nextId = 1;
  #retries = 0;
  #closed = false;

  private constructor(options: ClientOptions) {
    this.#options = options;
    this.onNotification = this.#notified.event;
    this.onLinkChanged = this.#linked.event;
  }

  /** Settles when the first connection is up, or refuses with the reason why it is not. */
  static async connect(options: ClientOptions): Promise<Result<SimulatorClient, string>> {
    const client = new SimulatorClient(options);
    const failure = await client.#open();
    return failure === undefined ? ok(client) : err(failure);
  }

  request<M extends RequestMethod>(
    method: M,
    params: z.input<(typeof requests)[M]['params']> | ParamsOf<M>,
  ): Promise<Result<ResultOf<M>, ClientError>> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve(err({ kind: 'disconnected' }));
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((settle) => {
      // The result was parsed by this method's own schema before it gets here.
      const typed = settle as (result: Result<unknown, ClientError>) => void;
      this.#pending.set(id, { method, settle: typed });
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  }

  /** Ends the connection for good. Requests under way end as 'disconnected'. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket?.close();
    this.#abandon();
    this.#linked.fire('closed');
    this.#linked.dispose();
    this.#notified.dispose();
  }

  /** Returns the reason when it failed. */
  #open(): Promise<string | undefined> {
    const socket = new WebSocket(this.#options.url, {
      headers: { authorization: `Bearer ${this.#options.token}` },
      handshakeTimeout: HANDSHAKE_MS_MAX,
      maxPayload: MESSAGE_BYTES_MAX,
      perMessageDeflate: false,
      followRedirects: false,
    });
    return new Promise((settle) => {
      socket.once('open', () => {
        this.#socket = socket;
        this.#retries = 0;
        socket.on('message', (data: Buffer) => this.#receive(data));
        socket.once('close', () => this.#lost());
        settle(undefined);
      });
      // After the handshake an error is followed by 'close', which is where it is dealt with.
      socket.on('error', (error) => settle(error.message));
    });
  }

  #lost(): void {
    this.#socket = undefined;
    this.#abandon();
    if (this.#closed) return;
    this.#linked.fire('reconnecting');
    this.#retry();
  }

  #retry(): void {
    const delay = Math.min(RETRY_MS_MAX, RETRY_FIRST_MS * 2 ** this.#retries);
    this.#retries += 1;
    const schedule = this.#options.schedule ?? setTimeout;
    schedule(() => {
      if (this.#closed) return;
      void this.#open().then((failure) => {
        if (this.#closed) this.#socket?.close();
        else if (failure === undefined) this.#linked.fire('connected');
        else this.#retry();
      });
    }, delay);
  }

  #abandon(): void {
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { settle } of waiting) settle(err({ kind: 'disconnected' }));
  }

  #receive(data: Buffer): void {
    const message = parseFrame(data.toString('utf8'));
    if (message === undefined) this.#options.log('Dropped a message that is not JSON-RPC.');
    else if ('method' in message) this.#notify(message.method, message.params);
    else this.#reply(message);
  }

  #reply(message: Exclude<z.infer<typeof frame>, { method: string }>): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    this.#pending.delete(message.id);
    const { method, settle } = pending;
    if ('error' in message) {
      settle(err({ kind: 'refused', message: message.error.message }));
      return;
    }
    const parsed = requests[method].result.safeParse(message.result);
    settle(
      parsed.success
        ? ok(parsed.data)
        : err({ kind: 'invalid-reply', method, detail: z.prettifyError(parsed.error) }),
    );
  }

  #notify(method: string, params: unknown): void {
    if (!isNotification(method)) {
      // A newer simulator may say more than this extension knows; additions are allowed.
      return;
    }
    const parsed = notifications[method].safeParse(params);
    if (parsed.success) this.#notified.fire({ method, params: parsed.data } as Notification);
    else this.#options.log(`Dropped a '${method}' notification: ${z.prettifyError(parsed.error)}`);
  }
}

function parseFrame(text: string): z.infer<typeof frame> | undefined {
  try {
    return frame.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const isNotification = (method: string): method is NotificationMethod => Object.hasOwn(notifications, method);
