import { after, ms, type DurationMs } from '../../base/time.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { NexusRequest } from '../../protocol/temporal/nexus.ts';
import { faultFor, failureOf } from '../faults/plan.ts';
import type { OperationCallPurpose } from '../fact.ts';
import type { Operation, Ticket } from '../state.ts';
import { record, type Turn } from '../turn.ts';
import { noteCallEnd } from './call-end.ts';
import { failureOutcome } from './call-outcome.ts';
import { operationTimeout, startBudget } from './call-timeout.ts';
import { makeExternalCall } from './external-call.ts';
import { countedFailure } from './failure.ts';
import { noValue } from '../../protocol/temporal/payload.ts';
import { toNexusLinks } from '../../protocol/temporal/nexus-link.ts';
import { SYSTEM_ENDPOINT } from '../../protocol/temporal/system-endpoint.ts';
import { endAttempt, resolveOperation } from './operation.ts';
import { admit, giveBack } from './outbound-queue.ts';
import { ownerOf } from './owner-of.ts';
import { callTarget, endpointGone, type CallTarget } from './target.ts';
import { enqueueNexusTask } from './task.ts';
import { CALLBACK_TOKEN_HEADER, SYSTEM_CALLBACK_URL, writeCallbackToken } from './token.ts';

/**
 * Makes the next start attempt of a SCHEDULED operation, as soon as it may set out (semantics §0.1, §2.2). What the
 * system endpoint is asked goes to another run, not out.
 */
export function makeStartAttempt(turn: Turn, operation: Operation): void {
  if (operation.endpoint === SYSTEM_ENDPOINT) {
    const { run, scheduledEventId } = operation.ref;
    turn.transfers.push({ kind: 'call-system', run: run.runId, operation: scheduledEventId });
    return;
  }
  const ticket = admit(turn, 'start', operation, operation.attempt + 1);
  if (ticket !== undefined) makeStartCall(turn, operation, ticket);
}

/** Makes the call that the ticket is for. */
export function makeStartCall(turn: Turn, operation: Operation, ticket: Ticket): void {
  const budget = startBudget(operation, turn.now, turn.limits);
  if (budget.limitedBy !== undefined && budget.timeout < turn.limits.requestTimeoutMin) {
    noteCallEnd(turn, { purpose: purposeOf(operation), ticket }, 'operation-timeout');
    giveBack(turn, ticket);
    resolveOperation(turn, operation, { state: 'TIMED_OUT', timeoutType: budget.limitedBy });
    return;
  }
  const attempt = operation.attempt + 1;
  const target = callTarget(turn.state, operation);
  record(turn, {
    kind: 'attempt-started',
    operation: operation.ref,
    attempt,
    ...(target.kind === 'worker' && { target: target.worker }),
    ...(target.kind === 'external' && { target: { url: target.url } }),
  });
  const fault = faultFor(turn.state.faults, { ...operation, attempt });
  if (fault !== undefined)
    record(turn, { kind: 'fault-fired', operation: operation.ref, attempt, rule: fault });
  const way: CallTarget = fault === undefined ? target : { kind: 'none', failure: failureOf(fault.fail) };
  const purpose = purposeOf(operation);
  const failure = setOut(turn, operation, { way, purpose, ticket, timeout: budget.timeout });
  if (failure === undefined) return;
  // Nobody was called where there is no endpoint.
  if (failure !== endpointGone) noteCallEnd(turn, { purpose, ticket }, failureOutcome(failure));
  giveBack(turn, ticket, countedFailure(operation.ref, attempt, failure));
  endAttempt(turn, operation, { state: 'ERROR', failure });
}

const purposeOf = ({ ref, attempt }: Operation): OperationCallPurpose => ({
  kind: 'start',
  operation: ref,
  attempt: attempt + 1,
});

/** Returns why the call cannot even set out, if it cannot. */
function setOut(
  turn: Turn,
  operation: Operation,
  call: {
    readonly way: CallTarget;
    readonly purpose: OperationCallPurpose;
    readonly ticket: Ticket;
    readonly timeout: DurationMs;
  },
): Failure | undefined {
  const { way, purpose, ticket, timeout } = call;
  switch (way.kind) {
    case 'none':
      return way.failure;
    case 'external': {
      const request = startRequest(turn, operation, callbackUrl(turn, operation));
      makeExternalCall(turn, { purpose, ticket, call: { kind: 'start', url: way.url, timeout, request } });
      return undefined;
    }
    case 'worker':
      return enqueueNexusTask(turn, {
        purpose,
        target: way.worker,
        ticket,
        request: startRequest(turn, operation, SYSTEM_CALLBACK_URL),
        deadline: after(turn.now, ms(timeout - turn.limits.dispatchMargin)),
      });
  }
}

/** Where an external handler reports to. Without a template that is this process, wherever it listens. */
function callbackUrl(turn: Turn, { ref }: Operation): string {
  const { callbackUrlTemplate } = turn.limits;
  if (callbackUrlTemplate === '') return SYSTEM_CALLBACK_URL;
  const { namespace } = ref.run;
  return callbackUrlTemplate
    .replaceAll('{{.NamespaceName}}', namespace)
    .replaceAll('{{.NamespaceID}}', turn.state.namespaces.get(namespace)?.id ?? '');
}

/** What the handler is asked. The request id is the same for every attempt. */
function startRequest(turn: Turn, operation: Operation, callback: string): NexusRequest {
  const { ref, nexusHeader, requestId } = operation;
  const timeout = operationTimeout(operation, turn.now);
  const token = writeCallbackToken({ run: ref.run.runId, scheduledEventId: ref.scheduledEventId, requestId });
  return {
    header: {
      ...(timeout !== undefined && { 'operation-timeout': `${timeout}ms` }),
      ...nexusHeader,
    },
    scheduledTime: turn.now,
    endpoint: operation.endpoint,
    capabilities: { temporalFailureResponses: true },
    startOperation: {
      service: operation.service,
      operation: operation.operation,
      requestId,
      callback,
      callbackHeader: { [CALLBACK_TOKEN_HEADER]: token },
      payload: operation.input ?? noValue,
      links: toNexusLinks([ownerOf(operation).callerLink(operation)]),
    },
  };
}
