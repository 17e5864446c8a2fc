import type { RequestOf, TemporalMethod } from '../protocol/temporal/methods.ts';
import type { QueueAddress, World } from './world.ts';

type Poll = 'pollNexusTaskQueue' | 'pollWorkflowTaskQueue';

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

/** A queue that an endpoint leads to needs a Nexus poll, one on which workflows start a workflow poll. */
function awaitedOf(worker: string, queue: QueueAddress, world: World): readonly Awaited[] {
  const isSame = (other: QueueAddress | undefined): boolean =>
    other?.namespace.value === queue.namespace.value && other.taskQueue.value === queue.taskQueue.value;
  const needed: Poll[] = [];
  if (world.endpoints.some(({ value }) => isSame(value?.target))) needed.push('pollNexusTaskQueue');
  if (world.start.some(isSame)) needed.push('pollWorkflowTaskQueue');
  const alternatives: readonly (readonly Poll[])[] =
    needed.length > 0 ? needed.map((poll) => [poll]) : [['pollNexusTaskQueue', 'pollWorkflowTaskQueue']];
  const place = { worker, namespace: queue.namespace.value, taskQueue: queue.taskQueue.value };
  return alternatives.map((polls) => ({ ...place, polls: new Set<TemporalMethod>(polls) }));
}
