import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** What the twin answers: a result, or a refusal. */
export type Reply = { readonly result: unknown } | { readonly error: { code: number; message: string } };

export interface FakeSimulator {
  readonly url: string;
  readonly token: string;
  /** `authorization` headers of the connections, in order. */
  readonly authorizations: (string | undefined)[];
  readonly requests: { readonly method: string; readonly params: unknown }[];
  readonly replies: Map<string, Reply>;
  notify(method: string, params: unknown): void;
  /** Sends this text as it is. */
  raw(text: string): void;
  /** Cuts all connections without a farewell. */
  cut(): void;
  close(): Promise<void>;
}

export const described = {
  protocolVersion: 1,
  version: '0.1.0',
  originMs: 0,
  clock: { now: 0, mode: { mode: 'run' } },
};

/** A control server on loopback that answers from a table. */
export async function fakeSimulator(): Promise<FakeSimulator> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((listening) => server.once('listening', listening));
  const sockets = new Set<WebSocket>();
  const fake: FakeSimulator = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: 'secret-token',
    authorizations: [],
    requests: [],
    replies: new Map<string, Reply>([
      ['simulator/describe', { result: described }],
      ['timeline/subscribe', { result: { run: 0, spans: [], now: 0 } }],
    ]),
    notify: (method, params) => fake.raw(JSON.stringify({ jsonrpc: '2.0', method, params })),
    raw: (text) => {
      for (const socket of sockets) socket.send(text);
    },
    cut: () => {
      for (const socket of sockets) socket.terminate();
    },
    close: async () => {
      fake.cut();
      await new Promise((closed) => server.close(closed));
    },
  };
  server.on('connection', (socket, request) => {
    sockets.add(socket);
    fake.authorizations.push(request.headers.authorization);
    socket.on('close', () => sockets.delete(socket));
    socket.on('message', (data: Buffer) => answer(fake, socket, data.toString('utf8')));
  });
  return fake;
}

function answer(fake: FakeSimulator, socket: WebSocket, text: string): void {
  const { id, method, params } = JSON.parse(text) as { id: number; method: string; params: unknown };
  fake.requests.push({ method, params });
  const reply = fake.replies.get(method);
  // Without an entry the request stays open, as with a simulator that is busy.
  if (reply !== undefined) socket.send(JSON.stringify({ jsonrpc: '2.0', id, ...reply }));
}
