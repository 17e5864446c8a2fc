import type { Failure } from '../protocol/temporal/failure.ts';
import type { WorkflowTask } from '../protocol/temporal/methods.ts';
import type {
  ProtocolMessage,
  UpdateAcceptance,
  UpdateOutcome,
  UpdateRejection,
  UpdateRequest,
  UpdateResponse,
} from '../protocol/temporal/update.ts';
import { append } from './execution/history.ts';
import type { Execution } from './state.ts';
import type { WorkflowUpdate } from './update/update-state.ts';
import { record, refuse, type Turn } from './turn.ts';
import { endCallbacks, keepCallbacks, writeAttached } from './update/update-callbacks.ts';
import { answerOutcome, refuseUpdateWaits } from './update/wait.ts';

/*
 * What clients ask running workflows to do.
 *
 * U1. An update is sent with a workflow task, as a message. The worker accepts or rejects it when it completes that
 *     task, and completes it then or later.
 * U2. An update that is not accepted leaves no trace in history; neither does a workflow task that was there for
 *     updates alone and accepted none.
 * U3. A worker that passes a message over rejects it, so that it does not come again and again.
 * U4. When its run closes, an update that was not accepted is aborted, and one that was has failed.
 *
 * Source: the server's service/history/workflow/update.
 */

/** Transition → where it may begin and where it ends. A rejected or aborted update is forgotten. */
export const updateTransitions = {
  Admitted: { from: [], to: 'admitted' },
  Sent: { from: ['admitted', 'sent'], to: 'sent' },
  Accepted: { from: ['admitted', 'sent'], to: 'accepted' },
  Completed: { from: ['accepted'], to: 'completed' },
  Rejected: { from: ['admitted', 'sent'], to: 'rejected' },
  Aborted: { from: ['admitted', 'sent'], to: 'aborted' },
} as const satisfies Record<string, { from: readonly WorkflowUpdate['state'][]; to: string }>;

const requestMessageId = (update: string): string => `${update}/request`;

const serverFailure = (type: string, message: string): Failure => ({
  message,
  source: 'Server',
  applicationFailureInfo: { type, nonRetryable: true },
});

const unprocessed = serverFailure(
  'UnprocessedUpdate',
  "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.",
);

const closedBefore = serverFailure(
  'AcceptedUpdateCompletedWorkflow',
  'Workflow Update failed because the Workflow completed before the Update completed.',
);

/** Why updates that were not accepted end without an answer. */
export const aborts = {
  closed: refuse('NOT_FOUND', 'workflow update was aborted by closing workflow'),
  /** Clients try again, and find the run that follows. */
  continued: refuse(
    'RESOURCE_EXHAUSTED',
    'workflow operation can not be applied because workflow is closing',
    { type: 'ResourceExhaustedFailure', value: { cause: 'BUSY_WORKFLOW', scope: 'NAMESPACE' } },
  ),
  taskFailed: refuse(
    'FAILED_PRECONDITION',
    'Unable to perform workflow execution update due to unexpected workflow task failure.',
    { type: 'WorkflowNotReadyFailure', value: {} },
  ),
  restarted: refuse('UNAVAILABLE', 'workflow update was aborted'),
} as const;

/** Takes a new update in. Its workflow task is the caller's next step. */
export function admitUpdate(
  turn: Turn,
  execution: Execution,
  id: string,
  request: UpdateRequest,
): WorkflowUpdate {
  const update: WorkflowUpdate = {
    id,
    request,
    inHistory: false,
    state: 'admitted',
    acceptedEventId: 0,
    outcome: undefined,
    attached: [],
    waits: new Set(),
  };
  execution.updates.set(id, update);
  record(turn, { kind: 'update-admitted', run: execution.ref, update: id, name: request.input?.name ?? '' });
  return update;
}

const isAccepted = ({ state }: WorkflowUpdate): boolean => state === 'accepted' || state === 'completed';

export const hasUnsentUpdates = ({ updates }: Execution): boolean =>
  [...updates.values()].some(({ state }) => state === 'admitted');

/** What the started workflow task brings. After a heartbeat the worker has had what was sent before. */
export function updateMessages(
  execution: Execution,
  task: { readonly startedEventId: number; readonly heartbeat: boolean },
): Pick<WorkflowTask, 'messages'> {
  const messages: ProtocolMessage[] = [];
  for (const update of execution.updates.values()) {
    if (isAccepted(update) || (task.heartbeat && update.state === 'sent')) continue;
    update.state = 'sent';
    if (update.inHistory || update.request === undefined) continue;
    messages.push({
      id: requestMessageId(update.id),
      protocolInstanceId: update.id,
      eventId: task.startedEventId - 1,
      body: { type: 'temporal.api.update.v1.Request', message: update.request },
    });
  }
  return messages.length === 0 ? {} : { messages };
}

