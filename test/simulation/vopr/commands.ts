import type { Prng } from '../../../simulator/base/prng.ts';
import { minutes, ms, seconds } from '../../../simulator/base/time.ts';
import type { Execution } from '../../../simulator/engine/state.ts';
import type { Command } from '../../../simulator/protocol/temporal/command.ts';
import { oneIn, pick, pickAny, upTo, weighted } from '../../harness/draw.ts';
import { json } from '../../harness/world.ts';
import { randomRetryPolicy } from './client-moves.ts';
import { endpointNames, operations, queueOf, RUNS_MAX, workflowIds } from './names.ts';
import type { RandomWorld } from './random-world.ts';

/* What a workflow does with a task. Nearly always it keeps to the rules; a bad command fails the whole task. */

/** The commands of one workflow task, of a run that may have closed meanwhile. */
export function drawCommands(world: RandomWorld, random: Prng, run: Execution | undefined): Command[] {
  if (run === undefined) return [];
  const { taste } = world;
  const crowded = world.running.length >= RUNS_MAX;
  const kinds: readonly (readonly [
    number,
    (random: Prng, run: Execution, world: RandomWorld) => Command | undefined,
  ])[] = [
    [2 + 3 * taste.operations, scheduleOperation],
    [2 + 3 * taste.cancels, cancelOperation],
    [1 + 2 * taste.timers, startTimer],
    [taste.timers, cancelTimer],
    [3 * taste.activities, scheduleActivity],
    [taste.activities, cancelActivity],
    [crowded ? 0 : 2 * taste.children, startChild],
    [taste.others, signalOther],
    [taste.others, cancelOther],
    [1, recordSomething],
  ];
  const commands: Command[] = [];
  for (let count = random.below(5); count > 0; count--) {
    const command = weighted(random, kinds)(random, run, world);
    if (command !== undefined) commands.push(command);
  }
  if (oneIn(random, 8)) commands.push(closing(random, crowded ? 0 : taste.chains));
  return commands;
}

function scheduleOperation(random: Prng, _run: Execution, { engine }: RandomWorld): Command {
  const known = [...engine.state.endpoints.values()].map(({ spec }) => spec.name ?? '');
  return {
    commandType: 'SCHEDULE_NEXUS_OPERATION',
    attributes: {
      // One name in twenty may be of an endpoint that is not there: the workflow task fails.
      endpoint: (oneIn(random, 20) ? undefined : pickAny(random, known)) ?? pick(random, endpointNames),
      service: 'Service',
      operation: pick(random, operations),
      ...(oneIn(random, 3) && { input: json(random.below(100)), nexusHeader: { 'X-Trace': 'yes' } }),
      ...(oneIn(random, 2) && { scheduleToCloseTimeout: ms(random.below(60_000)) }),
      ...(oneIn(random, 4) && { scheduleToStartTimeout: ms(random.below(30_000)) }),
      ...(oneIn(random, 4) && { startToCloseTimeout: ms(random.below(30_000)) }),
    },
  };
}

function cancelOperation(random: Prng, run: Execution): Command | undefined {
  const open = [...run.operations.values()].filter(({ cancellation }) => cancellation === undefined);
  const scheduledEventId = pickAny(random, open)?.ref.scheduledEventId ?? unknownEvent(random);
  return scheduledEventId === undefined
    ? undefined
    : { commandType: 'REQUEST_CANCEL_NEXUS_OPERATION', attributes: { scheduledEventId } };
}

const startTimer = (random: Prng): Command => ({
  commandType: 'START_TIMER',
  attributes: { timerId: `timer-${random.below(1_000)}`, startToFireTimeout: upTo(random, seconds(30)) },
});

function cancelTimer(random: Prng, run: Execution): Command | undefined {
  const fired = run.buffered.flatMap(({ body }) =>
    body.eventType === 'TIMER_FIRED' ? [body.attributes.timerId] : [],
  );
  const timerId = pickAny(random, [...run.timers.keys(), ...fired]);
  return timerId === undefined ? undefined : { commandType: 'CANCEL_TIMER', attributes: { timerId } };
}

