import { err, ok, type Result } from '../../base/result.ts';
import { instant, type Instant } from '../../base/time.ts';
import type { OperationCompletion } from '../../protocol/nexus-client.ts';
import { fromNexusFailure, readOperationError } from '../../protocol/temporal/nexus-failure.ts';
import { refusal, serviceRefusal, type HttpAnswer } from './answer.ts';
import { fromContent } from './content.ts';
import { readFailure } from './failure-body.ts';
import type { HttpRequest } from './http-request.ts';
import { readLinks } from './link-header.ts';
import { isJson } from './media-type.ts';
import type { FrontendContext } from './operation-request.ts';

/** Takes the completion of an operation from whoever handled it (semantics §7.6). */
export async function handleCompletion(
  namespace: string | undefined,
  request: HttpRequest,
  context: FrontendContext,
): Promise<HttpAnswer> {
  const { others } = request.headers;
  const token = others['temporal-callback-token'];
  if (token === undefined) return refusal('BAD_REQUEST', 'invalid callback token');
  const completion = completionOf(request, context);
  if (!completion.ok) return completion.error;
  const reply = await context.port.call('completeNexusOperation', {
    ...(namespace !== undefined && { namespace }),
    token,
    completion: completion.value,
  });
  return reply.ok
    ? { status: 200, header: {}, body: request.body.subarray(0, 0) }
    : serviceRefusal(reply.error);
}

function completionOf(
  request: HttpRequest,
  context: FrontendContext,
): Result<OperationCompletion, HttpAnswer> {
  const { others, links: linkValues } = request.headers;
  const startedAt = timeIn(others['nexus-operation-start-time'], httpDate, context);
  if (startedAt === 'malformed') return bad('failed to parse operation start time header');
  const closedAt = timeIn(others['nexus-operation-close-time'], rfc3339, context);
  if (closedAt === 'malformed') return bad('failed to parse operation close time header');
  const links = readLinks(linkValues);
  if (links === undefined) return bad('failed to decode links from request headers');
  const outcome = outcomeOf(request, context);
  if (!outcome.ok) return outcome;
  return ok({
    ...outcome.value,
    operationToken: others['nexus-operation-token'] ?? '',
    ...(startedAt !== undefined && { startedAt }),
    ...(closedAt !== undefined && { closedAt }),
    links,
  });
}

function outcomeOf(
  { headers, body }: HttpRequest,
  { codec }: FrontendContext,
): Result<Pick<OperationCompletion, 'state' | 'result' | 'failure'>, HttpAnswer> {
  const state = headers.others['nexus-operation-state'] ?? '';
  if (state === 'succeeded') {
    const result = fromContent({ header: headers.content, body }, codec);
    return result.ok ? ok({ state, result: result.value }) : bad('invalid result content');
  }
  if (state !== 'failed' && state !== 'canceled') return bad(`invalid request operation state: "${state}"`);
  const { type } = headers.content;
  if (!isJson(type)) return bad(`invalid request content type: "${type ?? ''}"`);
  const failure = readFailure(body);
  if (failure === undefined) return bad('failed to decode Failure from request body');
  return ok({ state, failure: fromNexusFailure(readOperationError(failure)?.cause ?? failure) });
}

const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

function timeIn(
  text: string | undefined,
  form: RegExp,
  { originMs }: FrontendContext,
): Instant | 'malformed' | undefined {
  if (text === undefined || text === '') return undefined;
  const time = form.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? 'malformed' : instant(time - originMs);
}

const bad = (message: string): { readonly ok: false; readonly error: HttpAnswer } =>
  err(refusal('BAD_REQUEST', message));
