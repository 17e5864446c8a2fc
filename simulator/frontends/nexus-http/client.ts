/** The way out: calls of external endpoints and completions to other processes (semantics §3.3, §7). */
import { Buffer } from 'node:buffer';
import { type ExternalAnswer, type ExternalCall, type NexusClient } from '../../protocol/nexus-client.ts';
import { toNexusFailure } from '../../protocol/temporal/nexus-failure.ts';
import { contentHeaders } from './answer.ts';
import { cancelAnswer, completionAnswer, startAnswer } from './client-answer.ts';
import { toContent, type Content, type PayloadCodec } from './content.ts';
import { writeFailure } from './failure-body.ts';
import { post, type HttpPost } from './http-post.ts';
import { writeLinks } from './link-header.ts';
import { isOwnHeader } from './request-header.ts';

export interface NexusClientOptions {
  readonly codec: PayloadCodec;
  /** Wall-clock milliseconds since the Unix epoch that instant 0 stands for. */
  readonly originMs: number;
  /** Where this process takes completions; `undefined` while it listens nowhere. */
  readonly callbackUrl: () => string | undefined;
}

const USER_AGENT = 'temporalio/server';

/** The URL that stands for the process that it is used in. */
const SYSTEM_CALLBACK_URL = 'temporal://system';

export const createNexusClient = (options: NexusClientOptions): NexusClient => ({
  call: async (call, { signal }): Promise<ExternalAnswer> => {
    const answer = await post(requestOf(call, options), signal);
    if (!answer.ok) return { failure: answer.error };
    switch (call.kind) {
      case 'start':
        return startAnswer(answer.value, options.codec);
      case 'cancel':
        return cancelAnswer(answer.value);
      case 'complete':
        return completionAnswer(answer.value);
    }
  },
});

function requestOf(call: ExternalCall, options: NexusClientOptions): HttpPost {
  switch (call.kind) {
    case 'start':
      return startRequest(call, options);
    case 'cancel':
      return cancelRequest(call);
    case 'complete':
      return completionRequest(call, options);
  }
}

type OperationCall = Exclude<ExternalCall, { readonly kind: 'complete' }>;

function startRequest(call: OperationCall, { codec, callbackUrl }: NexusClientOptions): HttpPost {
  const { service = '', operation = '', ...start } = call.request.startOperation ?? {};
  const { requestId = '', callback, callbackHeader = {}, payload, links = [] } = start;
  const back = callback === SYSTEM_CALLBACK_URL ? callbackUrl() : callback;
  const content = toContent(payload, codec);
  const callbacks = Object.entries(callbackHeader).map(
    ([name, value]) => [`nexus-callback-${name}`, value] as const,
  );
  return {
    url: call.url,
    path: [service, operation],
    ...(back !== undefined && { query: { callback: back } }),
    header: {
      ...contentHeaders(content),
      'nexus-request-id': requestId,
      ...Object.fromEntries(callbacks),
      ...linkHeader(links),
      ...operationHeader(call),
      'temporal-nexus-failure-support': 'true',
    },
    body: content.body,
  };
}

function cancelRequest(call: OperationCall): HttpPost {
  const { service = '', operation = '', operationToken = '' } = call.request.cancelOperation ?? {};
  return {
    url: call.url,
    path: [service, operation, 'cancel'],
    header: {
      ...operationHeader(call),
      'nexus-operation-token': operationToken,
      'temporal-nexus-failure-support': 'true',
      'content-length': '0',
    },
    body: Buffer.alloc(0),
  };
}

const operationHeader = ({ timeout, request }: OperationCall): Record<string, string> => ({
  'user-agent': USER_AGENT,
  ...ownHeader(request.header ?? {}),
  'request-timeout': `${timeout}ms`,
});

function completionRequest(
  call: Extract<ExternalCall, { readonly kind: 'complete' }>,
  { codec, originMs }: NexusClientOptions,
): HttpPost {
  const { completion } = call;
  const { state, failure = {}, operationToken = '', startedAt, closedAt, links = [] } = completion;
  const content: Content =
    state === 'succeeded'
      ? toContent(completion.result, codec)
      : { header: { type: 'application/json' }, body: writeFailure(toNexusFailure(failure)) };
  return {
    url: call.url,
    path: [],
    header: {
      ...(operationToken !== '' && { 'nexus-operation-token': operationToken }),
      ...(startedAt !== undefined && {
        'nexus-operation-start-time': new Date(originMs + startedAt).toUTCString(),
      }),
      ...(closedAt !== undefined && {
        'nexus-operation-close-time': new Date(originMs + closedAt).toISOString(),
      }),
      ...linkHeader(links),
      'user-agent': USER_AGENT,
      ...ownHeader(call.header),
      ...contentHeaders(content),
      'nexus-operation-state': state,
    },
    body: content.body,
  };
}

const ownHeader = (header: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(header)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => isOwnHeader(name)),
  );

function linkHeader(links: Parameters<typeof writeLinks>[0]): Record<string, readonly string[]> {
  const written = writeLinks(links);
  return written.length === 0 ? {} : { 'nexus-link': written };
}
