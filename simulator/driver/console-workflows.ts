import { jsonPayload } from '../protocol/temporal/payload.ts';
import { err, ok } from '../base/result.ts';
import { explainRun } from '../engine/explain/waiting.ts';
import { workflowKey, type Execution } from '../engine/state.ts';
import type { ParamsOf, ResultOf } from '../protocol/contract.ts';
import type { RunId } from '../protocol/ids.ts';
import type { consoleRequests } from '../protocol/console-requests.ts';
import type { Payloads } from '../protocol/temporal/common.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import type { RequestOf } from '../protocol/temporal/methods.ts';
import { call, done, type Answer, type HandlersOf } from './console-call.ts';
import type { Driver } from './driver.ts';

type WorkflowMethod = Extract<keyof typeof consoleRequests, `workflows/${string}`> | 'operations/pending';
type Telling =
  `workflows/${'start' | 'signalWithStart' | 'signal' | 'cancel' | 'terminate' | 'reset' | 'delete'}`;

const IDENTITY = 'control';
const RUNS_SHOWN = 1_000;

/** Answers what people ask and tell workflows and their operations. */
export const workflowHandlers = (present: () => Driver): HandlersOf<WorkflowMethod> => ({
  ...tellHandlers(present),
  ...askHandlers(present),
});

const tellHandlers = (present: () => Driver): HandlersOf<Telling> => ({
  'workflows/start': async (params) => {
    const started = await call(present(), 'startWorkflowExecution', startOf(params));
    return started.ok ? ok({ runId: started.value.runId }) : started;
  },
  'workflows/signalWithStart': async ({ signalName, signalInput, ...params }) => {
    const reply = await call(present(), 'signalWithStartWorkflowExecution', {
      ...startOf(params),
      signalName,
      ...(signalInput !== undefined && { signalInput: { payloads: [jsonPayload(signalInput)] } }),
    });
    return reply.ok ? ok({ runId: reply.value.runId, started: reply.value.started }) : reply;
  },
  'workflows/signal': ({ signalName, input, ...workflow }) =>
    done(
      call(present(), 'signalWorkflowExecution', {
        ...onExecution(workflow),
        signalName,
        ...payloads(input),
      }),
    ),
  'workflows/cancel': ({ reason, ...workflow }) =>
    done(
      call(present(), 'requestCancelWorkflowExecution', { ...onExecution(workflow), ...reasonOf(reason) }),
    ),
  'workflows/terminate': ({ reason, ...workflow }) =>
    done(call(present(), 'terminateWorkflowExecution', { ...onExecution(workflow), ...reasonOf(reason) })),
  'workflows/reset': async ({ to, reason, excludeFromReapply = [], ...workflow }) => {
    const found = await find(present(), workflow);
    if (!found.ok) return found;
    return call(present(), 'resetWorkflowExecution', {
      ...onExecution({ ...workflow, runId: found.value.ref.runId }),
      ...reasonOf(reason),
      workflowTaskFinishEventId: typeof to === 'object' ? to.eventId : finishIdOf(found.value, to),
      resetReapplyExcludeTypes: excludeFromReapply,
    });
  },
  'workflows/delete': (workflow) => {
    const { namespace, execution: workflowExecution } = byExecution(workflow);
    return done(call(present(), 'deleteWorkflowExecution', { namespace, workflowExecution }));
  },
});

const askHandlers = (present: () => Driver): HandlersOf<Exclude<WorkflowMethod, Telling>> => ({
  'workflows/list': ({ namespace, limit }) => {
    const all = executions(present(), namespace);
    // The sort is stable: of runs that started at one instant the later one stands first.
    const runs = all
      .reverse()
      .sort((a, b) => b.startedAt - a.startedAt)
      .slice(0, limit ?? RUNS_SHOWN);
    return ok({ runs: runs.map(runOf), total: all.length });
  },
  'workflows/describe': async (workflow) => {
    const described = await call(present(), 'describeWorkflowExecution', byExecution(workflow));
    return described.ok ? ok({ description: { ...described.value } }) : described;
  },
  'workflows/history': async ({ pageToken, ...workflow }) => {
    const page = await call(present(), 'getWorkflowExecutionHistory', {
      ...byExecution(workflow),
      ...(pageToken !== undefined && { nextPageToken: pageToken }),
    });
    if (!page.ok) return page;
    const { history, nextPageToken } = page.value;
    const events = (history.events ?? []).map((event) => ({ ...event }));
    return ok({ events, ...(nextPageToken !== undefined && { nextPageToken }) });
  },
  'workflows/explain': async (workflow) => {
    const driver = present();
    const found = await find(driver, workflow);
    if (found.ok) return explained(driver, found.value.ref.runId);
    const run = standaloneRun(driver, workflow);
    return run === undefined ? found : explained(driver, run);
  },
  'operations/pending': async ({ namespace }) => pendingOperations(present(), namespace),
});

