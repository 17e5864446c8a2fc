import { parseDuration } from '../../base/time.ts';

/*
 * `temporal.api.failure.v1.Failure` in protobuf's JSON form, as Nexus failures carry it in their details. One table
 * for both directions: what a peer sends and what does not fit the table is left out.
 */

type Kind =
  'text' | 'flag' | 'integer' | 'duration' | 'payload' | 'payloads' | Enum | { readonly of: Fields };
interface Enum {
  /** What its names begin with on the wire. */
  readonly prefix: string;
}
export type Fields = Readonly<Record<string, Kind>>;
type Plain = Readonly<Record<string, unknown>>;

const retryState: Enum = { prefix: 'RETRY_STATE_' };
const named: Kind = { of: { name: 'text' } };

/** All but message, stack and cause. */
export const failureFields: Fields = {
  source: 'text',
  encodedAttributes: 'payload',
  applicationFailureInfo: {
    of: {
      type: 'text',
      nonRetryable: 'flag',
      details: 'payloads',
      nextRetryDelay: 'duration',
      category: { prefix: 'APPLICATION_ERROR_CATEGORY_' },
    },
  },
  timeoutFailureInfo: {
    of: { timeoutType: { prefix: 'TIMEOUT_TYPE_' }, lastHeartbeatDetails: 'payloads' },
  },
  canceledFailureInfo: { of: { details: 'payloads' } },
  terminatedFailureInfo: { of: { identity: 'text' } },
  serverFailureInfo: { of: { nonRetryable: 'flag' } },
  resetWorkflowFailureInfo: { of: { lastHeartbeatDetails: 'payloads' } },
  activityFailureInfo: {
    of: {
      scheduledEventId: 'integer',
      startedEventId: 'integer',
      identity: 'text',
      activityType: named,
      activityId: 'text',
      retryState,
    },
  },
  childWorkflowExecutionFailureInfo: {
    of: {
      namespace: 'text',
      workflowExecution: { of: { workflowId: 'text', runId: 'text' } },
      workflowType: named,
      initiatedEventId: 'integer',
      startedEventId: 'integer',
      retryState,
    },
  },
  nexusOperationExecutionFailureInfo: {
    of: {
      scheduledEventId: 'integer',
      endpoint: 'text',
      service: 'text',
      operation: 'text',
      operationId: 'text',
      operationToken: 'text',
    },
  },
  nexusHandlerFailureInfo: {
    of: { type: 'text', retryBehavior: { prefix: 'NEXUS_HANDLER_ERROR_RETRY_BEHAVIOR_' } },
  },
};

export const readFields = (fields: Fields, json: unknown): Record<string, unknown> =>
  convert(fields, json, read);

export const writeFields = (fields: Fields, message: unknown): Record<string, unknown> =>
  convert(fields, message, write);

function convert(
  fields: Fields,
  from: unknown,
  one: (kind: Kind, value: unknown) => unknown,
): Record<string, unknown> {
  const source = isPlain(from) ? from : {};
  const converted = Object.entries(fields).map(([name, kind]) => [name, one(kind, source[name])] as const);
  return Object.fromEntries(converted.filter(([, value]) => value !== undefined));
}

function read(kind: Kind, value: unknown): unknown {
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'flag':
      return typeof value === 'boolean' ? value : undefined;
    case 'integer': {
      const number = typeof value === 'string' ? Number(value) : value;
      return Number.isSafeInteger(number) ? number : undefined;
    }
    case 'duration':
      return typeof value === 'string' ? parseDuration(value) : undefined;
    case 'payload':
      return isPlain(value) ? payloadOf(value) : undefined;
    case 'payloads': {
      const list = isPlain(value) ? value['payloads'] : undefined;
      return Array.isArray(list) ? { payloads: list.filter(isPlain).map(payloadOf) } : undefined;
    }
    default:
      if ('of' in kind) return isPlain(value) ? readFields(kind.of, value) : undefined;
      return typeof value === 'string' && value.startsWith(kind.prefix)
        ? value.slice(kind.prefix.length)
        : undefined;
  }
}

function write(kind: Kind, value: unknown): unknown {
  if (value === undefined) return undefined;
  switch (kind) {
    case 'integer':
      return `${Number(value)}`;
    case 'duration':
      return `${Number(value) / 1_000}s`;
    case 'text':
    case 'flag':
    case 'payload':
    case 'payloads':
      return value;
    default:
      return 'of' in kind ? writeFields(kind.of, value) : `${kind.prefix}${value as string}`;
  }
}

function payloadOf(value: Plain): { readonly metadata?: object; readonly data?: string } {
  const { metadata, data } = value;
  const entries = isPlain(metadata) ? Object.entries(metadata).filter(([, text]) => isBase64(text)) : [];
  return {
    ...(entries.length > 0 && { metadata: Object.fromEntries(entries) }),
    ...(isBase64(data) && { data }),
  };
}

const isBase64 = (value: unknown): value is string =>
  typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
