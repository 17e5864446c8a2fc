import type { RequestOf, TemporalMethod } from '../protocol/temporal/methods.ts';
import { allSteps } from './step.ts';
import { isSameQueue, onQueue, workflowQueues } from './workflow-queues.ts';
import { queueOf, type QueueAddress, type World } from './world.ts';

const polls = ['pollNexusTaskQueue', 'pollWorkflowTaskQueue', 'pollActivityTaskQueue'] as const;
type Poll = (typeof polls)[number];

interface Awaited {
  readonly worker: string;
  /** The polls that tell of it; one of them is enough. */
  readonly polls: ReadonlySet<TemporalMethod>;
  readonly namespace: string;
  readonly taskQueue: string;
}

/**
 * Which of the real workers that a world counts on have not come yet. Until they have, its clock stands still:
 * otherwise timeouts would pass while someone is still typing the command that starts them.
 */
export class Attendance {
  #missing: readonly Awaited[];

  constructor(world: World) {
    this.#missing = world.workers.flatMap(({ name, value }) =>
      value?.external === true ? awaitedOf(name.value, value, world) : [],
    );
  }

  get isComplete(): boolean {
    return this.#missing.length === 0;
  }

  /** The names of the workers that are still missing. */
  get missing(): readonly string[] {
    return [...new Set(this.#missing.map(({ worker }) => worker))];
  }

  /** Takes note of a call from outside. True when it was the last one that was waited for. */
  note<M extends TemporalMethod>(method: M, request: RequestOf<M>): boolean {
    if (this.isComplete || !method.startsWith('poll')) return false;
    const { namespace, taskQueue } = request as RequestOf<Poll>;
    this.#missing = this.#missing.filter(
      (each) => !each.polls.has(method) || each.namespace !== namespace || each.taskQueue !== taskQueue?.name,
    );
    return this.isComplete;
  }
}

/** What an endpoint leads to needs a Nexus poll, where workflows start a workflow poll, where activities go one for them. */
function awaitedOf(worker: string, queue: QueueAddress, world: World): readonly Awaited[] {
  const isSame = (other: QueueAddress | undefined): boolean => isSameQueue(other, queue);
  const needed: Poll[] = [];
  if (world.endpoints.some(({ value }) => isSame(queueOf(value)))) needed.push('pollNexusTaskQueue');
  if (world.start.some(isSame)) needed.push('pollWorkflowTaskQueue');
  if (activityQueues(world).some(isSame)) needed.push('pollActivityTaskQueue');
  const alternatives: readonly (readonly Poll[])[] =
    needed.length > 0 ? needed.map((poll) => [poll]) : [polls];
  const place = { worker, namespace: queue.namespace.value, taskQueue: queue.taskQueue.value };
  return alternatives.map((some) => ({ ...place, polls: new Set<TemporalMethod>(some) }));
}

/** Where the activities of scripted workflows go. */
function activityQueues(world: World): readonly QueueAddress[] {
  const queues = workflowQueues(world);
  return world.workflows.flatMap(({ name, value = [] }) =>
    [...allSteps(value)].flatMap((step) =>
      step.kind === 'activity'
        ? (queues.get(name.value) ?? []).map((queue) => onQueue(queue, step.taskQueue))
        : [],
    ),
  );
}
