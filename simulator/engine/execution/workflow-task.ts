import { assert, expectDefined } from '../../base/assert.ts';
import { after, ms, shorter, type DurationMs } from '../../base/time.ts';
import type { HistoryEvent } from '../../protocol/temporal/history.ts';
import type { WorkflowTask } from '../../protocol/temporal/methods.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import { isServed, offer, taskQueue, withdraw } from '../matching/task-queue.ts';
import { attachedQueries } from '../query.ts';
import { updateMessages } from '../update.ts';
import { isRunning, type Execution, type Poll, type TaskQueue, type WorkflowTaskState } from '../state.ts';
import { mintToken, record, replyTo, type Turn } from '../turn.ts';
import { append, flushBuffered } from './history.ts';

/*
 * The one workflow task of a run.
 *
 * W1. A run has at most one workflow task.
 * W2. The first attempt writes its events as it goes. From the second attempt on the task is transient: its events
 *     are shown to the worker but written only when it completes, so that a failing worker does not fill history.
 * W3. A transient task whose history has grown since it was scheduled starts as a first attempt again.
 *
 * W4. A sticky task is for the worker that has the run in its cache: it waits in that worker's own queue, and brings
 *     only the events since the last task. A task that ends badly, or is left lying, takes the stickiness with it.
 * W5. A task that is there for updates alone is speculative: its events are written when an update is accepted, when
 *     anything else happens to the run, or when it ends badly. If it rejects its updates, it never was.
 *
 * Source: the server's service/history/workflow/workflow_task_state_machine.go.
 */

/** Transition → where it may begin and where it ends. A task that has ended is not in its run any more. */
export const workflowTaskTransitions = {
  Scheduled: { from: [], to: 'scheduled' },
  Started: { from: ['scheduled'], to: 'started' },
  Completed: { from: ['started'], to: 'completed' },
  Failed: { from: ['started'], to: 'failed' },
  TimedOut: { from: ['scheduled', 'started'], to: 'timed-out' },
  Dropped: { from: ['scheduled', 'started'], to: 'dropped' },
} as const satisfies Record<string, { from: readonly WorkflowTaskState['state'][]; to: string }>;

/** Schedules a workflow task unless the run has one already. */
export function scheduleWorkflowTask(turn: Turn, execution: Execution, attempt = 1): void {
  if (execution.task !== undefined || !isRunning(execution)) return;
  const task = prepareWorkflowTask(turn, execution, { attempt });
  offerWorkflowTask(turn, execution, task);
}

/** Schedules a workflow task that is to bring updates and nothing else, unless the run has one already. */
export function scheduleSpeculativeTask(turn: Turn, execution: Execution): void {
  if (execution.task !== undefined || !isRunning(execution)) return;
  const task = prepareWorkflowTask(turn, execution, { attempt: 1, speculative: true });
  offerWorkflowTask(turn, execution, task);
}

/** Schedules a workflow task for a worker that takes it at once, past all polls, and has the run in its cache if any has. */
export function takeWorkflowTask(turn: Turn, execution: Execution, taker: Taker): WorkflowTask {
  const { speculative = false } = taker;
  const task = execution.task ?? prepareWorkflowTask(turn, execution, { attempt: 1, speculative });
  withdraw(task.queue, execution.ref.runId);
  return startWorkflowTask(turn, execution, { ...taker, queue: { name: task.taskQueue.name ?? '' } });
}

/** A worker that takes a task with the answer to its call. */
interface Taker {
  readonly identity: string;
  readonly remote: boolean;
  readonly speculative?: boolean;
  /** It goes on with the task that it had. */
  readonly heartbeat?: boolean;
}

