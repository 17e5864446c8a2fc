import { ok } from '../../base/result.ts';
import type { RequestOf } from '../../protocol/temporal/methods.ts';
import { isRunning, workflowKey, type Execution } from '../state.ts';
import { refuse, type MethodHandler, type Turn } from '../turn.ts';
import { append } from './history.ts';
import { signal } from './signal-run.ts';
import { startedAttributes } from './start-run.ts';
import { startOrdered } from './start.ts';

type Request = RequestOf<'signalWithStartWorkflowExecution'>;

/** Signals the workflow; where none runs, starts it with the signal already in its history. */
export const signalWithStartWorkflowExecution: MethodHandler<'signalWithStartWorkflowExecution'> = (
  turn,
  request,
) => {
  const { signalName, signalInput: _input, ...start } = request;
  if (signalName === undefined) return refuse('INVALID_ARGUMENT', 'SignalName is not set on request.');
  if (request.workflowIdConflictPolicy === 'FAIL') {
    return refuse(
      'INVALID_ARGUMENT',
      'Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.',
    );
  }
  const attributes = signalOf(request, signalName);
  const current = currentRun(turn, request);
  const replaces = request.workflowIdConflictPolicy === 'TERMINATE_EXISTING';
  if (current !== undefined && isRunning(current) && !replaces) {
    signal(turn, current, attributes);
    return ok({ ...runIds(current), started: false });
  }
  const reply = startOrdered(turn, {
    request: start,
    beforeFirstTask: (execution) => {
      if (attributes.requestId !== undefined)
        (execution.signalRequests ??= new Set()).add(attributes.requestId);
      append(turn, execution, { eventType: 'WORKFLOW_EXECUTION_SIGNALED', attributes });
    },
  });
  if (!reply.ok) return reply;
  const started = currentRun(turn, request);
  return started === undefined
    ? refuse('INTERNAL', 'the run that was just started is not there')
    : ok({ ...runIds(started), started: reply.value.started });
};

function currentRun(turn: Turn, { namespace = '', workflowId = '' }: Request): Execution | undefined {
  const runId = turn.state.currentRuns.get(workflowKey(namespace, workflowId));
  return runId === undefined ? undefined : turn.state.executions.get(runId);
}

const signalOf = (
  { signalInput: input, identity, header, requestId }: Request,
  signalName: string,
): Parameters<typeof signal>[2] => ({
  signalName,
  ...(input !== undefined && { input }),
  ...(identity !== undefined && { identity }),
  ...(header !== undefined && { header }),
  ...(requestId !== undefined && { requestId }),
});

const runIds = (execution: Execution): { readonly runId: string; readonly firstExecutionRunId: string } => ({
  runId: execution.ref.runId,
  firstExecutionRunId: startedAttributes(execution).firstExecutionRunId,
});
