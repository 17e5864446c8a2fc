import { handlerErrors } from '../../protocol/nexus.ts';
import { callError, type ExternalAnswer } from '../../protocol/nexus-client.ts';
import {
  fromHandlerError,
  fromNexusFailure,
  readOperationError,
} from '../../protocol/temporal/nexus-failure.ts';
import type { NexusFailure, StartOperationResponse } from '../../protocol/temporal/nexus.ts';
import { fromContent, type PayloadCodec } from './content.ts';
import { readFailure } from './failure-body.ts';
import type { HttpResponse } from './http-post.ts';
import { readLinks } from './link-header.ts';
import { isJson } from './media-type.ts';
import { sortHeaders, type NexusHeaders } from './request-header.ts';

/*
 * What peers answer, in the words of Nexus (semantics §3.3, §7.3). What has no meaning there is a failed call, which
 * is worth another try.
 */

/** The answer to a start call. */
export function startAnswer(response: HttpResponse, codec: PayloadCodec): ExternalAnswer {
  const headers = sortHeaders(response.rawHeaders);
  const links = readLinks(headers.links);
  if (links === undefined) return unusable(`invalid links header: "${headers.links.join(', ')}"`);
  switch (response.status) {
    case 200: {
      const payload = fromContent({ header: headers.content, body: response.body }, codec);
      return payload.ok
        ? started({ syncSuccess: { payload: payload.value, links } })
        : unusable(`invalid result content: ${payload.error}`);
    }
    case 201: {
      const token = runningToken(response, headers);
      return 'failure' in token ? token : started({ asyncSuccess: { operationToken: token.token, links } });
    }
    case 424:
      return operationFailed(response, headers);
    default:
      return refused(response, headers);
  }
}

export function cancelAnswer(response: HttpResponse): ExternalAnswer {
  return response.status === 202
    ? { response: { cancelOperation: {} } }
    : refused(response, sortHeaders(response.rawHeaders));
}

export function completionAnswer(response: HttpResponse): ExternalAnswer {
  return response.status >= 200 && response.status < 300
    ? { response: {} }
    : refused(response, sortHeaders(response.rawHeaders));
}

const started = (startOperation: StartOperationResponse): ExternalAnswer => ({
  response: { startOperation },
});

type Unusable = Extract<ExternalAnswer, { readonly failure: unknown }>;

const unusable = (message: string): Unusable => ({ failure: callError(message) });

function runningToken(
  { body }: HttpResponse,
  { content }: NexusHeaders,
): { readonly token: string } | Unusable {
  if (!isJson(content['type'])) return wrongType(content['type']);
  const { token, id, state } = jsonObject(body) ?? {};
  if (state !== 'running') {
    return unusable(`invalid operation state in response info: "${typeof state === 'string' ? state : ''}"`);
  }
  const named = typeof token === 'string' && token !== '' ? token : id;
  return typeof named === 'string' && named !== ''
    ? { token: named }
    : unusable('empty operation token in response');
}

/** An operation error: the state is in the failure, or from older peers in a header. */
function operationFailed({ body }: HttpResponse, { content, others }: NexusHeaders): ExternalAnswer {
  if (!isJson(content['type'])) return wrongType(content['type']);
  const failure = readFailure(body);
  if (failure === undefined) return unusable('invalid failure in response body');
  const wrapped = readOperationError(failure);
  const operationState = wrapped?.state ?? others['nexus-operation-state'] ?? '';
  if (operationState !== 'failed' && operationState !== 'canceled') {
    return unusable(`invalid operation state header: "${operationState}"`);
  }
  return started({ operationError: { operationState, failure: wrapped?.cause ?? failure } });
}

/** A handler error: its type is in the failure, or from older peers in the status. */
function refused(response: HttpResponse, { content, others }: NexusHeaders): ExternalAnswer {
  const type = Object.entries(handlerErrors).find(
    ([, { httpStatus }]) => httpStatus === response.status,
  )?.[0];
  if (type === undefined) {
    return unusable(`unexpected response status: "${`${response.status} ${response.reason}`.trim()}"`);
  }
  if (!isJson(content['type'])) return wrongType(content['type']);
  const failure = readFailure(response.body);
  if (failure === undefined) return unusable('invalid failure in response body');
  if (isHandlerError(failure)) return { failure: fromNexusFailure(failure) };
  const retry = others['nexus-request-retryable']?.toLowerCase();
  return {
    failure: fromHandlerError({
      errorType: type,
      failure,
      ...(retry === 'true' && { retryBehavior: 'RETRYABLE' }),
      ...(retry === 'false' && { retryBehavior: 'NON_RETRYABLE' }),
    }),
  };
}

const isHandlerError = ({ metadata }: NexusFailure): boolean => metadata?.['type'] === 'nexus.HandlerError';

const wrongType = (type: string | undefined): Unusable =>
  unusable(`invalid response content type: "${type ?? ''}"`);

function jsonObject(body: HttpResponse['body']): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