function prepareWorkflowTask(
  turn: Turn,
  execution: Execution,
  { attempt, speculative = false }: { readonly attempt: number; readonly speculative?: boolean },
): WorkflowTaskState {
  const transient = attempt > 1 || speculative;
  const { taskQueue: wanted = execution.taskQueue, scheduleToStartTimeout } = execution.sticky ?? {};
  const scheduledEventId = transient
    ? 0
    : append(turn, execution, scheduledBody(execution, { attempt, taskQueue: wanted }));
  const task: WorkflowTaskState = {
    state: 'scheduled',
    attempt,
    transient,
    speculative,
    scheduledAt: turn.now,
    eventsWhenScheduled: execution.events.length,
    scheduledEventId,
    startedEventId: 0,
    startedAt: turn.now,
    token: '',
    identity: '',
    requestId: '',
    taskQueue: wanted,
    queue: servedQueue(turn, execution),
  };
  const patience = speculative ? turn.limits.speculativeScheduleToStartTimeout : scheduleToStartTimeout;
  if (patience !== undefined) {
    const purpose = { kind: 'sticky-task-timeout', run: execution.ref.runId } as const;
    task.timer = turn.state.timers.set(after(turn.now, patience), purpose);
  }
  execution.task = task;
  return task;
}

function offerWorkflowTask(turn: Turn, execution: Execution, task: WorkflowTaskState): void {
  const poll = offer(task.queue, execution.ref.runId);
  if (poll !== undefined) replyTo(turn, poll.call, startWorkflowTask(turn, execution, poll));
}

/** Nobody serves the sticky queue any more: the task that waits there goes to the normal one. */
export function releaseStickyTask(turn: Turn, execution: Execution): void {
  const { task } = execution;
  if (task?.state !== 'scheduled' || !withdraw(task.queue, execution.ref.runId)) return;
  task.queue = normalQueue(turn, execution);
  offerWorkflowTask(turn, execution, task);
}

/** The scheduled task is in the hands of whoever polled that queue, who gets what this returns. */
export function startWorkflowTask(
  turn: Turn,
  execution: Execution,
  poll: Pick<Poll, 'identity' | 'remote'> &
    Pick<Taker, 'heartbeat'> & { readonly queue: { readonly name: string } },
): WorkflowTask {
  const task = expectDefined(execution.task, 'the workflow task that was offered');
  assert(task.state === 'scheduled', 'a workflow task is handed out once');
  if (task.transient && execution.events.length !== task.eventsWhenScheduled) {
    task.attempt = 1;
    writeScheduled(turn, execution, task);
  }
  turn.state.timers.cancel(task.timer);
  // Whoever took it from the normal queue is not the worker that has the run in its cache.
  if (execution.sticky?.taskQueue.name !== poll.queue.name) execution.sticky = undefined;
  task.startedAt = turn.now;
  task.identity = poll.identity;
  task.requestId = turn.state.random.ids.uuid();
  task.token = mintToken(turn, 'workflow-task');
  if (task.transient) {
    task.scheduledEventId = execution.events.length + 1;
    task.startedEventId = execution.events.length + 2;
  } else {
    task.startedEventId = append(turn, execution, startedBody(task));
  }
  task.state = 'started';
  task.timer = turn.state.timers.set(after(turn.now, timeoutOf(turn, execution, task)), {
    kind: 'workflow-task-timeout',
    run: execution.ref.runId,
  });
  turn.state.workflowTasks.set(task.token, execution.ref.runId);
  if (poll.remote) turn.state.held.set(task.token, poll.identity);
  const { startedEventId } = task;
  return {
    ...describe(execution, task),
    ...attachedQueries(turn, execution),
    ...updateMessages(execution, { startedEventId, heartbeat: poll.heartbeat === true }),
  };
}

/** Something has happened to the run: what it has of a speculative task is in history, too. */
export function commitSpeculative(turn: Turn, execution: Execution): void {
  const { task } = execution;
  if (task?.speculative !== true) return;
  if (task.state === 'started') {
    writeTransient(turn, execution, task);
    return;
  }
  writeScheduled(turn, execution, task);
  if (execution.sticky === undefined) turn.state.timers.cancel(task.timer);
}

/** Ends the started task as if it had never been. */
export function discardWorkflowTask(turn: Turn, execution: Execution): void {
  release(turn, execution);
}

