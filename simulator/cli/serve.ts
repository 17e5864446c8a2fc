import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Wiring } from '../compose.ts';
import type { TlsMaterial } from '../frontends/temporal/server.ts';
import type { NexusClient } from '../protocol/nexus-client.ts';
import type { Simulation } from '../simulation.ts';
import { HTTP_PORT } from './ports.ts';

export interface ServeOptions {
  readonly simulation: Simulation;
  readonly originMs: number;
  /** TCP ports; 0 for one that is free. */
  readonly grpcPort: number;
  /** Absent: gRPC is not encrypted. */
  readonly tls?: TlsMaterial | undefined;
  /** Absent: the usual one, or any when that is taken. */
  readonly httpPort?: number | undefined;
  readonly controlPort: number;
}

/** A simulation that other processes can reach. */
export interface Served extends Disposable {
  /** `host:port` for SDKs and the `temporal` command line. */
  readonly grpc: string;
  /** `host:port` of Nexus over HTTP. */
  readonly http: string;
  readonly control: { readonly url: string; readonly token: string };
}

/** Serves gRPC, Nexus over HTTP and the control contract on the loopback interface. The error is one sentence. */
export async function serve(options: ServeOptions, wiring: Wiring): Promise<Result<Served, string>> {
  const { simulation, originMs } = options;
  const owned = new DisposableStore();
  const temporal = await wiring.startTemporalServer({
    port: simulation.remote,
    originMs,
    onWorkerGone: (identity) => simulation.loseWorker(identity),
    listenOn: options.grpcPort,
    tls: options.tls,
  });
  if (!temporal.ok) return temporal;
  owned.add(temporal.value);
  const http = await serveHttp(options, wiring);
  if (!http.ok) {
    owned.dispose();
    return err(http.error);
  }
  owned.add(http.value);
  const token = wiring.mintToken();
  const control = await wiring.startControlServer({ port: simulation, token, listenOn: options.controlPort });
  if (!control.ok) {
    owned.dispose();
    return err(control.error);
  }
  owned.add(control.value);
  simulation.serveAt({ grpc: temporal.value.address, http: http.value.address });
  return ok({
    grpc: temporal.value.address,
    http: http.value.address,
    control: { url: control.value.url, token },
    dispose: () => {
      owned.dispose();
    },
  });
}

async function serveHttp(
  { simulation, originMs, httpPort }: ServeOptions,
  { startNexusServer, payloadCodec }: Wiring,
): ReturnType<Wiring['startNexusServer']> {
  const listen = (listenOn: number): ReturnType<Wiring['startNexusServer']> =>
    startNexusServer({
      port: simulation.remote,
      codec: payloadCodec,
      originMs,
      metrics: () => simulation.metrics(),
      listenOn,
    });
  if (httpPort !== undefined) return listen(httpPort);
  const usual = await listen(HTTP_PORT);
  return usual.ok ? usual : listen(0);
}

/** The way out of a simulation whose virtual time begins at `originMs`. */
export const nexusClientOf =
  ({ createNexusClient, payloadCodec: codec }: Wiring, originMs: number) =>
  (callbackUrl: () => string | undefined): NexusClient =>
    createNexusClient({ codec, originMs, callbackUrl });
