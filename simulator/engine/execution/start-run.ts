import { extend } from '../../base/extend.ts';
import { after, ms, type DurationMs } from '../../base/time.ts';
import { TransientMap } from '../../base/transient-map.ts';
import type { NamespaceName, RunId, WorkflowId } from '../../protocol/ids.ts';
import type { Link, UserMetadata } from '../../protocol/temporal/common.ts';
import type { WorkflowExecutionStartedAttributes } from '../../protocol/temporal/history.ts';
import { newCallback } from '../nexus/callback-record.ts';
import { workflowKey, type AttachedRequest, type Execution } from '../state.ts';
import type { Turn } from '../turn.ts';
import { append } from './history.ts';
import { scheduleWorkflowTask } from './workflow-task.ts';

/** What differs between the ways in which a run comes about: asked for, as a child, or following another run. */
export interface RunPlan {
  readonly namespace: string;
  readonly workflowId: string;
  /** A closing run names its follower in its last event, before that one starts. */
  readonly runId?: RunId;
  readonly requestId: string;
  readonly attributes: PlannedAttributes;
  readonly links?: readonly Link[];
  readonly userMetadata?: UserMetadata;
}

/** Attributes of the started event, without those that follow from the run itself. */
export type PlannedAttributes = Omit<
  WorkflowExecutionStartedAttributes,
  'workflowId' | 'originalExecutionRunId' | 'firstExecutionRunId'
> & {
  /** The first run of the chain; absent when this run is the first. */
  readonly firstExecutionRunId?: string;
};

/**
 * Makes a run the current one of its workflow id and writes its started event. Its first workflow task is the
 * caller's next step: {@link beginFirstTask}.
 */
export function startRun(turn: Turn, plan: RunPlan): Execution {
  const { namespace, workflowId, requestId } = plan;
  const runId = plan.runId ?? newRunId(turn);
  const attributes: WorkflowExecutionStartedAttributes = extend(plan.attributes, {
    workflowId,
    originalExecutionRunId: runId,
    firstExecutionRunId: plan.attributes.firstExecutionRunId ?? runId,
  });
  const execution = newExecution(turn, { namespace, workflowId, runId, requestId, attributes });
  register(turn, execution);
  append(turn, execution, {
    eventType: 'WORKFLOW_EXECUTION_STARTED',
    attributes,
    ...(plan.links !== undefined && plan.links.length > 0 && { links: plan.links }),
    ...(plan.userMetadata !== undefined && { userMetadata: plan.userMetadata }),
  });
  armRunTimer(turn, execution);
  return execution;
}

/** Schedules the first workflow task, now or after the wait that the started event names. */
export function beginFirstTask(turn: Turn, execution: Execution): void {
  const { firstWorkflowTaskBackoff = ms(0) } = startedAttributes(execution);
  if (firstWorkflowTaskBackoff <= 0) {
    scheduleWorkflowTask(turn, execution);
    return;
  }
  execution.firstTaskTimer = turn.state.timers.set(after(turn.now, firstWorkflowTaskBackoff), {
    kind: 'first-workflow-task',
    run: execution.ref.runId,
  });
}

export const newRunId = (turn: Turn): RunId => turn.state.random.ids.uuid() as RunId;

/** What the run was started with. */
export function startedAttributes(execution: Execution): WorkflowExecutionStartedAttributes {
  const first = execution.events[0];
  if (first?.eventType !== 'WORKFLOW_EXECUTION_STARTED') {
    throw new Error('a history begins with its started event');
  }
  return first.attributes;
}

/** A duration of 0 on the wire means that there is none. */
export const firstSet = (...durations: (DurationMs | undefined)[]): DurationMs =>
  durations.find((duration) => duration !== undefined && duration > 0) ?? ms(0);

/** Makes this run the one that its workflow id stands for. */
export function register(turn: Turn, execution: Execution): void {
  const { namespace, workflowId, runId } = execution.ref;
  turn.state.executions.set(runId, execution);
  turn.state.currentRuns.set(workflowKey(namespace, workflowId), runId);
}

/** Shared by all runs. */
const byStart: AttachedRequest = { eventType: 'WORKFLOW_EXECUTION_STARTED' };

export function newExecution(
  turn: Turn,
  plan: {
    readonly namespace: string;
    readonly workflowId: string;
    readonly runId: RunId;
    readonly requestId: string;
    readonly attributes: WorkflowExecutionStartedAttributes;
  },
): Execution {
  const { attributes } = plan;
  return {
    ref: {
      namespace: plan.namespace as NamespaceName,
      workflowId: plan.workflowId as WorkflowId,
      runId: plan.runId,
    },
    workflowType: attributes.workflowType.name ?? '',
    taskQueue: { name: attributes.taskQueue.name ?? '', kind: 'NORMAL' },
    workflowTaskTimeout: attributes.workflowTaskTimeout,
    runTimeout: firstSet(attributes.workflowRunTimeout),
    startedAt: turn.now,
    executionTime: after(turn.now, attributes.firstWorkflowTaskBackoff ?? ms(0)),
    expiresAt: attributes.workflowExecutionExpirationTime,
    status: 'RUNNING',
    events: [],
    buffered: [],
    previousStartedEventId: 0,
    timers: new TransientMap(),
    operations: new TransientMap(),
    activities: new TransientMap(),
    children: new TransientMap(),
    callbacks: (attributes.completionCallbacks ?? []).map((callback) => newCallback(turn, callback)),
    requests: new Map([[plan.requestId, byStart]]),
    waits: new TransientMap(),
    updates: new TransientMap(),
    cancelRequested: false,
    // Named from the start, so that all runs have one hidden class, with room for all that comes later.
    closedAt: undefined,
    task: undefined,
    sticky: undefined,
    upserted: undefined,
    signalRequests: undefined,
    runTimer: undefined,
    firstTaskTimer: undefined,
    resetTo: undefined,
    replaceableChildren: undefined,
  };
}

/** The run's own deadline, or its chain's where that comes first. */
export function armRunTimer(turn: Turn, execution: Execution): void {
  const { expiresAt, executionTime, runTimeout } = execution;
  const own = runTimeout > 0 ? after(executionTime, runTimeout) : undefined;
  const at = own === undefined || (expiresAt !== undefined && expiresAt < own) ? expiresAt : own;
  if (at === undefined) return;
  execution.runTimer = turn.state.timers.set(at, { kind: 'run-timeout', run: execution.ref.runId });
}
