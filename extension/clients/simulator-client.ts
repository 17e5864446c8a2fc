import { createMessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import type { Logger, Message, MessageConnection } from 'vscode-jsonrpc/node';
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
import { SocketReader, SocketWriter } from '../../simulator/rpc/socket-messages.ts';
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
  #socket: WebSocket | undefined;
  /** Over the socket, while that is open. */
  #connection: MessageConnection | undefined;
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

  async request<M extends RequestMethod>(
    method: M,
    params: z.input<(typeof requests)[M]['params']> | ParamsOf<M>,
  ): Promise<Result<ResultOf<M>, ClientError>> {
    const connection = this.#connection;
    if (connection === undefined) return err({ kind: 'disconnected' });
    try {
      const result = requests[method].result.safeParse(await connection.sendRequest(method, params));
      // The schema of this very method has just accepted the result.
      if (result.success) return ok(result.data as ResultOf<M>);
      return err({ kind: 'invalid-reply', method, detail: z.prettifyError(result.error) });
    } catch (problem) {
      if (connection !== this.#connection) return err({ kind: 'disconnected' });
      const message = problem instanceof Error ? problem.message : String(problem);
      if (problem instanceof ResponseError) return err({ kind: 'refused', message });
      return err({ kind: 'invalid-reply', method, detail: message });
    }
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
        this.#speakOver(socket);
        socket.once('close', () => this.#lost());
        settle(undefined);
      });
      // After the handshake an error is followed by 'close', which is where it is dealt with.
      socket.on('error', (error) => settle(error.message));
    });
  }

  #speakOver(socket: WebSocket): void {
    const reader = new SocketReader((text) => this.#read(text));
    const writer = new SocketWriter((text) => send(socket, text));
    const connection = createMessageConnection(reader, writer, loggerTo(this.#options.log));
    connection.onNotification((method, params) => this.#notify(method, params));
    connection.listen();
    socket.on('message', (data: Buffer) => reader.take(data.toString('utf8')));
    this.#connection = connection;
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
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.dispose();
  }

  #read(text: string): Message | undefined {
    const message = parsed(text);
    if (message === undefined) this.#options.log('Dropped a message that is not JSON-RPC.');
    return message;
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

function parsed(text: string): Message | undefined {
  try {
    return envelope.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const loggerTo = (log: (line: string) => void): Logger => ({
  error: log,
  warn: log,
  info: () => undefined,
  log: () => undefined,
});

const envelope = z.looseObject({ jsonrpc: z.literal('2.0') });

function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((sent, failed) => {
    socket.send(text, (problem) => (problem ? failed(problem) : sent()));
  });
}

const isNotification = (method: string): method is NotificationMethod => Object.hasOwn(notifications, method);
