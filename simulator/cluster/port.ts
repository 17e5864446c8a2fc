import { status, type Client, type Metadata, type ServiceError as GrpcError } from '@grpc/grpc-js';
import type { CancellationSignal } from '../base/cancellation.ts';
import { DisposableStore } from '../base/disposable.ts';
import { err, ok } from '../base/result.ts';
import {
  temporalMethods,
  type RequestOf,
  type ResponseOf,
  type TemporalMethod,
} from '../protocol/temporal/methods.ts';
import type { CallOptions, Reply, ServiceError, TemporalPort } from '../protocol/temporal/port.ts';
import type { Converter } from '../wire/convert.ts';
import { methodKey, methodsOf, type MethodDescriptor } from '../wire/descriptors.ts';
import { queryOutside } from '../wire/query-times.ts';
import { serviceNames, type ServiceName } from '../wire/services.ts';
import { pause } from './pause.ts';
import { serviceError } from './service-error.ts';

export interface ClusterPortOptions {
  readonly client: Client;
  readonly converter: Converter;
  /** Wall-clock milliseconds since the Unix epoch that instant 0 stands for. */
  readonly originMs: number;
  /** Headers of a call to this namespace. */
  readonly metadataFor: (namespace: string | undefined) => Metadata;
  /** Gives up every call that is waiting, and what comes later. */
  readonly closing: CancellationSignal;
}

/** Real milliseconds. */
const deadlines = {
  call: 10_000,
  /** A little longer than the server lets a poll wait. */
  poll: 70_000,
  historyWait: 30_000,
} as const;

const RETRIES_MAX = 5;
const FIRST_BACKOFF_MS = 100;

/** Refusals that pass: the server is starting, is busy, or has moved what was asked for. */
const passing: ReadonlySet<number> = new Set([status.UNAVAILABLE, status.RESOURCE_EXHAUSTED, status.ABORTED]);

/**
 * Temporal's API as a server elsewhere serves it. What a server refuses for the moment is asked again, a few times;
 * a poll that nobody answers in time ends empty, as one does that is cancelled.
 */
export function createClusterPort(options: ClusterPortOptions): TemporalPort {
  const methods = new Map<TemporalMethod, ServedMethod>();
  const served = (method: TemporalMethod): ServedMethod | undefined => {
    const service = temporalMethods[method];
    if (service === 'NexusService') return undefined;
    if (methods.size === 0) for (const each of servedMethods()) methods.set(...each);
    return methods.get(method);
  };
  return {
    call: async (method, request, { signal } = {}) => {
      const target = served(method);
      if (target === undefined) return err(notServed(method));
      const bytes = options.converter.encode(target.descriptor.request, outside(request, options.originMs));
      const exchange = { method, request, target, bytes, ...(signal !== undefined && { signal }) };
      return exchangeWithRetries(exchange, options);
    },
  };
}

/** Times that stand in a text are the server's too. */
const outside = (request: RequestOf<TemporalMethod>, originMs: number): RequestOf<TemporalMethod> =>
  'query' in request && typeof request.query === 'string'
    ? { ...request, query: queryOutside(request.query, originMs) }
    : request;

interface ServedMethod {
  readonly path: string;
  readonly descriptor: MethodDescriptor;
}

const servedMethods = (): readonly (readonly [TemporalMethod, ServedMethod])[] =>
  (Object.keys(serviceNames) as ServiceName[]).flatMap((service) =>
    methodsOf(serviceNames[service]).map((descriptor) => {
      const path = `/${serviceNames[service]}/${descriptor.name}`;
      return [methodKey(descriptor.name) as TemporalMethod, { path, descriptor }] as const;
    }),
  );

const notServed = (method: string): ServiceError => ({
  code: 'UNIMPLEMENTED',
  message: `${method} is no method of Temporal's gRPC services.`,
});

interface Exchange extends CallOptions {
  readonly method: TemporalMethod;
  readonly request: RequestOf<TemporalMethod>;
  readonly target: ServedMethod;
  readonly bytes: Buffer;
}

async function exchangeWithRetries(
  exchange: Exchange,
  options: ClusterPortOptions,
): Promise<Reply<TemporalMethod>> {
  const { method, request, signal } = exchange;
  for (let attempt = 1; ; attempt++) {
    const answer = await exchangeOnce(exchange, options);
    if (answer.ok) return readAnswer(answer.bytes, exchange, options);
    const { code } = answer.error;
    const isOver = code === status.DEADLINE_EXCEEDED || code === status.CANCELLED;
    if (isOver && isWaiting(method, request)) return ok(nothingYet(request) as ResponseOf<TemporalMethod>);
    const isRetried =
      passing.has(code) && attempt <= RETRIES_MAX && !options.closing.cancelled && signal?.cancelled !== true;
    if (!isRetried) return err(serviceError(answer.error, options.converter));
    await pause(FIRST_BACKOFF_MS * 2 ** (attempt - 1), signal);
  }
}

function readAnswer(
  bytes: Buffer,
  { method, target }: Exchange,
  { converter }: ClusterPortOptions,
): Reply<TemporalMethod> {
  const decoded = converter.decode(target.descriptor.response, bytes);
  // The definitions and the types of `TemporalMethods` describe the same messages.
  if (decoded.ok) return decoded as Reply<TemporalMethod>;
  return err({ code: 'INTERNAL', message: `The answer to ${method} cannot be read. ${decoded.error}` });
}

type Answer =
  { readonly ok: true; readonly bytes: Buffer } | { readonly ok: false; readonly error: GrpcError };

function exchangeOnce(
  { method, request, target, bytes, signal }: Exchange,
  { client, metadataFor, closing }: ClusterPortOptions,
): Promise<Answer> {
  const held = new DisposableStore();
  const namespace = 'namespace' in request ? request.namespace : undefined;
  const deadline = Date.now() + deadlineOf(method, request);
  return new Promise((resolve) => {
    const done = (error: GrpcError | null, value?: Buffer): void => {
      held.dispose();
      if (error !== null) resolve({ ok: false, error });
      else resolve({ ok: true, bytes: value ?? Buffer.alloc(0) });
    };
    const call = client.makeUnaryRequest(
      target.path,
      same,
      same,
      bytes,
      metadataFor(namespace),
      { deadline },
      done,
    );
    for (const each of signal === undefined ? [closing] : [closing, signal]) {
      held.add(each.onCancelled(() => call.cancel()));
    }
  });
}

const same = (bytes: Buffer): Buffer => bytes;

const polls: ReadonlySet<TemporalMethod> = new Set<TemporalMethod>([
  'pollWorkflowTaskQueue',
  'pollActivityTaskQueue',
  'pollNexusTaskQueue',
  'pollNexusOperationExecution',
]);

const isHistoryWait = (request: RequestOf<TemporalMethod>): boolean =>
  'waitNewEvent' in request && request.waitNewEvent;

const isWaiting = (method: TemporalMethod, request: RequestOf<TemporalMethod>): boolean =>
  polls.has(method) || isHistoryWait(request);

function deadlineOf(method: TemporalMethod, request: RequestOf<TemporalMethod>): number {
  if (polls.has(method)) return deadlines.poll;
  return isHistoryWait(request) ? deadlines.historyWait : deadlines.call;
}

/** What a wait ends with when nothing came; one for history goes on where it stood. */
function nothingYet(request: RequestOf<TemporalMethod>): object {
  if (!isHistoryWait(request)) return {};
  const { nextPageToken } = request as RequestOf<'getWorkflowExecutionHistory'>;
  return { history: {}, ...(nextPageToken !== undefined && { nextPageToken }) };
}
