import { encodeText } from '../../../simulator/base/base64.ts';
import type { Prng } from '../../../simulator/base/prng.ts';
import { HandlerErrorType } from '../../../simulator/protocol/nexus.ts';
import type { Failure } from '../../../simulator/protocol/temporal/failure.ts';
import type { NexusResponse, StartOperationResponse } from '../../../simulator/protocol/temporal/nexus.ts';
import { oneIn, pick, pickAny, weighted } from '../../harness/draw.ts';
import { json } from '../../harness/world.ts';
import { queueOf, workflowIds } from './names.ts';
import type { HeldNexusTask, RandomWorld } from './random-world.ts';

/* What Nexus handlers answer, in all the forms that workers of any age have for it. */

type Answer = NexusResponse | { readonly handlerError: Failure } | { readonly oldHandlerError: string };

export function answerNexus(world: RandomWorld, random: Prng): void {
  const task = world.take(random, world.nexusTasks);
  if (task === undefined) return;
  const answer =
    task.request.cancelOperation === undefined
      ? startAnswer(world, random, task)
      : weighted<() => Answer>(random, [
          [2, () => ({ cancelOperation: {} })],
          [2 * world.taste.errors, () => ({ handlerError: randomHandlerError(random) })],
          [world.taste.oddities, () => ({ startOperation: { syncSuccess: {} } })],
        ])();
  const named = {
    namespace: oneIn(random, 30) ? 'elsewhere' : task.namespace,
    taskToken: task.token,
  };
  if ('handlerError' in answer) {
    world.ask('respondNexusTaskFailed', { ...named, failure: answer.handlerError });
  } else if ('oldHandlerError' in answer) {
    world.ask('respondNexusTaskFailed', { ...named, error: { errorType: answer.oldHandlerError } });
  } else {
    world.ask('respondNexusTaskCompleted', { ...named, response: answer });
  }
}

/** Starts the workflow behind an operation, and leaves the answer for later: the completion may overtake it. */
export function startBackingEarly(world: RandomWorld, random: Prng): void {
  const task = world.nexusTasks[random.below(Math.max(world.nexusTasks.length, 1))];
  if (task?.request.startOperation !== undefined) startBacking(world, random, task);
}

function startAnswer(world: RandomWorld, random: Prng, task: HeldNexusTask): Answer {
  const { errors, backing, updates, oddities } = world.taste;
  return weighted<() => Answer>(random, [
    [2, () => ({ startOperation: { syncSuccess: { payload: json(random.below(100)) } } })],
    [2, () => ({ startOperation: { asyncSuccess: { operationToken: `token-${random.below(9)}` } } })],
    [6 * backing, () => ({ startOperation: startBacking(world, random, task) })],
    [updates, () => ({ startOperation: updateBacking(world, random, task) })],
    [2 * errors, () => ({ handlerError: randomHandlerError(random) })],
    [errors, () => ({ oldHandlerError: pick(random, Object.values(HandlerErrorType)) })],
    [errors, () => ({ startOperation: randomOperationError(random) })],
    [oddities, () => oddAnswer(random)],
  ])();
}

function startBacking(world: RandomWorld, random: Prng, task: HeldNexusTask): StartOperationResponse {
  const { requestId = '', callback = '', callbackHeader = {} } = task.request.startOperation ?? {};
  const workflowId = pick(random, workflowIds);
  const started = world.ask('startWorkflowExecution', {
    namespace: task.namespace,
    workflowId,
    workflowType: { name: 'Backing' },
    taskQueue: queueOf(task.namespace),
    requestId,
    completionCallbacks: [
      { nexus: { url: callback, header: { ...callbackHeader, 'nexus-operation-token': workflowId } } },
    ],
    workflowIdConflictPolicy: oneIn(random, 2) ? 'USE_EXISTING' : 'FAIL',
    onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true },
  });
  return started?.ok === true
    ? { asyncSuccess: { operationToken: workflowId } }
    : { failure: { message: 'the workflow is not to be had', applicationFailureInfo: {} } };
}

/** An update is behind the operation; whether it is accepted shows later, when the answer has been given. */
function updateBacking(world: RandomWorld, random: Prng, task: HeldNexusTask): StartOperationResponse {
  const { requestId = '', callback = '', callbackHeader = {} } = task.request.startOperation ?? {};
  const run = pickAny(
    random,
    world.running.filter(({ ref }) => ref.namespace === task.namespace),
  );
  world.ask('updateWorkflowExecution', {
    namespace: task.namespace,
    workflowExecution: { workflowId: run?.ref.workflowId ?? pick(random, workflowIds) },
    waitPolicy: { lifecycleStage: 'ACCEPTED' },
    request: {
      meta: { updateId: oneIn(random, 2) ? requestId : `update-${random.below(6)}` },
      input: { name: 'change' },
      requestId,
      completionCallbacks: [
        { nexus: { url: callback, header: { ...callbackHeader, 'nexus-operation-token': 'update' } } },
      ],
    },
  });
  return { asyncSuccess: { operationToken: 'update' } };
}

export const randomHandlerError = (random: Prng): Failure => ({
  message: 'handler error',
  nexusHandlerFailureInfo: {
    type: pick(random, Object.values(HandlerErrorType)),
    ...(oneIn(random, 4) && { retryBehavior: pick(random, ['RETRYABLE', 'NON_RETRYABLE'] as const) }),
  },
});

export const randomOperationError = (random: Prng): StartOperationResponse =>
  pick<StartOperationResponse>(random, [
    { operationError: { operationState: 'failed', failure: { message: 'no' } } },
    { operationError: { operationState: 'canceled', failure: { message: 'no' } } },
    { failure: { message: 'no', applicationFailureInfo: { type: 'No' } } },
    { failure: { message: 'no', canceledFailureInfo: {} } },
  ]);

/** Answers that a decent worker does not give. */
const oddAnswer = (random: Prng): Answer =>
  pick<Answer>(random, [
    {},
    { cancelOperation: {} },
    { startOperation: {} },
    { startOperation: { asyncSuccess: { operationToken: '' } } },
    { startOperation: { asyncSuccess: { operationToken: 'x'.repeat(5_000) } } },
    { startOperation: { operationError: { failure: { details: encodeText('no JSON') } } } },
    { handlerError: { message: 'of no kind' } },
  ]);
