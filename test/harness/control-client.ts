import { createMessageConnection, type Message, type MessageConnection } from 'vscode-jsonrpc/node';
import { WebSocket } from 'ws';
import type { Disposable } from '../../simulator/base/disposable.ts';
import { Emitter } from '../../simulator/base/emitter.ts';
import type { Notification } from '../../simulator/driver/port.ts';
import {
  notifications,
  requests,
  type NotificationMethod,
  type ParamsOf,
  type RequestMethod,
  type ResultOf,
} from '../../simulator/protocol/contract.ts';
import { SocketReader, SocketWriter } from '../../simulator/rpc/socket-messages.ts';

/** A client of the control contract that checks everything it receives against the contract. */
export class ControlClient implements Disposable {
  readonly socket: WebSocket;
  readonly #notified = new Emitter<Notification>();
  readonly onNotification = this.#notified.event;
  readonly #connection: MessageConnection;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    const reader = new SocketReader((text) => JSON.parse(text) as Message);
    const writer = new SocketWriter((text) => new Promise((sent) => socket.send(text, () => sent())));
    const connection = createMessageConnection(reader, writer);
    connection.onNotification((method, params) => {
      const known = method as NotificationMethod;
      this.#notified.fire({ method: known, params: notifications[known].parse(params) } as Notification);
    });
    connection.listen();
    socket.on('message', (data) => reader.take((data as Buffer).toString('utf8')));
    socket.on('close', () => connection.dispose());
    this.#connection = connection;
  }

  /** @throws Error when the connection is refused, with the status and the reason given. */
  static connect(
    url: string,
    token: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ControlClient> {
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}`, ...headers } });
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(new ControlClient(socket)));
      socket.once('error', reject);
      socket.once('unexpected-response', (_, response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
        response.on('end', () => reject(new Error(`${response.statusCode ?? 0}: ${body.trim()}`)));
      });
    });
  }

  /** @throws ResponseError with the code and the sentence of a refusal. */
  async request<M extends RequestMethod>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> {
    return requests[method].result.parse(await this.#connection.sendRequest(method, params)) as ResultOf<M>;
  }

  /** Settles with the next notification that `wanted` accepts. */
  next(wanted: (notification: Notification) => boolean): Promise<Notification> {
    return new Promise((resolve) => {
      const listening = this.onNotification((notification) => {
        if (!wanted(notification)) return;
        listening.dispose();
        resolve(notification);
      });
    });
  }

  dispose(): void {
    this.socket.terminate();
    this.#notified.dispose();
  }
}
