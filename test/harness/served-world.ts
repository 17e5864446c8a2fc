import { onTestFinished } from 'vitest';
import type { DriverOptions } from '../../simulator/driver/driver.ts';
import { createNexusClient } from '../../simulator/frontends/nexus-http/client.ts';
import { startNexusServer } from '../../simulator/frontends/nexus-http/server.ts';
import { createPayloadCodec } from '../../simulator/wire/payload-codec.ts';
import { target } from '../simulation/checklist/stage.ts';
import { exchange, type RawRequest } from './http-exchange.ts';
import { World, type Handler } from './world.ts';

const originMs = Date.UTC(2030, 0, 1);
export const codec = createPayloadCodec();
export interface Served {
  readonly world: World;
  readonly address: string;
  readonly path: string;
  ask(request?: RawRequest, path?: string): ReturnType<typeof exchange>;
}

/** A world with an endpoint to a handler, served over HTTP. */
export async function serve(handle?: Handler, options: Partial<DriverOptions> = {}): Promise<Served> {
  let address = '';
  const nexusClient = createNexusClient({
    codec,
    originMs,
    callbackUrl: () => `http://${address}/nexus/callback`,
  });
  const world = new World({ originMs, nexusClient, ...options });
  onTestFinished(() => world.dispose());
  await world.namespaces('orders', 'payments');
  const spec = { name: 'payments-endpoint', target: { worker: target } };
  const { endpoint } = await world.ask('createNexusEndpoint', { spec });
  if (handle !== undefined) world.handler(target, handle);
  const server = await startNexusServer({
    port: world.driver.remote,
    codec,
    originMs,
    metrics: () => world.driver.metrics(),
  });
  if (!server.ok) throw new Error(server.error);
  onTestFinished(() => server.value.dispose());
  ({ address } = server.value);
  const path = `${endpoint.urlPrefix}/Service/operation`;
  return { world, address, path, ask: (request, at = path) => exchange(address, at, request) };
}
