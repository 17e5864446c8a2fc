import { ok } from '../../base/result.ts';
import { after, ms, type DurationMs } from '../../base/time.ts';
import { ID_LENGTH_MAX, type NamespaceName, type RunId, type WorkflowId } from '../../protocol/ids.ts';
import type { Link } from '../../protocol/temporal/common.ts';
import type { StartWorkflowExecutionRequest } from '../../protocol/temporal/methods.ts';
import type { Reply } from '../../protocol/temporal/port.ts';
import { callbackProblem, newCallback } from '../nexus/callback.ts';
import { eventLink, requestIdLink } from '../nexus/links.ts';
import { namespaceNotFound } from '../registry/namespaces.ts';
import { isRunning, workflowKey, type Execution } from '../state.ts';
import { refuse, type MethodHandler, type Turn } from '../turn.ts';
import { closeExecution } from './close.ts';
import { append } from './history.ts';
import { recordEvent } from './record.ts';
import { scheduleWorkflowTask } from './workflow-task.ts';

type StartReply = Reply<'startWorkflowExecution'>;

/** Starts a run, or finds that the workflow id is taken (semantics §8.6). */
export const startWorkflowExecution: MethodHandler<'startWorkflowExecution'> = (turn, request) => {
  const refusal = checkRequest(turn, request);
  if (refusal !== undefined) return refusal;
  const key = workflowKey(request.namespace ?? '', request.workflowId ?? '');
  const currentRun = turn.state.currentRuns.get(key);
  const current = currentRun === undefined ? undefined : turn.state.executions.get(currentRun);
  if (current === undefined) return startNew(turn, request);
  const attached = request.requestId === undefined ? undefined : current.requests.get(request.requestId);
  if (attached !== undefined && request.requestId !== undefined) {
    return existing(
      current,
      attached.eventType === 'WORKFLOW_EXECUTION_STARTED'
        ? { started: true, link: startLink(current) }
        : { started: false, link: requestIdLink(current.ref, request.requestId, attached.eventType) },
    );
  }
  return isRunning(current) ? onRunning(turn, request, current) : onClosed(turn, request, current);
};

function onRunning(turn: Turn, request: StartWorkflowExecutionRequest, current: Execution): StartReply {
  const terminates =
    request.workflowIdConflictPolicy === 'TERMINATE_EXISTING' ||
    request.workflowIdReusePolicy === 'TERMINATE_IF_RUNNING';
  if (terminates) {
    closeExecution(turn, current, {
      eventType: 'WORKFLOW_EXECUTION_TERMINATED',
      attributes: { reason: 'TerminateIfRunning WorkflowIdReusePolicy Policy', identity: 'history-service' },
    });
    return startNew(turn, request);
  }
  if (request.workflowIdConflictPolicy !== 'USE_EXISTING')
    return alreadyStarted(current, 'is already running');
  return attach(turn, request, current);
}

/** USE_EXISTING: another caller joins the running workflow and gets its result too. */
function attach(turn: Turn, request: StartWorkflowExecutionRequest, current: Execution): StartReply {
  const { attachRequestId, attachCompletionCallbacks, attachLinks } = request.onConflictOptions ?? {};
  const { requestId = '', completionCallbacks = [], links = [] } = request;
  if (attachRequestId !== true || requestId === '') {
    return existing(current, { started: false, link: startLink(current) });
  }
  const callbacks = attachCompletionCallbacks === true ? completionCallbacks : [];
  const { callbacksPerWorkflowMax } = turn.limits;
  if (current.callbacks.length + callbacks.length > callbacksPerWorkflowMax) {
    return refuse(
      'FAILED_PRECONDITION',
      `cannot attach more than ${callbacksPerWorkflowMax} callbacks to a workflow (${current.callbacks.length} callbacks already attached)`,
    );
  }
  const eventType = 'WORKFLOW_EXECUTION_OPTIONS_UPDATED';
  current.requests.set(requestId, { eventType });
  current.callbacks.push(...callbacks.map((callback) => newCallback(turn, callback)));
  recordEvent(turn, current, {
    eventType,
    attributes: {
      attachedRequestId: requestId,
      ...(callbacks.length > 0 && { attachedCompletionCallbacks: callbacks }),
    },
    ...(attachLinks === true && links.length > 0 && { links }),
    workerMayIgnore: true,
  });
  return existing(current, { started: false, link: requestIdLink(current.ref, requestId, eventType) });
}

