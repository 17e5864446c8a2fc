import type { RunId, SpanId } from '../protocol/ids.ts';
import type { WorkflowExecutionStartedAttributes } from '../protocol/temporal/history.ts';
import { workflowSpan } from './span-ids.ts';

/** The runs that a run comes from: the one that it follows, or else the one that started it as a child. */
export function familyOf(attributes: WorkflowExecutionStartedAttributes): readonly SpanId[] {
  const { continuedExecutionRunId, parentWorkflowExecution } = attributes;
  const from = continuedExecutionRunId ?? parentWorkflowExecution?.runId;
  return from === undefined ? [] : [workflowSpan(from as RunId)];
}

/** What the span of a run says beside its causes when it is not the first of its kind. */
export const chainOf = ({
  attempt,
  continuedExecutionRunId,
  firstWorkflowTaskBackoff,
}: WorkflowExecutionStartedAttributes): Readonly<Record<string, string | number>> => ({
  ...(attempt > 1 && { attempt }),
  ...(continuedExecutionRunId !== undefined && { continuedFrom: continuedExecutionRunId }),
  ...(firstWorkflowTaskBackoff !== undefined && { backoffMs: firstWorkflowTaskBackoff }),
});
