import { suggestion } from './nearest.ts';
import type { Report } from './problem-list.ts';
import { allSteps, type ActivityStep, type ChildStep } from './step.ts';
import { isSameQueue, onQueue, workflowQueues } from './workflow-queues.ts';
import type { QueueAddress, Worker, World } from './world.ts';

/** Checks that somebody does the activities and children of scripted workflows where these run. */
export function checkRuns(world: World, report: Report): void {
  const queues = workflowQueues(world);
  for (const { name, value: steps = [] } of world.workflows) {
    for (const step of allSteps(steps)) {
      if (step.kind !== 'activity' && step.kind !== 'child') continue;
      for (const queue of queues.get(name.value) ?? []) {
        const target = onQueue(queue, step.taskQueue);
        if (step.kind === 'activity') checkActivity(step, target, { world, report });
        else checkChild(step, target, { world, report });
      }
      if (step.kind === 'child' && !queues.has(name.value)) checkChild(step, undefined, { world, report });
    }
  }
}

interface Within {
  readonly world: World;
  readonly report: Report;
}

function checkActivity({ activity }: ActivityStep, queue: QueueAddress, { world, report }: Within): void {
  const workers = workersOn(queue, world);
  const names = workers.flatMap(({ activities = [] }) => activities.map(({ name }) => name.value));
  if (names.includes(activity.value) || workers.some(({ external }) => external === true)) return;
  const place = `task queue "${queue.taskQueue.value}" of namespace "${queue.namespace.value}"`;
  report(
    activity.range,
    () => `No worker on ${place} does "${activity.value}"${suggestion(activity.value, names, 'they do')}`,
  );
}

/** A real worker may know workflows that the file does not. */
function checkChild({ child }: ChildStep, queue: QueueAddress | undefined, { world, report }: Within): void {
  const names = world.workflows.map(({ name }) => name.value);
  const workers = queue === undefined ? [] : workersOn(queue, world);
  if (names.includes(child.value) || workers.some(({ external }) => external === true)) return;
  report(
    child.range,
    () => `No workflow is called "${child.value}"${suggestion(child.value, names, 'the file has')}`,
  );
}

const workersOn = (queue: QueueAddress, world: World): readonly Worker[] =>
  world.workers.flatMap(({ value }) => (value !== undefined && isSameQueue(value, queue) ? [value] : []));