function scheduleActivity(random: Prng): Command {
  return {
    commandType: 'SCHEDULE_ACTIVITY_TASK',
    attributes: {
      activityId: String(random.below(12)),
      activityType: { name: 'Charge' },
      startToCloseTimeout: upTo(random, seconds(10)),
      ...(oneIn(random, 2) && { scheduleToCloseTimeout: upTo(random, seconds(20)) }),
      ...(oneIn(random, 2) && { scheduleToStartTimeout: upTo(random, seconds(10)) }),
      ...(oneIn(random, 2) && { heartbeatTimeout: upTo(random, seconds(3)) }),
      retryPolicy: {
        ...randomRetryPolicy(random),
        ...(oneIn(random, 4) && { nonRetryableErrorTypes: ['Declined'] }),
      },
    },
  };
}

function cancelActivity(random: Prng, run: Execution): Command | undefined {
  const open = [...run.activities.values()].filter(
    ({ cancelRequestedEventId }) => cancelRequestedEventId === 0,
  );
  const scheduledEventId = pickAny(random, open)?.ref.scheduledEventId ?? unknownEvent(random);
  return scheduledEventId === undefined
    ? undefined
    : { commandType: 'REQUEST_CANCEL_ACTIVITY_TASK', attributes: { scheduledEventId } };
}

function startChild(random: Prng, run: Execution): Command {
  return {
    commandType: 'START_CHILD_WORKFLOW_EXECUTION',
    attributes: {
      workflowId: pick(random, workflowIds),
      workflowType: { name: 'Random' },
      taskQueue: queueOf(run.ref.namespace),
      parentClosePolicy: pick(random, ['TERMINATE', 'ABANDON', 'REQUEST_CANCEL']),
      ...(oneIn(random, 2) && { retryPolicy: randomRetryPolicy(random) }),
      ...(oneIn(random, 2) && { workflowRunTimeout: upTo(random, minutes(1)) }),
      ...(oneIn(random, 6) && { workflowExecutionTimeout: upTo(random, minutes(2)) }),
    },
  };
}

const signalOther = (random: Prng): Command => ({
  commandType: 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION',
  attributes: {
    execution: { workflowId: pick(random, workflowIds) },
    signalName: 'go',
    childWorkflowOnly: oneIn(random, 3),
    ...(oneIn(random, 10) && { namespace: 'nowhere' }),
  },
});

const cancelOther = (random: Prng): Command => ({
  commandType: 'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION',
  attributes: { workflowId: pick(random, workflowIds), childWorkflowOnly: oneIn(random, 3) },
});

/** Commands that only leave their event behind. */
const recordSomething = (random: Prng): Command =>
  pick<Command>(random, [
    { commandType: 'RECORD_MARKER', attributes: { markerName: `marker-${random.below(3)}` } },
    {
      commandType: 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES',
      attributes: { searchAttributes: { indexedFields: { Stage: json(random.below(3)) } } },
    },
    {
      commandType: 'MODIFY_WORKFLOW_PROPERTIES',
      attributes: { upsertedMemo: { fields: { stage: json(random.below(3)) } } },
    },
  ]);

/** An event that nothing open stands for, once in a while: the workflow task fails. */
const unknownEvent = (random: Prng): number | undefined =>
  oneIn(random, 20) ? 1 + random.below(20) : undefined;

const closing = (random: Prng, chains: number): Command =>
  weighted<() => Command>(random, [
    [
      2,
      () => ({ commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: { result: { payloads: [json(1)] } } }),
    ],
    [2, () => ({ commandType: 'FAIL_WORKFLOW_EXECUTION', attributes: { failure: { message: 'enough' } } })],
    [1, () => ({ commandType: 'CANCEL_WORKFLOW_EXECUTION' })],
    [
      chains,
      () => ({
        commandType: 'CONTINUE_AS_NEW_WORKFLOW_EXECUTION',
        attributes: oneIn(random, 4) ? { backoffStartInterval: upTo(random, seconds(5)) } : {},
      }),
    ],
  ])();
