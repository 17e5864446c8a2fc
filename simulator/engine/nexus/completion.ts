import { byteLength, encodeText, utf8Length } from '../../base/base64.ts';
import { ok } from '../../base/result.ts';
import type { OperationCompletion } from '../../protocol/nexus-client.ts';
import { fromNexusLinks } from '../../protocol/temporal/nexus-link.ts';
import { record, refuse, type MethodHandler } from '../turn.ts';
import { complete, unreadableCompletion } from './callback.ts';
import type { Resolution } from './owner.ts';
import { readCallbackToken } from './token.ts';

/** A completion from outside (semantics §7.6). The token says which operation it is for. */
export const completeNexusOperation: MethodHandler<'completeNexusOperation'> = (turn, request) => {
  const token = readCallbackToken(request.token ?? '');
  if (token === undefined) {
    record(turn, { ...unreadableCompletion });
    return refuse('INVALID_ARGUMENT', 'invalid callback token');
  }
  const caller = turn.state.executions.get(token.run)?.ref;
  if (request.namespace !== undefined && caller !== undefined && caller.namespace !== request.namespace) {
    return refuse('INVALID_ARGUMENT', 'invalid callback token');
  }
  const { completion = { state: 'succeeded' } } = request;
  const { operationToken = '', result, links, startedAt } = completion;
  const { operationTokenBytesMax, payloadBytesMax } = turn.limits;
  const length = utf8Length(operationToken);
  if (length > operationTokenBytesMax) {
    const excess = `${length}/${operationTokenBytesMax}`;
    return refuse('INVALID_ARGUMENT', `operation token length exceeds allowed limit (${excess})`);
  }
  if (byteLength(result?.data ?? encodeText('')) > payloadBytesMax) {
    return refuse('INVALID_ARGUMENT', 'result exceeds size limit');
  }
  const failure = complete(turn, token, {
    resolution: resolutionOf(completion),
    operationToken,
    links: fromNexusLinks(links),
    startedAt: startedAt ?? turn.now,
  });
  return failure === undefined ? ok({}) : refuse('NOT_FOUND', failure.message ?? '');
};

function resolutionOf({ state, result, failure = {} }: OperationCompletion): Resolution {
  switch (state) {
    case 'succeeded':
      return { state: 'SUCCEEDED', ...(result !== undefined && { result }) };
    case 'failed':
      return { state: 'FAILED', cause: failure };
    case 'canceled':
      return { state: 'CANCELED', cause: failure };
  }
}
