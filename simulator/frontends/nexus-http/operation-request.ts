import type { CancellationSignal } from '../../base/cancellation.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { NexusRequest } from '../../protocol/temporal/nexus.ts';
import type { RequestOf } from '../../protocol/temporal/methods.ts';
import type { TemporalPort } from '../../protocol/temporal/port.ts';
import { dispatchAnswer, refusal, serviceRefusal, type Asker, type HttpAnswer } from './answer.ts';
import { fromContent, type PayloadCodec } from './content.ts';
import { readLinks } from './link-header.ts';
import { readTimeout, workerHeader } from './request-header.ts';
import type { HttpRequest } from './http-request.ts';
import type { Route } from './route.ts';

type OperationRoute = Exclude<Route, { readonly kind: 'complete' }>;

export interface FrontendContext {
  readonly port: TemporalPort;
  readonly codec: PayloadCodec;
  /** Wall-clock milliseconds since the Unix epoch that instant 0 stands for. */
  readonly originMs: number;
}

/** Starts or cancels an operation for a caller outside (semantics §7.2 to §7.4). */
export async function handleOperation(
  route: OperationRoute,
  request: HttpRequest,
  context: FrontendContext,
  signal: CancellationSignal,
): Promise<HttpAnswer> {
  const { target } = route;
  const { others } = request.headers;
  const header = others['request-timeout'];
  const timeout = header === undefined ? undefined : readTimeout(header);
  if (header !== undefined && timeout === undefined) {
    return refusal('BAD_REQUEST', 'invalid request timeout header');
  }
  const understandsFailures = others['temporal-nexus-failure-support'] === 'true';
  const asked =
    route.kind === 'start' ? startRequest(route, request, context) : cancelRequest(route, request);
  if (!asked.ok) return asked.error;
  const capabilities = { temporalFailureResponses: understandsFailures };
  const wanted: RequestOf<'dispatchNexusTask'> = {
    ...target,
    // Go's contexts read zero as no deadline at all.
    ...(timeout !== undefined && timeout > 0 && { timeout }),
    request: { ...asked.value, capabilities },
  };
  const reply = await context.port.call('dispatchNexusTask', wanted, { signal });
  const asker: Asker = { asks: route.kind, understandsFailures };
  return reply.ok ? dispatchAnswer(reply.value, asker, context.codec) : serviceRefusal(reply.error);
}

function startRequest(
  { service, operation }: OperationRoute,
  { headers, query, body }: HttpRequest,
  { codec }: FrontendContext,
): Result<NexusRequest, HttpAnswer> {
  const links = readLinks(headers.links);
  if (links === undefined) return err(refusal('BAD_REQUEST', 'invalid "nexus-link" header'));
  const payload = fromContent({ header: headers.content, body }, codec);
  if (!payload.ok) return err(refusal('BAD_REQUEST', 'invalid input'));
  const callback = query.get('callback');
  return ok({
    header: workerHeader(headers),
    startOperation: {
      service,
      operation,
      requestId: headers.others['nexus-request-id'] ?? '',
      ...(callback !== null && { callback }),
      callbackHeader: headers.callback,
      payload: payload.value,
      links,
    },
  });
}

function cancelRequest(
  route: OperationRoute,
  { headers, query }: HttpRequest,
): Result<NexusRequest, HttpAnswer> {
  const { service, operation } = route;
  const { 'nexus-operation-token': named, ...header } = workerHeader(headers);
  const inPath = route.kind === 'cancel' ? route.token : undefined;
  const token = inPath ?? named ?? query.get('token') ?? '';
  if (token === '') return err(refusal('BAD_REQUEST', 'missing operation token'));
  return ok({
    header,
    cancelOperation: { service, operation, operationId: token, operationToken: token },
  });
}
