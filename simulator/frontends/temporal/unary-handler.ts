import { status, type handleUnaryCall, type ServerUnaryCall, type StatusObject } from '@grpc/grpc-js';
import type { Buffer } from 'node:buffer';
import { CancellationSource } from '../../base/cancellation.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { RequestOf, TemporalMethod } from '../../protocol/temporal/methods.ts';
import type { Reply, ServiceError, TemporalPort } from '../../protocol/temporal/port.ts';
import type { Connections } from './connections.ts';
import type { Converter } from '../../wire/convert.ts';
import type { MethodDescriptor } from '../../wire/descriptors.ts';
import { isPoll, waitLimit } from './long-poll.ts';
import { queryInside } from '../../wire/query-times.ts';
import { toStatus } from './status.ts';
import type { WallTimer } from '../wall-timer.ts';

export interface HandlerContext {
  readonly connections: Connections;
  readonly port: TemporalPort;
  readonly converter: Converter;
  readonly timer: WallTimer;
  /** Wall-clock milliseconds since the Unix epoch that instant 0 stands for. */
  readonly originMs: number;
  /** Told of failures that are this program's own; the client gets `INTERNAL`. */
  readonly onFailure: (method: string, problem: unknown) => void;
}

type RawCall = ServerUnaryCall<Buffer, Buffer>;

/** Serves one method of the port; requests and responses are converted by their definitions alone. */
export function unaryHandler(
  method: TemporalMethod,
  descriptor: MethodDescriptor,
  context: HandlerContext,
): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    void answer(method, { call, descriptor }, context)
      .then((reply): Outcome =>
        reply.ok ? { value: reply.value } : { status: toStatus(reply.error, context.converter) },
      )
      .catch((problem: unknown): Outcome => {
        context.onFailure(method, problem);
        const details = `The simulator failed to answer ${method}: ${String(problem)}`;
        return { status: { code: status.INTERNAL, details } };
      })
      .then((outcome) => ('value' in outcome ? callback(null, outcome.value) : callback(outcome.status)));
  };
}

type Outcome = { readonly value: Buffer } | { readonly status: Partial<StatusObject> };

interface Exchange {
  readonly call: RawCall;
  readonly descriptor: MethodDescriptor;
}

async function answer(
  method: TemporalMethod,
  { call, descriptor }: Exchange,
  context: HandlerContext,
): Promise<Result<Buffer, ServiceError>> {
  const decoded = context.converter.decode(descriptor.request, call.request);
  if (!decoded.ok) return err({ code: 'INVALID_ARGUMENT', message: decoded.error });
  // The definitions and the types of `TemporalMethods` describe the same messages.
  const request = inside(decoded.value as RequestOf<TemporalMethod>, context.originMs);
  const limit = waitLimit(method, request, remaining(call, context.timer));
  if (!limit.ok) return limit;
  if (isPoll(method)) context.connections.polled(call.getPeer(), identityIn(request));
  const reply = await ask(method, request, { call, limit: limit.value, context });
  return reply.ok ? ok(context.converter.encode(descriptor.response, reply.value)) : reply;
}

/** Times that stand in a text are times of the world too. */
const inside = (request: RequestOf<TemporalMethod>, originMs: number): RequestOf<TemporalMethod> =>
  'query' in request && typeof request.query === 'string'
    ? { ...request, query: queryInside(request.query, originMs) }
    : request;

const identityIn = (request: RequestOf<TemporalMethod>): string =>
  'identity' in request ? (request.identity ?? '') : '';

interface Waiting {
  readonly call: RawCall;
  readonly limit: number | undefined;
  readonly context: HandlerContext;
}

/** Gives a waiting call up when its client does, and before its client would. */
async function ask(
  method: TemporalMethod,
  request: RequestOf<TemporalMethod>,
  { call, limit, context }: Waiting,
): Promise<Reply<TemporalMethod>> {
  const source = new CancellationSource();
  const held = new DisposableStore();
  call.once('cancelled', () => source.cancel());
  if (limit !== undefined) held.add(context.timer.after(limit, () => source.cancel()));
  try {
    const reply = await context.port.call(method, request, { signal: source.signal });
    return reply.ok && source.signal.cancelled ? ok(resumable(request, reply.value)) : reply;
  } finally {
    held.dispose();
  }
}

/** An empty page of history that ended by expiry continues where the client stood. */
function resumable<R extends object>(request: RequestOf<TemporalMethod>, response: R): R {
  const stays =
    'waitNewEvent' in request && request.nextPageToken !== undefined && !('nextPageToken' in response);
  return stays ? { ...response, nextPageToken: request.nextPageToken } : response;
}

function remaining(call: RawCall, timer: WallTimer): number {
  const deadline = call.getDeadline();
  return (typeof deadline === 'number' ? deadline : deadline.getTime()) - timer.now();
}
