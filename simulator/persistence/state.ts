import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LowSync } from 'lowdb';
import { JSONFileSync } from 'lowdb/node';
import * as z from 'zod';
import { err, ok, type Result } from '../base/result.ts';
import { StorageError } from './journal.ts';
import { clockModeSchema } from '../protocol/contract.ts';
import { recordingSchema } from '../protocol/recording-requests.ts';
import type { RegistrySnapshot } from '../protocol/registry.ts';
import { indexedValueTypes } from '../protocol/temporal/visibility-methods.ts';

const stateVersion = 1;

const registrySchema = z.object({
  namespaces: z.array(
    z.object({
      name: z.string(),
      id: z.string(),
      description: z.string().exactOptional(),
      ownerEmail: z.string().exactOptional(),
      data: z.record(z.string(), z.string()).exactOptional(),
      retention: z.number().exactOptional(),
      searchAttributes: z.record(z.string(), z.enum(indexedValueTypes)).exactOptional(),
    }),
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

const settingsSchema = z.object({
  /** How the clock goes, as people last set it. */
  clock: clockModeSchema.exactOptional(),
});

const stateSchema = z.object({
  version: z.literal(stateVersion),
  registry: registrySchema,
  settings: settingsSchema.default({}),
  /** The oldest first. */
  recordings: z.array(recordingSchema).default([]),
});

/** What a simulator remembers from one start to the next, beside its journals. */
export type Remembered = Omit<z.infer<typeof stateSchema>, 'version' | 'registry'> & {
  readonly registry: RegistrySnapshot;
};

export interface State {
  readonly now: Remembered;
  /** Changes some of it. When this returns, the file holds it; when this throws `StorageError`, the file is as it was. */
  change(part: Partial<Remembered>): void;
}

/**
 * Opens `state.json` in a folder, making both where they are missing. A file that is not understood is refused and
 * left as it is. The error is one sentence.
 */
export function openState(folder: string): Result<State, string> {
  const path = join(folder, 'state.json');
  const empty = { version: stateVersion, registry: { namespaces: [], endpoints: [] } };
  try {
    mkdirSync(folder, { recursive: true });
    // Not lowdb's preset: in an environment for tests it keeps everything in memory and forgets it.
    const db = new LowSync<unknown>(new JSONFileSync(path), empty);
    db.read();
    const known = stateSchema.safeParse(db.data);
    return known.success
      ? ok(stateOn(path, db, known.data as unknown as Remembered))
      : err(refusal(path, db.data));
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure);
    return err(
      `${path}: the state could not be read (${reason}); check the folder's permissions or choose another with --data.`,
    );
  }
}

function stateOn(path: string, db: LowSync, { registry, settings, recordings }: Remembered): State {
  let now: Remembered = { registry, settings, recordings };
  return {
    get now() {
      return now;
    },
    change: (part) => {
      const changed = { ...now, ...part };
      db.data = { version: stateVersion, ...changed };
      try {
        db.write();
      } catch (failure) {
        throw StorageError.of(`The state "${path}"`, failure);
      }
      now = changed;
    },
  };
}

function refusal(path: string, data: unknown): string {
  const version = z.object({ version: z.number() }).safeParse(data).data?.version ?? 0;
  if (version > stateVersion) {
    return `${path}: this state is of version ${version}, and this nexus-sim reads version ${stateVersion}; start it with a newer nexus-sim, or choose another folder with --data.`;
  }
  return `${path}: expected the state of a version ${stateVersion} simulator; move the file away to start afresh.`;
}
