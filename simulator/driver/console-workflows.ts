import { jsonPayload } from '../protocol/temporal/payload.ts';
import { ok } from '../base/result.ts';
import { explainRun } from '../engine/explain/waiting.ts';
import type { Execution } from '../engine/state.ts';
import type { ResultOf } from '../protocol/contract.ts';
import type { RunId } from '../protocol/ids.ts';
import type { Payloads } from '../protocol/temporal/common.ts';
import type { RequestOf } from '../protocol/temporal/methods.ts';
import { call, done, type Answer, type HandlersOf } from './console-call.ts';
import type { Driver } from './driver.ts';

type WorkflowMethod =
  | 'workflows/start'
  | 'workflows/signal'
  | 'workflows/cancel'
  | 'workflows/terminate'
  | 'workflows/list'
  | 'workflows/describe'
  | 'workflows/history'
  | 'workflows/explain'
  | 'operations/pending';

const IDENTITY = 'control';
const RUNS_SHOWN = 1_000;

/** Answers what people ask and tell workflows and their operations. */
export const workflowHandlers = (present: () => Driver): HandlersOf<WorkflowMethod> => ({
  'workflows/start': async ({ namespace, workflowId, workflowType, taskQueue, input }) => {
    const started = await call(present(), 'startWorkflowExecution', {
      namespace,
      workflowId,
      workflowType: { name: workflowType },
      taskQueue: { name: taskQueue, kind: 'NORMAL' },
      ...payloads(input),
      identity: IDENTITY,
    });
    return started.ok ? ok({ runId: started.value.runId }) : started;
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
    const described = await call(driver, 'describeWorkflowExecution', byExecution(workflow));
    if (!described.ok) return described;
    const runId = described.value.workflowExecutionInfo.execution.runId as RunId;
    return ok({ causes: explainRun(driver.state, runId, driver.clockState().now) });
  },
  'operations/pending': async ({ namespace }) => pendingOperations(present(), namespace),
});

interface Named {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId?: string;
}

const executionOf = ({ workflowId, runId }: Named): { workflowId: string; runId?: string } => ({
  workflowId,
  ...(runId !== undefined && { runId }),
});

const byExecution = (named: Named): RequestOf<'describeWorkflowExecution'> => ({
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
  return ok({ operations });
}
