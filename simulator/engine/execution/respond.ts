import { ok } from '../../base/result.ts';
import type { Command, CommandType } from '../../protocol/temporal/command.ts';
import type { RequestOf } from '../../protocol/temporal/methods.ts';
import { answerQueries, releaseQueries } from '../query.ts';
import { isRunning, type Execution } from '../state.ts';
import { refuse, type MethodHandler, type Turn } from '../turn.ts';
import { abortSentUpdates, hasUnsentUpdates, rejectUnprocessed } from '../update.ts';
import { eventsOf, isRejection, withMessages } from '../update/message-check.ts';
import { closeExecution } from './close.ts';
import { commandHandlers } from './commands/all.ts';
import {
  refuseCommand,
  type CommandCheck,
  type CommandHandler,
  type CommandRefusal,
} from './commands/command.ts';
import { eventTraits, flushBuffered } from './history.ts';
import { stick } from './stickiness.ts';
import {
  completeWorkflowTask,
  discardWorkflowTask,
  failWorkflowTask,
  findStartedTask,
  scheduleWorkflowTask,
  takeWorkflowTask,
} from './workflow-task.ts';

const taskNotFound = (): ReturnType<typeof refuse> => refuse('NOT_FOUND', 'Workflow task not found.');

type Completion = RequestOf<'respondWorkflowTaskCompleted'>;

/** The worker's commands: all are checked, then all are applied, or the task fails (semantics §8.5). */
export const respondWorkflowTaskCompleted: MethodHandler<'respondWorkflowTaskCompleted'> = (
  turn,
  request,
  { remote },
) => {
  const found = findStartedTask(turn, request.taskToken);
  if (found === undefined) return taskNotFound();
  const { execution, task } = found;
  const commands = withMessages(request.commands ?? [], request.messages ?? []);
  const refusal = checkCommands(turn, execution, commands);
  if (refusal !== undefined) return fail(turn, found, refusal, request);
  const completedEventId = finishTask(turn, found, request);
  stick(turn, execution, request.stickyAttributes);
  answerQueries(turn, execution, request.queryResults);
  for (const command of commands) {
    apply(turn, execution, command, completedEventId ?? 0);
    if (!isRunning(execution)) return ok({});
  }
  const heartbeat = request.forceCreateNewWorkflowTask === true;
  if (!heartbeat) rejectUnprocessed(turn, execution);
  const reset =
    completedEventId === undefined ? { resetHistoryEventId: execution.previousStartedEventId } : {};
  const wakes = flushBuffered(turn, execution) || heartbeat;
  if (!wakes && !hasUnsentUpdates(execution)) {
    releaseQueries(turn, execution);
    return ok(reset);
  }
  if (request.returnNewWorkflowTask !== true || execution.task?.state === 'started') {
    scheduleWorkflowTask(turn, execution);
    return ok(reset);
  }
  const taker = { identity: task.identity, remote, speculative: !wakes, heartbeat };
  return ok({ ...reset, workflowTask: takeWorkflowTask(turn, execution, taker) });
};

type StartedTask = NonNullable<ReturnType<typeof findStartedTask>>;

function fail(
  turn: Turn,
  { execution, task }: StartedTask,
  refusal: CommandRefusal,
  { identity }: Completion,
): ReturnType<typeof refuse> {
  if (refusal.terminates === true) {
    terminate(turn, execution, refusal);
    return refuse('INVALID_ARGUMENT', refusal.message);
  }
  abortSentUpdates(turn, execution);
  if (task.attempt > 1 && refusal.cause !== 'UNHANDLED_COMMAND') {
    // A task that keeps failing is dropped: it times out, later and later, instead of spinning.
    turn.state.held.delete(task.token);
  } else {
    failWorkflowTask(turn, execution, {
      cause: refusal.cause,
      failure: { message: refusal.message, serverFailureInfo: { nonRetryable: true } },
      ...(identity !== undefined && { identity }),
    });
  }
  return refuse('INVALID_ARGUMENT', `${refusal.cause}: ${refusal.message}`);
}