function onClosed(turn: Turn, request: StartWorkflowExecutionRequest, current: Execution): StartReply {
  switch (request.workflowIdReusePolicy) {
    case 'REJECT_DUPLICATE':
      return alreadyStarted(current, 'already finished; the reuse policy is REJECT_DUPLICATE');
    case 'ALLOW_DUPLICATE_FAILED_ONLY':
      return current.status === 'COMPLETED'
        ? alreadyStarted(current, 'finished successfully; the reuse policy is ALLOW_DUPLICATE_FAILED_ONLY')
        : startNew(turn, request);
    default:
      return startNew(turn, request);
  }
}

function startNew(turn: Turn, request: StartWorkflowExecutionRequest): StartReply {
  const execution = createExecution(turn, request);
  const { state } = turn;
  state.executions.set(execution.ref.runId, execution);
  state.currentRuns.set(workflowKey(execution.ref.namespace, execution.ref.workflowId), execution.ref.runId);
  appendStarted(turn, execution, request);
  if (execution.runTimeout > 0) {
    execution.runTimer = state.timers.set(after(turn.now, execution.runTimeout), {
      kind: 'run-timeout',
      run: execution.ref.runId,
    });
  }
  scheduleWorkflowTask(turn, execution);
  return existing(execution, { started: true, link: startLink(execution) });
}

function createExecution(turn: Turn, request: StartWorkflowExecutionRequest): Execution {
  const requestId = request.requestId ?? turn.state.random.ids.uuid();
  return {
    ref: {
      namespace: (request.namespace ?? '') as NamespaceName,
      workflowId: (request.workflowId ?? '') as WorkflowId,
      runId: turn.state.random.ids.uuid() as RunId,
    },
    workflowType: request.workflowType?.name ?? '',
    taskQueue: { name: request.taskQueue?.name ?? '', kind: 'NORMAL' },
    workflowTaskTimeout: firstSet(request.workflowTaskTimeout, turn.limits.workflowTaskTimeout),
    runTimeout: firstSet(request.workflowRunTimeout, request.workflowExecutionTimeout),
    startedAt: turn.now,
    status: 'RUNNING',
    events: [],
    buffered: [],
    previousStartedEventId: 0,
    timers: new Map(),
    operations: new Map(),
    callbacks: (request.completionCallbacks ?? []).map((callback) => newCallback(turn, callback)),
    requests: new Map([[requestId, { eventType: 'WORKFLOW_EXECUTION_STARTED' }]]),
    waits: new Map(),
    cancelRequested: false,
  };
}

function appendStarted(turn: Turn, execution: Execution, request: StartWorkflowExecutionRequest): void {
  const { runId, workflowId } = execution.ref;
  const { links = [], userMetadata } = request;
  append(turn, execution, {
    eventType: 'WORKFLOW_EXECUTION_STARTED',
    attributes: {
      workflowType: { name: execution.workflowType },
      workflowId,
      taskQueue: execution.taskQueue,
      workflowTaskTimeout: execution.workflowTaskTimeout,
      originalExecutionRunId: runId,
      firstExecutionRunId: runId,
      attempt: 1,
      ...carriedOver(request),
    },
    ...(withoutCallbackLinks(links, request).length > 0 && { links: withoutCallbackLinks(links, request) }),
    ...(userMetadata !== undefined && { userMetadata }),
  });
}

/** A duration of 0 on the wire means that there is none. */
const firstSet = (...durations: (DurationMs | undefined)[]): DurationMs =>
  durations.find((duration) => duration !== undefined && duration > 0) ?? ms(0);

/** Fields of the request that are on the started event under the same name. */
function carriedOver(
  request: StartWorkflowExecutionRequest,
): Pick<
  StartWorkflowExecutionRequest,
  | 'input'
  | 'identity'
  | 'header'
  | 'memo'
  | 'searchAttributes'
  | 'completionCallbacks'
  | 'workflowExecutionTimeout'
  | 'workflowRunTimeout'
