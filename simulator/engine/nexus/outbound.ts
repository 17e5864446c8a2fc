import { after, ms } from '../../base/time.ts';
import type { NexusRequest } from '../../protocol/temporal/nexus.ts';
import { faultFor, failureOf } from '../faults/plan.ts';
import type { Operation, Ticket } from '../state.ts';
import { record, type Turn } from '../turn.ts';
import { operationTimeout, startBudget } from './call-timeout.ts';
import { countedFailure } from './failure.ts';
import { toNexusLinks } from '../../protocol/temporal/nexus-link.ts';
import { SYSTEM_ENDPOINT } from '../../protocol/temporal/system-endpoint.ts';
import { endAttempt, resolveOperation } from './operation.ts';
import { admit, giveBack } from './outbound-queue.ts';
import { ownerOf } from './owner-of.ts';
import { callTarget, type CallTarget } from './target.ts';
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
  });
  const fault = faultFor(turn.state.faults, { ...operation, attempt });
  if (fault !== undefined)
    record(turn, { kind: 'fault-fired', operation: operation.ref, attempt, rule: fault });
  const way: CallTarget = fault === undefined ? target : { kind: 'none', failure: failureOf(fault.fail) };
  const failure =
    way.kind === 'none'
      ? way.failure
      : enqueueNexusTask(turn, {
          purpose: { kind: 'start', operation: operation.ref, attempt },
          target: way.worker,
          ticket,
          request: startRequest(turn, operation),
          deadline: after(turn.now, ms(budget.timeout - turn.limits.dispatchMargin)),
        });
  if (failure === undefined) return;
  giveBack(turn, ticket, countedFailure(operation.ref, attempt, failure));
  endAttempt(turn, operation, { state: 'ERROR', failure });
}

/** What the handler's worker is asked. The request id is the same for every attempt. */
function startRequest(turn: Turn, operation: Operation): NexusRequest {
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
      callback: SYSTEM_CALLBACK_URL,
      callbackHeader: { [CALLBACK_TOKEN_HEADER]: token },
      ...(operation.input !== undefined && { payload: operation.input }),
      links: toNexusLinks([ownerOf(operation).callerLink(operation)]),
    },
  };
}
