import { ok } from '../../base/result.ts';
import { expectDefined } from '../../base/assert.ts';
import type { ResponseOf } from '../../protocol/temporal/methods.ts';
import type { Reply } from '../../protocol/temporal/port.ts';
import type { UpdateStage, UpdateWorkflowExecutionResponse } from '../../protocol/temporal/update-methods.ts';
import type { UpdateOutcome } from '../../protocol/temporal/update.ts';
import { requestIdLink, workflowLink } from '../nexus/links.ts';
import type { Execution } from '../state.ts';
import type { UpdateWait, WorkflowUpdate } from './update-state.ts';
import { refuseTo, replyTo, type refuse, type Turn } from '../turn.ts';
import { multiOperationRefusal } from './refusal.ts';

/* Clients that wait for an update: those that sent it, alone or with a start, and those that ask for it later. */

type Updated = Reply<'updateWorkflowExecution'>;

/** Answers at once if the update has come far enough, or waits. */
export function waitForUpdate(
  turn: Turn,
  execution: Execution,
  update: WorkflowUpdate,
  wait: UpdateWait,
): Updated | undefined {
  const reached = reachedBy(update, wait.stage);
  if (reached !== undefined) return ok(answerOf(execution, update, wait, reached));
  update.waits.add(wait);
  turn.state.waitingCalls.set(wait.call, { kind: 'update', wait });
  return undefined;
}

/** Tells those that wait how far the updates of a run have come, if it is far enough. */
export function answerUpdateWaits(turn: Turn, execution: Execution): void {
  for (const update of execution.updates.values()) {
    for (const wait of [...update.waits]) {
      const reached = reachedBy(update, wait.stage);
      if (reached !== undefined) answer(turn, execution, { update, wait, reached });
    }
  }
}

/** Tells all who wait for an update how it has ended. */
export function answerOutcome(
  turn: Turn,
  execution: Execution,
  update: WorkflowUpdate,
  outcome: UpdateOutcome,
): void {
  const reached = { stage: 'COMPLETED', outcome } as const;
  for (const wait of [...update.waits]) answer(turn, execution, { update, wait, reached });
}

/** Who waits no longer hears how far the update has come. */
export function giveUpUpdateWait(turn: Turn, wait: UpdateWait): void {
  const execution = turn.state.executions.get(wait.run);
  const update = execution?.updates.get(wait.update);
  if (execution === undefined || update === undefined) return;
  answer(turn, execution, { update, wait, reached: presentOf(update) });
}

export function refuseUpdateWaits(
  turn: Turn,
  update: WorkflowUpdate,
  refusal: ReturnType<typeof refuse>,
): void {
  for (const { call, start } of update.waits) {
    refuseTo(
      turn,
      call,
      start === undefined ? refusal : multiOperationRefusal([start.started, refusal.error]),
    );
  }
  update.waits.clear();
}

interface Reached {
  readonly stage: UpdateStage;
  readonly outcome?: UpdateOutcome;
}

function answer(
  turn: Turn,
  execution: Execution,
  told: { readonly update: WorkflowUpdate; readonly wait: UpdateWait; readonly reached: Reached },
): void {
  const { update, wait, reached } = told;
  update.waits.delete(wait);
  const updated = answerOf(execution, update, wait, reached);
  replyTo(turn, wait.call, wait.start === undefined ? updated : withStart(wait.start, updated));
}

export const withStart = (
  startWorkflow: ResponseOf<'startWorkflowExecution'>,
  updateWorkflow: UpdateWorkflowExecutionResponse,
): ResponseOf<'executeMultiOperation'> => ({ responses: [{ startWorkflow }, { updateWorkflow }] });

const presentOf = ({ state, outcome }: WorkflowUpdate): Reached => {
  if (state === 'completed')
    return { stage: 'COMPLETED', outcome: expectDefined(outcome, 'a completed update’s outcome') };
  return { stage: state === 'accepted' ? 'ACCEPTED' : 'ADMITTED' };
};

/** How far the update is, if that is far enough. */
function reachedBy(update: WorkflowUpdate, stage: UpdateStage): Reached | undefined {
  const present = presentOf(update);
  const enough = stages.indexOf(present.stage) >= stages.indexOf(stage);
  return enough ? present : undefined;
}

const stages: readonly UpdateStage[] = ['ADMITTED', 'ACCEPTED', 'COMPLETED'];

function answerOf(
  { ref }: Execution,
  update: WorkflowUpdate,
  { requestId }: UpdateWait,
  reached: Reached,
): UpdateWorkflowExecutionResponse {
  return {
    updateRef: {
      workflowExecution: { workflowId: ref.workflowId, runId: ref.runId },
      updateId: update.id,
    },
    ...reached,
    ...(requestId !== undefined && linkOf(ref, update, reached, requestId)),
  };
}

/** An update that failed may have been rejected: then no event tells of it. */
function linkOf(
  run: Execution['ref'],
  { acceptedEventId }: WorkflowUpdate,
  { outcome }: Reached,
  requestId: string,
): Pick<UpdateWorkflowExecutionResponse, 'link'> {
  if (outcome?.failure !== undefined) return { link: workflowLink(run, 'Update rejected') };
  return acceptedEventId > 0
    ? { link: requestIdLink(run, requestId, 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED') }
    : {};
}
