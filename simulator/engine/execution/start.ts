import { ok } from '../../base/result.ts';
import { after, ms, shorter } from '../../base/time.ts';
import { ID_LENGTH_MAX } from '../../protocol/ids.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Callback, Link } from '../../protocol/temporal/common.ts';
import type { WorkflowTask } from '../../protocol/temporal/methods.ts';
import type { StartWorkflowExecutionRequest } from '../../protocol/temporal/start-request.ts';
import type { Reply } from '../../protocol/temporal/port.ts';
import { callbackProblem, newCallback } from '../nexus/callback-record.ts';
import { eventLink, requestIdLink } from '../nexus/links.ts';
import { taskQueueProblem } from '../matching/queue-name.ts';
import { callbackCount } from '../update/update-callbacks.ts';
import { namespaceNotFound } from '../registry/namespaces.ts';
import { isRunning, workflowKey, type Execution } from '../state.ts';
import { refuse, type MethodHandler, type Turn } from '../turn.ts';
import { retryPolicyProblem, withRetryDefaults } from './activity-retry.ts';
import { closeExecution } from './close.ts';
import { recordEvent } from './record.ts';
import { searchAttributesProblem } from './run-attributes.ts';
import { beginFirstTask, firstSet, startRun, type PlannedAttributes, type RunPlan } from './start-run.ts';
import { takeWorkflowTask } from './workflow-task.ts';

type StartReply = Reply<'startWorkflowExecution'>;

/** A start that is more than a client's plain request. */
export interface StartOrder {
  readonly request: StartWorkflowExecutionRequest;
  /** Who started it as a child. */
  readonly parent?: ParentAttributes;
  /** What happens to a new run before its first workflow task is scheduled. */
  readonly beforeFirstTask?: (execution: Execution) => void;
  /** Who asked is a worker, and may get the first workflow task with the answer. */
  readonly worker?: { readonly remote: boolean };
}

export type ParentAttributes = Pick<
  PlannedAttributes,
  | 'parentWorkflowNamespace'
  | 'parentWorkflowNamespaceId'
  | 'parentWorkflowExecution'
  | 'parentInitiatedEventId'
  | 'rootWorkflowExecution'
>;

export const startWorkflowExecution: MethodHandler<'startWorkflowExecution'> = (turn, request, { remote }) =>
  startOrdered(turn, { request, worker: { remote } });

/** Starts a run, or finds that the workflow id is taken (semantics §8.6). */
export function startOrdered(turn: Turn, order: StartOrder): StartReply {
  const { request } = order;
  const namespace = request.namespace ?? '';
  if (!turn.state.namespaces.has(namespace)) return namespaceNotFound(namespace);
  const problem =
    startProblem(turn.limits, request) ??
    searchAttributesProblem(turn, namespace, request.searchAttributes?.indexedFields);
  if (problem !== undefined) return refuse('INVALID_ARGUMENT', problem);
  const key = workflowKey(namespace, request.workflowId ?? '');
  const currentRun = turn.state.currentRuns.get(key);
  const current = currentRun === undefined ? undefined : turn.state.executions.get(currentRun);
  if (current === undefined) return startNew(turn, order);
  const attached = request.requestId === undefined ? undefined : current.requests.get(request.requestId);
  if (attached !== undefined && request.requestId !== undefined) {
    return existing(
      current,
      attached.eventType === 'WORKFLOW_EXECUTION_STARTED'
        ? { started: true, link: startLink(current) }
        : { started: false, link: requestIdLink(current.ref, request.requestId, attached.eventType) },
    );
  }
  return isRunning(current) ? onRunning(turn, order, current) : onClosed(turn, order, current);
}

