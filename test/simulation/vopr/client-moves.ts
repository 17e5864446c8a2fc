import type { Prng } from '../../../simulator/base/prng.ts';
import { minutes, ms, seconds } from '../../../simulator/base/time.ts';
import type { Callback } from '../../../simulator/protocol/temporal/common.ts';
import type { StartWorkflowExecutionRequest } from '../../../simulator/protocol/temporal/start-request.ts';
import { oneIn, pick, pickAny, upTo } from '../../harness/draw.ts';
import {
  nameRun,
  namespaces,
  OUTSIDE_URL,
  pickRun,
  queueOf,
  requestIdOf,
  RUNS_MAX,
  workers,
  workflowIds,
} from './names.ts';
import type { RandomWorld } from './random-world.ts';

/* What clients ask of workflows. Refusals are part of the game. */

export function startWorkflow(world: RandomWorld, random: Prng): void {
  if (world.running.length >= RUNS_MAX) return;
  const request = startRequest(world, random);
  const reply = world.ask('startWorkflowExecution', request, { remote: oneIn(random, 3) });
  const task = reply?.ok === true ? reply.value.eagerWorkflowTask : undefined;
  if (task?.taskToken !== undefined) {
    world.workflowTasks.push({ namespace: request.namespace ?? '', token: task.taskToken });
  }
}

export function signalWithStart(world: RandomWorld, random: Prng): void {
  if (world.running.length >= RUNS_MAX) return;
  world.ask('signalWithStartWorkflowExecution', { ...startRequest(world, random), signalName: 'go' });
}

export function signalWorkflow(world: RandomWorld, random: Prng): void {
  world.ask('signalWorkflowExecution', {
    ...nameRun(random, pickRun(world, random)),
    signalName: 'go',
    ...(oneIn(random, 3) && { requestId: requestIdOf(random) }),
  });
}

export function cancelWorkflow(world: RandomWorld, random: Prng): void {
  world.ask('requestCancelWorkflowExecution', nameRun(random, pickRun(world, random)));
}

export function terminateWorkflow(world: RandomWorld, random: Prng): void {
  world.ask('terminateWorkflowExecution', nameRun(random, pickRun(world, random)));
}

export function deleteWorkflow(world: RandomWorld, random: Prng): void {
  const run = oneIn(random, 2) ? pickAny(random, world.runs) : pickRun(world, random);
  world.ask('deleteWorkflowExecution', nameRun(random, run));
}

export function queryWorkflow(world: RandomWorld, random: Prng): void {
  const { workflowExecution: execution, ...named } = nameRun(random, pickRun(world, random));
  world.ask('queryWorkflow', {
    ...named,
    execution,
    query: { queryType: 'status' },
    ...(oneIn(random, 3) && {
      queryRejectCondition: pick(random, ['NOT_OPEN', 'NOT_COMPLETED_CLEANLY'] as const),
    }),
  });
}

export function updateWorkflow(world: RandomWorld, random: Prng): void {
  const named = nameRun(random, pickRun(world, random));
  const update = updateRequest(world, random);
  if (!oneIn(random, 4) || world.running.length >= RUNS_MAX) {
    world.ask('updateWorkflowExecution', { ...named, ...update });
    return;
  }
  const startWorkflow = startRequest(world, random);
  const { namespace = '', workflowId = '' } = startWorkflow;
  world.ask('executeMultiOperation', {
    namespace,
    operations: [{ startWorkflow }, { updateWorkflow: { workflowExecution: { workflowId }, ...update } }],
  });
}

const updateRequest = (world: RandomWorld, random: Prng) =>
  ({
    waitPolicy: { lifecycleStage: pick(random, ['ACCEPTED', 'COMPLETED'] as const) },
    request: {
      meta: { updateId: `update-${random.below(6)}` },
      input: { name: 'change' },
      ...(oneIn(random, 2) && { requestId: requestIdOf(random) }),
      ...(oneIn(random, 2) && { completionCallbacks: [randomCallback(world, random)] }),
    },
  }) as const;

export function pollUpdate(world: RandomWorld, random: Prng): void {
  const { workflowExecution, ...named } = nameRun(random, pickRun(world, random));
  world.ask('pollWorkflowExecutionUpdate', {
    ...named,
    updateRef: { workflowExecution, updateId: `update-${random.below(6)}` },
    waitPolicy: { lifecycleStage: pick(random, ['ADMITTED', 'ACCEPTED', 'COMPLETED'] as const) },
  });
}