/** Ends the started task with success: its events are in history afterwards, the buffered ones are not yet. */
export function completeWorkflowTask(
  turn: Turn,
  execution: Execution,
  attributes: {
    readonly identity?: string;
    readonly sdkMetadata?: unknown;
    readonly meteringMetadata?: unknown;
  },
): number {
  const task = release(turn, execution);
  if (task.transient) writeTransient(turn, execution, task);
  execution.previousStartedEventId = task.startedEventId;
  // An update may have begun the run before its time.
  turn.state.timers.cancel(execution.firstTaskTimer);
  execution.firstTaskTimer = undefined;
  const { scheduledEventId, startedEventId } = task;
  return append(turn, execution, {
    eventType: 'WORKFLOW_TASK_COMPLETED',
    attributes: { scheduledEventId, startedEventId, ...attributes },
  });
}

/** Ends the started task without its commands, and schedules the next attempt. */
export function failWorkflowTask(
  turn: Turn,
  execution: Execution,
  why: { readonly cause: string; readonly failure?: Failure; readonly identity?: string },
): void {
  const task = release(turn, execution);
  if (task.speculative) writeTransient(turn, execution, task);
  if (!task.transient) {
    const { scheduledEventId, startedEventId } = task;
    append(turn, execution, {
      eventType: 'WORKFLOW_TASK_FAILED',
      attributes: { scheduledEventId, startedEventId, ...why },
    });
  }
  const attempt = nextAttempt(execution, task);
  flushBuffered(turn, execution);
  // A worker that tried to close over events it had not seen did nothing wrong: the server does not count that.
  scheduleWorkflowTask(turn, execution, why.cause === 'UNHANDLED_COMMAND' ? 1 : attempt);
}

/** The worker did not answer in time. */
export function timeOutWorkflowTask(turn: Turn, execution: Execution): void {
  const task = release(turn, execution);
  if (task.speculative) writeTransient(turn, execution, task);
  if (!task.transient) {
    const { scheduledEventId, startedEventId } = task;
    append(turn, execution, {
      eventType: 'WORKFLOW_TASK_TIMED_OUT',
      attributes: { scheduledEventId, startedEventId, timeoutType: 'START_TO_CLOSE' },
    });
  }
  const attempt = nextAttempt(execution, task);
  flushBuffered(turn, execution);
  scheduleWorkflowTask(turn, execution, attempt);
}

/** Nobody took a task from the sticky queue, or a speculative one, in time: any worker may have it now, with the whole history. */
export function leaveStickyQueue(turn: Turn, execution: Execution): void {
  const { task } = execution;
  if (task?.state !== 'scheduled') return;
  withdraw(task.queue, execution.ref.runId);
  release(turn, execution);
  execution.sticky = undefined;
  if (task.speculative) writeScheduled(turn, execution, task);
  append(turn, execution, {
    eventType: 'WORKFLOW_TASK_TIMED_OUT',
    attributes: {
      scheduledEventId: task.scheduledEventId,
      startedEventId: 0,
      timeoutType: 'SCHEDULE_TO_START',
    },
  });
  scheduleWorkflowTask(turn, execution, task.attempt);
}

/** A sticky task that went wrong is given to the others first; only then does it count as an attempt. */
function nextAttempt(execution: Execution, task: WorkflowTaskState): number {
  const wasSticky = execution.sticky !== undefined;
  execution.sticky = undefined;
  return wasSticky ? task.attempt : task.attempt + 1;
}

/** The run closed: whoever holds the task will find that out when it answers. */
export function dropWorkflowTask(turn: Turn, execution: Execution): void {
  if (execution.task === undefined) return;
  withdraw(execution.task.queue, execution.ref.runId);
  const { state, scheduledEventId } = release(turn, execution);
  if (state === 'started')
    record(turn, { kind: 'workflow-task-abandoned', run: execution.ref, scheduledEventId });
}

/** The started task that this token stands for, with its run. */
export function findStartedTask(
  turn: Turn,
  token: string | undefined,
): { readonly execution: Execution; readonly task: WorkflowTaskState } | undefined {
  const runId = turn.state.workflowTasks.get(token ?? '');
  const execution = runId === undefined ? undefined : turn.state.executions.get(runId);
  const task = execution?.task;
  return execution === undefined || task === undefined ? undefined : { execution, task };
}

