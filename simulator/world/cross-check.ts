/** What a file's parts must have to do with each other, once each is well formed. */
import { checkEndlessCalls } from './endless-call-check.ts';
import { checkReferences } from './scope-check.ts';
import { checkLimits } from './limit-check.ts';
import { suggestion } from './nearest.ts';
import type { OperationPath } from './operation-path.ts';
import { ProblemList, type Report } from './problem-list.ts';
import type { Located, Named, SourceProblem } from './source.ts';
import { checkFaults } from './fault-check.ts';
import { allSteps } from './step.ts';
import { isSameQueue } from './workflow-queues.ts';
import { checkRuns } from './run-check.ts';
import { queueOf, type QueueAddress, type Start, type Worker, type World } from './world.ts';

/** The problems between the parts of a world. */
export function crossChecks(world: World): readonly SourceProblem[] {
  const problems = new ProblemList();
  const { report } = problems;
  checkNamespaces(world, report);
  for (const worker of world.workers) checkWorker(worker, world, report);
  for (const { value: steps = [] } of world.workflows) {
    for (const step of allSteps(steps)) if (step.kind === 'call') checkCall(step.call, world, report);
  }
  checkEndlessCalls(world, report);
  for (const fault of world.faults) {
    if (fault.kind === 'operation') checkCall(fault.operation, world, report);
  }
  checkRuns(world, report);
  checkFaults(world, report);
  checkLimits(world, report);
  checkStarts(world, report);
  checkExpectations(world, report);
  checkReferences(world, report);
  return problems.found;
}

function checkNamespaces(world: World, report: Report): void {
  const seen = new Set<string>();
  for (const { value, range } of world.namespaces) {
    if (seen.has(value)) report(range, `The namespace "${value}" is listed twice; remove one of the two.`);
    seen.add(value);
  }
  const known = [...seen];
  const addresses: readonly (QueueAddress | undefined)[] = [
    ...world.endpoints.map(({ value }) => queueOf(value)),
    ...world.workers.map(({ value }) => value),
    ...world.start,
  ];
  const mentioned = [
    ...addresses.flatMap((address) => (address === undefined ? [] : [address.namespace])),
    ...world.endpoints.flatMap(({ value }) => value?.allow ?? []),
    ...world.meanwhile.map(({ namespace }) => namespace),
    ...world.expect.flatMap(({ value }) => (value.kind === 'breaker' ? [value.breaker.caller] : [])),
  ];
  for (const { value, range } of mentioned) {
    if (seen.has(value)) continue;
    report(range, () => `No namespace is called "${value}"${suggestion(value, known, 'the list has')}`);
  }
}

function checkWorker({ name, value: worker }: Named<Worker>, world: World, report: Report): void {
  if (worker === undefined) return;
  const operations = worker.operations ?? [];
  for (const key of ['operations', 'activities'] as const) {
    if (worker.external !== true || worker[key] === undefined) continue;
    const message = `The worker "${name.value}" is external and brings its own ${key}; remove "${key}" or "external".`;
    report(name.range, message);
  }
  for (const { value: behaviour } of operations) {
    if (behaviour?.kind === 'workflow') checkWorkflowName(behaviour.workflow, worker, { world, report });
  }
}

/** A real worker on the same task queue may know workflows that the file does not. */
function checkWorkflowName(
  name: Located<string>,
  queue: QueueAddress,
  within: { world: World; report: Report },
): void {
  const names = within.world.workflows.map((workflow) => workflow.name.value);
  if (names.includes(name.value) || workersOf(queue, within.world).some((worker) => worker.external === true))
    return;
  within.report(
    name.range,
    () => `No workflow is called "${name.value}"${suggestion(name.value, names, 'the file has')}`,
  );
}

