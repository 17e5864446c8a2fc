import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import * as z from 'zod';
import { err, ok, type Result } from '../base/result.ts';
import type { RegistrySnapshot } from '../protocol/registry.ts';

const stateVersion = 1;

const registrySchema = z.object({
  namespaces: z.array(
    z.object({ name: z.string(), id: z.string(), description: z.string().exactOptional() }),
  ),
  endpoints: z.array(
    z.looseObject({
      version: z.number(),
      id: z.string(),
      spec: z.looseObject({ name: z.string() }),
      createdTime: z.number(),
      urlPrefix: z.string(),
    }),
  ),
});

const stateSchema = z.object({ version: z.literal(stateVersion), registry: registrySchema });

/** What a simulator remembers from one start to the next. */
export interface State {
  readonly registry: RegistrySnapshot;
  /** Writes the registry; when several come at once the last one wins. Settles when it is on disk. */
  save(registry: RegistrySnapshot): Promise<void>;
}

/**
 * Opens `state.json` in a folder, making both where they are missing. A file that is not understood is refused and
 * left as it is.
 */
export async function openState(folder: string): Promise<Result<State, string>> {
  const path = join(folder, 'state.json');
  const empty = { version: stateVersion, registry: { namespaces: [], endpoints: [] } };
  try {
    await mkdir(folder, { recursive: true });
    // Not lowdb's preset: in an environment for tests it keeps everything in memory and forgets it.
    const db = new Low<unknown>(new JSONFile(path), empty);
    await db.read();
    const known = stateSchema.safeParse(db.data);
    if (!known.success) {
      return err(
        `${path}: expected the state of a version ${stateVersion} simulator; move the file away to start afresh.`,
      );
    }
    return ok({
      registry: known.data.registry as unknown as RegistrySnapshot,
      save: (registry) => {
        db.data = { version: stateVersion, registry };
        return db.write();
      },
    });
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure);
    return err(
      `${path}: the state could not be read (${reason}); check the folder's permissions or choose another with --data.`,
    );
  }
}
