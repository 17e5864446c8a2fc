import type { Limits } from '../../protocol/limits.ts';
import type { Link, Payload } from '../../protocol/temporal/common.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { ServiceError, StatusCode } from '../../protocol/temporal/port.ts';
import {
  readSignalWithStart,
  SIGNAL_WITH_START,
  signalWithStartResult,
  SYSTEM_SERVICE,
  type SignalWithStartRequest,
} from '../../protocol/temporal/system-endpoint.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { signalOrStart, signalWithStartProblem } from '../execution/signal-with-start.ts';
import { startProblem } from '../execution/start.ts';
import { failureOf, faultFor } from '../faults/plan.ts';
import { openOperation, type Operation } from '../state.ts';
import { record, type Turn } from '../turn.ts';
import { startBudget } from './call-timeout.ts';
import { requestIdLink } from './links.ts';
import { endAttempt, resolveOperation, type AttemptEnd } from './operation.ts';
import { ownerOf } from './owner-of.ts';

/*
 * Calls to the server's own endpoint (semantics §11.2): no registry, no way out, no breaker, no worker.
 */

/** What is called, as its caller names it. */
interface SystemCall {
  readonly service: string;
  readonly operation: string;
  readonly input?: Payload;
}

/** The request that a call holds, if the server may be asked that; otherwise a sentence. */
export function systemRequest(
  limits: Limits,
  namespace: string,
  { service, operation, input }: SystemCall,
): Result<SignalWithStartRequest, string> {
  if (service !== SYSTEM_SERVICE) return err(`service "${service}" not found`);
  if (operation !== SIGNAL_WITH_START)
    return err(`operation "${operation}" not found in service "${service}"`);
  if (!limits.signalWithStartFromWorkflow) return err('SignalWithStart operation is disabled');
  const read = readSignalWithStart(input);
  if (!read.ok) return read;
  const request = { ...read.value, namespace: read.value.namespace ?? namespace };
  const problem =
    namespaceProblem(request.namespace, namespace) ??
    (request.requestId === undefined ? undefined : 'RequestID should not be set on the request') ??
    ((request.links ?? []).length === 0 ? undefined : 'Links should not be set on the request') ??
    signalWithStartProblem(request) ??
    startProblem(limits, request);
  return problem === undefined ? ok(request) : err(problem);
}

const namespaceProblem = (asked: string, own: string): string | undefined =>
  asked === own ? undefined : `Namespace in request "${asked}" does not match namespace in context "${own}"`;

/** Makes the next attempt of a SCHEDULED operation of the system endpoint; it has ended when this returns. */
export function callSystem(turn: Turn, operation: Operation): void {
  if (operation.state !== 'SCHEDULED') return;
  const budget = startBudget(operation, turn.now, turn.limits);
  if (budget.limitedBy !== undefined && budget.timeout < turn.limits.requestTimeoutMin) {
    resolveOperation(turn, operation, { state: 'TIMED_OUT', timeoutType: budget.limitedBy });
    return;
  }
  const { ref } = operation;
  const attempt = operation.attempt + 1;
  record(turn, { kind: 'attempt-started', operation: ref, attempt });
  const fault = faultFor(turn.state.faults, { ...operation, attempt });
  if (fault !== undefined) record(turn, { kind: 'fault-fired', operation: ref, attempt, rule: fault });
  const end: AttemptEnd =
    fault === undefined ? answerOf(turn, operation) : { state: 'ERROR', failure: failureOf(fault.fail) };
  // What it asked for may have closed its own caller.
  if (openOperation(turn.state, ref.run.runId, ref.scheduledEventId) === operation)
    endAttempt(turn, operation, end);
}

function answerOf(turn: Turn, operation: Operation): AttemptEnd {
  const { requestId, ref } = operation;
  const { namespace } = ref.run;
  const read = systemRequest(turn.limits, namespace, operation);
  if (!read.ok) return refusedWith({ code: 'INVALID_ARGUMENT', message: read.error });
  const request = { ...read.value, requestId, links: [ownerOf(operation).callerLink(operation)] };
  const reply = signalOrStart(turn, request);
  if (!reply.ok) return refusedWith(reply.error);
  const { runId, started } = reply.value;
  const signalLink: Link = requestIdLink(
    {
      ...ref.run,
      workflowId: (request.workflowId ?? '') as typeof ref.run.workflowId,
      runId: runId as typeof ref.run.runId,
    },
    requestId,
    'WORKFLOW_EXECUTION_SIGNALED',
  );
  const result = signalWithStartResult({ runId, started, signalLink });
  return { state: 'SUCCEEDED', result, links: [signalLink] };
}

/** The refusals that are worth another try (semantics §3.3, service errors). */
const retryable: ReadonlySet<StatusCode> = new Set([
  'CANCELLED',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'INTERNAL',
]);

const typeNames: Readonly<Record<StatusCode, string>> = {
  CANCELLED: 'Canceled',
  ABORTED: 'Aborted',
  INVALID_ARGUMENT: 'InvalidArgument',
  DEADLINE_EXCEEDED: 'DeadlineExceeded',
  NOT_FOUND: 'NotFound',
  ALREADY_EXISTS: 'AlreadyExists',
  PERMISSION_DENIED: 'PermissionDenied',
  RESOURCE_EXHAUSTED: 'ResourceExhausted',
  FAILED_PRECONDITION: 'FailedPrecondition',
  UNIMPLEMENTED: 'Unimplemented',
  INTERNAL: 'Internal',
  UNAVAILABLE: 'Unavailable',
};

const refusedWith = (error: ServiceError): AttemptEnd => ({ state: 'ERROR', failure: serviceFailure(error) });

function serviceFailure({ code, message, detail }: ServiceError): Failure {
  const type = detail?.type.replace(/Failure$/, '') ?? typeNames[code];
  return {
    message: `${type}: ${message}`,
    serverFailureInfo: { ...(!retryable.has(code) && { nonRetryable: true }) },
  };
}
