import { commonOutages, outagesOf, runWithOutages, type Outage } from './outage.ts';
import type { ParticipantContext } from './participant.ts';
import { runScriptedActivities, type ActivityFaultRule } from './scripted-activities.ts';
import { runScriptedWorker } from './scripted-worker.ts';
import { runScriptedWorkflows } from './scripted-workflow.ts';
import type { Named } from './source.ts';
import type { Step } from './step.ts';
import { isSameQueue, workflowQueues } from './workflow-queues.ts';
import type { QueueAddress, Worker, World } from './world.ts';

/** Starts everybody whom the file scripts. */
export function startParticipants(world: World, context: ParticipantContext): void {
  for (const participant of [...workers(world, context), ...workflows(world, context)]) {
    participant.catch((reason: unknown) => {
      context.onTrouble(`A participant ended with an error: ${String(reason)}`);
    });
  }
}

/** Those who handle Nexus operations and run activities. */
function workers(world: World, context: ParticipantContext): readonly Promise<void>[] {
  const faults = activityFaults(world);
  return world.workers.flatMap(({ name, value: worker }) => {
    if (worker === undefined || worker.external === true) return [];
    const outages = outagesOf(world, name.value);
    return Array.from({ length: worker.instances ?? 1 }, (_, index) => {
      const instance = { worker, identity: `${name.value}-${index + 1}`, faults };
      return runWithOutages(outages, context, async (shift) => {
        await Promise.all([
          ...(worker.operations === undefined ? [] : [runScriptedWorker(instance, shift)]),
          ...(worker.activities === undefined ? [] : [runScriptedActivities(instance, shift)]),
        ]);
      });
    });
  });
}

const activityFaults = (world: World): readonly ActivityFaultRule[] =>
  world.faults.flatMap((fault) =>
    fault.kind === 'activity'
      ? [{ activity: fault.activity.value, attempts: fault.attempts, fail: fault.fail }]
      : [],
  );

/** Those who run workflows: one for each queue. */
function workflows(world: World, context: ParticipantContext): readonly Promise<void>[] {
  const scripts: ReadonlyMap<string, readonly Step[]> = new Map(
    world.workflows.map(({ name, value = [] }) => [name.value, value]),
  );
  return scriptedQueues(world).map(({ namespace, taskQueue }) => {
    const queue = { namespace: namespace.value, taskQueue: taskQueue.value };
    const participant = { ...queue, identity: `workflows-${taskQueue.value}`, workflows: scripts };
    const outages = outagesOfQueue(queue, world);
    return runWithOutages(outages, context, (shift) => runScriptedWorkflows(participant, shift));
  });
}

/** A queue's workflows go on as long as one of its workers is there. */
function outagesOfQueue(queue: { namespace: string; taskQueue: string }, world: World): readonly Outage[] {
  const serving = world.workers.filter(
    ({ value }) => value?.namespace.value === queue.namespace && value.taskQueue.value === queue.taskQueue,
  );
  return commonOutages(serving.map(({ name }) => outagesOf(world, name.value)));
}

/** The queues on which the file's own workflows run: those of scripted workers, and those where it starts some. */
function scriptedQueues(world: World): readonly QueueAddress[] {
  const present = world.workers.flatMap(({ value }: Named<Worker>) => value ?? []);
  const external = present.filter((worker) => worker.external === true);
  const wanted: readonly QueueAddress[] = [
    ...present.filter((worker) => worker.external !== true),
    ...[...workflowQueues(world).values()].flat(),
  ];
  const found: QueueAddress[] = [];
  for (const queue of wanted) {
    if (![...external, ...found].some((other) => isSameQueue(other, queue))) found.push(queue);
  }
  return found;
}
