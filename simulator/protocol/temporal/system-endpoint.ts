import * as z from 'zod';
import { decodeText, encodeText, type Base64 } from '../../base/base64.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { parseDuration, type DurationMs } from '../../base/time.ts';
import type { Link, Payload } from './common.ts';
import type { RequestOf } from './methods.ts';

/*
 * The server's own endpoint (semantics §11.2): workflows call the service that they run on. What they send and get is a
 * message of the API in one payload. Protobuf's JSON form differs from ours as `common.ts` says.
 */

export const SYSTEM_ENDPOINT = '__temporal_system';
export const SYSTEM_SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';
export const SIGNAL_WITH_START = 'SignalWithStartWorkflowExecution';

/** Marks a payload that the server reads, and that no codec may touch. */
export const SYSTEM_PAYLOAD = '__temporal_system_payload';

export type SignalWithStartRequest = RequestOf<'signalWithStartWorkflowExecution'>;

/** A field that holds its default is absent. */
const text = z.string().transform((value) => (value === '' ? undefined : value));
const bytes = z.base64().transform((value) => value as Base64);
const payload = z.strictObject({
  metadata: z.record(z.string(), bytes).optional(),
  data: bytes.optional(),
});
const payloads = z.strictObject({ payloads: z.array(payload).optional() });
const fieldsOf = z.record(z.string(), payload).optional();
const duration = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,9})?s$/, 'not a duration in seconds')
  .transform((value): DurationMs | undefined => parseDuration(value));
const named = z.strictObject({ name: text.optional() });

/** Values of an enum as protobuf writes them; UNSPECIFIED is the default. */
const enumOf = <const T extends string>(prefix: string, values: readonly T[]) =>
  z
    .enum([`${prefix}_UNSPECIFIED`, ...values.map((value) => `${prefix}_${value}`)])
    .transform((written): T | undefined => values.find((value) => written === `${prefix}_${value}`));

const request = z.strictObject({
  namespace: text.optional(),
  workflowId: text.optional(),
  workflowType: named.optional(),
  taskQueue: z
    .strictObject({
      name: text.optional(),
      kind: enumOf('TASK_QUEUE_KIND', ['NORMAL', 'STICKY']).optional(),
      normalName: text.optional(),
    })
    .optional(),
  input: payloads.optional(),
  workflowExecutionTimeout: duration.optional(),
  workflowRunTimeout: duration.optional(),
  workflowTaskTimeout: duration.optional(),
  identity: text.optional(),
  requestId: text.optional(),
  workflowIdReusePolicy: enumOf('WORKFLOW_ID_REUSE_POLICY', [
    'ALLOW_DUPLICATE',
    'ALLOW_DUPLICATE_FAILED_ONLY',
    'REJECT_DUPLICATE',
    'TERMINATE_IF_RUNNING',
  ]).optional(),
  workflowIdConflictPolicy: enumOf('WORKFLOW_ID_CONFLICT_POLICY', [
    'FAIL',
    'USE_EXISTING',
    'TERMINATE_EXISTING',
  ]).optional(),
  signalName: text.optional(),
  signalInput: payloads.optional(),
  retryPolicy: z
    .strictObject({
      initialInterval: duration.optional(),
      backoffCoefficient: z.number().optional(),
      maximumInterval: duration.optional(),
      maximumAttempts: z.int().optional(),
      nonRetryableErrorTypes: z.array(z.string()).optional(),
    })
    .optional(),
  cronSchedule: text.optional(),
  memo: z.strictObject({ fields: fieldsOf }).optional(),
  searchAttributes: z.strictObject({ indexedFields: fieldsOf }).optional(),
  header: z.strictObject({ fields: fieldsOf }).optional(),
  workflowStartDelay: duration.optional(),
  userMetadata: z.strictObject({ summary: payload.optional(), details: payload.optional() }).optional(),
  links: z.array(z.looseObject({})).optional(),
});

/** The request in a payload, or what is wrong with it in a sentence. */
export function readSignalWithStart(input: Payload | undefined): Result<SignalWithStartRequest, string> {
  const { metadata = {}, data } = input ?? {};
  const encoding = decodeText(metadata['encoding'] ?? '') ?? '';
  if (decodeText(metadata[SYSTEM_PAYLOAD] ?? '') !== 'true') {
    return err(`the input is not marked as one for the server: set its metadata ${SYSTEM_PAYLOAD} to "true"`);
  }
  if (encoding !== 'json/protobuf') {
    return err(`this simulator reads input for the server in the encoding json/protobuf, not "${encoding}"`);
  }
  const read = request.safeParse(jsonOf(data));
  if (read.success) return ok(withoutAbsent(read.data) as SignalWithStartRequest);
  const [issue] = read.error.issues;
  const where = issue?.path.join('.') ?? '';
  return err(
    `the input is not a ${SIGNAL_WITH_START}Request: ${where === '' ? '' : `${where}: `}${issue?.message ?? ''}`,
  );
}

/** The answer as such a payload. */
export const signalWithStartResult = (response: {
  readonly runId: string;
  readonly started: boolean;
  readonly signalLink: Link;
}): Payload => ({
  metadata: {
    encoding: encodeText('json/protobuf'),
    messageType: encodeText(`temporal.api.workflowservice.v1.${SIGNAL_WITH_START}Response`),
    [SYSTEM_PAYLOAD]: encodeText('true'),
  },
  data: encodeText(JSON.stringify({ ...response, signalLink: inProtoJson(response.signalLink) })),
});

/** Enum values have their prefix there. */
function inProtoJson({ workflowEvent = {} }: Link): unknown {
  const { requestIdRef, ...rest } = workflowEvent;
  if (requestIdRef === undefined) return { workflowEvent };
  const { eventType = 'UNSPECIFIED' } = requestIdRef;
  return {
    workflowEvent: { ...rest, requestIdRef: { ...requestIdRef, eventType: `EVENT_TYPE_${eventType}` } },
  };
}

function jsonOf(data: Base64 | undefined): unknown {
  try {
    return JSON.parse(decodeText(data ?? '') ?? '');
  } catch {
    return undefined;
  }
}

/** Fields that turned out to hold their default are not there at all. */
function withoutAbsent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === undefined ? [] : [[key, withoutAbsent(inner)]],
    ),
  );
}