interface Named {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId?: string;
}

const startOf = (params: ParamsOf<'workflows/start'>): RequestOf<'startWorkflowExecution'> => ({
  namespace: params.namespace,
  workflowId: params.workflowId,
  workflowType: { name: params.workflowType },
  taskQueue: { name: params.taskQueue, kind: 'NORMAL' },
  ...payloads(params.input),
  identity: IDENTITY,
});

async function find(driver: Driver, workflow: Named): Promise<Answer<Execution>> {
  const described = await call(driver, 'describeWorkflowExecution', byExecution(workflow));
  if (!described.ok) return described;
  const runId = described.value.workflowExecutionInfo.execution.runId as RunId;
  const execution = driver.state.executions.get(runId);
  return execution === undefined ? err({ message: `The run ${runId} is gone.` }) : ok(execution);
}

/** The event that ended the first or last workflow task that was completed, or that would end the first of all. */
function finishIdOf({ events }: Execution, task: 'first-workflow-task' | 'last-workflow-task'): number {
  const isCompleted = ({ eventType }: HistoryEvent): boolean => eventType === 'WORKFLOW_TASK_COMPLETED';
  const completed = task === 'first-workflow-task' ? events.find(isCompleted) : events.findLast(isCompleted);
  if (completed !== undefined) return completed.eventId;
  const scheduled = events.find(({ eventType }) => eventType === 'WORKFLOW_TASK_SCHEDULED');
  return (scheduled?.eventId ?? 0) + 1;
}

const executionOf = ({ workflowId, runId }: Named): { workflowId: string; runId?: string } => ({
  workflowId,
  ...(runId !== undefined && { runId }),
});

const byExecution = (
  named: Named,
): Required<Pick<RequestOf<'describeWorkflowExecution'>, 'namespace' | 'execution'>> => ({
  namespace: named.namespace,
  execution: executionOf(named),
});

const onExecution = (named: Named): Omit<RequestOf<'terminateWorkflowExecution'>, 'reason'> => ({
  namespace: named.namespace,
  workflowExecution: executionOf(named),
  identity: IDENTITY,
});

const reasonOf = (reason: string | undefined): { reason?: string } =>
  reason === undefined ? {} : { reason };

const payloads = (value: unknown): { input?: Payloads } =>
  value === undefined ? {} : { input: { payloads: [jsonPayload(value)] } };

const executions = (driver: Driver, namespace: string | undefined): Execution[] =>
  [...driver.state.executions.values()].filter(
    ({ ref }) => namespace === undefined || ref.namespace === namespace,
  );

const runOf = (execution: Execution): ResultOf<'workflows/list'>['runs'][number] => ({
  ...execution.ref,
  workflowType: execution.workflowType,
  status: execution.status,
  startedAt: execution.startedAt,
  ...(execution.closedAt !== undefined && { closedAt: execution.closedAt }),
  pendingOperations: execution.operations.size,
});

const explained = (driver: Driver, run: RunId): Answer<ResultOf<'workflows/explain'>> =>
  ok({ causes: explainRun(driver.state, run, driver.clockState().now) });

async function pendingOperations(
  driver: Driver,
  namespace: string | undefined,
): Promise<Answer<ResultOf<'operations/pending'>>> {
  const operations: ResultOf<'operations/pending'>['operations'] = [];
  for (const { ref, operations: open } of executions(driver, namespace)) {
    if (open.size === 0) continue;
    const described = await call(driver, 'describeWorkflowExecution', byExecution(ref));
    if (!described.ok) return described;
    for (const operation of described.value.pendingNexusOperations ?? []) {
      operations.push({ ...ref, operation: { ...operation } });
    }
  }
  for (const { operation, status } of driver.state.standalone.values()) {
    const { run } = operation.ref;
    if (status !== 'RUNNING' || (namespace !== undefined && run.namespace !== namespace)) continue;
    const described = await call(driver, 'describeNexusOperationExecution', {
      namespace: run.namespace,
      operationId: run.workflowId,
      runId: run.runId,
    });
    if (!described.ok) return described;
    operations.push({ ...run, operation: { ...described.value.info } });
  }
  return ok({ operations });
}

/** The run of a standalone operation, which stands where a workflow would: its operation id for the workflow id. */
function standaloneRun({ state }: Driver, { namespace, workflowId, runId }: Named): RunId | undefined {
  const run = (runId as RunId | undefined) ?? state.currentStandalone.get(workflowKey(namespace, workflowId));
  const named = run && state.standalone.get(run)?.operation.ref.run;
  return named?.namespace === namespace && named.workflowId === workflowId ? run : undefined;
}
