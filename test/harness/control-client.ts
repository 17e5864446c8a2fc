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

/** What the simulator answered instead of a result. */
class ControlError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

interface Answer {
  readonly id: number | null;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
  readonly method?: NotificationMethod;
  readonly params?: unknown;
}

/** A client of the control contract that checks everything it receives against the contract. */
export class ControlClient implements Disposable {
  readonly socket: WebSocket;
  readonly #notified = new Emitter<Notification>();
  readonly onNotification = this.#notified.event;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (why: Error) => void }>();
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.#take(JSON.parse((data as Buffer).toString('utf8')) as Answer));
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('The connection is closed.'));
      this.#waiting.clear();
    });
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

  async request<M extends RequestMethod>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> {
    const id = this.#nextId++;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return requests[method].result.parse(await answer) as ResultOf<M>;
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

  #take({ id, result, error, method, params }: Answer): void {
    if (method !== undefined) {
      this.#notified.fire({ method, params: notifications[method].parse(params) } as Notification);
      return;
    }
    const waiting = this.#waiting.get(id ?? 0);
    this.#waiting.delete(id ?? 0);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new ControlError(error.code, error.message));
  }
}
