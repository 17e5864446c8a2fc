import { assertNever } from '../base/assert.ts';
import { offerActivity } from './execution/activity.ts';
import { applyParentClosePolicy, startChild, tellParent } from './execution/child.ts';
import { forgetRun } from './execution/delete-run.ts';
import { cancelExternal, signalExternal } from './execution/signal-external.ts';
import { deliverUpdateCallbacks } from './nexus/callback.ts';
import { sendCancellation } from './nexus/cancellation.ts';
import { makeStartAttempt } from './nexus/outbound.ts';
import { callSystem } from './nexus/system-call.ts';
import type { Execution } from './state.ts';
import type { Transfer } from './transfer.ts';
import type { Turn } from './turn.ts';
import { answerUpdateWaits } from './update/wait.ts';

/** Does what the turn has left to do between runs, first come first, until there is no more of it. */
export function doTransfers(turn: Turn): void {
  for (let next = turn.transfers.shift(); next !== undefined; next = turn.transfers.shift()) {
    doTransfer(turn, next);
  }
}

function doTransfer(turn: Turn, transfer: Transfer): void {
  const execution = turn.state.executions.get(transfer.run);
  if (execution === undefined) return;
  switch (transfer.kind) {
    case 'start-child':
      startChild(turn, execution, transfer.initiatedEventId);
      return;
    case 'signal-external':
      signalExternal(turn, execution, transfer.initiatedEventId);
      return;
    case 'cancel-external':
      cancelExternal(turn, execution, transfer.initiatedEventId);
      return;
    case 'start-operation':
    case 'cancel-operation':
    case 'call-system':
      callHandler(turn, execution, transfer);
      return;
    case 'offer-activity':
      offerActivity(turn, execution, transfer.activity);
      return;
    case 'tell-parent':
      tellParent(turn, execution);
      return;
    case 'answer-updates':
      answerUpdateWaits(turn, execution);
      return;
    case 'deliver-updates':
      deliverUpdateCallbacks(turn, execution);
      return;
    case 'delete-run':
      forgetRun(turn, execution);
      return;
    case 'parent-closed':
      applyParentClosePolicy(turn, execution, transfer.child);
      return;
    default:
      assertNever(transfer);
  }
}

/** An earlier transfer of the same turn may have closed the operation, or brought its completion. */
function callHandler(
  turn: Turn,
  execution: Execution,
  call: Transfer & { readonly kind: 'start-operation' | 'cancel-operation' | 'call-system' },
): void {
  const operation = execution.operations.get(call.operation);
  if (operation === undefined) return;
  if (call.kind === 'start-operation') makeStartAttempt(turn, operation);
  else if (call.kind === 'call-system') callSystem(turn, operation);
  else if (operation.cancellation?.state === 'UNSPECIFIED') sendCancellation(turn, operation);
}
