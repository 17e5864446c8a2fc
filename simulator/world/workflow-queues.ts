import type { Located } from './source.ts';
import { allSteps } from './step.ts';
import type { QueueAddress, World } from './world.ts';

/** By workflow type: the task queues on which the file lets such workflows run, each once. */
export type WorkflowQueues = ReadonlyMap<string, readonly QueueAddress[]>;

/** Follows starts, operations that start workflows, and children. */
export function workflowQueues(world: World): WorkflowQueues {
  const found = new Map<string, QueueAddress[]>();
  const open: { readonly workflow: string; readonly queue: QueueAddress }[] = [];
  const add = ({ value: workflow }: Located<string>, queue: QueueAddress): void => {
    const known = found.get(workflow) ?? [];
    if (known.some((other) => isSameQueue(other, queue))) return;
    found.set(workflow, [...known, queue]);
    open.push({ workflow, queue });
  };
  for (const start of world.start) add(start.workflow, start);
  for (const { value: worker } of world.workers) {
    for (const { value: behaviour } of worker?.operations ?? []) {
      if (worker !== undefined && behaviour?.kind === 'workflow') add(behaviour.workflow, worker);
    }
  }
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { workflow, queue } = next;
    const script = world.workflows.find(({ name }) => name.value === workflow)?.value ?? [];
    for (const step of allSteps(script)) {
      if (step.kind === 'child') add(step.child, onQueue(queue, step.taskQueue));
    }
  }
  return found;
}

/** The task queue of this name in the namespace of another one, or that one itself. */
export const onQueue = (
  { namespace, taskQueue }: QueueAddress,
  name: Located<string> | undefined,
): QueueAddress => ({ namespace, taskQueue: name ?? taskQueue });

export const isSameQueue = (a: QueueAddress | undefined, b: QueueAddress | undefined): boolean =>
  b !== undefined && a?.namespace.value === b.namespace.value && a.taskQueue.value === b.taskQueue.value;
