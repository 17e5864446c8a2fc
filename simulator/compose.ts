import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createDriver, type Driver, type DriverOptions } from './driver/driver.ts';
import { startControlServer } from './frontends/control/server.ts';
import { mintToken } from './frontends/control/token.ts';
import { createNexusClient } from './frontends/nexus-http/client.ts';
import { startNexusServer } from './frontends/nexus-http/server.ts';
import { startTemporalServer } from './frontends/temporal/server.ts';
import { FileJournal } from './persistence/file-journal.ts';
import type { Journal } from './persistence/journal.ts';
import { openDataFolder } from './persistence/data-folder.ts';
import { createPayloadCodec } from './wire/payload-codec.ts';

/** What commands are made of; every part can be replaced by its twin. */
export interface Wiring {
  readonly version: string;
  /** Wall-clock milliseconds since the Unix epoch. */
  readonly wallNow: () => number;
  readonly createDriver: (options: DriverOptions) => Driver;
  /** Throws `StorageError` when the file cannot be written. */
  readonly createJournal: (path: string) => Journal;
  readonly openDataFolder: typeof openDataFolder;
  readonly startTemporalServer: typeof startTemporalServer;
  readonly startNexusServer: typeof startNexusServer;
  readonly createNexusClient: typeof createNexusClient;
  readonly payloadCodec: ReturnType<typeof createPayloadCodec>;
  readonly startControlServer: typeof startControlServer;
  readonly mintToken: () => string;
}

/** The wiring of this process; `script` is the path of the program that runs. */
export const compose = (script: string): Wiring => ({
  version: versionOf(script),
  wallNow: () => Date.now(),
  createDriver,
  createJournal: (path) => new FileJournal(path),
  openDataFolder,
  startTemporalServer,
  startNexusServer,
  createNexusClient,
  payloadCodec: createPayloadCodec(),
  startControlServer,
  mintToken,
});

/** The product's version; its manifest lies above the bundle as above the sources. */
function versionOf(script: string): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(dirname(script), '..', 'package.json'), 'utf8'));
    const isVersioned = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
    return isVersioned ? String(manifest.version) : 'unknown';
  } catch {
    return 'unknown';
  }
}
