/** The control contract on the loopback interface: JSON-RPC 2.0 over WebSocket, one session per connection. */
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Disposable } from '../../base/disposable.ts';
import { ok, type Result } from '../../base/result.ts';
import type { ControlPort } from '../../driver/port.ts';
import { listen } from '../listen.ts';
import { wallTimer, type WallTimer } from '../wall-timer.ts';
import { chooseProtocol, rejectionOf, type AdmissionRules, type Rejection } from './admission.ts';
import { Session, type SessionContext } from './session.ts';

export interface ControlServerOptions {
  readonly port: ControlPort;
  /** Whoever has it may steer the simulator; see `mintToken`. */
  readonly token: string;
  /** TCP port; 0 or absent: one that is free. */
  readonly listenOn?: number;
  /** Origins of web pages that may connect; none by default. */
  readonly allowedOrigins?: readonly string[];
  /** Connections at once. */
  readonly sessionsMax?: number;
  readonly timer?: WallTimer;
  /** Told of failures that are the program's own. */
  readonly onFailure?: (method: string, problem: unknown) => void;
}

export interface ControlServer extends Disposable {
  /** `ws://127.0.0.1:port/`, without the token. */
  readonly url: string;
}

const host = '127.0.0.1';

/** Largest message of a client in bytes: a world of the largest size with its files, escaped, and some room. */
export const PAYLOAD_BYTES_MAX = 16 * 1024 * 1024;

const SESSIONS_MAX = 16;

/** Starts listening. Disposing ends every session. */
export async function startControlServer(
  options: ControlServerOptions,
): Promise<Result<ControlServer, string>> {
  const rules: AdmissionRules = {
    token: options.token,
    allowedOrigins: options.allowedOrigins ?? [],
    sessionsMax: options.sessionsMax ?? SESSIONS_MAX,
  };
  const context: SessionContext = {
    port: options.port,
    timer: options.timer ?? wallTimer,
    onFailure: options.onFailure ?? (() => undefined),
  };
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: PAYLOAD_BYTES_MAX,
    perMessageDeflate: false,
    handleProtocols: (offered) => chooseProtocol(offered) ?? false,
  });
  const http = createServer((_, response) => {
    response.writeHead(426, { 'content-type': 'text/plain', connection: 'close', upgrade: 'websocket' });
    response.end('This is the control port of the simulator; it speaks JSON-RPC over WebSocket.\n');
  });
  http.on('upgrade', (request, stream, head) => {
    const rejection = rejectionOf(request, sockets.clients.size, rules);
    if (rejection !== undefined) reject(stream, rejection);
    else sockets.handleUpgrade(request, stream, head, (socket) => serve(socket, context));
  });
  const listening = await listen(http, host, options.listenOn ?? 0);
  if (!listening.ok) return listening;
  const dispose = (): void => {
    for (const socket of sockets.clients) socket.terminate();
    http.close();
    http.closeAllConnections();
  };
  return ok({ url: `ws://${host}:${listening.value}/`, dispose });
}

function serve(socket: WebSocket, context: SessionContext): void {
  const session = new Session(
    {
      send: (text, sent) => socket.send(text, () => sent()),
      get bufferedAmount() {
        return socket.bufferedAmount;
      },
      close: (code, reason) => socket.close(code, reason),
    },
    context,
  );
  socket.on('message', (data, isBinary) => {
    if (isBinary) socket.close(1003, 'Send text, not bytes.');
    else session.receive((data as Buffer).toString('utf8'));
  });
  // Too large a message, or a broken frame: the library closes the connection with the fitting code.
  socket.on('error', () => undefined);
  socket.on('close', () => session.dispose());
}

const phrases = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
} as const;

function reject(stream: Duplex, { status, reason }: Rejection): void {
  const body = `${reason}\n`;
  stream.on('error', () => stream.destroy());
  stream.end(
    [
      `HTTP/1.1 ${status} ${phrases[status]}`,
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
