import { suggestion } from './nearest.ts';
import type { Report } from './problem-list.ts';
import type { Dynamic } from './template.ts';
import type { Behaviour, ParallelStep, Step, World } from './world.ts';

/** Checks that every expression starts with a name that is known where it stands. */
export function checkReferences(world: World, report: Report): void {
  for (const { value: worker } of world.workers) {
    for (const { value: behaviour } of worker?.operations ?? []) {
      if (behaviour !== undefined) check(dynamicsOfBehaviour(behaviour), ['input'], report);
    }
  }
  for (const { value: steps = [] } of world.workflows) {
    const names = ['input'];
    for (const step of steps) checkStep(step, names, report);
  }
  for (const start of world.start) {
    if (start.input !== undefined) check([start.input], [], report);
  }
}

/** Adds the step's own name to `names`, for the steps after it. */
function checkStep(step: Step, names: string[], report: Report): void {
  check(dynamicsOfStep(step), names, report);
  const before = [...names];
  for (const inner of step.kind === 'parallel' ? step.parallel : [step]) {
    if (inner !== step) check(dynamicsOfStep(inner), before, report);
    if (inner.kind !== 'call' || inner.as === undefined) continue;
    if (names.includes(inner.as.value)) {
      report(
        inner.as.range,
        `The name "${inner.as.value}" is already taken in this workflow; choose another.`,
      );
    }
    names.push(inner.as.value);
  }
}

function dynamicsOfBehaviour(behaviour: Behaviour): readonly Dynamic[] {
  if (behaviour.kind === 'reply') return [behaviour.reply];
  return behaviour.kind === 'workflow' && behaviour.id !== undefined ? [behaviour.id] : [];
}

function dynamicsOfStep(step: Step | ParallelStep): readonly Dynamic[] {
  const own: (Dynamic | undefined)[] = [step.when];
  if (step.kind === 'call') own.push(step.input);
  else if (step.kind === 'return') own.push(step.return);
  else if (step.kind === 'fail') own.push(step.fail.message);
  return own.filter((dynamic) => dynamic !== undefined);
}

function check(dynamics: readonly Dynamic[], names: readonly string[], report: Report): void {
  for (const { value, range } of dynamics.flatMap((dynamic) => dynamic.references)) {
    if (names.includes(value)) continue;
    report(range, () => `Nothing is called "${value}" here${suggestion(value, names, 'known here')}`);
  }
}