/** To some workflow task of a run, or to some other event, which is refused. */
export function resetWorkflow(world: RandomWorld, random: Prng): void {
  const run = oneIn(random, 3) ? pickAny(random, world.runs) : pickRun(world, random);
  const ends = (run?.events ?? []).filter(({ eventType }) =>
    /TASK_(STARTED|COMPLETED|FAILED)/.test(eventType),
  );
  const excluded = pick(random, [[], [], ['SIGNAL'], ['NEXUS'], ['CANCEL_REQUEST']] as const);
  world.ask('resetWorkflowExecution', {
    ...nameRun(random, run),
    workflowTaskFinishEventId: pickAny(random, ends)?.eventId ?? random.below(9),
    ...(excluded.length > 0 && { resetReapplyExcludeTypes: excluded }),
    ...(oneIn(random, 4) && { requestId: requestIdOf(random) }),
  });
}

export function describeWorkflow(world: RandomWorld, random: Prng): void {
  const { namespace, workflowExecution: execution } = nameRun(random, pickRun(world, random));
  world.ask('describeWorkflowExecution', { namespace, execution });
}

/** Reads a history, and often waits for what comes next. */
export function readHistory(world: RandomWorld, random: Prng): void {
  const { namespace, workflowExecution: execution } = nameRun(random, pickRun(world, random));
  world.ask('getWorkflowExecutionHistory', {
    namespace,
    execution,
    waitNewEvent: oneIn(random, 2),
    ...(oneIn(random, 2) && { historyEventFilterType: 'CLOSE_EVENT' }),
    ...(oneIn(random, 3) && { maximumPageSize: 1 + random.below(5) }),
  });
}

/** Somebody who waits for an answer goes away, or never was there. */
export function giveUpCall(world: RandomWorld, random: Prng): void {
  const call = pickAny(random, [...world.engine.state.waitingCalls.keys()]);
  if (call !== undefined) world.input({ kind: 'call-cancelled', call });
}

export function sleep(world: RandomWorld, random: Prng): void {
  world.sleep(ms(random.below(20_000)));
}

function startRequest(world: RandomWorld, random: Prng): StartWorkflowExecutionRequest {
  const { taste } = world;
  const namespace = pick(random, namespaces);
  return {
    namespace,
    workflowId: pick(random, workflowIds),
    workflowType: { name: 'Random' },
    taskQueue: queueOf(namespace),
    identity: pick(random, workers),
    ...(oneIn(random, 6) && { workflowRunTimeout: upTo(random, minutes(2)) }),
    ...(oneIn(random, 8) && { workflowExecutionTimeout: upTo(random, minutes(5)) }),
    ...(oneIn(random, 8) && { workflowTaskTimeout: upTo(random, seconds(10)) }),
    ...(taste.chains > 0 && oneIn(random, 2) && { retryPolicy: randomRetryPolicy(random) }),
    ...(oneIn(random, 8) && { workflowStartDelay: upTo(random, seconds(20)) }),
    ...(oneIn(random, 3) && { requestId: requestIdOf(random) }),
    ...(oneIn(random, 3) && {
      workflowIdConflictPolicy: pick(random, [
        'FAIL',
        'USE_EXISTING',
        'USE_EXISTING',
        'TERMINATE_EXISTING',
      ] as const),
    }),
    ...(oneIn(random, 6) && {
      workflowIdReusePolicy: pick(random, [
        'ALLOW_DUPLICATE',
        'ALLOW_DUPLICATE_FAILED_ONLY',
        'REJECT_DUPLICATE',
        'TERMINATE_IF_RUNNING',
      ] as const),
    }),
    ...(oneIn(random, 5) && { requestEagerExecution: true }),
    ...(oneIn(random, 4) && { completionCallbacks: [randomCallback(world, random)] }),
    ...(oneIn(random, 3) && {
      onConflictOptions: {
        attachRequestId: true,
        attachCompletionCallbacks: true,
        attachLinks: oneIn(random, 2),
      },
    }),
  };
}

export const randomRetryPolicy = (
  random: Prng,
): NonNullable<StartWorkflowExecutionRequest['retryPolicy']> => ({
  initialInterval: upTo(random, seconds(3)),
  maximumAttempts: random.below(4),
  ...(oneIn(random, 3) && { backoffCoefficient: 1 + random.below(3) }),
});

/** The callback of an operation that some handler was asked for, one that is for none, or one of another process. */
function randomCallback(world: RandomWorld, random: Prng): Callback {
  if (world.taste.outside > 0 && oneIn(random, 2)) return { nexus: { url: OUTSIDE_URL } };
  const { callback = 'temporal://system', callbackHeader = { 'temporal-callback-token': 'forged' } } =
    pickAny(random, world.nexusRequests)?.startOperation ?? {};
  return { nexus: { url: callback, header: { ...callbackHeader, 'nexus-operation-token': 'token' } } };
}