/** Ends the task; `undefined` when it leaves no trace. */
function finishTask(turn: Turn, { execution, task }: StartedTask, request: Completion): number | undefined {
  if (task.speculative && leavesNoTrace(turn, execution, request)) {
    discardWorkflowTask(turn, execution);
    return undefined;
  }
  const { identity, sdkMetadata, meteringMetadata } = request;
  return completeWorkflowTask(turn, execution, {
    ...(identity !== undefined && { identity }),
    ...(sdkMetadata !== undefined && { sdkMetadata }),
    ...(meteringMetadata !== undefined && { meteringMetadata }),
  });
}

/** A speculative task that rejects all that it brought, unless its worker would have to see too much again. */
function leavesNoTrace(turn: Turn, execution: Execution, request: Completion): boolean {
  const { commands = [], messages = [], capabilities } = request;
  if (commands.length > 0 || request.forceCreateNewWorkflowTask === true) return false;
  const seenAgain =
    capabilities?.discardSpeculativeWorkflowTaskWithEvents === true ? turn.limits.discardedTaskEventsMax : 0;
  // The last completed task has written one event after it started.
  const unseen = execution.events.length - execution.previousStartedEventId - 1;
  return unseen <= seenAgain && messages.every(isRejection);
}

export const respondWorkflowTaskFailed: MethodHandler<'respondWorkflowTaskFailed'> = (turn, request) => {
  const found = findStartedTask(turn, request.taskToken);
  if (found === undefined) return taskNotFound();
  failWorkflowTask(turn, found.execution, {
    cause: request.cause ?? 'UNSPECIFIED',
    ...(request.failure !== undefined && { failure: request.failure }),
    ...(request.identity !== undefined && { identity: request.identity }),
  });
  return ok({});
};

function checkCommands(
  turn: Turn,
  execution: Execution,
  commands: readonly Command[],
): CommandRefusal | undefined {
  const check: CommandCheck = {
    state: turn.state,
    limits: turn.limits,
    execution,
    eventId: 0,
    scheduledOperations: new Set(),
    cancelledOperations: new Set(),
    scheduledActivities: new Map(),
    cancelledActivities: new Set(),
    startedChildren: 0,
    startedTimers: new Set(),
    cancelledTimers: new Set(),
    updates: new Map(),
  };
  // The COMPLETED event comes first; a transient task also writes its two earlier events only now.
  check.eventId = execution.events.length + (execution.task?.transient === true ? 4 : 2);
  for (const command of commands) {
    const refusal = checkOne(check, command);
    if (refusal !== undefined) return refusal;
    check.eventId +=
      command.commandType === 'PROTOCOL_MESSAGE' ? eventsOf(execution, command.attributes?.message) : 1;
  }
  return undefined;
}

function checkOne(check: CommandCheck, command: Command): CommandRefusal | undefined {
  const handler = handlerOf(command.commandType);
  if (handler === undefined) {
    return refuseCommand(
      'FEATURE_DISABLED',
      `This simulator does not carry out ${command.commandType} commands yet.`,
    );
  }
  if (handler.closes === true && hasUnseenEvents(check)) {
    return refuseCommand(
      'UNHANDLED_COMMAND',
      'The workflow cannot close while there are events it has not seen.',
    );
  }
  return handler.check(check, command.attributes ?? {});
}

/** A timer that fired but is cancelled by an earlier command of the same task does not count. */
const hasUnseenEvents = (check: CommandCheck): boolean =>
  check.execution.buffered.some(
    ({ body }) =>
      eventTraits[body.eventType].wakes &&
      !(body.eventType === 'TIMER_FIRED' && check.cancelledTimers.has(body.attributes.timerId)),
  );

function apply(
  turn: Turn,
  execution: Execution,
  command: Command,
  workflowTaskCompletedEventId: number,
): void {
  handlerOf(command.commandType)?.apply(turn, execution, {
    attributes: command.attributes ?? {},
    ...(command.userMetadata !== undefined && { userMetadata: command.userMetadata }),
    workflowTaskCompletedEventId,
  });
}

/** The table is keyed by type; a command and its own handler always agree on their attributes. */
function handlerOf(type: string): CommandHandler<CommandType> | undefined {
  const handlers: Readonly<Record<string, CommandHandler<never> | undefined>> = commandHandlers;
  return handlers[type];
}

function terminate(turn: Turn, execution: Execution, refusal: CommandRefusal): void {
  closeExecution(turn, execution, {
    eventType: 'WORKFLOW_EXECUTION_TERMINATED',
    attributes: { reason: refusal.message, identity: 'history-service' },
  });
}
