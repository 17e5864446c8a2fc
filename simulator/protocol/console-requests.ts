/** The part of the control contract that asks and tells the present world: everything the machine can do. */
import * as z from 'zod';
import { duration, empty, instant, message, name, type Method } from './contract-values.ts';
import type { FaultRule } from './fault.ts';
import type { RunId, SpanId } from './ids.ts';
import { HandlerErrorType } from './nexus.ts';

const workflow = { namespace: name, workflowId: name, runId: name.exactOptional() };
/** Any JSON value; it becomes one payload of the encoding `json/plain`. */
const input = z.json().exactOptional();
const reason = z.string().max(10_000).exactOptional();

const endpointTarget = z.union([
  z.strictObject({ namespace: name, taskQueue: name }),
  z.strictObject({ url: z.string().min(1).max(10_000) }),
]);
const endpointSpec = {
  name,
  target: endpointTarget,
  description: z.string().max(100_000).exactOptional(),
};
const endpoint = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number(),
  /** Absent when there is none, or none that is text. */
  description: z.string().optional(),
  /** The namespaces that may call it; absent when all may. */
  allowedCallers: z.array(z.string()).optional(),
  target: z.union([
    z.object({ namespace: z.string(), taskQueue: z.string() }),
    z.object({ url: z.string() }),
  ]),
});

const attempts = z.strictObject({ from: z.int().positive(), to: z.int().positive() });
const fail = z.strictObject({
  type: z.enum(HandlerErrorType),
  message: z.string().max(10_000).exactOptional(),
  retryBehavior: z.enum(['RETRYABLE', 'NON_RETRYABLE']).exactOptional(),
});
const faultRuleSchema: z.ZodType<FaultRule> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('attempt'),
    endpoint: name.exactOptional(),
    service: name,
    operation: name,
    attempts,
    fail,
  }),
  z.strictObject({
    kind: z.literal('callback'),
    service: name,
    operation: name,
    lateBy: duration.exactOptional(),
    copies: z.int().positive().max(100).exactOptional(),
    attempts: attempts.exactOptional(),
    fail: fail.exactOptional(),
  }),
]);

const start = {
  namespace: name,
  workflowId: name,
  workflowType: name,
  taskQueue: name,
  input,
};

/** Where the new run of a reset begins; events count from 1. */
const resetPoint = z.union([
  z.enum(['first-workflow-task', 'last-workflow-task']),
  z.strictObject({
    /** The event that ends, or would end, a workflow task. */
    eventId: z.int().positive(),
  }),
]);
/** What a reset does not carry over from after its point. */
const notReapplied = z.enum(['SIGNAL', 'UPDATE', 'NEXUS', 'CANCEL_REQUEST']);

const run = z.object({
  namespace: z.string(),
  workflowId: z.string(),
  runId: z.string(),
  workflowType: z.string(),
  status: z.string(),
  startedAt: instant,
  closedAt: instant.optional(),
  pendingOperations: z.number(),
});

const pendingOperation = z.object({
  namespace: z.string(),
  workflowId: z.string(),
  runId: z.string(),
  /** As `DescribeWorkflowExecution` tells it. */
  operation: message,
});

const cause = z.object({
  text: z.string(),
  span: z.string().transform((value) => value as SpanId),
  /** The run that waits. */
  run: z
    .string()
    .transform((value) => value as RunId)
    .exactOptional(),
  /** What of it keeps it waiting, by the id of the event that scheduled it; 0 for a standalone operation. */
  operation: z.int().exactOptional(),
  activity: z.int().exactOptional(),
  /** The breaker that refuses its call. */
  breaker: z
    .object({ calls: z.enum(['start', 'cancel', 'standalone']), namespace: z.string(), endpoint: z.string() })
    .exactOptional(),
  until: instant.exactOptional(),
});

const breakerState = z.enum(['closed', 'open', 'half-open']);
const limits = z.record(z.string(), z.union([z.number(), z.boolean(), z.string()]));
const breaker = z.object({
  /** What is called: starts or cancellations. */
  calls: z.string(),
  namespace: z.string(),
  endpoint: z.string(),
  state: breakerState,
  /** When an open one lets a probe through. */
  until: instant.optional(),
});

