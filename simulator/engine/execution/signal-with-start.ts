import { ok } from '../../base/result.ts';
import type { RequestOf } from '../../protocol/temporal/methods.ts';
import type { Reply } from '../../protocol/temporal/port.ts';
import { isRunning, workflowKey, type Execution } from '../state.ts';
import { refuse, type MethodHandler, type Turn } from '../turn.ts';
import { append } from './history.ts';
import { signal } from './signal-run.ts';
import { startedAttributes } from './start-run.ts';
import { startOrdered } from './start.ts';

type Request = RequestOf<'signalWithStartWorkflowExecution'>;

export const signalWithStartWorkflowExecution: MethodHandler<'signalWithStartWorkflowExecution'> = (
  turn,
  request,
) => signalOrStart(turn, request);

/** What is wrong with the part of the request that is not about the start. */
export function signalWithStartProblem(request: Request): string | undefined {
  if (request.signalName === undefined) return 'SignalName is not set on request.';
  return request.workflowIdConflictPolicy === 'FAIL'
    ? 'Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.'
    : undefined;
}

/** Signals the workflow; where none runs, starts it with the signal already in its history. */
export function signalOrStart(turn: Turn, request: Request): Reply<'signalWithStartWorkflowExecution'> {
  const problem = signalWithStartProblem(request);
  if (problem !== undefined) return refuse('INVALID_ARGUMENT', problem);
  const { signalName = '', signalInput: _input, ...start } = request;
  const { links = [] } = request;
  const attributes = signalOf(request, signalName);
  const current = currentRun(turn, request);
  const replaces = request.workflowIdConflictPolicy === 'TERMINATE_EXISTING';
  if (current !== undefined && isRunning(current) && !replaces) {
    signal(turn, current, attributes, links);
    return ok({ ...runIds(current), started: false });
  }
  const reply = startOrdered(turn, {
    request: start,
    beforeFirstTask: (execution) => {
      if (attributes.requestId !== undefined)
        (execution.signalRequests ??= new Set()).add(attributes.requestId);
      append(turn, execution, {
        eventType: 'WORKFLOW_EXECUTION_SIGNALED',
        attributes,
        ...(links.length > 0 && { links }),
      });
    },
  });
  if (!reply.ok) return reply;
  const started = currentRun(turn, request);
  return started === undefined
    ? refuse('INTERNAL', 'the run that was just started is not there')
    : ok({ ...runIds(started), started: reply.value.started });
}

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
