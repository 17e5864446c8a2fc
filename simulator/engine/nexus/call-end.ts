import type { OperationCallPurpose } from '../fact.ts';
import { openOperation, type Ticket } from '../state.ts';
import { record, type Turn } from '../turn.ts';

const successes: ReadonlySet<string> = new Set(['pending', 'successful']);

/** Tells how a start or cancel call ended; before its ticket is given back. */
export function noteCallEnd(
  turn: Turn,
  call: {
    readonly purpose: OperationCallPurpose;
    readonly ticket: Ticket | undefined;
    readonly fromWorker?: boolean;
  },
  outcome: string,
): void {
  const { kind, operation, attempt } = call.purpose;
  const { run, scheduledEventId } = operation;
  const group = turn.state.outbound.get(call.ticket?.group ?? '');
  const endpoint = group?.endpoint ?? openOperation(turn.state, run.runId, scheduledEventId)?.endpoint ?? '';
  const fromWorker = call.fromWorker === true && !successes.has(outcome);
  record(turn, {
    kind: 'call-ended',
    operation,
    calls: kind,
    attempt,
    endpoint,
    outcome,
    ...(fromWorker && { fromWorker }),
  });
}
