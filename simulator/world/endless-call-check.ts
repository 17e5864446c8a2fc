import type { Report } from './problem-list.ts';
import type { Located } from './source.ts';
import { innerSteps, type CallStep, type ChildStep, type Step } from './step.ts';
import { isSameQueue } from './workflow-queues.ts';
import { queueOf, type World } from './world.ts';

/**
 * Finds workflows that start themselves, perhaps through others, by calls that nothing keeps from happening. All of
 * that would take place at one instant: no clock would ever stop it.
 */
export function checkEndlessCalls(world: World, report: Report): void {
  checkEndlessRuns(world, report);
  const started = startedByCalls(world);
  for (const { name } of world.workflows) {
    for (const { step, workflow } of started.get(name.value) ?? []) {
      if (!reaches(workflow, name.value, started)) continue;
      const message = `This ${step.kind} starts the workflow "${name.value}" again, and so on without end; add a "when" that ends it.`;
      report(namedIn(step).range, message);
    }
  }
}

type Starting = CallStep | ChildStep;

const namedIn = (step: Starting): Located<string> => (step.kind === 'call' ? step.call.name : step.child);

type Starts = ReadonlyMap<string, readonly { readonly step: Starting; readonly workflow: string }[]>;

/** By workflow: its unconditional calls and children that start a workflow, with that workflow. */
function startedByCalls(world: World): Starts {
  const behind = (step: Starting): string | undefined => {
    if (step.kind === 'child') return step.child.value;
    const endpoint = world.endpoints.find(({ name }) => name.value === step.call.endpoint.value);
    for (const { value: worker } of world.workers) {
      if (!isSameQueue(worker, queueOf(endpoint?.value))) continue;
      const operation = worker?.operations?.find(({ name }) => name.value === step.call.name.value)?.value;
      if (operation?.kind === 'workflow') return operation.workflow.value;
    }
    return undefined;
  };
  return new Map(
    world.workflows.map(({ name, value = [] }) => [
      name.value,
      unconditionalStarts(value).flatMap((step) => {
        const workflow = behind(step);
        return workflow === undefined ? [] : [{ step, workflow }];
      }),
    ]),
  );
}

/** A step after one that may end the workflow is not certain to happen. */
function unconditionalStarts(steps: readonly Step[]): readonly Starting[] {
  const found: Starting[] = [];
  for (const step of steps) {
    if (endings.has(step.kind)) break;
    if (step.when !== undefined) continue;
    if (step.kind === 'call' || step.kind === 'child') found.push(step);
    else found.push(...unconditionalStarts(innerSteps(step)));
  }
  return found;
}

const endings: ReadonlySet<Step['kind']> = new Set(['return', 'fail', 'wait', 'continueAsNew']);

/** Finds workflows that begin anew at once, and then again: each run would end where it began. */
function checkEndlessRuns(world: World, report: Report): void {
  for (const { value: steps = [] } of world.workflows) {
    const first = steps.find(({ kind, when }) => when === undefined && kind !== 'cancel');
    if (first?.kind !== 'continueAsNew') continue;
    const range = first.continueAsNew.places.get(first.continueAsNew.template)?.value;
    const message =
      'Nothing comes before this, so that the workflow begins anew without end; add a "when" or a "sleep".';
    if (range !== undefined) report(range, message);
  }
}

function reaches(from: string, wanted: string, starts: Starts): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === wanted) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    for (const { workflow } of starts.get(name) ?? []) open.push(workflow);
  }
  return false;
}
