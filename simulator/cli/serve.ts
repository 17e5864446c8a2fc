import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Wiring } from '../compose.ts';
import type { Simulation } from '../simulation.ts';

export interface ServeOptions {
  readonly simulation: Simulation;
  readonly originMs: number;
  /** TCP ports; 0 for one that is free. */
  readonly grpcPort: number;
  readonly controlPort: number;
}

/** A simulation that other processes can reach. */
export interface Served extends Disposable {
  /** `host:port` for SDKs and the `temporal` command line. */
  readonly grpc: string;
  readonly control: { readonly url: string; readonly token: string };
}

/** Serves gRPC and the control contract on the loopback interface. The error is one sentence. */
export async function serve(options: ServeOptions, wiring: Wiring): Promise<Result<Served, string>> {
  const { simulation, originMs } = options;
  const owned = new DisposableStore();
  const temporal = await wiring.startTemporalServer({
    port: simulation.remote,
    originMs,
    listenOn: options.grpcPort,
  });
  if (!temporal.ok) return temporal;
  owned.add(temporal.value);
  const token = wiring.mintToken();
  const control = await wiring.startControlServer({ port: simulation, token, listenOn: options.controlPort });
  if (!control.ok) {
    owned.dispose();
    return err(control.error);
  }
  owned.add(control.value);
  simulation.serveAt(temporal.value.address);
  return ok({
    grpc: temporal.value.address,
    control: { url: control.value.url, token },
    dispose: () => {
      owned.dispose();
    },
  });
}