function onRunning(turn: Turn, order: StartOrder, current: Execution): StartReply {
  const { request } = order;
  const terminates =
    request.workflowIdConflictPolicy === 'TERMINATE_EXISTING' ||
    request.workflowIdReusePolicy === 'TERMINATE_IF_RUNNING';
  if (terminates) {
    closeExecution(turn, current, {
      eventType: 'WORKFLOW_EXECUTION_TERMINATED',
      attributes: { reason: 'TerminateIfRunning WorkflowIdReusePolicy Policy', identity: 'history-service' },
    });
    return startNew(turn, order);
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
  const attached = callbackCount(current);
  if (attached + callbacks.length > callbacksPerWorkflowMax) {
    return refuse(
      'FAILED_PRECONDITION',
      `cannot attach more than ${callbacksPerWorkflowMax} callbacks to a workflow (${attached} callbacks already attached)`,
    );
  }
  const ownLinks = attachLinks === true ? withoutCallbackLinks(links, callbacks) : [];
  const eventType = 'WORKFLOW_EXECUTION_OPTIONS_UPDATED';
  current.requests.set(requestId, { eventType });
  current.callbacks.push(...callbacks.map((callback) => newCallback(turn, callback)));
  recordEvent(turn, current, {
    eventType,
    attributes: {
      attachedRequestId: requestId,
      ...(callbacks.length > 0 && { attachedCompletionCallbacks: callbacks }),
    },
    ...(ownLinks.length > 0 && { links: ownLinks }),
    workerMayIgnore: true,
  });
  return existing(current, { started: false, link: requestIdLink(current.ref, requestId, eventType) });
}

function onClosed(turn: Turn, order: StartOrder, current: Execution): StartReply {
  switch (order.request.workflowIdReusePolicy) {
    case 'REJECT_DUPLICATE':
      return alreadyStarted(current, 'already finished; the reuse policy is REJECT_DUPLICATE');
    case 'ALLOW_DUPLICATE_FAILED_ONLY':
      return current.status === 'COMPLETED'
        ? alreadyStarted(current, 'finished successfully; the reuse policy is ALLOW_DUPLICATE_FAILED_ONLY')
        : startNew(turn, order);
    default:
      return startNew(turn, order);
  }
}

function startNew(turn: Turn, order: StartOrder): StartReply {
  const plan = planOf(turn, order.request);
  const delayed = (plan.attributes.firstWorkflowTaskBackoff ?? 0) > 0;
  const eager = order.request.requestEagerExecution === true && !delayed ? order.worker : undefined;
  const execution = startRun(turn, {
    ...plan,
    attributes: {
      ...plan.attributes,
      ...order.parent,
      ...(eager !== undefined && { eagerExecutionAccepted: true }),
    },
  });
  order.beforeFirstTask?.(execution);
  const answer = { started: true, link: startLink(execution) };
  if (eager === undefined) {
    beginFirstTask(turn, execution);
    return existing(execution, answer);
  }
  const taker = { identity: order.request.identity ?? '', ...eager };
  return existing(execution, { ...answer, eagerWorkflowTask: takeWorkflowTask(turn, execution, taker) });
}

/** What a request to start asks for, with the server's own values where it says nothing. */
function planOf(turn: Turn, request: StartWorkflowExecutionRequest): RunPlan {
  const { links = [], userMetadata, workflowStartDelay, retryPolicy } = request;
  const { workflowExecutionTimeout: whole = ms(0) } = request;
  const expiresAt = whole > 0 ? after(turn.now, ms(whole + (workflowStartDelay ?? 0))) : undefined;
  const runTimeout = firstSet(request.workflowRunTimeout, whole);
  return {
    namespace: request.namespace ?? '',
    workflowId: request.workflowId ?? '',
    requestId: request.requestId ?? turn.state.random.ids.uuid(),
    attributes: {
      workflowType: { name: request.workflowType?.name ?? '' },
      taskQueue: { name: request.taskQueue?.name ?? '', kind: 'NORMAL' },
      workflowTaskTimeout: firstSet(request.workflowTaskTimeout, turn.limits.workflowTaskTimeout),
      attempt: 1,
      ...carriedOver(request),
      ...(runTimeout > 0 && {
        workflowRunTimeout: whole > 0 ? shorter(runTimeout, whole) : runTimeout,
      }),
      ...(expiresAt !== undefined && { workflowExecutionExpirationTime: expiresAt }),
      ...(retryPolicy !== undefined && { retryPolicy: withRetryDefaults(retryPolicy, turn.limits) }),
      firstWorkflowTaskBackoff: workflowStartDelay ?? ms(0),
    },
    links: withoutCallbackLinks(links, request.completionCallbacks),
    ...(userMetadata !== undefined && { userMetadata }),
  };
}

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
> {
  const { input, identity, header, memo, searchAttributes, completionCallbacks } = request;
  const { workflowExecutionTimeout } = request;
  return {
    ...(input !== undefined && { input }),
    ...(identity !== undefined && { identity }),
    ...(header !== undefined && { header }),
    ...(memo !== undefined && { memo }),
    ...(searchAttributes !== undefined && { searchAttributes }),
    ...(completionCallbacks !== undefined && { completionCallbacks }),
    ...(workflowExecutionTimeout !== undefined && { workflowExecutionTimeout }),
  };
}

/** A link that a callback carries is not repeated on the event (semantics §1.6). */
export function withoutCallbackLinks(
  links: readonly Link[],
  callbacks: readonly Callback[] = [],
): readonly Link[] {
  const carried = new Set(
    callbacks.flatMap((callback) => (callback.links ?? []).map((link) => JSON.stringify(link))),
  );
  return links.filter((link) => !carried.has(JSON.stringify(link)));
}

const startLink = (execution: Execution): Link => eventLink(execution.ref, 1, 'WORKFLOW_EXECUTION_STARTED');

const existing = (
  execution: Execution,
  answer: { readonly started: boolean; readonly link: Link; readonly eagerWorkflowTask?: WorkflowTask },
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

/** What is wrong with a request to start, whatever else runs; `undefined` when nothing is. */
export const startProblem = (limits: Limits, request: StartWorkflowExecutionRequest): string | undefined =>
  nameProblem(request) ??
  unsupportedProblem(request) ??
  (request.retryPolicy && retryPolicyProblem(request.retryPolicy)) ??
  callbacksProblem(limits, request);

function nameProblem(request: StartWorkflowExecutionRequest): string | undefined {
  const names = [
    ['WorkflowId', request.workflowId],
    ['WorkflowType', request.workflowType?.name],
  ] as const;
  for (const [name, value = ''] of names) {
    if (value === '') return `${name} is not set on request.`;
    if (value.length > ID_LENGTH_MAX) return `${name} length exceeds limit of ${ID_LENGTH_MAX}.`;
  }
  return taskQueueProblem(request.taskQueue);
}

/** Refused by name rather than left out in silence: the run would not do what its author asked for. */
function unsupportedProblem(request: StartWorkflowExecutionRequest): string | undefined {
  if (request.cronSchedule !== undefined) {
    return 'This simulator does not run cron schedules yet: start the workflow without cronSchedule.';
  }
  return undefined;
}

function callbacksProblem(limits: Limits, request: StartWorkflowExecutionRequest): string | undefined {
  const callbacks = request.completionCallbacks ?? [];
  const { attachCompletionCallbacks, attachRequestId } = request.onConflictOptions ?? {};
  if (attachCompletionCallbacks === true && attachRequestId !== true) {
    return 'attaching request ID is required for attaching completion callbacks';
  }
  if (callbacks.length > limits.callbacksPerWorkflowMax) {
    return `cannot attach more than ${limits.callbacksPerWorkflowMax} callbacks to a workflow`;
  }
  return callbacks
    .map((callback) => callbackProblem(callback, limits))
    .find((problem) => problem !== undefined);
}
