import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DisposableStore } from '../../simulator/base/disposable.ts';
import { createDriver } from '../../simulator/driver/driver.ts';
import { startControlServer } from '../../simulator/frontends/control/server.ts';
import { mintToken } from '../../simulator/frontends/control/token.ts';
import { openDataFolder } from '../../simulator/persistence/data-folder.ts';
import { Simulation } from '../../simulator/simulation.ts';
import { ControlClient } from './control-client.ts';

interface ServedSimulation {
  readonly simulation: Simulation;
  readonly client: ControlClient;
  /** How often the end was asked for. */
  readonly shutdowns: () => number;
}

/** A simulation with a paused clock and a data folder, behind a real socket. All of it ends with `owned`. */
export async function serveSimulation(owned: DisposableStore): Promise<ServedSimulation> {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-control-'));
  owned.add({ dispose: () => rmSync(folder, { recursive: true }) });
  const data = openDataFolder(folder);
  if (!data.ok) throw new Error(data.error);
  const { recordings } = owned.add(data.value);
  let shutdowns = 0;
  const simulation = owned.add(
    new Simulation({
      version: '1.2.3',
      originMs: 0,
      clock: { mode: 'paused' },
      createDriver,
      recordings,
      createJournal: (about) => recordings.create(about),
      onShutdown: () => (shutdowns += 1),
    }),
  );
  const token = mintToken();
  const served = await startControlServer({ port: simulation, token });
  if (!served.ok) throw new Error(served.error);
  const client = owned.add(await ControlClient.connect(owned.add(served.value).url, token));
  return { simulation, client, shutdowns: () => shutdowns };
}