function release(turn: Turn, execution: Execution): WorkflowTaskState {
  const task = expectDefined(execution.task, 'the workflow task to end');
  turn.state.timers.cancel(task.timer);
  turn.state.workflowTasks.delete(task.token);
  turn.state.held.delete(task.token);
  execution.task = undefined;
  return task;
}

function writeTransient(turn: Turn, execution: Execution, task: WorkflowTaskState): void {
  writeScheduled(turn, execution, task);
  task.startedEventId = append(turn, execution, startedBody(task), task.startedAt);
}

function writeScheduled(turn: Turn, execution: Execution, task: WorkflowTaskState): void {
  task.transient = false;
  task.speculative = false;
  const at = task.state === 'started' ? task.scheduledAt : turn.now;
  task.scheduledEventId = append(turn, execution, scheduledBody(execution, task), at);
}

const normalQueue = (turn: Turn, execution: Execution): TaskQueue =>
  taskQueue(turn.state, execution.ref.namespace, 'workflow', execution.taskQueue.name);

/** The sticky queue if someone serves it. */
function servedQueue(turn: Turn, execution: Execution): TaskQueue {
  const { sticky } = execution;
  if (sticky === undefined) return normalQueue(turn, execution);
  const queue = taskQueue(turn.state, execution.ref.namespace, 'workflow', sticky.taskQueue.name);
  return isServed(turn, queue) ? queue : normalQueue(turn, execution);
}

const scheduledBody = (execution: Execution, task: Pick<WorkflowTaskState, 'attempt' | 'taskQueue'>) =>
  ({
    eventType: 'WORKFLOW_TASK_SCHEDULED',
    attributes: {
      taskQueue: task.taskQueue,
      startToCloseTimeout: execution.workflowTaskTimeout,
      attempt: task.attempt,
    },
  }) as const;

const startedBody = (task: WorkflowTaskState) =>
  ({
    eventType: 'WORKFLOW_TASK_STARTED',
    attributes: {
      scheduledEventId: task.scheduledEventId,
      identity: task.identity,
      requestId: task.requestId,
      historySizeBytes: 0,
    },
  }) as const;

/** A task that keeps failing gets longer and longer, so that it is retried less and less often. */
function timeoutOf(turn: Turn, execution: Execution, task: WorkflowTaskState): DurationMs {
  if (task.attempt < 3) return execution.workflowTaskTimeout;
  const { workflowTaskRetryInitialInterval: initial, workflowTaskRetryMaxInterval: max } = turn.limits;
  return ms(execution.workflowTaskTimeout + shorter(ms(initial * 2 ** Math.min(task.attempt - 3, 30)), max));
}

function describe(execution: Execution, task: WorkflowTaskState): WorkflowTask {
  return {
    taskToken: task.token,
    workflowExecution: { workflowId: execution.ref.workflowId, runId: execution.ref.runId },
    workflowType: { name: execution.workflowType },
    previousStartedEventId: execution.previousStartedEventId,
    startedEventId: task.startedEventId,
    attempt: task.attempt,
    history: { events: shownHistory(execution, task) },
    workflowExecutionTaskQueue: { name: execution.taskQueue.name, kind: 'NORMAL' },
    scheduledTime: task.scheduledAt,
    startedTime: task.startedAt,
  };
}

function shownHistory(execution: Execution, task: WorkflowTaskState): readonly HistoryEvent[] {
  const unseen = execution.events.slice(
    execution.sticky === undefined ? 0 : execution.previousStartedEventId,
  );
  if (!task.transient) return unseen;
  return [
    ...unseen,
    {
      eventId: task.scheduledEventId,
      eventTime: task.scheduledAt,
      ...scheduledBody(execution, task),
    },
    { eventId: task.startedEventId, eventTime: task.startedAt, ...startedBody(task) },
  ];
}
