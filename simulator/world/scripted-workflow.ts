import { ok, type Result } from '../base/result.ts';
import type { Command } from '../protocol/temporal/command.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import type { WorkflowTask } from '../protocol/temporal/methods.ts';
import type { ServiceError } from '../protocol/temporal/port.ts';
import { listed } from './nearest.ts';
import { nextCommands } from './next-commands.ts';
import { answer, runPollLoop, type ParticipantContext } from './participant.ts';
import { readHistory } from './read-history.ts';
import type { Step } from './step.ts';

export interface WorkflowParticipant {
  readonly namespace: string;
  readonly taskQueue: string;
  readonly identity: string;
  /** The scripts by workflow type. */
  readonly workflows: ReadonlyMap<string, readonly Step[]>;
}

/**
 * Runs the scripted workflows of one task queue. It keeps nothing between tasks: each one is answered from the
 * whole history. Settles when the participant has ended.
 */
export function runScriptedWorkflows(
  participant: WorkflowParticipant,
  context: ParticipantContext,
): Promise<void> {
  const { namespace, taskQueue, identity } = participant;
  const request = { namespace, taskQueue: { name: taskQueue, kind: 'NORMAL' }, identity } as const;
  return runPollLoop<WorkflowTask>(
    {
      poll: (options) => context.port.call('pollWorkflowTaskQueue', request, options),
      isTask: (task) => task.taskToken !== undefined,
      handle: (task) => handleTask(task, participant, context),
      identity,
    },
    context,
  );
}

/** What a script does is in history; it has nothing else to tell. */
const NO_ANSWER = 'a scripted workflow answers no queries';

async function handleTask(
  task: WorkflowTask,
  participant: WorkflowParticipant,
  context: ParticipantContext,
): Promise<void> {
  const { namespace, taskQueue, identity, workflows } = participant;
  const envelope = { namespace, identity, taskToken: task.taskToken ?? '' };
  if (task.query !== undefined) {
    const request = { ...envelope, completedType: 'FAILED', errorMessage: NO_ANSWER } as const;
    await answer(context.port.call('respondQueryTaskCompleted', request), identity, context);
    return;
  }
  const history = await wholeHistory(task, namespace, context);
  if (!history.ok) {
    context.onTrouble(`${identity} could not read a history: ${history.error.message}`);
    return;
  }
  const type = task.workflowType?.name ?? '';
  const steps = workflows.get(type);
  if (steps === undefined) {
    const message = `no workflow is called "${type}"; the file has ${listed([...workflows.keys()])}`;
    const request = { ...envelope, cause: 'WORKFLOW_WORKER_UNHANDLED_FAILURE', failure: { message } };
    await answer(context.port.call('respondWorkflowTaskFailed', request), identity, context);
    return;
  }
  const commands = nextCommands(steps, history.value);
  const reply = commands.ok
    ? context.port.call('respondWorkflowTaskCompleted', {
        ...envelope,
        commands: commands.value.map((command) => onOwnQueue(command, taskQueue)),
      })
    : context.port.call('respondWorkflowTaskFailed', {
        ...envelope,
        cause: 'NON_DETERMINISTIC_ERROR',
        failure: { message: commands.error },
      });
  await answer(reply, identity, context);
}

/** A server asks for the queue of every activity, as SDKs name it. */
function onOwnQueue(command: Command, taskQueue: string): Command {
  if (command.commandType !== 'SCHEDULE_ACTIVITY_TASK' || command.attributes?.taskQueue !== undefined) {
    return command;
  }
  return {
    ...command,
    attributes: { ...command.attributes, taskQueue: { name: taskQueue, kind: 'NORMAL' } },
  };
}

/** The history of a task may come in pages. */
async function wholeHistory(
  task: WorkflowTask,
  namespace: string,
  { port }: ParticipantContext,
): Promise<Result<readonly HistoryEvent[], ServiceError>> {
  const { history, workflowExecution = {}, nextPageToken = '' } = task;
  const first = history?.events ?? [];
  if (nextPageToken === '') return ok(first);
  const rest = await readHistory(port, { namespace, execution: workflowExecution }, nextPageToken);
  return rest.ok ? ok([...first, ...rest.value]) : rest;
}