function checkCall(path: OperationPath, world: World, report: Report): void {
  const endpoint = world.endpoints.find(({ name }) => name.value === path.endpoint.value);
  if (endpoint === undefined) checkEndpointName(path.endpoint, world, report);
  if (endpoint?.value === undefined) return;
  const target = queueOf(endpoint.value);
  if (target === undefined) return;
  const { namespace, taskQueue } = target;
  const workers = workersOf(target, world);
  if (workers.length === 0) {
    const queue = `task queue "${taskQueue.value}" of namespace "${namespace.value}"`;
    report(
      path.endpoint.range,
      `The endpoint "${path.endpoint.value}" leads to ${queue}, which no worker serves; add one.`,
    );
    return;
  }
  const handled = workers.flatMap((worker) => (worker.operations ?? []).map(({ name }) => name.value));
  if (workers.some((worker) => worker.external === true) || handled.includes(path.name.value)) return;
  report(path.name.range, () => {
    const hint = suggestion(path.name.value, handled, 'it handles');
    return `No worker behind "${path.endpoint.value}" handles "${path.name.value}"${hint}`;
  });
}

function checkEndpointName({ value, range }: Located<string>, world: World, report: Report): void {
  const names = world.endpoints.map(({ name }) => name.value);
  if (names.includes(value)) return;
  report(range, () => `No endpoint is called "${value}"${suggestion(value, names, 'the file has')}`);
}

function checkStarts(world: World, report: Report): void {
  const seen = new Map<string, Start>();
  for (const start of world.start) {
    checkWorkflowName(start.workflow, start, { world, report });
    const key = JSON.stringify([start.namespace.value, start.id.value]);
    const before = seen.get(key);
    if (before !== undefined && !isMeant(start, before)) {
      const message = `The workflow id "${start.id.value}" is started twice in namespace "${start.namespace.value}"; choose another id.`;
      report(start.id.range, message);
    }
    seen.set(key, start);
  }
}

/** Whoever says when, or what then, has thought of the workflow that has the id already. */
const isMeant = (start: Start, before: Start): boolean =>
  (start.at ?? 0) !== (before.at ?? 0) ||
  start.requestId !== undefined ||
  start.idConflictPolicy !== undefined ||
  start.idReusePolicy !== undefined;

function checkExpectations(world: World, report: Report): void {
  const calls = world.workflows.flatMap(({ value = [] }) =>
    [...allSteps(value)].flatMap((step) => (step.kind === 'call' ? [step.call.name.value] : [])),
  );
  const mayHaveOthers = world.workers.some(({ value }) => value?.external === true);
  for (const { workflowId } of world.meanwhile) checkWorkflowId(workflowId, world, report);
  for (const { value: expectation } of world.expect) {
    for (const id of idsOf(expectation)) checkWorkflowId(id, world, report);
    if (expectation.kind === 'breaker') checkEndpointName(expectation.breaker.endpoint, world, report);
    if (expectation.kind !== 'operation' || mayHaveOthers) continue;
    const { name } = expectation.operation;
    if (!calls.includes(name.value)) {
      report(
        name.range,
        () => `No workflow calls "${name.value}"${suggestion(name.value, [...new Set(calls)], 'they call')}`,
      );
    }
  }
}

function idsOf(expectation: World['expect'][number]['value']): readonly Located<string>[] {
  switch (expectation.kind) {
    case 'workflow':
      return [expectation.workflow];
    case 'history':
      return [expectation.history];
    case 'operation':
      return [expectation.operation.workflowId];
    case 'activity':
      return [expectation.activity.workflowId];
    case 'order':
      return expectation.order.map(({ workflowId }) => workflowId);
    case 'breaker':
    case 'clock':
      return [];
  }
}

/** Ids of workflows that handlers or real workers start are only known when they run. */
function checkWorkflowId(id: Located<string>, world: World, report: Report): void {
  const ids = world.start.map((start) => start.id.value);
  const startsOthers =
    world.workers.some(
      ({ value }) =>
        value?.external === true || value?.operations?.some((each) => each.value?.kind === 'workflow'),
    ) || world.workflows.some(({ value = [] }) => [...allSteps(value)].some(({ kind }) => kind === 'child'));
  if (ids.includes(id.value) || startsOthers) return;
  report(
    id.range,
    () => `No workflow with the id "${id.value}" is started${suggestion(id.value, ids, 'the file starts')}`,
  );
}

function workersOf(queue: QueueAddress, world: World): readonly Worker[] {
  return world.workers.flatMap(({ value }) =>
    value !== undefined && isSameQueue(value, queue) ? [value] : [],
  );
}
