import type { Disposable } from '../base/disposable.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Wiring } from '../compose.ts';
import { StorageError } from '../persistence/journal.ts';
import type { DataFolder } from '../persistence/data-folder.ts';
import type { ClockMode } from '../protocol/contract.ts';
import type { SimulationOptions } from '../simulation.ts';

/** What a data folder gives to a simulation. */
export interface KeptWorld extends Disposable {
  readonly originMs: number;
  readonly options: Pick<
    SimulationOptions,
    'createJournal' | 'resume' | 'recordings' | 'registry' | 'onRegistryChanged' | 'onClockChosen'
  >;
  /** How people last set the clock. */
  readonly clock?: ClockMode;
  /** What was found and put right, one sentence each. */
  readonly reports: readonly string[];
}

/** Opens a data folder and the world in it. Without a folder nothing is kept. The error is one sentence. */
export function openKept(folder: string | undefined, wiring: Wiring): Result<KeptWorld, string> {
  const nothing: KeptWorld = {
    originMs: wiring.wallNow(),
    options: {},
    reports: [],
    dispose: () => undefined,
  };
  if (folder === undefined) return ok(nothing);
  const opened = wiring.openDataFolder(folder);
  if (!opened.ok) return opened;
  const resumed = resumeIn(opened.value);
  if (!resumed.ok) {
    opened.value.dispose();
    return resumed;
  }
  return ok({ ...nothing, ...resumed.value, dispose: () => opened.value.dispose() });
}

function resumeIn(data: DataFolder): Result<Partial<KeptWorld>, string> {
  try {
    return resume(data);
  } catch (problem) {
    if (problem instanceof StorageError) return err(problem.message);
    throw problem;
  }
}

function resume(data: DataFolder): Result<Partial<KeptWorld>, string> {
  const { state, recordings } = data;
  const { clock } = state.now.settings;
  const options: KeptWorld['options'] = {
    recordings,
    createJournal: (about) => recordings.create(about),
    registry: state.now.registry,
    onRegistryChanged: (registry) => state.change({ registry }),
    onClockChosen: (mode) => state.change({ settings: { ...state.now.settings, clock: mode } }),
  };
  const known = { options, ...(clock !== undefined && { clock }) };
  const last = recordings.list().at(-1);
  // What a world file did is over when its process is; only the world that people make by hand goes on.
  if (last === undefined || last.world !== undefined) return ok(known);
  const continued = recordings.continue(last.id);
  if (!continued.ok) return err(continued.error);
  const { past } = continued.value;
  const torn = `The last input of recording ${last.id} was cut off and has been removed; all others are there.`;
  return ok({
    ...known,
    originMs: last.originMs,
    options: { ...options, resume: continued.value },
    reports: past.torn ? [torn] : [],
  });
}
