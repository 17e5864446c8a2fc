import { mkdirSync } from 'node:fs';
import type { Disposable } from '../base/disposable.ts';
import { err, ok, type Result } from '../base/result.ts';
import { lockFolder } from './folder-lock.ts';
import { recordingsIn, type Recordings } from './recordings.ts';
import { openState, type State } from './state.ts';

/** Where a simulator keeps what outlives it. Belongs to one process at a time; disposing gives it back. */
export interface DataFolder extends Disposable {
  readonly state: State;
  readonly recordings: Recordings;
}

/** Opens a data folder, making it where it is missing. The error is one sentence, and then nothing was changed. */
export function openDataFolder(folder: string): Result<DataFolder, string> {
  try {
    mkdirSync(folder, { recursive: true });
    const lock = lockFolder(folder);
    if (!lock.ok) return lock;
    const state = openState(folder);
    if (!state.ok) {
      lock.value.dispose();
      return state;
    }
    const recordings = recordingsIn(folder, state.value);
    return ok({ state: state.value, recordings, dispose: () => lock.value.dispose() });
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure);
    return err(
      `The folder "${folder}" cannot be used (${reason}); check its permissions or choose another with --data.`,
    );
  }
}
