import { ok } from '../../base/result.ts';
import type { RequestOf, ResponseOf } from '../../protocol/temporal/methods.ts';
import type { ServiceError } from '../../protocol/temporal/port.ts';
import type { StartWorkflowExecutionRequest } from '../../protocol/temporal/start-request.ts';
import type { UpdateWorkflowExecutionRequest } from '../../protocol/temporal/update-methods.ts';
import { startOrdered } from '../execution/start.ts';
import { eventLink } from '../nexus/links.ts';
import { namespaceNotFound } from '../registry/namespaces.ts';
import { isRunning, workflowKey, type Execution } from '../state.ts';
import { refuse, type CallContext, type MethodHandler, type Turn } from '../turn.ts';
import { admitUpdate } from '../update.ts';
import { orderOf, sendUpdate, updateProblem, waitOf, type UpdateOrder } from './methods.ts';
import { multiOperationRefusal } from './refusal.ts';
import type { UpdateWait, WorkflowUpdate } from './update-state.ts';
import { waitForUpdate, withStart } from './wait.ts';

/*
 * Update with start: the update goes to the workflow that runs, or else to one that is started with the update
 * before its first workflow task (the server's service/history/api/multioperation).
 */

interface Operations {
  readonly start: StartWorkflowExecutionRequest;
  readonly order: UpdateOrder;
}

type Started = ResponseOf<'startWorkflowExecution'>;

export const executeMultiOperation: MethodHandler<'executeMultiOperation'> = (turn, request, context) => {
  const { namespace = '', operations = [] } = request;
  if (!turn.state.namespaces.has(namespace)) return namespaceNotFound(namespace);
  const [start, update] = [operations[0]?.startWorkflow, operations[1]?.updateWorkflow];
  if (operations.length !== 2 || start === undefined || update === undefined) {
    return refuse('INVALID_ARGUMENT', 'Operations have to be exactly [Start, Update].');
  }
  const problems = [startProblem(namespace, start), problemOf(turn, { namespace, start, update })] as const;
  if (problems.some((problem) => problem !== undefined)) {
    return multiOperationRefusal([problems[0] ?? false, problems[1] ?? false]);
  }
  const both = { start: { ...start, namespace }, order: orderOf(turn, update) };
  const current = currentRun(turn, both.start);
  return current !== undefined && goesTo(current, both)
    ? updateRunning(turn, current, both, context)
    : startAndUpdate(turn, both, context);
};

const invalid = (message: string): ServiceError => ({ code: 'INVALID_ARGUMENT', message });

function startProblem(namespace: string, start: StartWorkflowExecutionRequest): ServiceError | undefined {
  if ((start.namespace ?? namespace) !== namespace) {
    return invalid("Operation namespace did not match request's namespace.");
  }
  if (start.cronSchedule !== undefined) return invalid('CronSchedule is not allowed.');
  if (start.requestEagerExecution === true) return invalid('RequestEagerExecution is not supported.');
  return (start.workflowStartDelay ?? 0) > 0 ? invalid('WorkflowStartDelay is not supported.') : undefined;
}

function problemOf(
  turn: Turn,
  both: {
    readonly namespace: string;
    readonly start: StartWorkflowExecutionRequest;
    readonly update: UpdateWorkflowExecutionRequest;
  },
): ServiceError | undefined {
  const { namespace, start, update } = both;
  const { workflowId, runId } = update.workflowExecution ?? {};
  if ((update.namespace ?? namespace) !== namespace) {
    return invalid("Operation namespace did not match request's namespace.");
  }
  const problem = updateProblem(turn, update);
  if (problem !== undefined) return problem.error;
  if (update.firstExecutionRunId !== undefined) return invalid('FirstExecutionRunId is not allowed.');
  if (runId !== undefined) return invalid('RunId is not allowed.');
  return workflowId === start.workflowId
    ? undefined
    : invalid('WorkflowId is not consistent with previous operation(s).');
}

function currentRun(
  turn: Turn,
  { namespace = '', workflowId = '' }: RequestOf<'startWorkflowExecution'>,
): Execution | undefined {
  const runId = turn.state.currentRuns.get(workflowKey(namespace, workflowId));
  return runId === undefined ? undefined : turn.state.executions.get(runId);
}

/** Whether the update is one of the run that there is, instead of one that is to be started. */
function goesTo(current: Execution, { start, order }: Operations): boolean {
  const known = current.updates.get(order.id);
  if (!isRunning(current)) return known?.state === 'completed';
  const repeated = start.requestId !== undefined && current.requests.has(start.requestId);
  return known !== undefined || repeated || start.workflowIdConflictPolicy === 'USE_EXISTING';
}

function updateRunning(
  turn: Turn,
  execution: Execution,
  { order }: Operations,
  context: CallContext,
): ReturnType<typeof answerOrWait> {
  const update = sendUpdate(turn, execution, order);
  if ('ok' in update) return multiOperationRefusal([false, update.error]);
  const link = eventLink(execution.ref, 1, 'WORKFLOW_EXECUTION_STARTED');
  const start = { runId: execution.ref.runId, started: false, status: execution.status, link };
  return answerOrWait(turn, execution, update, { ...waitOf(execution, order, context), start });
}

function startAndUpdate(
  turn: Turn,
  { start, order }: Operations,
  context: CallContext,
): ReturnType<typeof answerOrWait> {
  const begun: { readonly execution: Execution; readonly update: WorkflowUpdate }[] = [];
  const beforeFirstTask = (execution: Execution): void => {
    begun.push({ execution, update: admitUpdate(turn, execution, order.id, order.request) });
  };
  const reply = startOrdered(turn, { request: start, beforeFirstTask });
  if (!reply.ok) return multiOperationRefusal([reply.error, false]);
  const [found] = begun;
  if (found === undefined) {
    const error = { code: 'UNAVAILABLE', message: 'Workflow was not started: it was before.' } as const;
    return multiOperationRefusal([error, false]);
  }
  const wait = { ...waitOf(found.execution, order, context), start: reply.value };
  return answerOrWait(turn, found.execution, found.update, wait);
}

function answerOrWait(
  turn: Turn,
  execution: Execution,
  update: WorkflowUpdate,
  wait: UpdateWait & { readonly start: Started },
): ReturnType<typeof multiOperationRefusal> | ReturnType<typeof done> | undefined {
  const answer = waitForUpdate(turn, execution, update, wait);
  return answer?.ok === true ? done(wait.start, answer.value) : undefined;
}

const done = (...both: Parameters<typeof withStart>) => ok(withStart(...both));
