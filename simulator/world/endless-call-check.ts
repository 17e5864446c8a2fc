import type { Report } from './problem-list.ts';
import { innerSteps, type CallStep, type Step } from './step.ts';
import type { World } from './world.ts';

/**
 * Finds workflows that start themselves, perhaps through others, by calls that nothing keeps from happening. All of
 * that would take place at one instant: no clock would ever stop it.
 */
export function checkEndlessCalls(world: World, report: Report): void {
  const started = startedByCalls(world);
  for (const { name } of world.workflows) {
    for (const [call, workflow] of started.get(name.value) ?? []) {
      if (!reaches(workflow, name.value, started)) continue;
      const message = `This call starts the workflow "${name.value}" again, and so on without end; add a "when" that ends it.`;
      report(call.call.name.range, message);
    }
  }
}

type Starts = ReadonlyMap<string, readonly (readonly [CallStep, string])[]>;

/** By workflow: its unconditional calls that start a workflow, with that workflow. */
function startedByCalls(world: World): Starts {
  const behind = (call: CallStep): string | undefined => {
    const endpoint = world.endpoints.find(({ name }) => name.value === call.call.endpoint.value);
    const target = endpoint?.value?.target;
    for (const { value: worker } of world.workers) {
      const serves =
        worker?.namespace.value === target?.namespace.value &&
        worker?.taskQueue.value === target?.taskQueue.value;
      const operation = worker?.operations?.find(({ name }) => name.value === call.call.name.value)?.value;
      if (serves && operation?.kind === 'workflow') return operation.workflow.value;
    }
    return undefined;
  };
  return new Map(
    world.workflows.map(({ name, value = [] }) => [
      name.value,
      unconditionalCalls(value).flatMap((call) => {
        const workflow = behind(call);
        return workflow === undefined ? [] : [[call, workflow] as const];
      }),
    ]),
  );
}

/** A step after one that may end the workflow is not certain to happen. */
function unconditionalCalls(steps: readonly Step[]): readonly CallStep[] {
  const calls: CallStep[] = [];
  for (const step of steps) {
    if (step.kind === 'return' || step.kind === 'fail' || step.kind === 'wait') break;
    if (step.when !== undefined) continue;
    if (step.kind === 'call') calls.push(step);
    else calls.push(...unconditionalCalls(innerSteps(step)));
  }
  return calls;
}

function reaches(from: string, wanted: string, starts: Starts): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === wanted) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    for (const [, next] of starts.get(name) ?? []) open.push(next);
  }
  return false;
}
