import { suggestion } from './nearest.ts';
import type { Report } from './problem-list.ts';
import type { Located } from './source.ts';
import { allSteps, type Step } from './step.ts';
import type { Dynamic } from './template.ts';
import type { Behaviour, World } from './world.ts';

/** Checks that every expression starts with a name that is known where it stands. */
export function checkReferences(world: World, report: Report): void {
  for (const { value: worker } of world.workers) {
    for (const { value: behaviour } of worker?.operations ?? []) {
      if (behaviour !== undefined) check(dynamicsOfBehaviour(behaviour), ['input'], report);
    }
    for (const { value: behaviour } of worker?.activities ?? []) {
      if (behaviour?.kind === 'reply') check([behaviour.reply], ['input'], report);
    }
  }
  for (const { value: steps = [] } of world.workflows) new ScriptScope(steps, report).check();
  for (const start of world.start) {
    if (start.input !== undefined) check([start.input], [], report);
  }
  for (const { input } of world.meanwhile) if (input !== undefined) check([input], [], report);
  for (const { value } of world.expect) {
    if (value.kind === 'workflow' && value.result !== undefined) check([value.result], [], report);
  }
}

/** The names of one workflow. */
class ScriptScope {
  readonly #steps: readonly Step[];
  readonly #report: Report;
  readonly #taken = new Set(['input', 'failure']);
  /** What can be cancelled by its name. */
  readonly #cancellable: readonly string[];

  constructor(steps: readonly Step[], report: Report) {
    this.#steps = steps;
    this.#report = report;
    this.#cancellable = [...allSteps(steps)].flatMap((step) =>
      step.kind !== 'wait' && 'as' in step ? [step.as.value] : [],
    );
  }

  check(): void {
    this.#sequence(this.#steps, ['input']);
  }

  /** Returns the names that are known after the steps. */
  #sequence(steps: readonly Step[], known: readonly string[]): readonly string[] {
    let names = known;
    for (const step of steps) names = this.#step(step, names);
    return names;
  }

  #step(step: Step, known: readonly string[]): readonly string[] {
    check(dynamicsOfStep(step), known, this.#report);
    const names = this.#afterwards(step, known);
    if (step.kind === 'cancel') this.#checkCancel(step.cancel);
    if (step.kind === 'rethrow' && !known.includes('failure')) {
      this.#report(
        step.rethrow.range,
        'There is nothing to throw again here; "rethrow" belongs inside "onFailure".',
      );
    }
    if (step.onFailure === undefined) return names;
    const recovered = this.#sequence(step.onFailure, [...known, 'failure']);
    const isKnown = known.includes('failure');
    return union(
      names,
      recovered.filter((name) => isKnown || name !== 'failure'),
    );
  }

  #afterwards(step: Step, known: readonly string[]): readonly string[] {
    // Branches run at once, so none of them knows what another one will know.
    if (step.kind === 'parallel') {
      return union(known, ...step.parallel.map((branch) => this.#step(branch, known)));
    }
    if (step.kind === 'steps') return this.#sequence(step.steps, known);
    const as = 'as' in step ? step.as : undefined;
    if (as === undefined) return known;
    if (this.#taken.has(as.value)) {
      const message = `The name "${as.value}" is already taken in this workflow; choose another.`;
      this.#report(as.range, message);
    }
    this.#taken.add(as.value);
    return [...known, as.value];
  }

  #checkCancel({ value, range }: Located<string>): void {
    if (this.#cancellable.includes(value)) return;
    this.#report(
      range,
      () =>
        `No call, activity or child of this workflow is named "${value}"${suggestion(value, this.#cancellable, 'it has')}`,
    );
  }
}

const union = (...lists: readonly (readonly string[])[]): readonly string[] => [...new Set(lists.flat())];

function dynamicsOfBehaviour(behaviour: Behaviour): readonly Dynamic[] {
  if (behaviour.kind === 'reply') return [behaviour.reply];
  if (behaviour.kind === 'signal') {
    return behaviour.input === undefined ? [behaviour.workflowId] : [behaviour.workflowId, behaviour.input];
  }
  return behaviour.kind === 'workflow' && behaviour.id !== undefined ? [behaviour.id] : [];
}

function dynamicsOfStep(step: Step): readonly Dynamic[] {
  const own: (Dynamic | undefined)[] = [step.when];
  if ('input' in step) own.push(step.input);
  if (step.kind === 'call') own.push(...(step.header ?? []).map(({ value }) => value));
  else if (step.kind === 'child') own.push(step.id);
  else if (step.kind === 'signal') own.push(step.workflowId);
  else if (step.kind === 'return') own.push(step.return);
  else if (step.kind === 'continueAsNew') own.push(step.continueAsNew);
  else if (step.kind === 'fail') own.push(step.fail.message);
  return own.filter((dynamic) => dynamic !== undefined);
}

function check(dynamics: readonly Dynamic[], names: readonly string[], report: Report): void {
  for (const { value, range } of dynamics.flatMap((dynamic) => dynamic.references)) {
    if (names.includes(value)) continue;
    report(range, () => `Nothing is called "${value}" here${suggestion(value, names, 'known here')}`);
  }
}