/** Does what a message of the worker says; it was checked before. */
export function applyMessage(turn: Turn, execution: Execution, message: ProtocolMessage): void {
  const { protocolInstanceId: id = '', body } = message;
  switch (body?.type) {
    case 'temporal.api.update.v1.Acceptance':
      accept(turn, execution, updateOf(turn, execution, id, body.message.acceptedRequest), body.message);
      return;
    case 'temporal.api.update.v1.Rejection':
      reject(turn, execution, updateOf(turn, execution, id, body.message.rejectedRequest), body.message);
      return;
    case 'temporal.api.update.v1.Response':
      complete(turn, execution, execution.updates.get(id), body.message);
      return;
    default:
  }
}

/** The update of that id. One that the server has lost comes back with what the worker has of it. */
const updateOf = (
  turn: Turn,
  execution: Execution,
  id: string,
  request: UpdateRequest | undefined,
): WorkflowUpdate | undefined =>
  execution.updates.get(id) ?? (request && admitUpdate(turn, execution, id, request));

function accept(
  turn: Turn,
  execution: Execution,
  update: WorkflowUpdate | undefined,
  { acceptedRequestSequencingEventId = 0 }: UpdateAcceptance,
): void {
  if (update === undefined) return;
  const { id, request, inHistory } = update;
  update.acceptedEventId = append(turn, execution, {
    eventType: 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
    attributes: {
      protocolInstanceId: id,
      acceptedRequestMessageId: requestMessageId(id),
      acceptedRequestSequencingEventId,
      ...(request !== undefined && !inHistory && { acceptedRequest: request }),
    },
  });
  if (request !== undefined && !inHistory) {
    keepCallbacks(turn, execution, id, { ...request, eventType: 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED' });
  }
  writeAttached(turn, execution, update);
  update.state = 'accepted';
  update.request = undefined;
  tellLater(turn, execution);
}

function reject(
  turn: Turn,
  execution: Execution,
  update: WorkflowUpdate | undefined,
  { failure = {} }: UpdateRejection,
): void {
  if (update === undefined) return;
  execution.updates.delete(update.id);
  record(turn, { kind: 'update-ended', run: execution.ref, update: update.id, outcome: 'failed', failure });
  answerOutcome(turn, execution, update, { failure });
  endCallbacks(turn, execution, { failure }, update.id);
}

function complete(
  turn: Turn,
  execution: Execution,
  update: WorkflowUpdate | undefined,
  { meta = {}, outcome = {} }: UpdateResponse,
): void {
  if (update === undefined) return;
  append(turn, execution, {
    eventType: 'WORKFLOW_EXECUTION_UPDATE_COMPLETED',
    attributes: { meta, acceptedEventId: update.acceptedEventId, outcome },
  });
  settle(turn, execution, update, outcome);
  endCallbacks(turn, execution, outcome, update.id);
}

function settle(turn: Turn, execution: Execution, update: WorkflowUpdate, outcome: UpdateOutcome): void {
  update.state = 'completed';
  update.outcome = outcome;
  tellLater(turn, execution);
}

/** The worker completed its task and said nothing of these. */
export function rejectUnprocessed(turn: Turn, execution: Execution): void {
  for (const update of [...execution.updates.values()]) {
    if (update.state === 'sent') reject(turn, execution, update, { failure: unprocessed });
  }
}

/** The run closes. */
export function endUpdates(turn: Turn, execution: Execution, how: 'closed' | 'continued' | 'reset'): void {
  for (const update of [...execution.updates.values()]) {
    if (update.state === 'completed') continue;
    const { ref: run } = execution;
    if (update.state === 'accepted') {
      const failed = { outcome: 'failed', failure: closedBefore } as const;
      record(turn, { kind: 'update-ended', run, update: update.id, ...failed });
      settle(turn, execution, update, { failure: closedBefore });
    } else abortUpdate(turn, execution, update, aborts[how === 'continued' ? how : 'closed']);
  }
  // Those of a run that is reset are the new run's.
  if (how !== 'reset') endCallbacks(turn, execution, { failure: closedBefore });
}

/** The worker's answer was none: updates that it had are not repeated. */
export function abortSentUpdates(turn: Turn, execution: Execution): void {
  for (const update of [...execution.updates.values()]) {
    if (update.state === 'sent' && !update.inHistory) abortUpdate(turn, execution, update, aborts.taskFailed);
  }
}

/** The server restarts: it has kept what history tells, and clients ask again. */
export function loseUpdates(turn: Turn, execution: Execution): void {
  for (const update of [...execution.updates.values()]) {
    if (isAccepted(update) || update.inHistory) refuseUpdateWaits(turn, update, aborts.restarted);
    else abortUpdate(turn, execution, update, aborts.restarted);
  }
}

function abortUpdate(
  turn: Turn,
  execution: Execution,
  update: WorkflowUpdate,
  refusal: ReturnType<typeof refuse>,
): void {
  execution.updates.delete(update.id);
  record(turn, { kind: 'update-ended', run: execution.ref, update: update.id, outcome: 'canceled' });
  refuseUpdateWaits(turn, update, refusal);
}

/** Who waits hears once the turn is over: an update may be accepted and completed in one. */
function tellLater(turn: Turn, execution: Execution): void {
  turn.transfers.push({ kind: 'answer-updates', run: execution.ref.runId });
}