> {
  const { input, identity, header, memo, searchAttributes, completionCallbacks } = request;
  const { workflowExecutionTimeout, workflowRunTimeout } = request;
  return {
    ...(input !== undefined && { input }),
    ...(identity !== undefined && { identity }),
    ...(header !== undefined && { header }),
    ...(memo !== undefined && { memo }),
    ...(searchAttributes !== undefined && { searchAttributes }),
    ...(completionCallbacks !== undefined && { completionCallbacks }),
    ...(workflowExecutionTimeout !== undefined && { workflowExecutionTimeout }),
    ...(workflowRunTimeout !== undefined && { workflowRunTimeout }),
  };
}

/** A link that a callback carries is not repeated on the event (semantics §1.6). */
function withoutCallbackLinks(
  links: readonly Link[],
  request: StartWorkflowExecutionRequest,
): readonly Link[] {
  const carried = new Set(
    (request.completionCallbacks ?? []).flatMap((callback) =>
      (callback.links ?? []).map((link) => JSON.stringify(link)),
    ),
  );
  return links.filter((link) => !carried.has(JSON.stringify(link)));
}

const startLink = (execution: Execution): Link => eventLink(execution.ref, 1, 'WORKFLOW_EXECUTION_STARTED');

const existing = (
  execution: Execution,
  answer: { readonly started: boolean; readonly link: Link },
): StartReply => ok({ runId: execution.ref.runId, status: execution.status, ...answer });

const alreadyStarted = (current: Execution, why: string): StartReply =>
  refuse(
    'ALREADY_EXISTS',
    `Workflow execution ${why}. WorkflowId: ${current.ref.workflowId}, RunId: ${current.ref.runId}.`,
    {
      type: 'WorkflowExecutionAlreadyStartedFailure',
      value: { startRequestId: [...current.requests.keys()][0] ?? '', runId: current.ref.runId },
    },
  );

function checkRequest(
  turn: Turn,
  request: StartWorkflowExecutionRequest,
): ReturnType<typeof refuse> | undefined {
  const namespace = request.namespace ?? '';
  if (!turn.state.namespaces.has(namespace)) return namespaceNotFound(namespace);
  const problem = nameProblem(request) ?? unsupportedProblem(request) ?? callbacksProblem(turn, request);
  return problem === undefined ? undefined : refuse('INVALID_ARGUMENT', problem);
}

function nameProblem(request: StartWorkflowExecutionRequest): string | undefined {
  const names = [
    ['WorkflowId', request.workflowId],
    ['WorkflowType', request.workflowType?.name],
    ['TaskQueue', request.taskQueue?.name],
  ] as const;
  for (const [name, value = ''] of names) {
    if (value === '') return `${name} is not set on request.`;
    if (value.length > ID_LENGTH_MAX) return `${name} length exceeds limit of ${ID_LENGTH_MAX}.`;
  }
  return undefined;
}

/** Refused by name rather than left out in silence: the run would not do what its author asked for. */
function unsupportedProblem(request: StartWorkflowExecutionRequest): string | undefined {
  if (request.cronSchedule !== undefined) {
    return 'This simulator does not run cron schedules yet: start the workflow without cronSchedule.';
  }
  if (request.retryPolicy !== undefined && request.retryPolicy.maximumAttempts !== 1) {
    return 'This simulator does not retry workflows yet: start it without a retry policy, or with maximumAttempts 1.';
  }
  return undefined;
}

function callbacksProblem(turn: Turn, request: StartWorkflowExecutionRequest): string | undefined {
  const callbacks = request.completionCallbacks ?? [];
  const { attachCompletionCallbacks, attachRequestId } = request.onConflictOptions ?? {};
  if (attachCompletionCallbacks === true && attachRequestId !== true) {
    return 'attaching request ID is required for attaching completion callbacks';
  }
  if (callbacks.length > turn.limits.callbacksPerWorkflowMax) {
    return `cannot attach more than ${turn.limits.callbacksPerWorkflowMax} callbacks to a workflow`;
  }
  return callbacks.map(callbackProblem).find((problem) => problem !== undefined);
}
