import { expectDefined } from '../../base/assert.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { NexusOperationExecutionStatus } from '../../protocol/temporal/nexus-operation-methods.ts';
import { asCanceled, timeoutFailure } from '../nexus/failure.ts';
import type { OperationOwner, Resolution } from '../nexus/owner.ts';
import { expiryOf } from '../expiry.ts';
import type { Operation, StandaloneOperation } from '../state.ts';
import { record, type Turn } from '../turn.ts';

/** A standalone operation owns itself: what becomes of it is kept in its record. */
export const standaloneOwner: OperationOwner = {
  started(turn, operation, links) {
    const own = ownOf(turn, operation);
    own.links = [...own.links, ...links];
    const { ref, token = '', startedAt = turn.now } = operation;
    // The answer ends an attempt, also when a completion has overtaken it.
    operation.lastAttemptCompleteTime = startedAt;
    operation.lastAttemptFailure = undefined;
    record(turn, { kind: 'standalone-started', operation: ref, token, startedAt });
    noteChange(turn, own);
  },
  closed(turn, operation, resolution) {
    const own = ownOf(turn, operation);
    if (resolution.state === 'SUCCEEDED') {
      own.links = [...own.links, ...(resolution.links ?? [])];
      const { result } = resolution;
      closeStandalone(turn, own, { status: 'COMPLETED', ...(result !== undefined && { result }) });
      return;
    }
    const failure = causeOf(resolution);
    // What ends a SCHEDULED operation is the answer of an attempt, a time-out apart.
    if (operation.state === 'SCHEDULED' && resolution.state !== 'TIMED_OUT') {
      operation.lastAttemptCompleteTime = turn.now;
      operation.lastAttemptFailure = failure;
    }
    closeStandalone(turn, own, { status: resolution.state, failure });
  },
  cancelEnded(turn, operation, failure) {
    const { cancellation } = operation;
    if (cancellation !== undefined) {
      cancellation.lastAttemptCompleteTime = turn.now;
      cancellation.lastAttemptFailure = failure;
    }
    noteChange(turn, ownOf(turn, operation));
  },
  moved(turn, operation) {
    const own = ownOf(turn, operation);
    if (operation.state === 'SCHEDULED') own.attempt++;
    noteChange(turn, own);
  },
  callerLink: ({ ref: { run } }) => ({
    nexusOperation: { namespace: run.namespace, operationId: run.workflowId, runId: run.runId },
  }),
};

/** How a standalone operation ends. Failures are the bare cause, without what history puts around it. */
export interface StandaloneEnd {
  readonly status: Exclude<NexusOperationExecutionStatus, 'RUNNING'>;
  readonly result?: NonNullable<StandaloneOperation['outcome']['result']>;
  readonly failure?: Failure;
}

export function closeStandalone(turn: Turn, own: StandaloneOperation, end: StandaloneEnd): void {
  const { status, ...outcome } = end;
  const { failure } = outcome;
  own.status = status;
  own.closedAt = turn.now;
  own.expiry = expiryOf(turn, own.operation.ref.run);
  own.outcome = outcome;
  record(turn, {
    kind: 'standalone-closed',
    operation: own.operation.ref,
    status,
    ...(failure !== undefined && { failure }),
  });
  noteChange(turn, own);
}

/** Those that wait for it hear of it at the end of the turn. */
export function noteChange(turn: Turn, own: StandaloneOperation): void {
  own.transitions++;
  record(turn, { kind: 'standalone-changed', operation: own.operation.ref });
}

const ownOf = (turn: Turn, { ref }: Operation): StandaloneOperation =>
  expectDefined(turn.state.standalone.get(ref.run.runId), 'the record of an open operation');

function causeOf(resolution: Exclude<Resolution, { readonly state: 'SUCCEEDED' }>): Failure {
  switch (resolution.state) {
    case 'FAILED':
      return resolution.cause;
    case 'CANCELED':
      return asCanceled(resolution.cause);
    case 'TIMED_OUT':
      return timeoutFailure(resolution.timeoutType);
  }
}
