import type { Link } from '../../protocol/temporal/common.ts';
import type { EventAttributes } from '../../protocol/temporal/history.ts';
import type { Execution } from '../state.ts';
import type { Turn } from '../turn.ts';
import { recordEvent } from './record.ts';

/** Signals a running workflow. A request id that it has had already is a repetition, and is dropped. */
export function signal(
  turn: Turn,
  execution: Execution,
  attributes: EventAttributes['WORKFLOW_EXECUTION_SIGNALED'],
  links: readonly Link[] = [],
): void {
  const { requestId } = attributes;
  if (requestId !== undefined) {
    if (execution.signalRequests?.has(requestId) === true) return;
    (execution.signalRequests ??= new Set()).add(requestId);
  }
  recordEvent(turn, execution, {
    eventType: 'WORKFLOW_EXECUTION_SIGNALED',
    attributes,
    ...(links.length > 0 && { links }),
  });
}