export const consoleRequests = {
  'workflows/start': { params: z.strictObject(start), result: z.object({ runId: z.string() }) },
  /** Signals the run of this id, after starting one when none is open. */
  'workflows/signalWithStart': {
    params: z.strictObject({ ...start, signalName: name, signalInput: input }),
    result: z.object({ runId: z.string(), started: z.boolean() }),
  },
  'workflows/signal': { params: z.strictObject({ ...workflow, signalName: name, input }), result: empty },
  /** Asks the workflow to cancel; it decides what comes of that. */
  'workflows/cancel': { params: z.strictObject({ ...workflow, reason }), result: empty },
  'workflows/terminate': { params: z.strictObject({ ...workflow, reason }), result: empty },
  /** Ends the run and goes on from an earlier point of its history in a new one, whose id is the answer. */
  'workflows/reset': {
    params: z.strictObject({
      ...workflow,
      to: resetPoint,
      reason,
      excludeFromReapply: z.array(notReapplied).max(4).exactOptional(),
    }),
    result: z.object({ runId: z.string() }),
  },
  /** Forgets a run with its history. */
  'workflows/delete': { params: z.strictObject(workflow), result: empty },
  /** Runs of all namespaces or of one, the latest start first. */
  'workflows/list': {
    params: z.strictObject({
      namespace: name.exactOptional(),
      limit: z.int().positive().max(10_000).exactOptional(),
    }),
    result: z.object({ runs: z.array(run), total: z.number() }),
  },
  'workflows/describe': { params: z.strictObject(workflow), result: z.object({ description: message }) },
  'workflows/history': {
    params: z.strictObject({ ...workflow, pageToken: z.string().max(10_000).exactOptional() }),
    result: z.object({ events: z.array(message), nextPageToken: z.string().optional() }),
  },
  /**
   * Why a run does not go on, or a standalone operation by its id for the workflow id: each cause waits for the next one. Empty when it waits for nothing.
   */
  'workflows/explain': { params: z.strictObject(workflow), result: z.object({ causes: z.array(cause) }) },
  /** Nexus operations that are not closed, of all namespaces or of one. A standalone one has its id for the workflow id. */
  'operations/pending': {
    params: z.strictObject({ namespace: name.exactOptional() }),
    result: z.object({ operations: z.array(pendingOperation) }),
  },
  'endpoints/list': { params: empty, result: z.object({ endpoints: z.array(endpoint) }) },
  'endpoints/create': { params: z.strictObject(endpointSpec), result: z.object({ endpoint }) },
  /** Refused unless `version` is the present one. Without a description the present one stays; "" removes it. */
  'endpoints/update': {
    params: z.strictObject({ id: name, version: z.int().positive(), ...endpointSpec }),
    result: z.object({ endpoint }),
  },
  'endpoints/delete': {
    params: z.strictObject({ id: name, version: z.int().positive() }),
    result: empty,
  },
  /** From now on only these namespaces may call the endpoint; without `namespaces` all may. */
  'endpoints/allow': {
    params: z.strictObject({ id: name, namespaces: z.array(name).max(1_000).exactOptional() }),
    result: z.object({ endpoint }),
  },
  'namespaces/register': {
    params: z.strictObject({ namespace: name, description: z.string().max(10_000).exactOptional() }),
    result: empty,
  },
  /** With all that is in it; refused while an endpoint calls into it, unless a limit allows that. */
  'namespaces/delete': { params: z.strictObject({ namespace: name }), result: empty },
  'namespaces/list': { params: empty, result: z.object({ namespaces: z.array(z.string()) }) },
  /** Adds rules; the first one that fits decides. */
  'faults/inject': {
    params: z.strictObject({ rules: z.array(faultRuleSchema).min(1).max(1_000) }),
    result: z.object({ rules: z.array(faultRuleSchema) }),
  },
  'faults/clear': { params: empty, result: empty },
  'faults/list': { params: empty, result: z.object({ rules: z.array(faultRuleSchema) }) },
  /** Circuit breakers that calls have gone through. */
  'breakers/list': { params: empty, result: z.object({ breakers: z.array(breaker) }) },
  /** Puts a breaker into a state; from there it goes on by itself. */
  'breakers/force': {
    params: z.strictObject({
      calls: z.enum(['start', 'cancel', 'standalone']),
      namespace: name,
      endpoint: name,
      state: breakerState,
    }),
    result: z.object({ breaker }),
  },
  /** Every setting of the machine by its name: durations in milliseconds, counts and switches. */
  'limits/get': { params: empty, result: z.object({ limits }) },
  /** Changes some; all or none. Changed settings of the breakers close them. */
  'limits/set': { params: z.strictObject({ changes: limits }), result: z.object({ limits }) },
  /** What the server keeps in memory only is lost: polls, waiting calls, breakers. Histories stay, attempts are repeated. */
  'server/restart': { params: empty, result: empty },
} as const satisfies Record<string, Method>;
