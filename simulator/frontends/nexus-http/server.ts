/** Nexus over HTTP on the loopback interface: for callers outside, and for completions (semantics §7). */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { CancellationSource } from '../../base/cancellation.ts';
import type { Disposable } from '../../base/disposable.ts';
import { ok, type Result } from '../../base/result.ts';
import { listen } from '../listen.ts';
import { wallTimer, type WallTimer } from '../wall-timer.ts';
import { refusal, type HttpAnswer } from './answer.ts';
import { handleCompletion } from './completion-request.ts';
import { httpRequest, readBody } from './http-request.ts';
import { METRICS_PATH, metricsAnswer } from './metrics-page.ts';
import { handleOperation, type FrontendContext } from './operation-request.ts';
import { routeOf } from './route.ts';

export interface NexusServerOptions extends FrontendContext {
  /** TCP port; 0 or absent: one that is free. */
  readonly listenOn?: number;
  readonly timer?: WallTimer;
  /** What `GET /metrics` tells of the world, in the text exposition format; without it there is no such path. */
  readonly metrics?: () => string;
  /** Told of failures that are the program's own. */
  readonly onFailure?: (path: string, problem: unknown) => void;
}

export interface NexusServer extends Disposable {
  /** `host:port` */
  readonly address: string;
}

const host = '127.0.0.1';

/** Largest body in bytes (`MaxNexusAPIRequestBodyBytes`). */
export const BODY_BYTES_MAX = 2 * 1024 * 1024;

const bounds = {
  /** Of the headers of a request: its own, those of its callback, and ten links of the largest size. */
  headerBytesMax: 64 * 1024,
  connectionsMax: 1_000,
  /** Real milliseconds in which a client has to send its headers, and its whole request. */
  headersWithin: 10_000,
  requestWithin: 30_000,
  /** Real milliseconds in which a client has to read its answer. */
  answerWithin: 30_000,
} as const;

/** Starts listening. Disposing ends every connection; requests that wait are given up. */
export async function startNexusServer(options: NexusServerOptions): Promise<Result<NexusServer, string>> {
  const { timer = wallTimer, onFailure = () => undefined } = options;
  const settings = {
    maxHeaderSize: bounds.headerBytesMax,
    headersTimeout: bounds.headersWithin,
    requestTimeout: bounds.requestWithin,
  };
  const http = createServer(settings, (message, response) => {
    const source = new CancellationSource();
    // Whoever goes away before the answer has no use for it any more.
    response.once('close', () => source.cancel());
    void answerTo(message, options, source)
      .catch((problem: unknown) => {
        onFailure(message.url ?? '', problem);
        return refusal('INTERNAL', 'internal error');
      })
      .then((answer) => write(response, answer, timer));
  });
  http.maxConnections = bounds.connectionsMax;
  const listening = await listen(http, host, options.listenOn ?? 0);
  if (!listening.ok) return listening;
  const dispose = (): void => {
    http.close();
    http.closeAllConnections();
  };
  return ok({ address: `${host}:${listening.value}`, dispose });
}

async function answerTo(
  message: IncomingMessage,
  context: NexusServerOptions,
  source: CancellationSource,
): Promise<HttpAnswer> {
  const [path, query] = splitOnce(message.url ?? '', '?');
  const route = routeOf(path);
  if (message.headers.origin !== undefined) {
    return closing(refusal('UNAUTHORIZED', 'permission denied: pages may not call the simulator'));
  }
  if (path === METRICS_PATH && context.metrics !== undefined) {
    return closing(metricsAnswer(message.method ?? '', context.metrics));
  }
  if (route === 'unknown') return closing(refusal('NOT_FOUND', 'not found'));
  if (route === 'malformed') return closing(refusal('BAD_REQUEST', 'invalid URL'));
  if (message.method !== 'POST') {
    const found = message.method ?? '';
    return closing(refusal('BAD_REQUEST', `invalid request method: expected POST, got "${found}"`));
  }
  const body = await readBody(message, BODY_BYTES_MAX);
  if (body === undefined) return closing(refusal('BAD_REQUEST', 'invalid input'));
  const request = httpRequest(message, query, body);
  return route.kind === 'complete'
    ? handleCompletion(route.namespace, request, context)
    : handleOperation(route, request, context, source.signal);
}

/** The rest of the request is not read, so nothing can follow it on its connection. */
const closing = (answer: HttpAnswer): HttpAnswer => ({
  ...answer,
  header: { ...answer.header, connection: 'close' },
});

function write(response: ServerResponse, { status, header, body }: HttpAnswer, timer: WallTimer): void {
  if (response.destroyed) return;
  const giveUp = timer.after(bounds.answerWithin, () => response.destroy());
  response.once('close', () => giveUp.dispose());
  for (const [name, value] of Object.entries(header)) response.setHeader(name, value);
  response.setHeader('content-length', body.length);
  response.writeHead(status);
  response.end(body);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
