import { suggestion } from './nearest.ts';
import type { Report } from './problem-list.ts';
import type { Located } from './source.ts';
import type { World } from './world.ts';

/** Checks that faults are about workers and operations that the file scripts. */
export function checkFaults(world: World, report: Report): void {
  for (const fault of world.faults) {
    if (fault.kind === 'worker') checkWorker(fault.worker, world, report);
    else if (fault.kind === 'callback') checkOperation(fault.callback.name, world, report);
    else if (fault.kind === 'activity') checkActivity(fault.activity, world, report);
  }
}

function checkWorker({ value, range }: Located<string>, world: World, report: Report): void {
  const worker = world.workers.find(({ name }) => name.value === value);
  if (worker?.value?.external === true) {
    report(range, `The worker "${value}" is external: only who runs it can stop it; remove this fault.`);
  }
  if (worker !== undefined) return;
  const names = world.workers.map(({ name }) => name.value);
  report(range, () => `No worker is called "${value}"${suggestion(value, names, 'the file has')}`);
}

function checkActivity({ value, range }: Located<string>, world: World, report: Report): void {
  const names = world.workers.flatMap((worker) =>
    (worker.value?.activities ?? []).map(({ name }) => name.value),
  );
  if (names.includes(value)) return;
  report(range, () => `No scripted worker does "${value}"${suggestion(value, names, 'they do')}`);
}

/** Only an operation that a workflow backs is completed by a callback. */
function checkOperation({ value, range }: Located<string>, world: World, report: Report): void {
  const workers = world.workers.flatMap((worker) => worker.value ?? []);
  const backed = workers.flatMap(({ operations = [] }) =>
    operations.flatMap((each) => (each.value?.kind === 'workflow' ? [each.name.value] : [])),
  );
  if (backed.includes(value) || workers.some(({ external }) => external === true)) return;
  report(
    range,
    () => `No workflow backs an operation "${value}"${suggestion(value, backed, 'workflows back')}`,
  );
}
