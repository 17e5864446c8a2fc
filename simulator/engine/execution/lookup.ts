import type { RunId } from '../../protocol/ids.ts';
import type { WorkflowExecution } from '../../protocol/temporal/common.ts';
import { isRunning, workflowKey, type Execution } from '../state.ts';
import { refuse, type Turn } from '../turn.ts';
import { namespaceNotFound } from '../registry/namespaces.ts';
import { startedAttributes } from './start-run.ts';

interface Named {
  readonly namespace?: string | undefined;
  readonly execution?: WorkflowExecution | undefined;
}

interface ChainNamed extends Named {
  /** The first run of the chain whose latest run is meant, in place of a run id. */
  readonly firstExecutionRunId?: string | undefined;
}

/** The run that a request names: that very run, or the latest one of the workflow id. */
export function findExecution(turn: Turn, named: Named): Execution | ReturnType<typeof refuse> {
  const namespace = named.namespace ?? '';
  if (!turn.state.namespaces.has(namespace)) return namespaceNotFound(namespace);
  const { workflowId = '', runId } = named.execution ?? {};
  if (workflowId === '') return refuse('INVALID_ARGUMENT', 'WorkflowId is not set on request.');
  const wanted = runId ?? turn.state.currentRuns.get(workflowKey(namespace, workflowId));
  const execution = wanted === undefined ? undefined : turn.state.executions.get(wanted as RunId);
  if (execution?.ref.workflowId !== workflowId || execution.ref.namespace !== namespace) {
    return runId === undefined
      ? runNotFound(workflowId)
      : refuse(
          'NOT_FOUND',
          `workflow execution not found for workflow ID "${workflowId}" and run ID "${runId}"`,
        );
  }
  return execution;
}

export const runNotFound = (workflowId: string): ReturnType<typeof refuse> =>
  refuse('NOT_FOUND', `workflow not found for ID: ${workflowId}`);

/** Like {@link findExecution}, for requests that a closed run cannot take. */
export const findRunning = (turn: Turn, named: Named): Execution | ReturnType<typeof refuse> =>
  running(findExecution(turn, named));

/** Like {@link findExecution}, for requests that may name a chain. A closed run is found for any chain. */
export function findInChain(turn: Turn, named: ChainNamed): Execution | ReturnType<typeof refuse> {
  const { namespace, execution, firstExecutionRunId: first } = named;
  if (first === undefined) return findExecution(turn, named);
  const workflowId = execution?.workflowId;
  const found = findExecution(turn, {
    namespace,
    ...(workflowId !== undefined && { execution: { workflowId } }),
  });
  if (isRefusal(found) || !isRunning(found)) return found;
  return startedAttributes(found).firstExecutionRunId === first
    ? found
    : refuse('NOT_FOUND', 'workflow execution not found');
}

/** What a closed run cannot take is refused. */
export const running = (
  found: Execution | ReturnType<typeof refuse>,
): Execution | ReturnType<typeof refuse> =>
  isRefusal(found) || isRunning(found) ? found : refuse('NOT_FOUND', 'workflow execution already completed');

export const isRefusal = (found: Execution | ReturnType<typeof refuse>): found is ReturnType<typeof refuse> =>
  'ok' in found;
