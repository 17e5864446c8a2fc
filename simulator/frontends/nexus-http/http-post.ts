import { Buffer } from 'node:buffer';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { CancellationSignal } from '../../base/cancellation.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { callError } from '../../protocol/nexus-client.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';

export interface HttpPost {
  readonly url: string;
  /** Appended to the URL's path; percent-encoded here. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly header: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

export interface HttpResponse {
  readonly status: number;
  readonly reason: string;
  /** Name, value, name, value … */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** Largest body of an answer in bytes; larger ones fail the call for good (semantics §3.3). */
const BODY_BYTES_MAX = 2 * 1024 * 1024;

/**
 * Makes one request on a connection of its own, follows no redirect and asks no proxy. Never rejects: what goes wrong
 * is a failed call. Who waits no longer cancels; nothing ends it otherwise, because the time of worlds is not ours.
 */
export function post(wanted: HttpPost, signal: CancellationSignal): Promise<Result<HttpResponse, Failure>> {
  return new Promise((resolve) => {
    let request: ClientRequest;
    try {
      request = open(wanted);
    } catch (problem) {
      // A URL or a header that cannot be sent.
      resolve(failed(problem));
      return;
    }
    const cancelling = signal.onCancelled(() => request.destroy(new Error('the call was abandoned')));
    const settle = (result: Result<HttpResponse, Failure>): void => {
      cancelling.dispose();
      resolve(result);
    };
    request.once('error', (problem) => settle(failed(problem)));
    request.once('response', (response) => {
      response.once('error', (problem) => settle(failed(problem)));
      read(response, (result) => {
        if (!result.ok) request.destroy();
        settle(result);
      });
    });
    request.end(wanted.body);
  });
}

function open({ url, path, query, header }: HttpPost): ClientRequest {
  const target = new URL(url);
  const base = target.pathname.replace(/\/+$/, '');
  const appended = path.map((part) => `/${encodeURIComponent(part)}`).join('');
  const parameters = new URLSearchParams(target.search);
  for (const [name, value] of Object.entries(query ?? {})) parameters.set(name, value);
  const search = parameters.size === 0 ? '' : `?${parameters.toString()}`;
  const options = {
    method: 'POST',
    hostname: target.hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(target.port !== '' && { port: target.port }),
    path: `${path.length === 0 ? target.pathname : base}${appended}${search}`,
    headers: Object.fromEntries(Object.entries(header).map(([name, value]) => [name, mutable(value)])),
    agent: false,
  } as const;
  if (target.protocol === 'https:') return httpsRequest(options);
  if (target.protocol === 'http:') return httpRequest(options);
  throw new TypeError(`invalid URL scheme: ${target.protocol}`);
}

const mutable = (value: string | readonly string[]): string | string[] =>
  typeof value === 'string' ? value : [...value];

function read(response: IncomingMessage, done: (result: Result<HttpResponse, Failure>) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) done(err(callError('http: response body too large', true)));
    else chunks.push(chunk);
  });
  response.once('end', () => {
    const { statusCode: status = 0, statusMessage: reason = '', rawHeaders } = response;
    done(ok({ status, reason, rawHeaders, body: Buffer.concat(chunks) }));
  });
}

const failed = (problem: unknown): { readonly ok: false; readonly error: Failure } =>
  err(callError(problem instanceof Error ? messageOf(problem) : String(problem)));

/** Node wraps several refused addresses of one name into an error without words. */
const messageOf = (problem: Error): string =>
  problem instanceof AggregateError
    ? problem.errors.map((each: unknown) => (each instanceof Error ? each.message : String(each))).join(', ')
    : problem.message;
